"""Addresses in the frame of a page: in the other language, for search engines, for sharing."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse, translate_url
from django.utils import translation

from portal.frame import MenuEntry

register = template.Library()


def path_in_language(context: Context, language: str) -> str:
    """The path of this page in a language, or of the home page if it has none in that language."""
    request: HttpRequest = context["request"]
    path = request.path
    if language != translation.get_language():
        path = translate_url(request.path, language)
        if path == request.path:
            with translation.override(language):
                return reverse("home")
    # Of the query, only the number of a page of a list is kept.
    number = getattr(context.get("page_obj"), "number", 1)
    return f"{path}?page={number}" if number > 1 else path


@register.simple_tag(takes_context=True)
def page_address(context: Context, language: str) -> str:
    """The path of this page in another language."""
    return path_in_language(context, language)


@register.simple_tag(takes_context=True)
def canonical_address(context: Context) -> str:
    """The absolute URL for search engines.

    That of the Vietnamese page, unless the view sets `has_english`: its content is translated.
    """
    request: HttpRequest = context["request"]
    language = context.get("has_english") and translation.get_language()
    return request.build_absolute_uri(path_in_language(context, language or settings.LANGUAGE_CODE))


@register.simple_tag(takes_context=True)
def absolute_address(context: Context, path: str) -> str:
    """A path of this site with scheme and host."""
    request: HttpRequest = context["request"]
    return request.build_absolute_uri(path)


@register.filter
def leads_to(entry: MenuEntry, path: str) -> bool:
    """Whether a menu entry, or one below it, has this path."""
    return entry.url == path or any(below.url == path for below in entry.below)
