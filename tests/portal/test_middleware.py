"""Who sent a request, and from which page: what every view below may rely on."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.test import RequestFactory
from django.utils import translation

from portal.error_pages import error_page
from portal.middleware import (
    Beacon,
    ClientAddress,
    ErrorPages,
    HeadWithoutBody,
    LanguageByAddress,
    PublicPage,
    RequestLimits,
    SameOrigin,
)
from portal.views.errors import server_error


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        "fine", headers={"X-Address": request.META["REMOTE_ADDR"], "X-Cookies": request.COOKIES}
    )


@pytest.mark.parametrize(
    ("proxies", "claimed", "address"),
    [
        (0, "198.51.100.7", "127.0.0.1"),  # no proxy of ours: the header is the visitor's own word
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "10.0.0.1, 198.51.100.7", "198.51.100.7"),  # the visitor forged the first
        (2, "203.0.113.9, 198.51.100.7, 192.0.2.1", "198.51.100.7"),
        (2, "192.0.2.1", "127.0.0.1"),  # shorter than our own chain
        (1, "", "127.0.0.1"),
        (1, "<script>", "127.0.0.1"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
        (1, "2001:db8::0:7", "2001:db8::7"),
    ],
)
def test_only_what_our_own_proxies_added_is_the_address_of_a_visitor(
    settings: object, proxies: int, claimed: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": claimed})
    assert ClientAddress(answer)(request)["X-Address"] == address
    assert "HTTP_X_FORWARDED_FOR" not in request.META


def test_address_without_a_proxy_is_written_in_one_way_too() -> None:
    request = RequestFactory(REMOTE_ADDR="::ffff:198.51.100.7").get("/")
    assert ClientAddress(answer)(request)["X-Address"] == "198.51.100.7"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://testserver"}, 200),
        ({"Origin": "https://testserver"}, 200),  # a proxy may speak plain HTTP with us
        ({"Referer": "http://testserver/tin-tuc/bai-1"}, 200),
        ({}, 200),  # no browser
        ({"Origin": "https://example.com"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://testserver.example.com"}, 403),
        ({"Origin": "http://[", "Referer": "http://testserver/"}, 403),
        ({"Referer": "https://example.com/?http://testserver/"}, 403),
    ],
)
def test_a_form_of_another_site_is_refused(headers: dict[str, str], status: int) -> None:
    request = RequestFactory().post("/danh-gia/1/", headers=headers)
    assert SameOrigin(answer)(request).status_code == status


def test_a_foreign_page_may_link_and_the_admin_has_tokens_of_its_own() -> None:
    foreign = {"Origin": "https://example.com"}
    assert SameOrigin(answer)(RequestFactory().get("/", headers=foreign)).status_code == 200
    posted = RequestFactory().post("/en/admin/login/", headers=foreign)
    assert SameOrigin(answer)(posted).status_code == 200


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", set()),
        ("/danh-gia/7/", {"rater"}),
        ("/en/danh-gia/7/", {"rater"}),
        ("/danh-gia-khac/", set()),
        ("/thong-ke/", set()),
        ("/admin/", {"rater", "sessionid", "junk"}),
        ("/en/admin/", {"rater", "sessionid", "junk"}),
        ("/administrator/", set()),
        ("/media/tep/2026/11/a.pdf", {"sessionid"}),
        ("/media/anh/a.webp", set()),
    ],
)
def test_a_public_address_reads_the_one_cookie_it_needs(path: str, kept: set[str]) -> None:
    request = RequestFactory().get(path)
    request.COOKIES = {"rater": "a", settings.SESSION_COOKIE_NAME: "b", "junk": "c"}
    PublicPage(answer)(request)
    assert set(request.COOKIES) == kept


def test_head_is_told_the_length_of_a_body_that_is_not_sent() -> None:
    # Asked without the test client, which takes the body of any answer to HEAD away.
    asked = RequestFactory()
    told, sent = (HeadWithoutBody(answer)(request) for request in (asked.head("/"), asked.get("/")))
    assert (told.content, told["Content-Length"]) == (b"", "4")
    assert sent.content == b"fine"


@pytest.mark.django_db
def test_bare_refusal_becomes_a_page_and_a_form_that_is_shown_again_stays() -> None:
    def refuse(request: HttpRequest) -> HttpResponse:
        return HttpResponse("no", status=400)

    request = RequestFactory().post("/danh-gia/1/")
    page = ErrorPages(refuse)(request)
    assert page.status_code == 400
    assert b"<h1" in page.content
    shown = TemplateResponse(request, "ratings/rating_page.html", {}, status=400)
    assert ErrorPages(lambda request: shown)(request) is shown


@pytest.mark.django_db
def test_what_is_no_page_is_left_as_it_is() -> None:
    told = JsonResponse({"state": "invalid"}, status=400)
    assert ErrorPages(lambda request: told)(RequestFactory().post("/danh-gia/1/")) is told


# --- Requests of other sites ----------------------------------------------------------------------


@pytest.mark.parametrize("header", ["Origin", "Referer"])
@pytest.mark.parametrize(
    ("site", "status"),
    [
        ("https://portal.example", 200),
        ("https://PORTAL.example", 200),
        ("https://evilportal.example", 403),
        ("https://evil.portal.example", 403),
        ("https://portal.example.evil.com", 403),
        ("https://portal.example:8443", 403),
        ("https://portal.example@evil.com", 403),
        ("https://evil.com/portal.example", 403),
        ("https://portal", 403),
    ],
)
@pytest.mark.parametrize(
    ("middleware", "path"), [(SameOrigin, "/danh-gia/1/"), (Beacon, "/thong-ke/luot")]
)
def test_origin_must_be_the_very_host_of_the_site(
    settings: object, middleware: type, path: str, site: str, status: int, header: str
) -> None:
    settings.ALLOWED_HOSTS = ["portal.example"]
    request = RequestFactory().post(
        path, b"1", "text/plain", headers={"Host": "portal.example", header: site}
    )
    refused = middleware(answer)(request).status_code == 403
    assert refused == (status == 403)


# --- What a cache may store -----------------------------------------------------------------------


def cookie_answer(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("fine")
    response.set_cookie("theme", "dark")
    return response


def session_answer(request: HttpRequest) -> HttpResponse:
    """As a view that reads the session and changes nothing in it."""

    def view(request: HttpRequest) -> HttpResponse:
        request.session = SessionStore()
        return HttpResponse(f"Xin chào {request.session.get('name')}")

    response = SessionMiddleware(view).process_response(request, view(request))
    assert not response.cookies
    return response


@pytest.mark.parametrize(
    ("view", "is_public"), [(answer, True), (cookie_answer, False), (session_answer, False)]
)
def test_answer_that_sets_or_depends_on_a_cookie_is_never_public(
    view: object, is_public: bool
) -> None:
    response = PublicPage(view)(RequestFactory().get("/"))
    assert response.status_code == 200
    assert response.get("Cache-Control", "").startswith("public") == is_public


@pytest.mark.parametrize(
    ("method", "status", "headers"),
    [
        ("post", 200, {}),
        ("get", 404, {}),
        ("get", 301, {"Location": "/"}),
        ("get", 200, {"Cache-Control": "private"}),
        ("get", 200, {"Cache-Control": "no-store"}),
    ],
)
def test_only_a_whole_page_without_a_word_on_caching_is_made_public(
    method: str, status: int, headers: dict[str, str]
) -> None:
    request = getattr(RequestFactory(), method)("/")
    response = PublicPage(lambda request: HttpResponse("", status=status, headers=headers))(request)
    assert response.get("Cache-Control") == headers.get("Cache-Control")
    assert "ETag" not in response


# --- Limits, languages ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "path", "status"),
    [
        ("q" * RequestLimits.MAX_QUERY_BYTES, "/", 200),
        ("q" * (RequestLimits.MAX_QUERY_BYTES + 1), "/", 414),
        ("", "/" * RequestLimits.MAX_PATH_CHARACTERS, 200),
        ("", "/" * (RequestLimits.MAX_PATH_CHARACTERS + 1), 414),
        ("q=%00", "/", 400),
        ("q=\0", "/", 400),
        ("", "/a\0", 400),
        ("q=%2500", "/", 200),  # the characters %00, and no NUL
    ],
)
def test_limits_hold_at_their_edge(query: str, path: str, status: int) -> None:
    request = RequestFactory().get("/")
    request.META["QUERY_STRING"], request.path = query, path
    assert RequestLimits(answer)(request).status_code == status


@pytest.mark.parametrize(
    ("path", "language"),
    [("/", "vi"), ("/en/", "en"), ("/en/luu-tru/", "en"), ("/english/", "vi"), ("/fr/", "vi")],
)
def test_language_is_that_of_the_address(path: str, language: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{request.LANGUAGE_CODE} {translation.get_language()}")

    request = RequestFactory().get(path, headers={"Accept-Language": "en"})
    request.COOKIES["django_language"] = "en"
    response = LanguageByAddress(view)(request)
    assert response.content.decode() == f"{language} {language}"
    assert response["Content-Language"] == language


# --- Error pages ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_error_page_keeps_the_headers_that_belong_to_the_refusal() -> None:
    headers = {"Allow": "GET", "Retry-After": "60", "Content-Range": "bytes */7", "X-Other": "1"}
    page = ErrorPages(lambda request: HttpResponse(status=429, headers=headers))(
        RequestFactory().get("/")
    )
    kept = {name: page.get(name) for name in headers}
    assert kept == headers | {"X-Other": None}
    assert page["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(("status", "is_replaced"), [(399, False), (400, True)])
def test_error_pages_begin_at_400(status: int, is_replaced: bool) -> None:
    response = HttpResponse("no", status=status)
    page = ErrorPages(lambda request: response)(RequestFactory().get("/"))
    assert (page is not response) == is_replaced


@pytest.mark.django_db
def test_page_of_a_server_error_is_stored_by_nobody_and_says_when_to_return() -> None:
    request = RequestFactory().get("/")
    assert error_page(request, 500)["Cache-Control"] == "no-store"
    assert "Retry-After" not in error_page(request, 500)
    assert error_page(request, 503)["Retry-After"] == "30"
    assert error_page(request, 404)["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("error", [OperationalError, ProgrammingError, InterfaceError])
def test_error_page_without_a_database_has_no_frame(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr("portal.frame.fetch_row", fail)
    page = error_page(RequestFactory().get("/khong-co"), 404)
    assert page.status_code == 404
    assert "Không tìm thấy trang" in page.content.decode()
    assert "<nav" not in page.content.decode()


@pytest.mark.parametrize(
    ("error", "status"),
    [(OperationalError, 503), (InterfaceError, 503), (ProgrammingError, 500), (ValueError, 500)],
)
def test_exception_is_answered_by_503_if_the_database_is_unavailable(
    error: type[Exception], status: int
) -> None:
    try:
        raise error
    except error:
        page = server_error(RequestFactory().get("/"))
    assert page.status_code == status
    assert ("Retry-After" in page) == (status == 503)
