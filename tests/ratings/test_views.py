"""Rating an article over HTTP: whose rating counts, and what is answered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as project
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news.models import Article
from ratings.models import NetworkCount, Rating, RatingSummary, RatingSwitch
from ratings.raters import COOKIE_AGE
from ratings.views import MAX_BODY_BYTES
from tests.contention import at_once
from tests.factories import make_article, make_category, make_rating

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("middle_of_an_hour")]

JSON = {"accept": "application/json"}


def address(article: Article, what: str = "") -> str:
    return f"/danh-gia/{article.pk}/{what}"


def rate(client: Client, article: Article, score: Any = 4, **extra: Any) -> Any:
    return client.post(address(article), {"score": score}, headers=JSON, **extra)


@pytest.fixture
def article() -> Article:
    return make_article("Tiêm phòng cho đàn gia súc")


@pytest.fixture
def visitor(article: Article) -> Client:
    """Somebody who has got the cookie, and has not rated yet."""
    client = Client()
    rate(client, article)
    assert not Rating.objects.exists()
    return client


# --- Whose rating counts --------------------------------------------------------------------------


def test_first_rating_is_asked_to_be_confirmed_with_its_star_kept(
    client: Client, article: Article
) -> None:
    answer = client.post(address(article), {"score": "4"})
    html = answer.content.decode()
    assert answer.status_code == 202
    assert "Xác nhận" in html
    assert 'value="4" required checked' in html
    assert not Rating.objects.exists()
    cookie = answer.cookies["rater"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie["max-age"] == 365 * 24 * 60 * 60
    again = client.post(address(article), {"score": "4", "confirm": "1"})
    assert (again.status_code, again["Location"]) == (303, f"{address(article)}?cam-on")
    assert "rater" not in again.cookies
    page = client.get(again["Location"]).content.decode()
    assert "Cảm ơn bạn đã đánh giá bài viết." in page
    assert Rating.objects.get().score == 4


def settings_of(**environment: str) -> list[Any]:
    """What the project's settings say of the cookie in such an environment."""
    code = (
        "import json; from portal import settings as s; "
        "print(json.dumps([s.RATER_COOKIE_NAME, s.VISITOR_COOKIES, s.SESSION_COOKIE_SECURE]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project.BASE_DIR, env=os.environ | environment, capture_output=True, check=True,
    )  # fmt: skip
    return json.loads(told.stdout)


def test_cookie_is_bound_to_the_host_where_the_site_is_secure(
    article: Article, settings: Any
) -> None:
    assert settings_of(HTTPS="0") == ["rater", {"/danh-gia/": "rater"}, False]
    name, known, is_secure = settings_of(HTTPS="1")
    assert (name, is_secure) == ("__Host-rater", True)
    settings.RATER_COOKIE_NAME, settings.VISITOR_COOKIES = name, known
    settings.SESSION_COOKIE_SECURE = is_secure
    client = Client()
    cookie = rate(client, article, secure=True).cookies[name]
    # What browsers ask of such a name: Secure, the whole host, no domain.
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert rate(client, article, secure=True).json()["state"] == "rated"
    assert Rating.objects.count() == 1


def test_browser_without_cookies_is_told_so(article: Article) -> None:
    answer = Client().post(address(article), {"score": "4", "confirm": "1"})
    assert "từ chối cookie" in answer.content.decode()
    assert not Rating.objects.exists()


def test_stored_rater_cannot_be_computed_from_the_cookie_without_the_secret(
    visitor: Client, article: Article, settings: Any
) -> None:
    rate(visitor, article)
    rater = Rating.objects.get().rater
    token = visitor.cookies["rater"].value.partition(":")[0]
    assert token not in str(list(Rating.objects.values()))
    # The cookie holds under the former secret as well, and is another rater under the new one: so
    # what is stored is a keyed hash of the token.
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret of fifty letters, or of some more than that"
    rate(visitor, article)
    assert Rating.objects.exclude(rater=rater).count() == 1


def test_what_is_stored_of_a_rating_is_a_score_two_moments_and_two_keys(
    visitor: Client, article: Article
) -> None:
    rate(visitor, article)
    assert {field.name for field in Rating._meta.fields} == {
        "id", "article", "rater", "score", "created_at", "updated_at"
    }  # fmt: skip
    assert {field.name for field in NetworkCount._meta.fields} == {
        "pk", "network", "article_number", "hour", "count"
    }  # fmt: skip
    assert "127.0.0.1" not in str([*Rating.objects.values(), *NetworkCount.objects.values()])


def test_second_rating_changes_the_first(visitor: Client, article: Article) -> None:
    rate(visitor, article, 2)
    told = rate(visitor, article, 5).json()
    assert told["rating"] == {"count": 1, "average": 5.0, "stars": [0, 0, 0, 0, 1]}
    assert told["message"] == "Cảm ơn bạn đã đánh giá bài viết."


def test_one_cookie_rates_every_article_once(visitor: Client, article: Article) -> None:
    other = make_article()
    for each in (article, other):
        rate(visitor, each)
    assert Rating.objects.values("rater").distinct().count() == 1
    assert Rating.objects.count() == 2


@pytest.mark.parametrize(
    "forged",
    [
        "abc",
        "0d1f7a46-5a4e-4b0c-9a7e-0c6f0a1b2c3d",
        "abc:1xVEs7:RjlqHK0kNmjQ80Uqmz",
        "::",
        "x" * 6000,
        "Ä%00:1:1",
        '"',
    ],
)
def test_forged_cookie_is_as_none(article: Article, forged: str) -> None:
    answer = rate(Client(headers={"cookie": f"rater={forged}"}), article)
    assert (answer.status_code, answer.json()["state"]) == (202, "confirm")
    assert not Rating.objects.exists()


def test_cookie_is_as_none_after_a_year(visitor: Client, article: Article) -> None:
    minute = timedelta(minutes=1)
    for age, status in ((COOKIE_AGE - minute, 200), (COOKIE_AGE + minute, 202)):
        with time_machine.travel(timezone.now() + age, tick=False):
            assert rate(visitor, article).status_code == status


def test_cookie_of_another_purpose_with_our_signature_is_as_none(article: Article) -> None:
    from django.core import signing

    other = signing.get_cookie_signer(salt="raterratings.other").sign("abc")
    assert rate(Client(headers={"cookie": f"rater={other}"}), article).status_code == 202


@pytest.mark.parametrize(
    "score", ["0", "6", "abc", "", " 4", "4.0", "-1", "٤", "44", "4\x00", "9" * 500]
)
def test_stars_that_there_are_not_are_not_counted(
    visitor: Client, article: Article, score: str
) -> None:
    answer = rate(visitor, article, score)
    assert (answer.status_code, answer.json()["message"]) == (400, "Đánh giá không hợp lệ.")
    assert not Rating.objects.exists()


def test_form_without_or_with_two_stars_is_shown_again(visitor: Client, article: Article) -> None:
    for body, words in (
        ("", "Vui lòng chọn từ một đến năm sao."),
        ("score=1&score=5", "Đánh giá không hợp lệ."),
    ):
        answer = visitor.post(
            address(article), body, content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code == 400
        assert words in answer.content.decode()
        assert 'name="score"' in answer.content.decode()
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", '{"score": 4}'),
        ("multipart/form-data", "score=4"),
        (
            "multipart/form-data; boundary=x",
            "--x\r\nContent-Disposition: nonsense\r\n\r\n4\r\n--x--",
        ),
        ("application/x-www-form-urlencoded; charset=utf-7", "score=4"),
        ("application/x-www-form-urlencoded", b"score=\xff%FF%00"),
        ("text/plain", "score=4"),
        ("", "score=4"),
    ],
)
def test_odd_forms_are_bad_requests(
    visitor: Client, article: Article, kind: str, body: Any
) -> None:
    answer = visitor.post(address(article), body, content_type=kind)
    assert answer.status_code == 400
    assert not Rating.objects.exists()


def test_form_of_too_many_fields_is_too_large(visitor: Client, article: Article) -> None:
    kind = "application/x-www-form-urlencoded"
    assert visitor.post(address(article), b"&" * 4000, content_type=kind).status_code == 413
    assert not Rating.objects.exists()


@pytest.mark.parametrize("accept", [";", "text/html;q=x", "*/*", "application/json;q=0", "x" * 999])
def test_odd_wishes_of_a_browser_are_answered(
    visitor: Client, article: Article, accept: str
) -> None:
    answer = visitor.post(address(article), {"score": "4"}, headers={"accept": accept})
    assert answer.status_code in {200, 303}
    assert Rating.objects.count() == 1


def test_form_that_is_too_large_is_refused(visitor: Client, article: Article) -> None:
    largest = "score=4&more=".ljust(MAX_BODY_BYTES, "x")
    form = "application/x-www-form-urlencoded"
    assert visitor.post(address(article), largest + "x", content_type=form).status_code == 413
    assert not Rating.objects.exists()
    assert visitor.post(address(article), largest, content_type=form).status_code == 303


def test_foreign_page_cannot_rate_in_a_readers_name(visitor: Client, article: Article) -> None:
    for headers in ({"origin": "https://example.com"}, {"referer": "https://example.com/a"}):
        answer = visitor.post(address(article), {"score": "1"}, headers=headers)
        assert answer.status_code == 403
    assert not Rating.objects.exists()


def test_own_page_needs_no_form_token(article: Article, visitor: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = visitor.cookies
    headers = {"origin": "http://testserver"}
    assert strict.post(address(article), {"score": "4"}, headers=headers).status_code == 303


def test_looking_counts_nothing(visitor: Client, article: Article) -> None:
    for what in ("", "?score=5", "cua-toi", "?cam-on"):
        assert visitor.get(address(article, what)).status_code == 200
        assert visitor.head(address(article, what)).status_code == 200
    assert not Rating.objects.exists()


@pytest.mark.parametrize(
    ("what", "method"), [("", "put"), ("", "delete"), ("rut", "get"), ("cua-toi", "post")]
)
def test_other_methods_are_refused(
    client: Client, article: Article, what: str, method: str
) -> None:
    assert getattr(client, method)(address(article, what)).status_code == 405


# --- Which articles -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["draft", "in_review", "unpublished"])
def test_article_without_a_page_is_not_to_be_found(visitor: Client, status: str) -> None:
    article = make_article(status=status)
    for what in ("", "cua-toi"):
        assert visitor.get(address(article, what)).status_code == 404
    for what in ("", "rut"):
        assert visitor.post(address(article, what), {"score": "4"}).status_code == 404


def test_number_without_an_article_is_not_to_be_found(client: Client) -> None:
    for number in (0, 10**9, 10**30):
        assert client.post(f"/danh-gia/{number}/", {"score": "4"}).status_code == 404


def test_withdrawn_article_takes_no_rating_and_gives_one_back(
    visitor: Client, article: Article
) -> None:
    rate(visitor, article)
    Article.objects.update(status="withdrawn", status_reason="Số liệu sai.")
    answer = visitor.post(address(article), {"score": "1"})
    assert answer.status_code == 403
    assert "Bài viết này không nhận đánh giá." in answer.content.decode()
    assert 'id="danh-gia"' not in visitor.get(article.get_absolute_url()).content.decode()
    page = visitor.get(address(article)).content.decode()
    assert "Bài viết này không nhận đánh giá." in page
    assert 'name="score"' not in page
    assert Rating.objects.get().score == 4
    visitor.post(address(article, "rut"))
    assert not Rating.objects.exists()


def test_article_deleted_meanwhile_is_not_to_be_found(
    visitor: Client, article: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ratings import services

    def rate_too_late(**given: Any) -> None:
        Article.objects.filter(pk=article.pk).delete()
        original(**given)

    original = services.rate_article
    monkeypatch.setattr(services, "rate_article", rate_too_late)
    assert rate(visitor, article).status_code == 404


# --- Switches -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("site", "root", "leaf", "own", "is_open"),
    [
        (None, None, None, None, True),
        (False, None, None, None, False),
        (False, True, None, None, True),
        (True, False, None, None, False),
        (None, False, True, None, True),
        (None, True, False, None, False),
        (None, False, None, True, True),
        (False, False, False, True, True),
        (True, True, True, False, False),
    ],
)
def test_the_nearest_switch_holds(
    client: Client, site: Any, root: Any, leaf: Any, own: Any, is_open: bool
) -> None:
    top = make_category("Tin tức")
    middle = make_category("Kinh tế", parent=top)
    low = make_category("Nông nghiệp", parent=middle)
    article, other = make_article(category=low), make_article(category=make_category("Khác"))
    RatingSwitch.objects.create(is_on=site)
    RatingSwitch.objects.create(category=top, is_on=root)
    RatingSwitch.objects.create(category=middle, is_on=None)
    RatingSwitch.objects.create(category=low, is_on=leaf)
    RatingSwitch.objects.create(article=article, is_on=own)
    shown = 'id="danh-gia"' in client.get(article.get_absolute_url()).content.decode()
    assert shown is is_open
    assert rate(client, article).status_code == (202 if is_open else 403)
    assert rate(Client(), other).status_code == (403 if site is False else 202)


# --- The page and the fragment --------------------------------------------------------------------


def test_page_shows_my_own_rating_and_takes_it_back(visitor: Client, article: Article) -> None:
    rate(visitor, article, 5)
    page = visitor.get(address(article))
    html = page.content.decode()
    assert 'value="5" required checked' in html
    assert "Bạn đã đánh giá bài viết này rồi." in html
    assert page["Cache-Control"] == "no-store"
    assert "noindex" in html
    assert visitor.get(address(article, "cua-toi")).json() == {
        "score": 5,
        "rating": {"count": 1, "average": 5.0, "stars": [0, 0, 0, 0, 1]},
    }
    answer = visitor.post(address(article, "rut"))
    assert answer.status_code == 303
    assert "Đã rút đánh giá của bạn." in visitor.get(answer["Location"]).content.decode()
    assert visitor.get(address(article, "cua-toi")).json()["score"] is None
    assert RatingSummary.objects.get().count == 0


def test_somebody_else_sees_no_rating_of_mine(
    visitor: Client, client: Client, article: Article
) -> None:
    rate(visitor, article, 5)
    assert "checked" not in client.get(address(article)).content.decode()
    assert client.get(address(article, "cua-toi")).json()["score"] is None
    client.post(address(article, "rut"))
    assert Rating.objects.count() == 1


def test_answers_stay_in_the_language_of_the_page(client: Client, article: Article) -> None:
    client.post(f"/en{address(article)}", {"score": "4"})
    answer = client.post(f"/en{address(article)}", {"score": "4"})
    assert answer["Location"] == f"/en{address(article)}?cam-on"
    page = client.get(answer["Location"]).content.decode()
    assert "Thank you for rating the article." in page


@pytest.mark.parametrize("what", ["", "cua-toi"])
def test_only_a_rating_sets_a_cookie(client: Client, article: Article, what: str) -> None:
    answer = client.get(address(article, what))
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"
    assert not client.post(address(article, "rut")).cookies


# --- The widget -----------------------------------------------------------------------------------


def test_widget_tells_count_and_average_as_in_vietnamese(client: Client, article: Article) -> None:
    html = client.get(article.get_absolute_url()).content.decode()
    assert "Chưa có lượt đánh giá" in html
    for score, times in ((5, 7), (4, 4), (3, 1)):
        for _ in range(times):
            make_rating(article, score)
    html = client.get(article.get_absolute_url()).content.decode()
    plain = html.replace("<b data-rating-count>", "").replace("<b data-rating-average>", "")
    assert "lượt đánh giá: 12, trung bình: 4,5" in plain.replace("</b>", "")
    RatingSummary.objects.update(
        count=1234, stars_1=0, stars_2=0, stars_3=0, stars_4=0, stars_5=1234, total=6170
    )
    assert ">1.234</b>" in client.get(article.get_absolute_url()).content.decode()


def test_widget_is_one_statement(client: Client, article: Article) -> None:
    from ratings.templatetags.rating_tags import rating_widget

    make_rating(article)
    with CaptureQueriesContext(connection) as captured:
        shown = rating_widget(article)
        assert shown["summary"].bars[1]["count"] == 1
    assert len(captured) == 1


def test_preview_shows_no_rating(admin_client: Client, article: Article) -> None:
    preview = admin_client.get(f"/admin/news/article/{article.pk}/preview/")
    assert preview.status_code == 200
    assert 'id="danh-gia"' not in preview.content.decode()


# --- Structured data ------------------------------------------------------------------------------


def described(client: Client, article: Article) -> dict[str, Any]:
    html = client.get(article.get_absolute_url()).content.decode()
    _before, _mark, rest = html.partition('<script type="application/ld+json">')
    return json.loads(rest.partition("</script>")[0])["@graph"][0]


def test_search_engines_are_told_the_average_by_a_setting_alone(
    client: Client, article: Article, settings: Any
) -> None:
    make_rating(article, 4)
    make_rating(article, 5)
    assert "aggregateRating" not in described(client, article)
    settings.RATINGS_STRUCTURED_DATA = True
    assert described(client, article)["aggregateRating"] == {
        "@type": "AggregateRating",
        "ratingValue": 4.5,
        "ratingCount": 2,
        "bestRating": 5,
        "worstRating": 1,
    }


def test_search_engines_are_told_nothing_of_no_ratings_or_where_rating_is_off(
    client: Client, article: Article, settings: Any
) -> None:
    settings.RATINGS_STRUCTURED_DATA = True
    assert "aggregateRating" not in described(client, article)
    make_rating(article, 4)
    RatingSwitch.objects.create(is_on=False)
    assert "aggregateRating" not in described(client, article)


# --- Limits ---------------------------------------------------------------------------------------


def test_flood_from_one_network_ends_at_the_limit_with_the_star_kept(
    article: Article, settings: Any
) -> None:
    settings.RATINGS_PER_NETWORK_AND_ARTICLE = 3
    answers = []
    for _ in range(5):
        client = Client()
        client.post(address(article), {"score": "1"})  # each has a cookie of its own
        answers.append(client.post(address(article), {"score": "1", "confirm": "1"}))
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429, 429]
    html = answers[-1].content.decode()
    assert "Từ mạng của bạn đã có nhiều lượt đánh giá bài viết này." in html
    assert "Vui lòng thử lại sau một giờ." in html
    assert 'value="1" required checked' in html
    assert Rating.objects.count() == 3


@pytest.mark.parametrize(
    ("address_of", "counted"),
    [
        (lambda n: f"198.51.100.{n}", 4),  # four households
        (lambda n: f"2001:db8:0:{n}::1", 4),  # four of one neighbourhood
        (lambda n: f"2001:db8::{n}", 2),  # one household
        (lambda n: f"::ffff:198.51.100.{n}", 4),
        (lambda n: "", 2),
    ],
)
def test_limit_is_that_of_a_network(
    article: Article, settings: Any, address_of: Any, counted: int
) -> None:
    settings.RATINGS_PER_NETWORK_AND_ARTICLE = 2
    for n in range(1, 5):
        client = Client(REMOTE_ADDR=address_of(n))
        rate(client, article)
        rate(client, article)
    assert Rating.objects.count() == counted


def test_holder_of_many_networks_ends_at_the_limit_over_all_articles(
    article: Article, settings: Any
) -> None:
    settings.RATINGS_PER_NETWORK_AND_ARTICLE, settings.RATINGS_PER_NETWORK = 2, 3
    for n in range(6):
        client = Client(REMOTE_ADDR=f"2001:db8:7:{n}::1")
        rate(client, article)
        rate(client, article)
    assert Rating.objects.count() == 3


def test_forged_address_helps_no_flood(article: Article, settings: Any) -> None:
    settings.RATINGS_PER_NETWORK_AND_ARTICLE = 2
    for n in range(5):
        client = Client(headers={"x-forwarded-for": f"203.0.113.{n}"})
        rate(client, article)
        rate(client, article)
    assert Rating.objects.count() == 2


def test_office_of_forty_rates_one_article_and_a_flood_does_not_sink_it(article: Article) -> None:
    codes = []
    for _ in range(61):
        client = Client()
        rate(client, article)
        codes.append(rate(client, article).status_code)
    assert codes == [200] * 60 + [429]


def test_limit_over_all_articles(settings: Any) -> None:
    settings.RATINGS_PER_NETWORK = 2
    client = Client()
    articles = [make_article() for _ in range(4)]
    rate(client, articles[0])
    answers = [rate(client, article) for article in articles]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    # It is about no article of its own.
    assert answers[-1].json()["message"] == (
        "Từ mạng của bạn đã có nhiều lượt đánh giá. Vui lòng thử lại sau một giờ."
    )
    # What was given stays one's own to change.
    assert rate(client, articles[0], 1).status_code == 200


# --- At once --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_forty_first_clicks_of_one_visitor_are_at_most_one_rating() -> None:
    article = make_article()
    answers = at_once([lambda: rate(Client(), article) for _ in range(40)])
    assert {answer.json()["state"] for answer in answers} == {"confirm"}
    assert not Rating.objects.exists()
    # The browser keeps one of the forty cookies, and sends forty confirmations with it.
    cookie = answers[-1].cookies["rater"].value
    headers = JSON | {"cookie": f"{project.RATER_COOKIE_NAME}={cookie}"}

    def confirm() -> Any:
        return Client().post(address(article), {"score": 4, "confirm": 1}, headers=headers)

    assert {answer.status_code for answer in at_once([confirm] * 40)} == {200}
    assert Rating.objects.count() == 1
    assert RatingSummary.objects.get().count == 1


@pytest.mark.django_db(transaction=True)
def test_forty_visitors_at_once_behind_one_address_are_forty_ratings() -> None:
    article = make_article()
    office = [Client(REMOTE_ADDR="198.51.100.7") for _ in range(40)]
    at_once([lambda c=client: rate(c, article) for client in office])
    answers = at_once(
        [lambda c=client, n=n: rate(c, article, n % 5 + 1) for n, client in enumerate(office)]
    )
    assert {answer.status_code for answer in answers} == {200}
    assert RatingSummary.objects.get().stars == [8, 8, 8, 8, 8]
