"""What holds for every request and answer of the site, one class a rule."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.cache import get_conditional_response, set_response_etag

from portal.views import errors, probes
from portal.views.media import is_document
from stats import beacon

GetResponse = Callable[[HttpRequest], HttpResponse]


class ErrorPages:
    """Give every bare refusal (405, 410, 414 …) the site's own page in the reader's language.

    Views may then answer with Django's plain response classes. A page that a view has rendered from
    a template is no bare refusal: a form is shown again with what was typed in it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or isinstance(response, errors.ErrorPage | TemplateResponse):
            return response
        if settings.DEBUG and response.status_code in {404, 500}:
            return response  # Django's own pages tell a developer more
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or kind not in {"text/html", "text/plain"}:
            return response
        page = errors.error_page(request, response.status_code)
        for name in ("Allow", "Retry-After", "Content-Range"):
            if name in response:
                page[name] = response[name]
        return page


class Head:
    """Send whoever asks by HEAD what stands before the body, and no body (RFC 9110, 9.3.2).

    The server would drop it as well, and write a warning for each.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "HEAD" and not response.streaming and response.content:
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response


class Probes:
    """Answer whoever watches over the site, before anything is asked of the request.

    A monitor on the same machine or network knows no name of the site: it sends an address as its
    Host, over plain HTTP.
    """

    VIEWS = {"/healthz": probes.healthz, "/readyz": probes.readyz}

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = self.VIEWS.get(request.path_info)
        return view(request) if view else self.get_response(request)


class ClientAddress:
    """Let REMOTE_ADDR be the visitor's own address, and drop what the visitor claims to be.

    Each proxy appends whom it talked to, so the n-th address from the right is the one that the
    outermost of our n proxies saw; everything to the left of it was typed by the visitor.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        claimed = request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",")
        addresses = [request.META.get("REMOTE_ADDR", "")]
        if 0 < settings.TRUSTED_PROXIES <= len(claimed):
            addresses.insert(0, claimed[-settings.TRUSTED_PROXIES])
        for address in addresses:
            with contextlib.suppress(ValueError):
                seen = ipaddress.ip_address(address.strip())
                # What a socket open for both kinds calls ::ffff:198.51.100.7 is an IPv4 address.
                mapped = getattr(seen, "ipv4_mapped", None)
                request.META["REMOTE_ADDR"] = str(mapped or seen)
                break
        return self.get_response(request)


class Beacon:
    """Count page views before anything that a count does not need: thousands come in a second.

    The whole stack would cost each of them five times as much. What it would have done for them
    stands here or in the two views: the origin, the size, the headers.
    """

    VIEWS = {"/thong-ke/luot": beacon.visit, "/thong-ke/luot.gif": beacon.pixel}

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = self.VIEWS.get(request.path_info)
        if view is None:
            return self.get_response(request)
        if is_from_another_site(request):
            response = HttpResponse(status=403)
            response["Cache-Control"] = "no-store"
            return response
        return view(request)


class SameOrigin:
    """Refuse what a page of another site sends in a reader's name.

    Public pages are the same for everyone and carry no form token, so the origin that browsers
    tell with every POST takes its place. A caller that tells neither Origin nor Referer is no
    browser, and can be led by no page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD", "OPTIONS", "TRACE"} or is_for_staff(request):
            return self.get_response(request)
        if is_from_another_site(request):
            return HttpResponse(status=403)
        return self.get_response(request)


def is_from_another_site(request: HttpRequest) -> bool:
    """Whether a browser says that a page of another site made it send this."""
    origin = request.META.get("HTTP_ORIGIN") or request.META.get("HTTP_REFERER")
    return origin is not None and _host_of(origin) != request.get_host().lower()


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


class RequestLimits:
    """Refuse what no honest reader sends, before anything is parsed or asked of the database."""

    # The longest honest query is a search of a few hundred characters, percent-encoded.
    MAX_QUERY_BYTES = 4 * 1024
    MAX_PATH_CHARACTERS = 2 * 1024

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if len(query) > self.MAX_QUERY_BYTES or len(request.path) > self.MAX_PATH_CHARACTERS:
            return HttpResponse(status=414)
        # PostgreSQL cannot hold a NUL, and no address or form of ours contains one.
        if "\0" in request.path or "%00" in query or "\0" in query:
            return HttpResponse(status=400)
        return self.get_response(request)


class LanguageByAddress:
    """Speak English below `/en/` and Vietnamese everywhere else.

    Neither cookie nor browser setting is asked, so an address has the same bytes for everyone.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


def _path_without_language(request: HttpRequest) -> str:
    language = translation.get_language_from_path(request.path_info)
    return request.path_info.removeprefix(f"/{language}")


def is_for_staff(request: HttpRequest) -> bool:
    """Whether an address lies in the admin, in whichever language."""
    return _path_without_language(request).startswith("/admin/")


def _cookie_known_at(request: HttpRequest) -> str | None:
    """The name of the one cookie that a public address may read."""
    if is_document(request):
        return settings.SESSION_COOKIE_NAME
    path = _path_without_language(request)
    names = settings.VISITOR_COOKIES.items()
    return next((name for prefix, name in names if path.startswith(prefix)), None)


class PublicPage:
    """Make a public page the same for everyone, and let any cache keep it.

    A view that says nothing about caching is public: those of staff and of one visitor say so.
    """

    # Bounded short, so that a scheduled article appears soon after its minute with no job running.
    CACHE_CONTROL = (
        "public, max-age=0, s-maxage=30, stale-while-revalidate=60, stale-if-error=86400"
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_for_staff(request):
            # What a browser kept from the admin, or somebody made up, must not reach those parts
            # of Django that would answer it with a cookie of their own.
            name = _cookie_known_at(request)
            request.COOKIES = {k: v for k, v in request.COOKIES.items() if k == name}
        response = self.get_response(request)
        if (
            request.method not in {"GET", "HEAD"}
            or response.status_code != 200
            or response.streaming
            or "Cache-Control" in response
            or response.cookies
        ):
            return response
        response["Cache-Control"] = self.CACHE_CONTROL
        set_response_etag(response)
        conditional = get_conditional_response(request, etag=response["ETag"], response=response)
        return conditional or response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Refuse a method that the view does not know, before its form token is asked for.

        A view that asks for none refuses by itself, in its own way.
        """
        view_class = getattr(view, "view_class", None)
        method = (request.method or "").lower()
        if view_class is None or method == "head" or getattr(view, "csrf_exempt", False):
            return None
        known = [name for name in view_class.http_method_names if hasattr(view_class, name)]
        return None if method in known else HttpResponseNotAllowed(map(str.upper, known))


class ContentPolicy(CSPMiddleware):
    """Say what a page may load: everywhere in the same words, made once, but in the admin.

    The import map of the admin's editor has a nonce, so its policy is wider, and another each time.
    """

    def __init__(self, get_response: GetResponse) -> None:
        super().__init__(get_response)
        self.of_everyone = build_policy()

    def __call__(self, request: HttpRequest) -> Any:
        if settings.DEBUG or is_for_staff(request):
            return super().__call__(request)
        response: Any = self.get_response(request)
        response.headers.setdefault(HEADER, self.of_everyone)
        return response

    def get_policy_parts(self, request: HttpRequest, *args: Any, **kwargs: Any) -> PolicyParts:
        parts = super().get_policy_parts(request, *args, **kwargs)
        match = request.resolver_match
        if match is not None and "admin" in match.namespaces:
            parts.replace = settings.CONTENT_SECURITY_POLICY_ADMIN
        return parts
