"""What stands at an address of this site, and where an old address leads."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.files.storage import default_storage
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.http.request import validate_host
from django.urls import Resolver404, resolve, reverse, translate_url
from django.utils import translation
from django.utils.translation import get_language

from news.models import Article, Author, Category, Series, Tag
from news.old_addresses import old_path
from portal.models import Page, Redirect
from portal.models.redirects import THINGS

# The pages that show one row each, by the name of their address.
_SHOWN = {
    "news:article-detail": "article",
    "news:category": "category",
    "news:tag": "tag",
    "news:series": "series",
    "news:author": "author",
    "page": "page",
}
# No pages: what a page sends to without a word to its reader.
_SENT_TO = {"visit", "visit-pixel"}
# Whose other pages made for many things may be asked here; those of one visitor are for a browser.
_ASKED = {"news", "data"}
_MODELS: dict[str, type[Model]] = {
    "article": Article,
    "category": Category,
    "tag": Tag,
    "series": Series,
    "author": Author,
    "page": Page,
}


@dataclass(frozen=True)
class Target:
    """What a redirect leads to: a field of `Redirect`, and its value there."""

    field: str
    value: int | str
    url: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Target) and (self.field, self.value) == (other.field, other.value)

    def __hash__(self) -> int:
        return hash((self.field, self.value))


def target_of_row(redirect: Redirect) -> Target:
    """The target of a stored redirect, loaded `with_targets`."""
    for name in THINGS:
        pk = getattr(redirect, f"{name}_id")
        if pk is not None:
            return Target(name, pk, redirect.get_target_url())
    return Target("address", redirect.address, redirect.address)


def target_of_thing(field: str, thing: Any) -> Target:
    return Target(field, thing.pk, thing.get_absolute_url())


def own_path(address: str) -> str:
    """The path, with its query, of an address of this site; "" for another site's."""
    parts = urlsplit(address)
    if parts.netloc and not _is_own_host(parts.hostname or ""):
        return ""
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _is_own_host(host: str) -> bool:
    names = [*settings.ALLOWED_HOSTS, urlsplit(settings.SITE_URL).hostname or ""]
    return validate_host(host, [name for name in names if name != "*"])


def find(addresses: Iterable[str]) -> dict[str, Target]:
    """Find what stands at these addresses; at most one statement for each kind of thing.

    The addresses are paths of this site, or of other sites with http(s). What is missing from the
    answer is an address of this site where nothing stands.
    """
    found: dict[str, Target] = {}
    wanted: dict[str, dict[str, int | str]] = defaultdict(dict)
    for address in addresses:
        path = own_path(address)
        if not path:
            found[address] = Target("address", address, address)
            continue
        place = _place(path.partition("?")[0])
        if place is None:
            continue
        field, key = place
        if field == "address":
            # Kept without the language, so that /en/old may lead on in English.
            _plain, mark, query = path.partition("?")
            found[address] = Target("address", f"{key}{mark}{query}", f"{key}{mark}{query}")
        else:
            wanted[field][address] = key
    for field, keys in wanted.items():
        name = "pk" if field == "article" else "slug"
        rows = _MODELS[field]._default_manager.filter(**{f"{name}__in": set(keys.values())})
        things = {getattr(row, name): row for row in rows.only("pk", "slug")}
        for address, key in keys.items():
            if key in things:
                found[address] = target_of_thing(field, things[key])
    return found


def _place(path: str) -> tuple[str, int | str] | None:
    """Which page of the site a path belongs to: a field of `Redirect` and the key of its row."""
    path = unquote(path)
    with translation.override(translation.get_language_from_path(path) or settings.LANGUAGE_CODE):
        for spelling in dict.fromkeys([path, path.rstrip("/") + "/"]):
            try:
                match = resolve(spelling)
            except Resolver404:
                continue
            return _place_of(match, translate_url(spelling, settings.LANGUAGE_CODE))
    return None


def _place_of(match: Any, path: str) -> tuple[str, int | str] | None:
    if "admin" in match.namespaces:
        return None
    field = _SHOWN.get(match.view_name)
    if field == "article":
        return field, int(match.kwargs["pk"])
    if field is not None:
        return field, match.kwargs["slug"]
    if match.kwargs and not (set(match.namespaces) <= _ASKED and _answers(match, path)):
        return None
    return ("address", path) if _can_be_read(match) else None


def _can_be_read(match: Any) -> bool:
    """Whether an address is a page, and not one that a script of a page sends something to."""
    view = getattr(match.func, "view_class", None)
    return match.view_name not in _SENT_TO and (view is None or hasattr(view, "get"))


def is_own_page(path: str, target: Target) -> bool:
    """Whether a page of the site stands under a path, and not beside it.

    An article answers to its number, but words that are not its own before it are led on, if an
    earlier site used them.
    """
    if target.field != "article":
        return True
    return path.rpartition("/")[2] == target.url.rpartition("/")[2]


def _answers(match: Any, path: str) -> bool:
    """Whether a page made for many things (a month, a file, a feed) is there for this one."""
    if match.view_name == "media":
        return _file_exists(match.kwargs["path"])
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = path
    host = next((name.lstrip(".") for name in settings.ALLOWED_HOSTS if name != "*"), "localhost")
    request.META = {"SERVER_NAME": host, "SERVER_PORT": "443"}
    try:
        response = match.func(request, *match.args, **match.kwargs)
    except (Http404, SuspiciousOperation, PermissionDenied):
        return False
    return response.status_code < 400


def _file_exists(name: str) -> bool:
    try:
        return default_storage.exists(name)
    except (SuspiciousOperation, OSError, ValueError):
        return False


def is_taken(path: str) -> bool:
    """Whether an old path lies in the admin or among static files: it is never led away."""
    return f"{path}/".startswith(_taken_prefixes())


@functools.cache
def _taken_prefixes() -> tuple[str, ...]:
    prefixes = [settings.STATIC_URL]
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            prefixes.append(reverse("admin:index"))
    return tuple(prefixes)


def here(address: str) -> str:
    """An address as it reads in the language in use: /luu-tru/ is /en/luu-tru/ in English."""
    if not address.startswith("/"):
        return address
    language = get_language()
    # It can only be read in the language it is written in.
    with translation.override(settings.LANGUAGE_CODE):
        return translate_url(address, language)


def spell(address: str) -> str:
    """The path under which a target would be kept if it were an old address; "" if it cannot be."""
    path = own_path(address)
    return old_path(path) if path else ""
