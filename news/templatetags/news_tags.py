"""Template tags and filters for articles: cards of lists, rich text, marked search results."""

from __future__ import annotations

import json
import re
import textwrap
from html import escape

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from news.models import Article
from news.search.snippets import Piece

register = template.Library()

# In what the cleaner writes, `<` and `>` stand for tags alone, except inside quoted values.
_TAG = re.compile(r'<[^">]*(?:"[^"]*"[^">]*)*>')
_CARD_SIZES = {
    "large": "(min-width: 62rem) 30rem, 100vw",
    "normal": "(min-width: 40rem) 22rem, 100vw",
    "compact": "8rem",
}


@register.filter
def at_word(text: str, limit: int) -> str:
    """Shorten a text to `limit` characters at the end of a word, with “…” where words are left out.

    State portals limit titles in lists to 150 characters.
    """
    return textwrap.shorten(text, limit, placeholder="…") if len(text) > limit else text


@register.inclusion_tag("components/card.html")
def article_card(
    article: Article,
    size: str = "normal",
    level: str = "h3",
    show_category: bool = False,
    eager: bool = False,
) -> dict[str, object]:
    """An article in a list; `size` and `level` are those of the card component."""
    return {
        "size": size,
        "level": level,
        "eager": eager,
        "url": article.get_absolute_url(),
        "title": at_word(article.title, 150),
        "summary": "" if size == "compact" else at_word(article.summary, 220),
        "at": article.published_at,
        "picture": article.lead_image,
        "sizes": _CARD_SIZES[size],
        "category": article.category if show_category else None,
    }


def _safe(markup: str) -> SafeString:
    """Mark HTML as safe, in this one place only. The callers say why theirs is."""
    return mark_safe(markup)  # noqa: S308 – see the callers


# Inside a script element only these could end the data or be read as markup; U+2028 and U+2029
# end a line for old readers of JSON. Each stands inside a string of the JSON and may be escaped.
_JSON_ESCAPES = {ord(letter): f"\\u{ord(letter):04X}" for letter in "<>&\u2028\u2029"}


def json_ld(*things: dict[str, object]) -> SafeString:
    """Return a data block in which a page describes itself to search engines (JSON-LD).

    Safe, because no letter that means something to HTML is left in the JSON.
    """
    data = {"@context": "https://schema.org", "@graph": things}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_JSON_ESCAPES)
    return _safe(f'<script type="application/ld+json">{text}</script>')


@register.filter
def rich_text(html: str) -> SafeString:
    """Make a stored body ready for the page: its tables scroll on a phone.

    Safe, because a stored body is a fixed point of the cleaner (`news.fields.HtmlField`), and what
    is added here is ours.
    """
    tables = 0

    def ready(match: re.Match[str]) -> str:
        nonlocal tables
        tag = match[0]
        if tag.startswith(("<table>", "<table ")):
            tables += 1
            label = escape(_("Table %(number)d, scrolls sideways") % {"number": tables})
            return f'<div class="table-scroll" role="group" tabindex="0" aria-label="{label}">{tag}'
        if tag == "</table>":
            return "</table></div>"
        return tag

    return _safe(_TAG.sub(ready, html))


@register.filter
def marked(pieces: list[Piece]) -> SafeString:
    """Write a text of the search results with its matches in `<mark>`; every piece is escaped."""
    form = "".join("<mark>{}</mark>" if piece.is_match else "{}" for piece in pieces)
    return format_html(form + "{}", *(piece.text for piece in pieces), "")
