import logging

from gunicorn.config import Config
from gunicorn.glogging import Logger as GunicornLogger


class Logger(GunicornLogger):
    """Leaves handlers and formats to Django's logging."""

    def setup(self, cfg: Config) -> None:
        self.error_log = logging.getLogger("web.server")
        self.access_log = logging.getLogger("web.access")
        self.access_log.disabled = True

    def reopen_files(self) -> None:
        """There are none."""
