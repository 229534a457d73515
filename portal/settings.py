"""Settings of the whole site: one file; what differs between machines is an environment variable.

The variables are listed, with their defaults, in docs/settings.md.
"""

import secrets
from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from django_prose_editor.config import html_tags
from js_asset import static_lazy

env = environ.FileAwareEnv()

BASE_DIR = Path(__file__).resolve().parent.parent
# Everything the running site writes lies under this one folder.
PORTAL_DATA = Path(env.str("PORTAL_DATA", default=str(BASE_DIR / "var"))).resolve()

# --- Mode and secrets ---------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
# Set by `make run` and `make test`: a site on one's own machine may make up what a real one must
# be told. A public site leaves it unset and gets a plain refusal instead of a weak default.
PORTAL_LOCAL = env.bool("PORTAL_LOCAL", default=False)


def _local_secret_key() -> str:
    """Return the key kept in PORTAL_DATA, made on first use and readable by the owner alone."""
    path = PORTAL_DATA / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"secret_key.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            # Two processes may start at once: the first to link wins and both read its key.
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
    "portal.admin_site.NewsroomConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "pgtrigger",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "portal.middleware.HeadWithoutBody",
    "portal.middleware.Probes",
    "portal.middleware.ClientAddress",
    "portal.middleware.Beacon",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.ContentPolicy",
    "portal.middleware.LanguageByAddress",
    "portal.middleware.ErrorPages",
    "portal.middleware.RequestLimits",
    "portal.middleware.SameOrigin",
    "portal.middleware.PublicPage",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Our own extension of the editor; what else it offers is chosen in news/editor.py.
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {"js": [static_lazy("news/admin/editor.js")], "extensions": {"Newsroom": html_tags([])}}
]

# --- Database -----------------------------------------------------------------------------------

if env.str("DATABASE_URL", default=""):
    DATABASES = {"default": env.db_url("DATABASE_URL", engine="portal.postgresql")}
else:
    from portal.postgresql.connection import database_settings

    DATABASES = {"default": database_settings(PORTAL_DATA)}
DATABASES["default"] |= {
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
}
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 5,
    # At once where the values come apart from the text (news/statements.py), else never.
    "prepare_threshold": 0,
} | DATABASES["default"].get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Staff --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "portal.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"

# --- Language, time and numbers -----------------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
# `locale/libraries` fills the gaps that Django and the packages leave in Vietnamese.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
FORMAT_MODULE_PATH = "portal.formats"
USE_THOUSAND_SEPARATOR = True

# --- Files --------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(PORTAL_DATA / "static")))
MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(PORTAL_DATA / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
FILE_UPLOAD_PERMISSIONS = 0o644
# Of a form without its files: a long article, pasted with all its markup, and room to spare.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Captcha of the comments (docs/captcha.md) ----------------------------------------------------

# Minutes in which a challenge can be answered.
CAPTCHA_TIMEOUT = env.int("CAPTCHA_TIMEOUT", default=10)
# Challenges that one network is given in a minute: a whole office may sit behind one address.
CAPTCHA_PER_MINUTE = env.int("CAPTCHA_PER_MINUTE", default=120)
# What is left of the library's own ways, none of which has an address here, must not be weaker.
CAPTCHA_CHALLENGE_FUNCT = "comments.captcha.challenges.library_challenge"
CAPTCHA_2X_IMAGE = False
CAPTCHA_GET_FROM_POOL = False

# --- Security -----------------------------------------------------------------------------------

HTTPS = env.bool("HTTPS", default=not (DEBUG or PORTAL_LOCAL))
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=HTTPS)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=HTTPS)
SESSION_COOKIE_NAME = "sessionid"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 8 * 60 * 60
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    # Only a proxy that sets this header itself, and drops the visitor's, may be in front.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of ours add an address to X-Forwarded-For; what stands before is the visitor's
# own word and never believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=int(BEHIND_PROXY))
# With the prefix a browser takes the cookie from this very host alone, over HTTPS: no neighbour
# below the same domain can set one for our readers (RFC 6265bis, section 4.1.3.2).
RATER_COOKIE_NAME = "__Host-rater" if HTTPS else "rater"
# The one cookie that a visitor may bring below an address; every other one is dropped unread.
VISITOR_COOKIES = {"/danh-gia/": RATER_COOKIE_NAME}

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
# The editor's import map is the only inline script; it stands in the admin and carries a nonce.
CONTENT_SECURITY_POLICY_ADMIN = {
    "script-src": [SELF, NONCE],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}

# --- Ratings (docs/ratings.md) --------------------------------------------------------------------

# New ratings that one network may give within an hour: an office of 40 behind one address has room,
# a flood that would sink an article of a small town has not.
RATINGS_PER_NETWORK_AND_ARTICLE = env.int("RATINGS_PER_NETWORK_AND_ARTICLE", default=60)
RATINGS_PER_NETWORK = env.int("RATINGS_PER_NETWORK", default=1000)
# Whether search engines are told the average. They have no use for it with news, and may take it
# for an attempt to look better.
RATINGS_STRUCTURED_DATA = env.bool("RATINGS_STRUCTURED_DATA", default=False)

# --- Mail ---------------------------------------------------------------------------------------

# Without a server to hand it to, mail is printed where the process runs.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default=f"congtin@{ALLOWED_HOSTS[0].lstrip('.')}"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# For links in what is written with no request at hand.
SITE_URL = env.str(
    "SITE_URL", default=f"http{'s' if HTTPS else ''}://{ALLOWED_HOSTS[0].lstrip('.')}"
).rstrip("/")

# --- Logs ---------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        # A wrong Host header is a scanner's habit, not an event of ours.
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
