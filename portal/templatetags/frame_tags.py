"""Addresses the frame of a page needs: of the other language, of search engines, of sharing."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils import translation

from portal.frame import MenuEntry

register = template.Library()


def _address_in(context: dict[str, Any], language: str) -> str:
    """The path of this page in a language; the home page where the page has none there."""
    request: HttpRequest = context["request"]
    path = request.path
    if language != translation.get_language():
        path = translate_url(request.path, language)
        if path == request.path:
            with translation.override(language):
                return reverse("home")
    # Nothing of the query is repeated but the number of a page that is one of several.
    number = getattr(context.get("page"), "number", 1)
    return f"{path}?page={number}" if number > 1 else path


@register.simple_tag(takes_context=True)
def page_address(context: dict[str, Any], language: str) -> str:
    """The path of this page in another language."""
    return _address_in(context, language)


@register.simple_tag(takes_context=True)
def canonical_address(context: dict[str, Any]) -> str:
    """The full address under which search engines know this page.

    The Vietnamese one, unless the view says by `has_english` that the content has been translated.
    """
    request = context["request"]
    translated = context.get("has_english") and translation.get_language()
    return request.build_absolute_uri(_address_in(context, translated or settings.LANGUAGE_CODE))


@register.simple_tag(takes_context=True)
def absolute_address(context: dict[str, Any], path: str) -> str:
    """A path of this site with scheme and host."""
    return context["request"].build_absolute_uri(path)


@register.filter
def leads_to(entry: MenuEntry, path: str) -> bool:
    """Whether a menu entry, or one below it, is the page at this path."""
    return entry.url == path or any(below.url == path for below in entry.below)
