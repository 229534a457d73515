"""One spelling for the addresses of earlier sites, so that they are found again."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from news.text import normalize

MAX_LENGTH = 1000


def old_path(url: str) -> str:
    """Return the path under which an earlier address is kept, or "" if there is nothing to keep.

    Host and fragment are dropped, %-escapes are read, a closing slash is dropped; the query stays
    where it names the page (`/?p=12`, `index.php?nv=news`).
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    path = "/" + normalize(unquote(parts.path)).strip("/")
    named_by_query = path == "/" or path.endswith(".php")
    if named_by_query and parts.query:
        path = f"{path}?{normalize(unquote(parts.query))}"
    if path == "/" or len(path) > MAX_LENGTH:
        return ""
    return path
