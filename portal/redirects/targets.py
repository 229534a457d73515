"""What is at an address of this site, and what a redirect leads to."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest
from django.http.request import validate_host
from django.urls import Resolver404, ResolverMatch, resolve, reverse, translate_url
from django.utils import translation
from django.utils.translation import get_language

from news.models import Article, Author, Category, Series, Tag
from news.old_addresses import old_path
from portal.models import Page, Redirect
from portal.models.redirects import TARGET_FIELDS, TargetObject

# The field of `Redirect` for each page that shows one row, by its URL name.
_FIELD_BY_VIEW = {
    "news:article-detail": "article",
    "news:category": "category",
    "news:tag": "tag",
    "news:series": "series",
    "news:author": "author",
    "page": "page",
}
# URL names of the beacon, which are no pages.
_BEACONS = {"visit", "visit-pixel"}
# Namespaces whose views may be called to see whether a page exists: theirs are the same for all
# visitors.
_PUBLIC_NAMESPACES = {"news", "data"}
_MODELS: dict[str, type[TargetObject]] = {
    "article": Article,
    "category": Category,
    "tag": Tag,
    "series": Series,
    "author": Author,
    "page": Page,
}


@dataclass(frozen=True)
class Target:
    """What a redirect leads to: a field of `Redirect`, the value of the field, and the URL."""

    field: str
    value: int | str
    url: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Target) and (self.field, self.value) == (other.field, other.value)

    def __hash__(self) -> int:
        return hash((self.field, self.value))


def target_of_redirect(redirect: Redirect) -> Target:
    """The target of a stored redirect, loaded `with_targets`."""
    for name in TARGET_FIELDS:
        pk = getattr(redirect, f"{name}_id")
        if pk is not None:
            return Target(name, pk, redirect.get_target_url())
    return Target("address", redirect.address, redirect.address)


def target_of_object(target: TargetObject) -> Target:
    return Target(str(target._meta.model_name), target.pk, target.get_absolute_url())


def own_path(address: str) -> str:
    """The path and query of an address of this site; "" for an address of another site."""
    parts = urlsplit(address)
    if parts.netloc and not _is_own_host(parts.hostname or ""):
        return ""
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _is_own_host(host: str) -> bool:
    names = [*settings.ALLOWED_HOSTS, urlsplit(settings.SITE_URL).hostname or ""]
    return validate_host(host, [name for name in names if name != "*"])


def find_targets(addresses: Iterable[str]) -> dict[str, Target]:
    """Find what is at these addresses; at most one statement for each model.

    The addresses are paths of this site, or of other sites with http(s). An address of this site
    at which there is nothing is left out of the result.
    """
    found: dict[str, Target] = {}
    wanted: dict[str, dict[str, int | str]] = defaultdict(dict)
    for address in addresses:
        path = own_path(address)
        if not path:
            found[address] = Target("address", address, address)
            continue
        found_at = _field_and_key(path.partition("?")[0])
        if found_at is None:
            continue
        field, key = found_at
        if field == "address":
            # Stored without the language, so that /en/old can lead to the English page.
            _plain, mark, query = path.partition("?")
            found[address] = Target("address", f"{key}{mark}{query}", f"{key}{mark}{query}")
        else:
            wanted[field][address] = key
    for field, keys in wanted.items():
        name = "pk" if field == "article" else "slug"
        rows = _MODELS[field]._default_manager.filter(**{f"{name}__in": set(keys.values())})
        by_key = {getattr(row, name): row for row in rows.only("pk", "slug")}
        for address, key in keys.items():
            if key in by_key:
                found[address] = target_of_object(by_key[key])
    return found


def _field_and_key(path: str) -> tuple[str, int | str] | None:
    """The field of `Redirect` for a path of this site, and the key of the row to look up.

    The key of the field `address` is the path itself. None if there is no page.
    """
    path = unquote(path)
    with translation.override(translation.get_language_from_path(path) or settings.LANGUAGE_CODE):
        for spelling in dict.fromkeys([path, path.rstrip("/") + "/"]):
            try:
                match = resolve(spelling)
            except Resolver404:
                continue
            return _field_and_key_of(match, translate_url(spelling, settings.LANGUAGE_CODE))
    return None


def _field_and_key_of(match: ResolverMatch, path: str) -> tuple[str, int | str] | None:
    if "admin" in match.namespaces:
        return None
    field = _FIELD_BY_VIEW.get(match.view_name)
    if field == "article":
        return field, int(match.kwargs["pk"])
    if field is not None:
        return field, match.kwargs["slug"]
    if match.kwargs and not (set(match.namespaces) <= _PUBLIC_NAMESPACES and _exists(match, path)):
        return None
    return ("address", path) if _answers_get(match) else None


def _answers_get(match: ResolverMatch) -> bool:
    """Whether an address is a page, and not one that only takes what a form or script sends."""
    view = getattr(match.func, "view_class", None)
    return match.view_name not in _BEACONS and (view is None or hasattr(view, "get"))


def is_own_page(path: str, target: Target) -> bool:
    """Whether a path is the very address of a page of the site.

    An article answers to its number with any slug before it. With another slug than its own, the
    path may be an address of an earlier site, and a redirect from there is used.
    """
    if target.field != "article":
        return True
    return path.rpartition("/")[2] == target.url.rpartition("/")[2]


def _exists(match: ResolverMatch, path: str) -> bool:
    """Whether the view finds something for these arguments: a month, a file, a feed."""
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


def is_reserved(path: str) -> bool:
    """Whether a path is below the admin or the static files, where no redirect is used."""
    return f"{path}/".startswith(_reserved_prefixes())


@functools.cache
def _reserved_prefixes() -> tuple[str, ...]:
    prefixes = [settings.STATIC_URL]
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            prefixes.append(reverse("admin:index"))
    return tuple(prefixes)


def in_current_language(address: str) -> str:
    """A path in the language in use: /luu-tru/ is /en/luu-tru/ in English."""
    if not address.startswith("/"):
        return address
    language = get_language()
    # Django resolves a path only in the language of its prefix.
    with translation.override(settings.LANGUAGE_CODE):
        return translate_url(address, language)


def old_path_of(address: str) -> str:
    """The path under which an address would be stored as an old one; "" if it cannot be."""
    path = own_path(address)
    return old_path(path) if path else ""
