"""The web server. Threads, for most of a request is waiting for the database."""

import os

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker
from prometheus_client import multiprocess

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True
timeout = 30
graceful_timeout = 10
keepalive = 15
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108
control_socket_disable = True

# Its lines go through Django's logging, where secrets are masked. No access log: addresses carry searches by phone.
logger_class = "config.weblog.Logger"


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Metrics of a worker that is gone must not be shown as if it lived."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        multiprocess.mark_process_dead(worker.pid)
