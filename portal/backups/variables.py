"""The environment variables of docs/settings.md as a backup keeps them: without secrets."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

# Never written down. Not the addresses either: django-environ finds passwords in more forms of them
# than can be taken apart here. What is in neither list is not written.
SECRET = ["SECRET_KEY", "DATABASE_URL", "EMAIL_URL"]
PLAIN = [
    *("ALLOWED_HOSTS", "PORTAL_DATA", "MEDIA_ROOT", "STATIC_ROOT", "PORT", "TMPDIR"),
    *("WEB_CONCURRENCY", "WEB_THREADS", "HTTPS", "SECURE_HSTS_SECONDS"),
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    *("SECURE_HSTS_PRELOAD", "BEHIND_PROXY", "TRUSTED_PROXIES", "DEFAULT_FROM_EMAIL", "SITE_URL"),
    *("CONN_MAX_AGE", "CAPTCHA_TIMEOUT", "CAPTCHA_PER_MINUTE", "RATINGS_PER_NETWORK_AND_ARTICLE"),
    *("RATINGS_PER_NETWORK", "RATINGS_STRUCTURED_DATA", "BACKUPS_TO_KEEP", "BACKUP_WARNING_DAYS"),
    *("LOG_FORMAT", "ACCESS_LOG", "METRICS", "DEBUG", "PORTAL_LOCAL", "PORTAL_POSTGRES_FSYNC"),
]


def settings_text(environment: Mapping[str, str]) -> str:
    """The variables that are set, in the form of systemd's EnvironmentFile.

    Instead of a secret there is a line that says it is left out.
    """
    lines = ["# Settings of the portal when the backup was made: see docs/settings.md."]
    for name in sorted([*SECRET, *PLAIN]):
        if path := environment.get(f"{name}_FILE"):
            lines.append(f"{name}_FILE={shlex.quote(path)}")
        elif (value := environment.get(name)) is None:
            continue
        elif name in SECRET:
            lines.append(f"# {name}: kept elsewhere")
        else:
            lines.append(f"{name}={shlex.quote(value)}")
    return "\n".join([*lines, ""])
