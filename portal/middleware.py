"""The middleware of the site: one class for each rule. The settings give their order."""

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
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.cache import (
    get_conditional_response,
    has_vary_header,
    set_response_etag,
)

from portal.error_pages import ErrorPage, error_page
from portal.media import is_attachment
from stats import beacon

GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponseBase]


class ErrorPages:
    """Replace a plain error response (405, 410, 414 …) by the error page of the site.

    So views may answer with Django's plain response classes. A response rendered from a template
    is left as it is: a form that is shown again with its errors has status 400.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400 or isinstance(response, ErrorPage | TemplateResponse):
            return response
        if settings.DEBUG and response.status_code in {404, 500}:
            return response  # Django's own pages say more to a developer
        content_type = response.headers.get("Content-Type", "").partition(";")[0]
        if response.streaming or content_type not in {"text/html", "text/plain"}:
            return response
        page = error_page(request, response.status_code)
        for name in ("Allow", "Retry-After", "Content-Range"):
            if name in response:
                page[name] = response[name]
        return page


class HeadWithoutBody:
    """Answer HEAD with the headers of GET and no body (RFC 9110, section 9.3.2).

    gunicorn drops the body as well, but logs a warning each time.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "HEAD" and not response.streaming and response.content:
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response


class ClientAddress:
    """Set REMOTE_ADDR to the address of the visitor, and drop X-Forwarded-For.

    Each proxy appends the address that it was called from. So with n proxies of ours, the n-th
    address from the right is the one that our outermost proxy saw. Everything to the left of it was
    sent by the visitor and is not trusted.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",")
        addresses = [request.META.get("REMOTE_ADDR", "")]
        if 0 < settings.TRUSTED_PROXIES <= len(forwarded):
            addresses.insert(0, forwarded[-settings.TRUSTED_PROXIES])
        for address in addresses:
            with contextlib.suppress(ValueError):
                parsed = ipaddress.ip_address(address.strip())
                # A socket for both versions writes an IPv4 address as ::ffff:198.51.100.7.
                mapped = getattr(parsed, "ipv4_mapped", None)
                request.META["REMOTE_ADDR"] = str(mapped or parsed)
                break
        return self.get_response(request)


class Beacon:
    """Count page views before the rest of the middleware runs: there are thousands in a second.

    The whole stack would make each five times as expensive. What it would have checked is checked
    here and in the two views: origin, size, headers.
    """

    VIEWS = {
        "/thong-ke/luot": ("visit", beacon.visit),
        "/thong-ke/luot.gif": ("visit-pixel", beacon.pixel),
    }

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in self.VIEWS:
            return self.get_response(request)
        request.META["congtin.route"], view = self.VIEWS[request.path_info]
        if is_from_another_site(request):
            response = HttpResponse(status=403)
            response["Cache-Control"] = "no-store"
            return response
        return view(request)


class SameOrigin:
    """Refuse requests that a page of another site makes in a reader's browser.

    Public pages are the same for everyone and have no CSRF token, so the Origin that browsers send
    with every POST is checked instead (docs/adr/0008). A client that sends neither Origin nor
    Referer is not a browser, so no page can have made it send the request.
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
    """Whether Origin or Referer name another host than this request is for."""
    origin = request.META.get("HTTP_ORIGIN") or request.META.get("HTTP_REFERER")
    return origin is not None and _host_of(origin) != request.get_host().lower()


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


class RequestLimits:
    """Refuse what no ordinary browser sends, before it is parsed or reaches the database."""

    # The longest ordinary query is a search of a few hundred characters, percent-encoded.
    MAX_QUERY_BYTES = 4 * 1024
    MAX_PATH_CHARACTERS = 2 * 1024

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if len(query) > self.MAX_QUERY_BYTES or len(request.path) > self.MAX_PATH_CHARACTERS:
            return HttpResponse(status=414)
        # PostgreSQL cannot store a NUL, and no address or form of the site contains one.
        if "\0" in request.path or "%00" in query or "\0" in query:
            return HttpResponse(status=400)
        return self.get_response(request)


class LanguageByAddress:
    """Use English below `/en/` and Vietnamese everywhere else.

    Neither a cookie nor Accept-Language is read, so an address has the same bytes for everyone.
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
    """Whether an address is in the admin, in any language."""
    return _path_without_language(request).startswith("/admin/")


def _readable_cookie(request: HttpRequest) -> str | None:
    """The name of the one cookie that a public address may read."""
    if is_attachment(request.path_info):
        return settings.SESSION_COOKIE_NAME
    path = _path_without_language(request)
    names = settings.VISITOR_COOKIES.items()
    return next((name for prefix, name in names if path.startswith(prefix)), None)


class PublicPage:
    """Make a public page the same for everyone, and let any cache store it.

    A response is public unless its view says otherwise in Cache-Control, as those for staff or for
    one visitor do. One that sets a cookie, or varies by a cookie such as the session, is never
    made public.
    """

    # Short, so that a scheduled article appears soon after its time with no job running.
    CACHE_CONTROL = (
        "public, max-age=0, s-maxage=30, stale-while-revalidate=60, stale-if-error=86400"
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_for_staff(request):
            # A cookie from the admin, or an invented one, must not reach the parts of Django that
            # would set a cookie in return.
            name = _readable_cookie(request)
            request.COOKIES = {k: v for k, v in request.COOKIES.items() if k == name}
        response = self.get_response(request)
        if (
            request.method not in {"GET", "HEAD"}
            or response.status_code != 200
            or response.streaming
            or "Cache-Control" in response
            or response.cookies
            or has_vary_header(response, "Cookie")
        ):
            return response
        response["Cache-Control"] = self.CACHE_CONTROL
        set_response_etag(response)
        conditional = get_conditional_response(request, etag=response["ETag"], response=response)
        return conditional or response

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        """Refuse a method that the view does not support before the CSRF token is checked.

        A view without that check refuses the method itself.
        """
        view_class = getattr(view, "view_class", None)
        method = (request.method or "").lower()
        if view_class is None or method == "head" or getattr(view, "csrf_exempt", False):
            return None
        allowed = [name for name in view_class.http_method_names if hasattr(view_class, name)]
        return None if method in allowed else HttpResponseNotAllowed(map(str.upper, allowed))


class ContentPolicy(CSPMiddleware):
    """Add the Content-Security-Policy. The one of public pages is built once in a process.

    The admin has a wider policy with a new nonce for each response: the import map of its editor is
    an inline script.
    """

    def __init__(self, get_response: GetResponse) -> None:
        super().__init__(get_response)
        self.public_policy = build_policy()

    def __call__(self, request: HttpRequest) -> Any:
        if settings.DEBUG or is_for_staff(request):
            return super().__call__(request)
        response: Any = self.get_response(request)
        response.headers.setdefault(HEADER, self.public_policy)
        return response

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        match = request.resolver_match
        if match is not None and "admin" in match.namespaces:
            parts.replace = settings.CONTENT_SECURITY_POLICY_ADMIN
        return parts
