"""Normalises the addresses of earlier sites, for look-up."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from news.text import normalize

MAX_LENGTH = 1000
# An index of PostgreSQL takes 2,704 bytes a row, and a Vietnamese letter is up to three.
MAX_BYTES = 2000

_SCRIPT = re.compile(r"\.(?:php|aspx?|jsp)$", re.IGNORECASE)
# A SharePoint article names itself in the path: …/pages/2023-01-21/Niem-vui-465087.aspx
_NAMED_PAGE = re.compile(r"/[^/]*[0-9][^/]*\.aspx?$", re.IGNORECASE)
# Parameters that newsletters and social networks add.
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|zarsrc|AspxAutoDetectCookieSupport)(?:=|$)")


def old_path(url: str) -> str:
    """Return the path under which an earlier address is kept, or "" if there is nothing to keep.

    Host, fragment and a trailing slash are dropped, %-escapes decoded. The query is kept if it
    names the page (`/?p=12`, `index.php?nv=news`), without tracking parameters. Addresses of ASP
    pages are lower-cased: their servers ignore case.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    path = "/" + normalize(unquote(parts.path)).strip("/")
    query = "&".join(word for word in parts.query.split("&") if word and not _TRACKING.match(word))
    named_by_query = path == "/" or (_SCRIPT.search(path) and not _NAMED_PAGE.search(path))
    if named_by_query and query:
        path = f"{path}?{normalize(unquote(query))}"
    if re.search(r"\.aspx?(?:\?|$)", path, re.IGNORECASE):
        path = path.lower()
    if path == "/" or len(path) > MAX_LENGTH or len(path.encode()) > MAX_BYTES:
        return ""
    return path
