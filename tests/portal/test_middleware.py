"""Who sent a request, and from which page: what every view below may rely on."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.test import RequestFactory

from portal.middleware import ClientAddress, ErrorPages, HeadWithoutBody, PublicPage, SameOrigin


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
