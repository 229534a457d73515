"""How a result of the search is written."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from news.search.snippets import Piece

register = template.Library()


@register.filter
def marked(pieces: list[Piece]) -> SafeString:
    """Write a text with its matches in `<mark>`; every piece is escaped."""
    form = "".join("<mark>{}</mark>" if piece.is_match else "{}" for piece in pieces)
    return format_html(form + "{}", *(piece.text for piece in pieces), "")
