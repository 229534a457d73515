"""Settings of the site. All that differs between machines is an environment variable.

docs/settings.md lists the variables with their defaults.
"""

import secrets
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from django_prose_editor.config import html_tags
from js_asset import static_lazy

from portal.postgresql.connection import database_settings

env = environ.FileAwareEnv()

BASE_DIR = Path(__file__).resolve().parent.parent
# The one folder that a running site writes to.
PORTAL_DATA = Path(env.str("PORTAL_DATA", default=str(BASE_DIR / "var"))).resolve()

# --- Mode and secrets ---------------------------------------------------------------------------

# Never on a public server: it shows source code and settings on error pages.
DEBUG = env.bool("DEBUG", default=False)
# Set by `make run` and `make test` only. It allows defaults that are too weak for a public site: a
# generated key, localhost, no HTTPS. Without it a missing SECRET_KEY or ALLOWED_HOSTS is an error.
PORTAL_LOCAL = env.bool("PORTAL_LOCAL", default=False)


def _local_secret_key() -> str:
    """Return the key stored in PORTAL_DATA, generated on first use, readable by its owner only."""
    path = PORTAL_DATA / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"secret_key.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            # If two processes start at once, the first to link wins, and both read its key.
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text().strip()


SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not (DEBUG or PORTAL_LOCAL):
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it to a long random text that stays the same on every "
            "host of this site, for example the output of: "
            "python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    SECRET_KEY = _local_secret_key()

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
if not ALLOWED_HOSTS:
    if not (DEBUG or PORTAL_LOCAL):
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS is not set. Set it to the names under which citizens reach the site, "
            "separated by commas, for example: ALLOWED_HOSTS=yenha.example.gov.vn"
        )
    ALLOWED_HOSTS = LOCAL_HOSTS

# --- Applications -------------------------------------------------------------------------------

# In the order of imports, the upper app first: its templates and static files come before those of
# the apps below it.
INSTALLED_APPS = [
    "portal",
    "stats",
    "comments.captcha",
    "comments",
    "ratings",
    "news",
    "captcha",
    "django_prose_editor",
    "csp",
    # In place of django.contrib.admin.
    "portal.admin_site.NewsroomConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "pgtrigger",
    # Before staticfiles: `runserver` serves static files as the production server does.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    # For FORM_RENDERER, whose templates are then found in our templates/ first.
    "django.forms",
]

MIDDLEWARE = [
    # First: it measures all others, and what they log bears the number of the request.
    "portal.monitoring.middleware.RequestMonitor",
    # Before all that answers, so that it removes the body of every response.
    "portal.middleware.HeadWithoutBody",
    # Monitors call by IP address and plain HTTP: before the checks of Host and HTTPS.
    "portal.monitoring.middleware.Probes",
    # Before all that reads REMOTE_ADDR.
    "portal.middleware.ClientAddress",
    # Before all that counting a page view does not need; after ClientAddress, which it needs.
    "portal.middleware.Beacon",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.ContentPolicy",
    # Before ErrorPages, which are in the language of the address.
    "portal.middleware.LanguageByAddress",
    # Before all middleware that may answer with a plain error.
    "portal.middleware.ErrorPages",
    "portal.middleware.RequestLimits",
    "portal.middleware.SameOrigin",
    # Outside sessions and CSRF: it drops the cookies of public requests before those read them, and
    # sees the cookies that they set.
    "portal.middleware.PublicPage",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # Innermost: it looks at the 404 of a view.
    "portal.redirects.middleware.OldAddresses",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

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
                "portal.frame.frame",
            ],
        },
    }
]
# Form and widget templates are found in templates/ too.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Our extension of the editor. Which of the others are used is set in news/editor.py.
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {"js": [static_lazy("news/admin/editor.js")], "extensions": {"Newsroom": html_tags([])}}
]

# --- Database -----------------------------------------------------------------------------------

if env.str("DATABASE_URL", default=""):
    DATABASES = {"default": env.db_url("DATABASE_URL", engine="portal.postgresql")}
else:
    DATABASES = {"default": database_settings(PORTAL_DATA)}
DATABASES["default"] |= {
    # Seconds. A new connection costs more than the statements of most pages.
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    # After a restart of the server a kept connection is replaced instead of failing.
    "CONN_HEALTH_CHECKS": True,
    # Services open their own transactions; reading a page needs none.
    "ATOMIC_REQUESTS": False,
}
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 2,  # seconds; libpq takes no shorter one
    # Statements are prepared on first use, if their values are sent apart from the SQL: see
    # news/statements.py. Django's own merge them on the client, so they are never prepared.
    "prepare_threshold": 0,
} | DATABASES["default"].get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Staff --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "portal.User"
# New passwords are hashed by the first; the second reads those of earlier Django sites.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},  # Django's default of 8 is too short for staff
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"

# --- Language, time and numbers -----------------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
# locale/libraries translates what Django and the packages lack in Vietnamese.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
# Django's own formats are wrong for Vietnamese: see portal/formats.
FORMAT_MODULE_PATH = "portal.formats"
USE_THOUSAND_SEPARATOR = True

# --- Files --------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(PORTAL_DATA / "static")))
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(PORTAL_DATA / "media"))
# Written when the site starts, given out by nginx.
ERROR_PAGES_ROOT = PORTAL_DATA / "error-pages"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # The name of a collected file has a hash of its content, so it may be cached for a year.
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "portal.static_files.StaticFilesStorage"
        )
    },
}
# Uploads of more than 2.5 MB while they arrive. Named, because Python would go from one folder that
# is full to the next, and at last say that there is none.
FILE_UPLOAD_TEMP_DIR = env.str("TMPDIR", default="/tmp")  # noqa: S108
# nginx, under another account, reads the files.
FILE_UPLOAD_PERMISSIONS = 0o644
# Bytes of a form without its files: enough for a long article pasted with all its markup.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# The largest admin forms are lists with a few hundred editable rows.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Captcha of the comments (docs/captcha.md) ----------------------------------------------------

# Minutes in which a challenge can be answered.
CAPTCHA_TIMEOUT = env.int("CAPTCHA_TIMEOUT", default=10)
# Challenges that one network gets in a minute: a whole office may share one address.
CAPTCHA_PER_MINUTE = env.int("CAPTCHA_PER_MINUTE", default=120)
# The views of the library have no URL here. Should one be called all the same, it uses our
# challenges.
CAPTCHA_CHALLENGE_FUNCT = "comments.captcha.challenges.library_challenge"
CAPTCHA_2X_IMAGE = False
CAPTCHA_GET_FROM_POOL = False

# --- Security -----------------------------------------------------------------------------------

# One switch for all that depends on HTTPS: redirect, HSTS, secure cookies.
HTTPS = env.bool("HTTPS", default=not (DEBUG or PORTAL_LOCAL))
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000) if HTTPS else 0  # a year
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=HTTPS)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=HTTPS)
# deploy/nginx.conf uses this name too: it keeps the pages of staff out of the cache.
SESSION_COOKIE_NAME = "sessionid"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
# Seconds: a working day, so that a session does not stay open on a shared computer.
SESSION_COOKIE_AGE = 8 * 60 * 60
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Only with a proxy in front that always sets X-Forwarded-Proto: else visitors could set it.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of ours append to X-Forwarded-For. Addresses further left are sent by the visitor
# and not trusted.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=int(BEHIND_PROXY))
# With the prefix __Host-, browsers accept the cookie only from this host over HTTPS: another site
# below the same domain cannot set it (RFC 6265bis, section 4.1.3.2).
RATER_COOKIE_NAME = "__Host-rater" if HTTPS else "rater"
# The one cookie that is read below a public address; `PublicPage` drops all others.
VISITOR_COOKIES = {"/danh-gia/": RATER_COOKIE_NAME}

# Nothing from other hosts, no inline script or style, no frames.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
# The admin has one inline script, the import map of the editor, with a nonce; and the media library
# opens in a frame.
CONTENT_SECURITY_POLICY_ADMIN = {
    "script-src": [SELF, NONCE],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}

# --- Ratings (docs/ratings.md) --------------------------------------------------------------------

# New ratings that one network may give in an hour: enough for an office of 40 behind one address,
# too few to change the average of an article of a small town by a script.
RATINGS_PER_NETWORK_AND_ARTICLE = env.int("RATINGS_PER_NETWORK_AND_ARTICLE", default=60)
RATINGS_PER_NETWORK = env.int("RATINGS_PER_NETWORK", default=1000)
# Whether the structured data of an article contain its average rating. Search engines do not show
# it for news, and may take it for spam.
RATINGS_STRUCTURED_DATA = env.bool("RATINGS_STRUCTURED_DATA", default=False)

# --- Backups (docs/backup.md) ---------------------------------------------------------------------

# How many are kept in their folder: two weeks, if one is made each night.
BACKUPS_TO_KEEP = env.int("BACKUPS_TO_KEEP", default=14)
# Days after which administrators are warned that the last backup is old; 0: never.
BACKUP_WARNING_DAYS = env.int("BACKUP_WARNING_DAYS", default=0 if DEBUG or PORTAL_LOCAL else 2)

# --- Mail ---------------------------------------------------------------------------------------

# Without a mail server, mail is printed on the standard output.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default=f"congtin@{ALLOWED_HOSTS[0].lstrip('.')}"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# For links in mail, which is written without a request.
SITE_URL = env.str(
    "SITE_URL", default=f"http{'s' if HTTPS else ''}://{ALLOWED_HOSTS[0].lstrip('.')}"
).rstrip("/")

# --- Logs and figures for monitoring (docs/operations.md) -----------------------------------------

# "line" or "json": one line, or one JSON object, an event on the standard error output.
LOG_FORMAT = env.str("LOG_FORMAT", default="line", choices=["line", "json"])
# One event for each request: its route, status, milliseconds and number of statements.
ACCESS_LOG = env.bool("ACCESS_LOG", default=LOG_FORMAT == "json")
# Figures for Prometheus at /metrics, for callers on this machine.
METRICS = env.bool("METRICS", default=False)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Both leave out what visitors sent: addresses, paths, messages of exceptions.
    "formatters": {
        "line": {
            "()": "portal.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {"()": "portal.logs.JsonLineFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # 4xx are not logged: visitors and scanners cause them.
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        # Scanners send wrong Host headers all the time.
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
