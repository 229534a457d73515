"""How a result of the search is written."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from news.search.snippets import Piece

register = template.Library()


@register.filter
def marked(pieces: list[Piece]) -> SafeString:
    """Write a text with its matches in `<mark>`; every piece is escaped."""
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>", p.text) if p.is_match else p.text,) for p in pieces),
    )
