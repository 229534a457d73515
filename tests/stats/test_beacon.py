"""What a page sends and what comes back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.middleware import Beacon
from stats import beacon as module
from stats.models import ArticleViews, DailyTotal, Presence
from stats.recorder import recorder
from tests.factories import make_article
from tests.stats.visitors import FIREFOX, GOOGLEBOT, beacon

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("middle_of_an_hour")]


def counted() -> tuple[int, int, int, int]:
    """Visits, page views, and both of bots."""
    recorder.flush()
    row = DailyTotal.objects.first()
    if row is None:
        return (0, 0, 0, 0)
    return (row.visits, row.page_views, row.bot_visits, row.bot_page_views)


def test_short_way_lies_at_the_addresses_of_the_views() -> None:
    views = {"visit": module.visit, "visit-pixel": module.pixel}
    assert {reverse(route): (route, view) for route, view in views.items()} == Beacon.VIEWS


def test_page_view_costs_no_statement(client: Client, django_assert_num_queries: Any) -> None:
    article = make_article()
    with django_assert_num_queries(0):
        assert beacon(client, str(article.pk)).status_code == 200


def test_answer_is_of_one_visitor_and_sets_no_cookie(client: Client) -> None:
    for response in (beacon(client), client.get("/thong-ke/luot.gif")):
        assert response["Cache-Control"] == "no-store"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert not response.cookies
        assert "Vary" not in response


def test_answer_tells_the_figures_that_the_process_knows(client: Client) -> None:
    article = make_article()
    assert beacon(client, str(article.pk)).json() == {}
    recorder.flush()
    assert beacon(client, str(article.pk)).json() == {
        "total": 1, "online": 1, "today": 1, "yesterday": 0, "month": 1,
        "views": 1, "rating": {"count": 0, "average": None, "stars": [0, 0, 0, 0, 0]},
    }  # fmt: skip
    assert set(beacon(client).json()) == {"total", "online", "today", "yesterday", "month"}


def test_people_bots_and_staff_are_told_apart(client: Client) -> None:
    beacon(client)
    beacon(client, agent=GOOGLEBOT)
    beacon(client, cookie="sessionid=abc")
    beacon(client, **{"sec-purpose": "prefetch;prerender"})
    assert counted() == (1, 1, 1, 1)


def test_staff_who_are_logged_in_are_not_counted(admin_client: Client) -> None:
    assert beacon(admin_client).status_code == 200
    admin_client.get("/thong-ke/luot.gif", headers={"user-agent": FIREFOX})
    assert counted() == (0, 0, 0, 0)


def test_picture_counts_where_no_script_runs(client: Client) -> None:
    article = make_article()
    response = client.get(f"/thong-ke/luot.gif?bai={article.pk}", headers={"user-agent": FIREFOX})
    assert (response["Content-Type"], len(response.content)) == ("image/gif", 43)
    assert counted() == (1, 1, 0, 0)
    assert ArticleViews.objects.get().views == 1


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_picture_in_a_foreign_page_is_shown_and_not_counted(client: Client, site: str) -> None:
    headers = {"user-agent": FIREFOX, "sec-fetch-site": site}
    assert client.get("/thong-ke/luot.gif", headers=headers).status_code == 200
    assert counted() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"referer": "https://elsewhere.example/page"},
        {"origin": "https://testserver.elsewhere.example"},
        {"origin": "http://["},
    ],
)
def test_page_of_another_site_cannot_count_here(client: Client, headers: dict[str, str]) -> None:
    assert beacon(client, **headers).status_code == 403
    headers |= {"user-agent": FIREFOX}
    assert client.get("/thong-ke/luot.gif", headers=headers).status_code == 403
    assert counted() == (0, 0, 0, 0)


def test_own_page_may_say_where_it_is(client: Client) -> None:
    assert beacon(client, origin="http://testserver").status_code == 200
    assert beacon(client, referer="http://testserver/tin-tuc/").status_code == 200
    assert counted() == (1, 2, 0, 0)


def test_address_that_a_visitor_claims_is_not_believed(client: Client) -> None:
    for number in range(5):
        beacon(client, **{"x-forwarded-for": f"10.0.0.{number}"})
    assert counted() == (1, 5, 0, 0)


def test_visitors_behind_our_proxy_are_told_apart(client: Client, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    for number in range(5):
        beacon(client, **{"x-forwarded-for": f"1.1.1.1, 10.0.0.{number}"})
    assert counted() == (5, 5, 0, 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("x" * 33, 413), ("1" * 32, 400), ("1" * 1_000_000, 413),
        ("1" * 19, 400), ("abc", 400), ("-1", 400),
        ("1; DROP TABLE", 400), ("\0", 400), ("１２", 400), ("{}", 400), ("", 200), ("1", 200),
    ],
)  # fmt: skip
def test_body_is_an_id_or_nothing(client: Client, body: str, status: int) -> None:
    response = beacon(client, body)
    assert (response.status_code, response["Cache-Control"]) == (status, "no-store")
    assert counted()[1] == (status == 200)


@pytest.mark.parametrize("query", ["bai=", "bai=abc", "bai=%00", "bai=%ff", "x=1", "bai=1&bai=x"])
def test_picture_is_shown_whatever_is_asked(client: Client, query: str) -> None:
    assert client.get(f"/thong-ke/luot.gif?{query}").status_code == 200


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_page_views_are_told_by_post_alone(client: Client, method: str) -> None:
    response = getattr(client, method)("/thong-ke/luot", headers={"user-agent": FIREFOX})
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert counted() == (0, 0, 0, 0)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_picture_is_got(client: Client, method: str) -> None:
    assert getattr(client, method)("/thong-ke/luot.gif").status_code == 405


def test_beacon_has_one_address_and_not_one_for_each_language(client: Client) -> None:
    assert client.post("/en/thong-ke/luot").status_code == 404


def test_wrong_length_is_refused(client: Client) -> None:
    response = client.generic("POST", "/thong-ke/luot", "1", CONTENT_LENGTH="abc")
    assert response.status_code == 413


def test_no_table_of_visits_holds_an_address_or_a_user_agent(client: Client) -> None:
    from django.apps import apps
    from django.db import connection

    article = make_article()
    for agent in (FIREFOX, GOOGLEBOT):
        beacon(client, str(article.pk), agent=agent)
    recorder.flush()
    assert Presence.objects.count() == 3
    for model in apps.get_app_config("stats").get_models():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # noqa: S608 – a table of ours
            text = repr(cursor.fetchall())
        for trace in ("127.0.0.1", "Mozilla", "Firefox", "Googlebot"):
            assert trace not in text, model
        # Nothing but figures, days, moments and keys fits in at all.
        kinds = {field.get_internal_type() for field in model._meta.concrete_fields}
        assert kinds <= {
            "BigAutoField", "BigIntegerField", "SmallIntegerField", "DateField", "DateTimeField",
            "UUIDField", "ForeignKey", "OneToOneField",
        }  # fmt: skip
