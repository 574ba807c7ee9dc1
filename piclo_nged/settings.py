"""All settings, read from the environment once. Where we are in the story: before it begins.

The names a deployment may set are listed in README.md ("For real"). Without any of them the project runs
for development: DEBUG on, the embedded PostgreSQL that manage.py starts, mail to a local port.
"""

import json
import os
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
import django_include_bootstrap
from django.core.exceptions import ImproperlyConfigured

from piclo_nged.console_settings import UNFOLD as UNFOLD
from piclo_nged.databases import database_url, debug_is_on

BASE_DIR = Path(__file__).resolve().parent.parent


def _required_for_real(name: str, otherwise: str) -> str:
    """The variable's value; in development its stand-in; with DEBUG=0 an error at start."""
    value = os.environ.get(name, "")
    if value or DEBUG:
        return value or otherwise
    raise ImproperlyConfigured(f"Set {name}: with DEBUG=0 it has no default.")


DEBUG = debug_is_on()
SECRET_KEY = _required_for_real("SECRET_KEY", "for-development-only-never-for-real-use")
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
_site = urlsplit(SITE_URL)
ALLOWED_HOSTS = [_site.hostname or "127.0.0.1", *os.environ.get("ALLOWED_HOSTS", "").split()]
if DEBUG:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "testserver", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "piclo_nged.apps.PicloNgedConfig",
    "unfold.apps.BasicAppConfig",  # the look alone: its other config would put its own admin site in place of ours
    "unfold.contrib.import_export",
    "piclo_nged.apps.ConsoleConfig",  # in place of django.contrib.admin: the console
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "anymail",
    "django_filters",
    "django_htmx",
    "django_q",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "pgtrigger",
    "rest_framework",
    "markets",
    "dispatch",
    "settlement",
    "sops",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "piclo_nged.urls"
WSGI_APPLICATION = "piclo_nged.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# One dialect: PostgreSQL. Connections are kept (no pool: the job cluster forks).
DATABASES = {
    "default": dj_database_url.parse(
        _required_for_real("DATABASE_URL", database_url() if DEBUG else ""), conn_max_age=600, conn_health_checks=True
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "markets.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people join by invitation: the link in the invitation is the proof
ACCOUNT_MAX_EMAIL_ADDRESSES = 1  # the invited one: with another a person could take up an invitation meant for others
ACCOUNT_ADAPTER = "markets.accounts.InvitedOnlyAdapter"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"  # how times are shown; instants are stored and compared in UTC
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "piclo_nged.formats"

STATIC_URL = "static/"
STATICFILES_DIRS = [
    BASE_DIR / "templates" / "static",
    ("bootstrap", Path(django_include_bootstrap.__file__).parent / "static"),
]
WHITENOISE_USE_FINDERS = True  # files straight from the installed packages: no collectstatic step

# One message per recipient; (connect, read) time-outs short, since the worker itself retries.
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", "Piclo × NGED <flex@piclo.example>")


def _mailer(number: str, options: str) -> dict[str, object]:
    """A provider as the environment names it: MAIL_BACKEND, or MAIL_BACKEND_2 for the second."""
    backend = os.environ.get(f"MAIL_BACKEND{number}") or "markets.operations.smtp.Backend"
    return {"BACKEND": backend, "OPTIONS": json.loads(os.environ.get(f"MAIL_OPTIONS{number}") or options)}


MAILERS = {"default": _mailer("", '{"host": "127.0.0.1", "port": 1025, "timeout": 5}')}
if os.environ.get("MAIL_BACKEND_2") or os.environ.get("MAIL_OPTIONS_2"):
    MAILERS["second"] = _mailer("_2", "{}")
# What providers tell of a mail afterwards is taken from whoever knows this name:password; without it from nobody.
ANYMAIL = {"REQUESTS_TIMEOUT": (3, 5), "WEBHOOK_SECRET": os.environ.get("MAIL_WEBHOOK_SECRET", "")}
# The mailbox of the canary: the instruction that goes the whole way every minute, and how old the last may be.
CANARY_MAILBOX = os.environ.get("CANARY_MAILBOX") or f"canary@{parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition('@')[2]}"
CANARY_SECONDS = int(os.environ.get("CANARY_SECONDS", "150"))

# Jobs: see the traps of django-q2 in schedules.py. `retry` well above `timeout`, a queue no longer than the workers.
Q_CLUSTER = {
    "name": "piclo-nged",
    "orm": "default",
    "workers": 2,
    "queue_limit": 2,
    "timeout": 300,
    "retry": 900,
    "max_attempts": 3,
    "save_limit": 1000,
    "poll": 0.5,
    "catch_up": False,
    "label": "Background jobs",
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["markets.rest.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "markets.rest.answers.problem_response",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Piclo × NGED",
    "DESCRIPTION": "One market-to-market integration: NGED's calls under /api/nged/v1/, sellers' under /api/v1/.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",  # knows webhooks
    "WEBHOOKS": ["dispatch.api.INSTRUCTION_CREATED", "dispatch.api.WEBHOOK_TEST"],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

# NGED's open data portal (CKAN), from which test parties may be filled. Without an address nothing is asked of it.
NGED_PORTAL_URL = os.environ.get("NGED_PORTAL_URL", "")
NGED_PORTAL_TOKEN = os.environ.get("NGED_PORTAL_TOKEN", "")

# A season's file or a month of readings in one call: NGED's largest publications are about 10 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 2**20

CSRF_FAILURE_VIEW = "markets.web.typed.forgery_or_signed_in_anew"
_secure = _site.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
if _secure:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django": {"handlers": []}},  # its own handler would say everything twice in development
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO" if not DEBUG else "WARNING")},
}
