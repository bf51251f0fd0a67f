"""Django settings, all from the environment; `entrepot doctor` explains what is missing.

ENTREPOT_ENV is `demo` (the default: embedded PostgreSQL, sandbox providers, demo keys) or `production`, which refuses
demo secrets. Nothing here opens a connection or reads a clock.
"""

import base64
import datetime as dt
import hashlib
import os
import pkgutil
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent
VAR = Path(os.environ.get("ENTREPOT_VAR", ROOT / "var"))

ENTREPOT_ENV = os.environ.get("ENTREPOT_ENV", "demo")
PRODUCTION = ENTREPOT_ENV == "production"
DEBUG = os.environ.get("ENTREPOT_DEBUG", "") == "1" and not PRODUCTION

DEMO_SECRET = "demo-only-secret-key-never-for-production"  # noqa: S105 refused in production
SECRET_KEY = os.environ.get("ENTREPOT_SECRET_KEY", DEMO_SECRET)
ALLOWED_HOSTS = os.environ.get("ENTREPOT_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")

_demo_date = os.environ.get("ENTREPOT_DEMO_DATE", "")
ENTREPOT_DEMO_DATE = dt.date.fromisoformat(_demo_date) if _demo_date else None

# id:base64 of 32 bytes, comma-separated; the first key encrypts.
_keys = os.environ.get("ENTREPOT_DATA_KEYS", "")
ENTREPOT_KEYS = {
    key_id: base64.b64decode(body) for key_id, _, body in (part.partition(":") for part in _keys.split(",") if part)
} or {"demo": hashlib.sha256(DEMO_SECRET.encode()).digest()}

# What `/metrics` asks for as a bearer token; without it only this machine is answered.
ENTREPOT_METRICS_TOKEN = os.environ.get("ENTREPOT_METRICS_TOKEN", "")

# Tests let a process die at a named point (infra.crash); production never does.
ENTREPOT_COUNT_SQL = os.environ.get("ENTREPOT_COUNT_SQL", "")  # a folder: measurements count statements there
ENTREPOT_CRASH_AT = "" if PRODUCTION else os.environ.get("ENTREPOT_CRASH_AT", "")

# Measurements compare pages with an empty view of the same process.
ENTREPOT_BENCH = not PRODUCTION and os.environ.get("ENTREPOT_BENCH") == "1"

# Tries to order from one network address within ten minutes; 0 counts neither these nor what an address holds unpaid.
# Measurements and races set it, for there a hundred buyers share one address.
ENTREPOT_ORDERS_PER_ADDRESS = int(os.environ.get("ENTREPOT_ORDERS_PER_ADDRESS", "30"))

# Where the sandbox (or the real providers) answer, and the secret their webhooks are signed with.
ENTREPOT_SANDBOX_URL = os.environ.get("ENTREPOT_SANDBOX_URL", "http://127.0.0.1:8001")
DEMO_SANDBOX_SECRET = "sandbox-webhook-secret"  # noqa: S105 refused in production
ENTREPOT_SANDBOX_SECRET = os.environ.get("ENTREPOT_SANDBOX_SECRET", DEMO_SANDBOX_SECRET)
# Registers of tax numbers: in production the authorities themselves, elsewhere the sandbox plays them.
ENTREPOT_VIES_URL = os.environ.get("ENTREPOT_VIES_URL") or (
    "https://ec.europa.eu/taxation_customs/vies/rest-api" if PRODUCTION else f"{ENTREPOT_SANDBOX_URL}/vies"
)
ENTREPOT_HMRC_URL = os.environ.get("ENTREPOT_HMRC_URL") or (
    "https://api.service.hmrc.gov.uk" if PRODUCTION else f"{ENTREPOT_SANDBOX_URL}/hmrc"
)
ENTREPOT_HMRC_CLIENT_ID = os.environ.get("ENTREPOT_HMRC_CLIENT_ID", "")
ENTREPOT_HMRC_CLIENT_SECRET = os.environ.get("ENTREPOT_HMRC_CLIENT_SECRET", "")
ENTREPOT_BASE_URL = os.environ.get("ENTREPOT_BASE_URL", "http://127.0.0.1:8000")

if PRODUCTION and (SECRET_KEY == DEMO_SECRET or ENTREPOT_SANDBOX_SECRET == DEMO_SANDBOX_SECRET or not _keys):
    raise ImproperlyConfigured(
        "ENTREPOT_ENV=production needs secrets of its own: set ENTREPOT_SECRET_KEY, ENTREPOT_DATA_KEYS and"
        " ENTREPOT_SANDBOX_SECRET (`entrepot keys` prints fresh ones)."
    )
if PRODUCTION and ENTREPOT_DEMO_DATE:
    raise ImproperlyConfigured("ENTREPOT_DEMO_DATE stops the clock and is for the demo: unset it in production.")

DOMAINS = sorted(m.name for m in pkgutil.iter_modules([str(PACKAGE / "domains")]) if m.ispkg)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "django_vite",
    "entrepot.infra",
    *[f"entrepot.domains.{name}" for name in DOMAINS],
    "entrepot.interfaces.web",
]

AUTH_USER_MODEL = "identity.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "entrepot.interfaces.web.middleware.RequestId",
    "entrepot.interfaces.web.metrics.CountRequests",
    "entrepot.interfaces.web.middleware.SayErrors",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "entrepot.config.urls"
WSGI_APPLICATION = "entrepot.config.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [
            *[str(PACKAGE / "interfaces" / door / "templates") for door in ("web", "storefront", "console", "api")],
        ],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "entrepot.interfaces.web.jinja.environment"},
    },
]


def _database(url: str, **options: str) -> dict:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(f"DATABASE_URL must start with postgresql://, not {parts.scheme}://")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "entrepot.infra.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "entrepot",
        "USER": unquote(parts.username or "postgres"),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"prepare_threshold": 3, **query, **options},
        "TEST": {"NAME": os.environ.get("ENTREPOT_TEST_DATABASE") or None},
    }


# Two roles: the owner migrates, `entrepot_app` runs. With one URL the program steps down by SET ROLE;
# DATABASE_APP_URL gives it a login of its own.
_owner_url = os.environ.get("DATABASE_URL", "postgresql://postgres@/entrepot?host=/nowhere")
_as_owner = os.environ.get("ENTREPOT_DB_ROLE", "app") == "owner"
if _as_owner:
    DATABASES = {"default": _database(_owner_url)}
elif os.environ.get("DATABASE_APP_URL"):
    DATABASES = {"default": _database(os.environ["DATABASE_APP_URL"])}
else:
    DATABASES = {"default": _database(_owner_url, options="-c role=entrepot_app")}
# The running role binds parameters on the server, so that a statement is parsed and planned once per connection and not
# each time; the owner's migrations put parameters into definitions, which only the client can.
DATABASES["default"]["OPTIONS"]["server_side_binding"] = (
    not _as_owner and os.environ.get("ENTREPOT_DB_BINDING") != "client"
)
if os.environ.get("ENTREPOT_DB_POOL"):
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": int(os.environ["ENTREPOT_DB_POOL"])}

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"), ("zh-hans", "简体中文"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"),
    ("pt-br", "Português (Brasil)"), ("ja", "日本語"), ("ar", "العربية"),
]  # fmt: skip
LOCALE_PATHS = [PACKAGE / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [
    path
    for path in [
        PACKAGE / "interfaces" / "web" / "static",
        PACKAGE / "interfaces" / "console" / "static",
        ROOT / "web" / "dist",
    ]
    if path.exists()
]
# ENTREPOT_STATIC=collected: `collectstatic` was run (`make run` does; do so in production), files are served compressed
# from STATIC_ROOT. Otherwise (tests, development) they are served from where they are written.
WHITENOISE_USE_FINDERS = os.environ.get("ENTREPOT_STATIC") != "collected"
if WHITENOISE_USE_FINDERS:
    STATIC_ROOT = VAR / "static-unused"  # an old collection must not shadow the files being worked on
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/assets/[\w.-]+-[\w-]{8}\.\w+$"  # Vite names files by their content
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
DJANGO_VITE = {"default": {"dev_mode": False, "manifest_path": ROOT / "web" / "dist" / "manifest.json"}}
MEDIA_ROOT = VAR / "files"
# Where typst finds Noto Sans, Noto Sans Arabic and Noto Sans SC (`make setup` makes them from the npm lock).
ENTREPOT_FONTS = Path(os.environ.get("ENTREPOT_FONTS", VAR / "fonts"))
# The folder of the published EN 16931 schematron as XSLT: `entrepot invoices check` and a test run it over the XML files.
EN16931_XSLT = os.environ.get("EN16931_XSLT", "")

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# A role that asks for a second factor keeps its holder out until one is set up (`required`, always so in production), or
# reminds on every page (`noted`), so that the demo's log-ins work at once.
ENTREPOT_SECOND_FACTOR = "required" if PRODUCTION else os.environ.get("ENTREPOT_SECOND_FACTOR", "noted")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
if ENTREPOT_BASE_URL.startswith("https://"):
    CSRF_TRUSTED_ORIGINS = [ENTREPOT_BASE_URL.rstrip("/")]
    SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
# A proxy that ends TLS says so in this header; believe it only when there is such a proxy, for anybody can send it.
if os.environ.get("ENTREPOT_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies stand before us, each appending the address it was called from to X-Forwarded-For: only so many of its
# entries, counted from the end, are believed. A proxy that knows the visitor's country may say it in a header named here.
ENTREPOT_TRUSTED_PROXIES = int(
    os.environ.get("ENTREPOT_TRUSTED_PROXIES") or (1 if os.environ.get("ENTREPOT_BEHIND_PROXY") == "1" else 0)
)
ENTREPOT_COUNTRY_HEADER = os.environ.get("ENTREPOT_COUNTRY_HEADER", "")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

EMAIL_HOST = os.environ.get("ENTREPOT_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = int(os.environ.get("ENTREPOT_SMTP_PORT", "8025"))
EMAIL_HOST_USER = os.environ.get("ENTREPOT_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("ENTREPOT_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("ENTREPOT_SMTP_TLS") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("ENTREPOT_MAIL_FROM", "shop@entrepot.example")

PROCRASTINATE_ON_APP_READY = None
SILENCED_SYSTEM_CHECKS: list[str] = []
