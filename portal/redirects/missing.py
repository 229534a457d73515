"""The report of missing addresses: what is counted, under which name, and within which bounds.

ADR 0007 tells why a GET may write here, and why a scanner cannot fill the table.
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

# Different addresses kept at most; when they are used up, those asked for longest ago make room.
MOST_ADDRESSES = 2000
# New ones at most, so that the allotment lasts: readers ask for few, a scanner for thousands.
NEW_PER_MINUTE = 30
NEW_PER_DAY = 500

MASK = "•••"
CUT = "…"
MAX_LENGTH = MissingAddress._meta.get_field("path").max_length or 300

# What is asked for by programs that try for weak spots, and by browsers of their own accord.
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
# The one script of old Vietnamese sites whose query names the page: NukeViet and Joomla.
_PAGE_OF_A_SCRIPT = re.compile(
    r"^/(?:[\w-]+/)*index\.php\?(?:.*&)?(?:nv|option|id)=", re.IGNORECASE
)
# Words of a query that name a page; all others are dropped.
_NAMES_A_PAGE = re.compile(
    r"(?:p|page_id|cat|nv|op|language|lang|option|view|id|catid|itemid|newsid|articleid)=",
    re.IGNORECASE,
)

_MAIL = re.compile(r"[^\s/?&=@]+(?:@|%40)[^\s/?&=@]+\.[a-z]{2,}", re.IGNORECASE)
# Telephone, identity card (9 or 12 digits) and tax numbers, with the usual marks between.
_LONG_NUMBER = re.compile(r"(?<!\d)\+?\d(?:[ .\-]?\d){8,}(?!\d)")
_SHORT_NUMBER = re.compile(
    r"((?:cccd|cmnd|cmt|sdt|dien-?thoai|phone|tel|otp|pin|code|token|ho-so|hoso)\D{0,3})\d{6,8}(?!\d)",
    re.IGNORECASE,
)
# Addresses begin with a day (0511202007, 20230314-0830); no mobile number looks like these.
_DAY_NUMBER = re.compile(
    r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])20[0-3]\d\d{2}"
    r"|20[0-3]\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?:[ -]?\d{2,6})?"
)
_MOBILE_NUMBER = re.compile(r"0(?:3[2-9]|5[25-9]|7[06-9]|8\d|9\d)")
# What only one reader was sent: capitals, small letters and digits mixed, or a long run of the
# latter two; the letters that an old site glued to a slug are twelve.
_SECRET = re.compile(
    r"\b(?=\w*\d)(?=\w*[a-z])(?:(?=\w*[A-Z])\w{16}|\w{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-)",
    re.ASCII,
)
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]+")


def report_name(url: str) -> str:
    """Return the name under which a missing address is counted, or "" for none.

    The spelling is that of old addresses, with personal data masked and at most `MAX_LENGTH`
    characters. What scanners and browsers ask for by themselves goes under one name.
    """
    path, _mark, query = (old_path(url) or old_path(url[:MAX_LENGTH])).partition("?")
    if not path:
        return ""
    query = "&".join(word for word in query.split("&") if _NAMES_A_PAGE.match(word))
    name = f"{path}?{query}" if query else path
    if _AUTOMATIC.search(name) and not _PAGE_OF_A_SCRIPT.match(name):
        return MissingAddress.AUTOMATIC
    name = _masked(" ".join(name.split()))
    return name if len(name) <= MAX_LENGTH else name[: MAX_LENGTH - 1] + CUT


def _masked(name: str) -> str:
    name = "/".join(MASK if _SECRET.search(part) else part for part in name.split("/"))
    name = _MAIL.sub(MASK, name)
    name = _SHORT_NUMBER.sub(rf"\1{MASK}", name)
    return _LONG_NUMBER.sub(_masked_number, name)


def _masked_number(match: re.Match[str]) -> str:
    is_day = _DAY_NUMBER.fullmatch(match[0]) and not _MOBILE_NUMBER.match(match[0])
    return match[0] if is_day else MASK


def is_whole(name: str) -> bool:
    """Whether a name is an address as it was asked for, which a redirect may lead away."""
    return name.startswith("/") and MASK not in name and not name.endswith(CUT)


def referrer_host(referrer: str, own_host: str) -> str:
    """Return the name of another site that links here, and nothing else of the referrer."""
    try:
        host = (urlsplit(referrer).hostname or "").lower()
    except ValueError:
        return ""
    is_own = host == own_host.partition(":")[0].lower()
    return host if _HOST.fullmatch(host) and not is_own else ""


def count(url: str, *, referrer: str = "", own_host: str = "") -> None:
    """Count an address that was not there; one statement. Never an error, whatever happens.

    A count may be lost: while somebody else enters a new address, or while the database is away.
    """
    name = report_name(url)
    if not name:
        return
    values: list[str | int | date] = [
        *(name, referrer_host(referrer, own_host), timezone.localdate()),
        *(MOST_ADDRESSES, NEW_PER_MINUTE, NEW_PER_DAY, MissingAddress.RETENTION.days),
    ]
    try:
        with connection.cursor() as cursor:
            marks = ", ".join(["%s"] * len(values))
            cursor.execute(f"SELECT portal_count_missing_address({marks})", values)
    except DatabaseError as error:
        logger.warning("a missing address was not counted: %s", type(error).__name__)


def purge() -> int:
    """Forget what nobody has asked for within the time of retention; returns how many."""
    return MissingAddress.objects.outdated(timezone.localdate()).delete()[0]
