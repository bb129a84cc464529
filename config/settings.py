"""Everything that may differ between two installations comes from the environment.

`make up` writes what it started (addresses, roles, the key) to `.run/env`, so that a `manage.py` in another
terminal speaks to the same parts. What is in the environment wins over that file.
"""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
import dj_email_url  # type: ignore[import-untyped]
import django_stubs_ext
from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from config import installed, rest
from config.evidence import evidence_storage
from core.logs import logging_config
from panel.look import UNFOLD as LOOK

django_stubs_ext.monkeypatch()  # Django's generic classes take their parameters at run time too

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
RUN_DIR = env.path("ROP_RUN_DIR", BASE_DIR / ".run")
if env_file := env.str("ROP_ENV_FILE", str(RUN_DIR / "env")):
    env.read_env(env_file, recurse=False)

# Which of the roles this process is: web, worker, beat, bot, or manage (a command, a shell, a test).
ROP_PROCESS = env.str("ROP_PROCESS", "manage")

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "")
if not SECRET_KEY:
    if ROP_PROCESS != "manage":
        raise ImproperlyConfigured("SECRET_KEY is not given.")
    SECRET_KEY = secrets.token_urlsafe(64)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = installed.INSTALLED_APPS
MIDDLEWARE = installed.MIDDLEWARE
TEMPLATES = installed.TEMPLATES

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

# Fields of forms as Django writes them, without a template for each option.
FORM_RENDERER = "panel.widgets.WidgetRenderer"

# ── the database ──────────────────────────────────────────────────────────────────────────────────────────────
# One database, two roles. `default` is the application: it can neither alter tables nor rewrite history.
# `owner` is for migrations only: `manage.py migrate --database owner`.

DATABASE_APP_ROLE = env.str("DATABASE_APP_ROLE", "rop_app")

# How often a statement comes in a session before it is prepared there. 0 for a pooler that gives each transaction
# another session.
PREPARE_AFTER = env.int("DATABASE_PREPARE_AFTER", 5)

STATEMENT_TIMEOUTS = {
    "web": timedelta(seconds=5),
    "worker": timedelta(seconds=10),
    "bot": timedelta(seconds=10),
    "beat": timedelta(seconds=10),
    "manage": timedelta(0),  # no limit: an import, a migration or a report may take its time
}


def database(url: str, *, statement_timeout: timedelta) -> dict[str, Any]:
    """One alias; every wait of it ends by itself, so that a dead network never hangs a process."""
    server_settings = {
        "lock_timeout": "2s",
        "statement_timeout": f"{statement_timeout // timedelta(milliseconds=1)}ms",
        "idle_in_transaction_session_timeout": "15s",
    }
    return {
        **dj_database_url.parse(url),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # The statements of every look are the same: PostgreSQL parses and plans them once in a session.
            "server_side_binding": PREPARE_AFTER > 0,
            "prepare_threshold": PREPARE_AFTER or None,
            "connect_timeout": 3,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 5000,
            "application_name": f"rop-{ROP_PROCESS}",
            "options": " ".join(f"-c {name}={value}" for name, value in server_settings.items()),
        },
    }


DATABASE_URL = env.str("DATABASE_URL", "postgres://rop_app@127.0.0.1:5432/rop")
DATABASES = {
    # In tests the owner's database is created and migrated, and the application logs in to it with its own role.
    "default": {
        **database(DATABASE_URL, statement_timeout=STATEMENT_TIMEOUTS[ROP_PROCESS]),
        "TEST": {"MIRROR": "owner"},
    },
    "owner": {
        **database(env.str("DATABASE_OWNER_URL", DATABASE_URL), statement_timeout=timedelta(0)),
        "TEST": {"DEPENDENCIES": []},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Conveniences only, each process for itself: whatever is true for all of them is in the database.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# ── Celery: hints on a broker; the truth is in the database ───────────────────────────────────────────────────

REDIS_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
# Without these a half-open link hung a worker for minutes without a line in the log.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "visibility_timeout": 600,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = env.str("TIME_ZONE", "Europe/Moscow")
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
# A tick that nobody took before the next one is worth nothing: it expires, so that no backlog piles up.
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "rop.tasks.sweep", "schedule": 1.0, "options": {"expires": 2}},
    "audit": {"task": "rop.tasks.audit", "schedule": 5.0, "options": {"expires": 5}},
    "housekeeping": {"task": "rop.tasks.housekeeping", "schedule": 300.0, "options": {"expires": 300}},
}

# ── people, sessions, the admin ───────────────────────────────────────────────────────────────────────────────

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=env.int("SESSION_HOURS", 12)).total_seconds())

AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "core.addresses.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "panel/locked_out.html"

# The admin asks for a one-time password. Off only where it can't be: a demo on one's own machine.
ADMIN_OTP = env.bool("ADMIN_OTP", not DEBUG)
OTP_TOTP_ISSUER = "AI-РОП"

UNFOLD = LOOK

# ── the browser's side of security ────────────────────────────────────────────────────────────────────────────

HTTPS = env.bool("HTTPS", not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# A proxy of ours is before the web server: what it says of the client (its address, https) is believed.
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE, UNSAFE_EVAL],  # Unfold's Alpine evaluates its attributes
        "style-src": [SELF, UNSAFE_INLINE],  # Unfold and its charts set style attributes
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}

# ── REST ──────────────────────────────────────────────────────────────────────────────────────────────────────

REST_FRAMEWORK = rest.REST_FRAMEWORK
SPECTACULAR_SETTINGS = rest.SPECTACULAR_SETTINGS
# Requests a minute: of one key, of one key for what brings orders, and of one address without a good key.
API_RATES = {
    "key": env.int("API_RATE", 3000),
    "intake": env.int("API_RATE_INTAKE", 12000),
    "failed": env.int("API_RATE_FAILED", 60),
}

# ── language, time, files ─────────────────────────────────────────────────────────────────────────────────────

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["panel.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", "Europe/Moscow")

STATIC_URL = "/static/"
# Where `collectstatic` puts them, for an image. Not given (development, `make up`): served from the apps themselves.
STATIC_ROOT = env.path("STATIC_ROOT", None)
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
# Files of people, never below a public root: they are served only as attachments, by a view that asks who it is.
MEDIA_ROOT = env.path("MEDIA_ROOT", RUN_DIR / "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if STATIC_ROOT is None
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
    # A folder, or s3://KEY:SECRET@HOST/BUCKET?region=NAME.
    "evidence": evidence_storage(env.str("EVIDENCE_STORAGE_URL", ""), folder=MEDIA_ROOT / "evidence"),
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "core.uploads.UploadsOfBoundedSize",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# ── messages ──────────────────────────────────────────────────────────────────────────────────────────────────

TELEGRAM_BOT_TOKEN = env.str("TELEGRAM_BOT_TOKEN", "")
TELEGRAM_API_URL = env.str("TELEGRAM_API_URL", "https://api.telegram.org")
# That address is our own sandbox: the first people get accounts in it.
TELEGRAM_SANDBOX = env.bool("TELEGRAM_SANDBOX", False)
# Where a person meets the bot: `<base>/<bot's name>?start=…`. Empty: t.me, or the address of a local Bot API.
TELEGRAM_LINK_BASE = env.str("TELEGRAM_LINK_BASE", "")
# Messages a second in all; Telegram allows 30.
TELEGRAM_RATE = env.float("TELEGRAM_RATE", 29)
# How long a message counts as being sent before another sender may think that its sender died.
TELEGRAM_LEASE = timedelta(seconds=env.int("TELEGRAM_LEASE_SECONDS", 60))
# The panel as people reach it, for letters. Empty: letters carry no links.
PUBLIC_URL = env.str("PUBLIC_URL", "")

# Without an address of a mail server, letters are written to a folder; a line without a value gives none either.
EMAIL = env.dj_email_url("EMAIL_URL", "file:") if env.str("EMAIL_URL", "") else dj_email_url.parse("file:")
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL["EMAIL_HOST"]
EMAIL_PORT = EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL["EMAIL_USE_TLS"]
EMAIL_USE_SSL = EMAIL["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = EMAIL["EMAIL_TIMEOUT"] or 10
EMAIL_FILE_PATH = env.path("MAIL_DIR", RUN_DIR / "mail")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "rop@localhost")

# ── AI-РОП itself ─────────────────────────────────────────────────────────────────────────────────────────────

# The links upward: what a unit of work calls, inside its transaction, to look at the orders it touched.
ROP_LOOK = "rop.loop.look"
# What the doors of orders show of the ladder, and whom they find by `?stuck=`.
ROP_STANDINGS = "rop.selectors.standings"
ROP_STUCK = "rop.selectors.stuck"

# ── logs ──────────────────────────────────────────────────────────────────────────────────────────────────────

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_config(
    as_json=env.str("LOG_FORMAT", "text") == "json",
    level=env.str("LOG_LEVEL", "INFO"),
    process=ROP_PROCESS,
)
