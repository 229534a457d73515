"""The plain text of rich text."""

import html
import re

from news.markup.allowed import INLINE, VOID
from news.text import normalize_line

_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(sorted(INLINE - VOID))})(?:\s[^>]*)?>")
_ANY_TAG = re.compile(r"<[^>]*>")


def plain_text(cleaned: str) -> str:
    """Return the text of a cleaned body on one line, with a space between blocks."""
    words = _ANY_TAG.sub(" ", _INLINE_TAG.sub("", cleaned))
    return normalize_line(html.unescape(words))


def first_words(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters; a longer one is cut after a word, with “…”."""
    text = normalize_line(text)
    if len(text) <= limit:
        return text
    head, space, _ = text[:limit].rpartition(" ")
    head = head if space else text[: limit - 1]
    return head.rstrip(" ,;:.–-") + "…"
