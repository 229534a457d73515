"""Count missing addresses: under which name, and at most how many.

docs/adr/0007 tells why a GET may write here, and why a scanner cannot fill the table.
"""

from __future__ import annotations

import logging
import re
from datetime import date
from urllib.parse import urlsplit

from django.db import DatabaseError, connection
from django.utils import timezone

from news.old_addresses import old_path
from portal.models import MissingAddress

logger = logging.getLogger(__name__)

# Rows at most. When they are used up, those requested longest ago are deleted for new ones.
MAX_ADDRESSES = 2000
# New rows at most, so that the rows last: readers request few, a scanner thousands.
NEW_PER_MINUTE = 30
NEW_PER_DAY = 500

MASK = "•••"
ELLIPSIS = "…"
MAX_LENGTH = MissingAddress._meta.get_field("path").max_length or 300

# What programs request that look for weak spots, and what browsers request by themselves.
_AUTOMATIC = re.compile(
    r"""
    /\.(?!\.) | \.(?:env|git|svn|bak|old|sql|zip|gz|rar|7z|tar|ini|log|ya?ml|conf|cfg|swp|sh)(?:/|$)
    | \.(?:cgi|pl|jspa?|action|do|axd|ashx|asmx|php\d?)(?:[/?]|$)
    | /(?:wp-(?!content/uploads/)|cgi-bin|phpmyadmin|pma(?:/|$)|adminer|xmlrpc|vendor/|actuator)
    | /(?:solr|jenkins|hudson|owa|autodiscover|boaform|hnap1|sdk|telescope|_profiler|server-status)
    | /(?:etc/passwd|proc/self|web-inf|node_modules|\.well-known) | %00|<|\bselect\b.+\bfrom\b
    | ^/(?:favicon\.ico|apple-touch-icon[^/]*\.png|browserconfig\.xml|ads\.txt|robots\.txt)$
    """,
    re.IGNORECASE | re.VERBOSE,
)
# The script of old Vietnamese sites (NukeViet, Joomla) whose query names the page.
_INDEX_PHP_PAGE = re.compile(r"^/(?:[\w-]+/)*index\.php\?(?:.*&)?(?:nv|option|id)=", re.IGNORECASE)
# Parameters of a query that name a page; all others are dropped.
_PAGE_PARAMETER = re.compile(
    r"(?:p|page_id|cat|nv|op|language|lang|option|view|id|catid|itemid|newsid|articleid)=",
    re.IGNORECASE,
)

_EMAIL = re.compile(r"[^\s/?&=@]+(?:@|%40)[^\s/?&=@]+\.[a-z]{2,}", re.IGNORECASE)
# Telephone, identity card (9 or 12 digits) and tax numbers, with the usual separators.
_LONG_NUMBER = re.compile(r"(?<!\d)\+?\d(?:[ .\-]?\d){8,}(?!\d)")
_SHORT_NUMBER = re.compile(
    r"((?:cccd|cmnd|cmt|sdt|dien-?thoai|phone|tel|otp|pin|code|token|ho-so|hoso)\D{0,3})\d{6,8}(?!\d)",
    re.IGNORECASE,
)
# Dates in addresses (0511202007, 20230314-0830), which are no telephone numbers.
_DATE_NUMBER = re.compile(
    r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])20[0-3]\d\d{2}"
    r"|20[0-3]\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?:[ -]?\d{2,6})?"
)
_MOBILE_NUMBER = re.compile(r"0(?:3[2-9]|5[25-9]|7[06-9]|8\d|9\d)")
# A token sent to one reader: capitals, small letters and digits mixed, or a long run of the latter
# two. The letters that an old site attached to a slug are only twelve.
_SECRET = re.compile(
    r"\b(?=\w*\d)(?=\w*[a-z])(?:(?=\w*[A-Z])\w{16}|\w{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-)",
    re.ASCII,
)
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]+")


def report_name(url: str) -> str:
    """Return the name under which a missing address is counted; "" if it is not counted.

    The name is the path as redirects store it, with personal data masked, and at most `MAX_LENGTH`
    characters long. All that scanners and browsers request by themselves has one name.
    """
    path, _mark, query = (old_path(url) or old_path(url[:MAX_LENGTH])).partition("?")
    if not path:
        return ""
    query = "&".join(part for part in query.split("&") if _PAGE_PARAMETER.match(part))
    name = f"{path}?{query}" if query else path
    if _AUTOMATIC.search(name) and not _INDEX_PHP_PAGE.match(name):
        return MissingAddress.AUTOMATIC
    name = _mask_personal_data(" ".join(name.split()))
    return name if len(name) <= MAX_LENGTH else name[: MAX_LENGTH - 1] + ELLIPSIS


def _mask_personal_data(name: str) -> str:
    name = "/".join(MASK if _SECRET.search(part) else part for part in name.split("/"))
    name = _EMAIL.sub(MASK, name)
    name = _SHORT_NUMBER.sub(rf"\1{MASK}", name)
    return _LONG_NUMBER.sub(_mask_number, name)


def _mask_number(match: re.Match[str]) -> str:
    is_date = _DATE_NUMBER.fullmatch(match[0]) and not _MOBILE_NUMBER.match(match[0])
    return match[0] if is_date else MASK


def is_complete(name: str) -> bool:
    """Whether a name is the whole requested path, so that a redirect can be made from it."""
    return name.startswith("/") and MASK not in name and not name.endswith(ELLIPSIS)


def referrer_host(referrer: str, own_host: str) -> str:
    """Return the host name of another site that links here; nothing else of the referrer."""
    try:
        host = (urlsplit(referrer).hostname or "").lower()
    except ValueError:
        return ""
    is_own = host == own_host.partition(":")[0].lower()
    return host if _HOST.fullmatch(host) and not is_own else ""


def count_missing_address(url: str, *, referrer: str = "", own_host: str = "") -> None:
    """Count an address that was not found; one statement. Raises nothing.

    A count is lost while another transaction adds a new address, or the database is unavailable.
    """
    name = report_name(url)
    if not name:
        return
    values: list[str | int | date] = [
        *(name, referrer_host(referrer, own_host), timezone.localdate()),
        *(MAX_ADDRESSES, NEW_PER_MINUTE, NEW_PER_DAY, MissingAddress.RETENTION.days),
    ]
    try:
        with connection.cursor() as cursor:
            placeholders = ", ".join(["%s"] * len(values))
            cursor.execute(f"SELECT portal_count_missing_address({placeholders})", values)
    except DatabaseError as error:
        logger.warning("missing address not counted: %s", type(error).__name__)


def purge_missing_addresses() -> int:
    """Delete what nobody has requested within the retention period; returns how many rows."""
    return MissingAddress.objects.outdated(timezone.localdate()).delete()[0]
