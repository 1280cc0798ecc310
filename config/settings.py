"""Settings, read from the environment and ``.env``. Without servers given, embedded ones run: docs/operations.md."""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from kombu import Queue
from redis.backoff import NoBackoff
from redis.retry import Retry

BASE_DIR = Path(__file__).resolve().parent.parent
from embedded.configuration import (  # noqa: E402
    addresses,
    environment,
    known_time_zone,
    public_url,
    refuse_unsafe,
)

env = environment()

# --- servers: both URLs are set, or the embedded ones are used ------------------------------------------------
from config.schedules import beat_schedule  # noqa: E402  (needs .env)
from embedded.heartbeats import PUSHES, QUEUES  # noqa: E402

SERVERS = addresses(env, BASE_DIR)
EMBEDDED = SERVERS.embedded
DATA_DIR = SERVERS.data_dir
DEMO = env.bool(
    "ANQI_DEMO", default=False
)  # shows demo logins on the login page and requires no second factor

PORT = env.int("PORT", default=8000)  # of the web server on 127.0.0.1
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = SERVERS.secret_key
SECRET_KEY_FALLBACKS = env.list(
    "SECRET_KEY_FALLBACKS", default=[]
)  # earlier keys: sessions and sealed secrets stay readable
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if EMBEDDED else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# where phones find Anqi, such as https://anqi.example.cn; QR codes begin with it. Empty: as the page was asked for
PUBLIC_URL = public_url(env.str("PUBLIC_URL", default=""))

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "foundation.tenancy",
    "foundation.accounts",
    "foundation.inbox",
    "foundation.exports",
    "foundation.bulk",
    "foundation.lists",
    "foundation.rest",
    "foundation.deadlines",
    "foundation.lots",
    "foundation.links",
    "foundation.attachments",
    "foundation.contributions",
    "foundation.ui",
    "foundation.people",
    "foundation.drafts",
    "foundation.field",
    "enterprises",
    "facts",
    "papers",
    "inspections",
    "inspections.checkins",
    "disputes",
    "incidents",
    "service",
    "ratings",
    "deliveries",
    "imports",
    "desk",
    "portal",
    "demo",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_tables2",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "config.proxies.ClientAddressMiddleware",
    "config.headers.HeadersMiddleware",
    "config.compression.CompressionMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.health.HealthMiddleware",
    "foundation.accounts.middleware.CookielessMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.visible.VisibleTextMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "foundation.drafts.middleware.ScriptedFormsMiddleware",  # above whatever redirects a form
    "foundation.field.middleware.FieldMiddleware",  # the same for a phone's own requests
    "allauth.account.middleware.AccountMiddleware",
    "foundation.accounts.middleware.ActorMiddleware",  # who acts, in which role
    "config.limits.AnonymousLimitMiddleware",
    "foundation.tenancy.middleware.ScopeMiddleware",  # transaction and tenant scope, around rendering
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "foundation.ui.templatetags.anqi",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "foundation.ui.shell.shell",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "_table.html"

# --- database: the runtime role works, the owner role migrates --------------------------------------------------
DATABASES = {
    "default": SERVERS.runtime
    | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "DISABLE_SERVER_SIDE_CURSORS": False},
    "owner": SERVERS.owner,
}
DATABASE_ROUTERS = ["config.routers.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": SERVERS.redis_url,
        # a hanging broker must not block the pages: they answer 503 or do without it
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2, "retry": Retry(NoBackoff(), 1)},
    }
}
SESSION_ENGINE = "foundation.accounts.sessions"

# --- celery -----------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = SERVERS.redis_url
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 280_000  # kB; the target is 300 MB per worker
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,  # longer than a worker's BRPOP waits (1 s)
    "socket_connect_timeout": 5,
}
CELERY_TASK_QUEUES = [Queue(name) for name in QUEUES]
CELERY_TASK_ROUTES = {"deliveries.tasks.push*": {"queue": PUSHES}}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1}  # the sweep finds what could not be queued
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULER = "config.beat:TickingScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 10
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
for _interval in ("SWEEP_INTERVAL_S", "DELIVERIES_INTERVAL_S"):
    env.float(_interval, default=1.0)  # refuses what is no number; the apps' schedules read it themselves
CELERY_BEAT_SCHEDULE = beat_schedule(INSTALLED_APPS)  # each app has its own in schedule.py

# --- people -----------------------------------------------------------------------------------------------------
# without DATABASE_OWNER_URL the owner's database has no engine, which would be told to be one without generated columns
SILENCED_SYSTEM_CHECKS = ["fields.E220", "fields.E222"]
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "foundation.accounts.password_rules.NotUsedBefore"},
]
PASSWORD_HISTORY = env.int("PASSWORD_HISTORY", default=5)  # so many last passwords are not accepted again
PASSWORD_DAYS = env.int("PASSWORD_DAYS", default=0)  # a password must be changed after so many days; 0: never
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "foundation.people.adapters.AccountAdapter"
# "login" counts every log-in from an address: a whole station begins its shift behind one.
LOGIN_FAILURES = "login_failed"  # what allauth calls them
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    LOGIN_FAILURES: "5/15m/key,30/5m/ip",
    "password_request": "10/h/ip",
}
ACCOUNT_FORMS = {"change_password": "foundation.people.forms.ChangePasswordForm"}
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "foundation.people.second_factors.MFAAdapter"
MFA_FORMS = {
    "activate_totp": "foundation.people.codes.ActivateForm",
    "authenticate": "foundation.people.codes.LogInForm",
    "reauthenticate": "foundation.people.codes.ConfirmForm",
}
MFA_TOTP_ISSUER = "Anqi"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# one step of 30 s before and after, as RFC 6238 (5.2) recommends: typing takes time, and a telephone's clock is not exact
MFA_TOTP_TOLERANCE = 1
LINKS_PER_MINUTE = env.int("LINKS_PER_MINUTE", default=120)
CALENDARS_PER_MINUTE = env.int("CALENDARS_PER_MINUTE", default=300)  # a whole station reads from one address
ANONYMOUS_PER_MINUTE = env.int(
    "ANONYMOUS_PER_MINUTE", default=1200
)  # requests from an address without a login
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=not (DEMO or EMBEDDED))
# pages, and those below them, for people who must still set up the second factor that their role requires
SECOND_FACTOR_EXEMPT = [
    "mfa_index",
    "account_logout",
    "set_language",
    "account_reauthenticate",
    "accounts:act_as",
]
IDLE_TIMEOUT_S = env.int("IDLE_TIMEOUT_S", default=8 * 3600 if DEMO else 30 * 60)
SESSION_LENGTH_S = env.int("SESSION_LENGTH_S", default=12 * 3600)  # since the login, however busy

# --- safety -----------------------------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=not EMBEDDED)  # the reverse proxy terminates TLS
refuse_unsafe(
    embedded=EMBEDDED,
    debug=DEBUG,
    demo=DEMO,
    https=HTTPS,
    hosts=ALLOWED_HOSTS,
    keys=[SECRET_KEY, *SECRET_KEY_FALLBACKS],
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
TRUSTED_PROXIES = env.list(
    "TRUSTED_PROXIES", default=[]
)  # networks whose X-Forwarded-For and -Proto are trusted
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_SSL_HOST = env.str("SSL_HOST", default="") or None  # where plain http is sent, if not to its own host
# A browser would remember for a year what a machine with an own certificate said while it was tried out.
LASTING = HTTPS and not env.bool("ANQI_HTTPS", default=False)
SECURE_HSTS_SECONDS = 31_536_000 if LASTING else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = LASTING
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "foundation.drafts.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],  # blob: a photo on the phone that is not sent yet
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000

# --- deliveries -------------------------------------------------------------------------------------------------
# Codes of bureaus whose data are invented: departments there are under test, and what they get says so. "AD" is the demo's.
SANDBOX_BUREAUS = env.list("SANDBOX_BUREAUS", default=["AD"] if DEMO else [])
WEBHOOKS_PLAIN_HTTP = env.bool("WEBHOOKS_PLAIN_HTTP", default=EMBEDDED)  # otherwise receivers must use TLS

# --- language and time ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "anqi_language"
LANGUAGE_COOKIE_AGE = 31_536_000
USE_I18N = True
USE_TZ = True
TIME_ZONE = known_time_zone("Asia/Shanghai")
FORMAT_MODULE_PATH = ["config.formats"]

# --- static files: our own, and of packages those that pages use (config/static.py) -------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "config.static.PackageFinder",
]
STATIC_HASHED = env.bool("STATIC_HASHED", default=not EMBEDDED)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # photos and files of records: behind no address, so without a URL of its own
    "attachments": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.str("ATTACHMENTS_DIR", default=str(DATA_DIR / "attachments")),
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "config.static.StaticStorage" if STATIC_HASHED else "config.static.PlainStaticStorage"
    },
}
WHITENOISE_USE_FINDERS = not STATIC_HASHED
WHITENOISE_ROOT = BASE_DIR / "front" / "root"  # what browsers ask for at the root: /favicon.ico
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- the API ------------------------------------------------------------------------------------------------------
API_READS_PER_MINUTE = env.int("API_READS_PER_MINUTE", default=600)  # per key
API_WRITES_PER_MINUTE = env.int("API_WRITES_PER_MINUTE", default=120)
API_FAILURES = env.int("API_FAILURES", default=30)  # wrong keys in five minutes per address
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "foundation.rest.schema.Schema",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Anqi",
    "DESCRIPTION": "Ratings, enterprises, hazards and messages for the partner departments of a public-security bureau.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATION_PARAMETERS": False,
    # without the package's own hook, which names enums after their fields
    "POSTPROCESSING_HOOKS": ["foundation.rest.schema.complete"],
}

# --- logs ---------------------------------------------------------------------------------------------------------
from config.logs import LOGGING  # noqa: E402, F401

DJANGO_STRUCTLOG_CELERY_ENABLED = True  # passes the request id on to tasks
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # it believes headers that anybody can write
