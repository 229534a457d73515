"""What the newsroom sees of ratings, and how a flood is removed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news.models import Article
from ratings.models import Rating, RatingSummary, RatingSwitch
from tests.factories import make_article, make_category, make_rating

pytestmark = pytest.mark.django_db

LIST = "/admin/ratings/ratingsummary/"
FLOOD = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)  # 00:30 on the 21st in Việt Nam


def rated(title: str, *scores: int, at: datetime | None = None, **fields: Any) -> Article:
    article = make_article(title, **fields)
    for score in scores:
        make_rating(article, score, at=at)
    return article


def text(answer: Any) -> str:
    return answer.content.decode()


def order(html: str, *words: str) -> list[str]:
    """Those of the words that stand in the page, in its order."""
    return sorted((word for word in words if word in html), key=html.index)


# --- Best and worst -------------------------------------------------------------------------------


def test_best_rated_come_first_and_few_ratings_are_not_compared(admin_client: Client) -> None:
    # Of equal averages the one that more people gave comes first.
    rated("Bài tốt nhất", 5, 5, 5, 5, 5, 5)
    rated("Bài cũng tốt", 5, 5, 5, 5, 5)
    rated("Bài kém nhất", 1, 1, 2, 1, 1)
    rated("Bài giữa", 3, 4, 3, 4, 3)
    rated("Bài ít lượt", 5)
    titles = ("Bài tốt nhất", "Bài cũng tốt", "Bài kém nhất", "Bài giữa", "Bài ít lượt")
    best = ["Bài tốt nhất", "Bài cũng tốt", "Bài giữa", "Bài kém nhất"]
    worst = ["Bài kém nhất", "Bài giữa", "Bài tốt nhất", "Bài cũng tốt"]
    assert order(text(admin_client.get(LIST)), *titles) == best
    links = re.findall(
        r'href="(\?o=[^"]+)">(Đánh giá cao nhất|Đánh giá thấp nhất)<', text(admin_client.get(LIST))
    )
    ways = {name: link for link, name in links}
    found = {
        name: order(text(admin_client.get(LIST + link)), *titles) for name, link in ways.items()
    }
    assert found == {"Đánh giá cao nhất": best, "Đánh giá thấp nhất": worst}
    assert "Bài ít lượt" in text(admin_client.get(f"{LIST}?minimum=1"))
    assert order(text(admin_client.get(f"{LIST}?minimum=20")), *titles) == []


def test_list_is_filtered_by_category_and_period(admin_client: Client) -> None:
    top = make_category("Tin tức")
    low = make_category("Kinh tế", parent=top)
    rated("Bài mới", 5, 5, 5, 5, 5, category=low)
    long_ago = timezone.now() - timedelta(days=200)
    rated("Bài cũ", 5, 5, 5, 5, 5, category=make_category("Khác"), published_at=long_ago)
    assert order(text(admin_client.get(f"{LIST}?category={top.pk}")), "Bài mới", "Bài cũ") == [
        "Bài mới"
    ]
    assert order(text(admin_client.get(f"{LIST}?days=90")), "Bài mới", "Bài cũ") == ["Bài mới"]
    assert len(order(text(admin_client.get(f"{LIST}?days=365")), "Bài mới", "Bài cũ")) == 2
    for odd in ("?category=x", "?days=x", "?minimum=x", "?o=99"):
        assert admin_client.get(LIST + odd).status_code == 200


def test_list_costs_the_same_however_many_are_rated(admin_client: Client) -> None:
    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(address).status_code == 200
        return len(captured)

    def both() -> tuple[int, int]:
        return cost(LIST), cost("/admin/news/article/")

    rated("Bài đầu", 5, 5, 5, 5, 5)
    few = both()
    for number in range(5):
        rated(f"Bài {number}", 4, 4, 4, 4, 4)
    assert both() == few


def test_nobody_sees_who_rated(admin_client: Client) -> None:
    article = rated("Bài", 5, 4, 3, 2, 1)
    raters = [str(r) for r in Rating.objects.values_list("rater", flat=True)]
    raters += [r.replace("-", "") for r in raters]
    for address in (
        LIST,
        f"{LIST}{article.pk}/hours/",
        f"{LIST}{article.pk}/change/",
        f"{LIST}export/csv/",
    ):
        answer = admin_client.get(address)
        html = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == 200
        assert not [rater for rater in raters if rater.encode() in html]
    assert admin_client.get("/admin/ratings/rating/").status_code == 404


def test_article_list_shows_the_stars(admin_client: Client) -> None:
    article = rated("Bài có sao", 5, 4)
    rated("Bài ít sao", 1)
    make_article("Bài không sao")
    answer = admin_client.get("/admin/news/article/")
    assert f'<a href="{LIST}{article.pk}/hours/">4,5 (2)</a>' in text(answer)
    # On a phone the column has no heading.
    assert text(answer).count('<span class="card-label">Sao: </span>') == 3
    column = answer.context["cl"].list_display.index("stars")
    sorted_ = admin_client.get("/admin/news/article/", {"o": str(column)}).context["cl"]
    assert [a.title for a in sorted_.result_list] == ["Bài có sao", "Bài ít sao", "Bài không sao"]


def test_who_may_not_look_at_ratings_has_no_column_of_stars(
    client: Client, django_user_model: Any
) -> None:
    from django.contrib.auth.models import Permission

    rated("Bài có sao", 5, 4)
    writer = django_user_model.objects.create_user("viet", is_staff=True)
    writer.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(writer)
    answer = client.get("/admin/news/article/")
    assert answer.status_code == 200
    assert "/admin/ratings/" not in text(answer)


# --- Tables ---------------------------------------------------------------------------------------


def test_table_exports_to_csv_and_xlsx_as_it_is_filtered(admin_client: Client) -> None:
    article = rated("=1+1", 5, 5, 5, 5, 4)
    rated("Ít lượt", 5)
    answer = admin_client.get(f"{LIST}export/csv/?o=-2")
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Số;Bài viết;Chuyên mục;Ngày đăng;Trung bình;Lượt đánh giá;5 sao")
    assert len(lines) == 2
    assert lines[1].startswith(f"{article.pk};'=1+1;")
    assert lines[1].endswith(";4,8;5;4;1;0;0;0")
    answer = admin_client.get(f"{LIST}export/xlsx/?minimum=1")
    sheet = openpyxl.load_workbook(BytesIO(b"".join(answer))).active
    assert sheet is not None
    assert sheet.max_row == 3
    assert {row[1] for row in sheet.iter_rows(min_row=2, values_only=True)} == {"=1+1", "Ít lượt"}
    assert admin_client.get(f"{LIST}export/pdf/").status_code == 404
    assert admin_client.get(f"{LIST}export/csv/?nonsense__x=1").status_code == 400


def test_ratings_by_day_are_shown_and_exported(admin_client: Client) -> None:
    now = timezone.now()
    article = rated("Bài", 5, 4, at=now)
    make_rating(article, 1, at=now - timedelta(days=60))
    html = text(admin_client.get(f"{LIST}days/"))
    today = f"{timezone.localtime(now):%d/%m/%Y}"
    assert f'<th scope="row">{today}</th><td>2</td><td>4,5</td>' in html
    assert html.count('<th scope="row">') == 1
    assert text(admin_client.get(f"{LIST}days/?period=90")).count('<th scope="row">') == 2
    assert admin_client.get(f"{LIST}days/?period=x").status_code == 200
    lines = b"".join(admin_client.get(f"{LIST}days/csv/?period=90")).decode("utf-8-sig")
    assert f"{today};2;4,5;1;1;0;0;0" in lines
    assert b"".join(admin_client.get(f"{LIST}days/xlsx/")).startswith(b"PK")


# --- A flood --------------------------------------------------------------------------------------


@pytest.fixture
def flooded() -> Article:
    article = rated("Bài bị phá", *[1] * 6, 5, at=FLOOD)
    make_rating(article, 4, at=FLOOD + timedelta(hours=1))
    return article


def test_flood_is_removed_with_a_reason_that_is_kept(
    admin_client: Client, flooded: Article
) -> None:
    hours = f"{LIST}{flooded.pk}/hours/"
    html = text(admin_client.get(hours))
    assert "00:00–01:00, 21/11/2026" in html
    page = f"{hours}?hour=2026-11-21T00"
    assert "Bài bị phá" in text(admin_client.get(page))
    refused = admin_client.post(page, {"score": "1", "reason": "  "})
    assert refused.status_code == 200
    assert Rating.objects.count() == 8
    done = admin_client.post(page, {"score": "1", "reason": "Đánh giá hàng loạt."}, follow=True)
    assert "Đã xóa 6 lượt đánh giá" in text(done)
    assert RatingSummary.objects.get().stars == [0, 0, 0, 1, 1]
    entry = LogEntry.objects.get()
    assert entry.object_id == str(flooded.pk)
    assert "Đánh giá hàng loạt." in entry.change_message
    assert "00:00–01:00, 21/11/2026" in entry.change_message
    assert "Đánh giá hàng loạt." in text(admin_client.get(f"{LIST}{flooded.pk}/history/"))
    admin_client.post(page, {"score": "", "reason": "Phần còn lại."})
    assert RatingSummary.objects.get().stars == [0, 0, 0, 1, 0]


def test_hour_without_ratings_or_that_there_is_not_removes_nothing(
    admin_client: Client, flooded: Article
) -> None:
    hours = f"{LIST}{flooded.pk}/hours/"
    assert admin_client.get(f"{hours}?hour=2026-11-22T00").status_code == 302
    for odd in ("x", "2026-11-21", "0001-01-01T00", "9999-12-31T23", ""):
        assert admin_client.get(f"{hours}?hour={odd}").status_code in {302, 404}
    assert admin_client.get(f"{LIST}0/hours/").status_code == 404
    assert Rating.objects.count() == 8


def test_who_may_only_look_removes_nothing(
    client: Client, django_user_model: Any, flooded: Article
) -> None:
    from django.contrib.auth.models import Permission

    reader = django_user_model.objects.create_user("doc", is_staff=True)
    page = f"{LIST}{flooded.pk}/hours/?hour=2026-11-21T00"
    client.force_login(reader)
    for address in (LIST, f"{LIST}days/", f"{LIST}export/csv/", f"{LIST}{flooded.pk}/hours/"):
        assert client.get(address).status_code == 403
    reader.user_permissions.add(Permission.objects.get(codename="view_ratingsummary"))
    client.force_login(django_user_model.objects.get(pk=reader.pk))
    assert client.get(LIST).status_code == 200
    assert "?hour=" not in text(client.get(f"{LIST}{flooded.pk}/hours/"))
    assert client.post(page, {"reason": "Thử."}).status_code == 403
    assert Rating.objects.count() == 8


# --- Switches -------------------------------------------------------------------------------------


def switch_form(value: str, initial: int = 0, pk: Any = "") -> dict[str, Any]:
    return {
        "comment_switch-TOTAL_FORMS": "0",
        "comment_switch-INITIAL_FORMS": "0",
        "rating_switch-TOTAL_FORMS": "1",
        "rating_switch-INITIAL_FORMS": str(initial),
        "rating_switch-0-id": pk,
        "rating_switch-0-is_on": value,
    }


@pytest.mark.parametrize(("value", "stored"), [("True", True), ("False", False)])
def test_rating_is_switched_where_the_category_is(
    admin_client: Client, value: str, stored: bool
) -> None:
    category = make_category("Kinh tế")
    address = f"/admin/news/category/{category.pk}/change/"
    assert "rating_switch-0-is_on" in text(admin_client.get(address))
    data = {"name": category.name, "slug": category.slug, "position": "0"}
    answer = admin_client.post(address, data | switch_form(value))
    assert answer.status_code == 302
    switch = RatingSwitch.objects.get(category=category)
    assert switch.is_on is stored
    admin_client.post(
        address,
        data | {"rating_switch-0-category": category.pk} | switch_form("", 1, switch.pk),
    )
    switch.refresh_from_db()
    assert switch.is_on is None


def test_form_without_the_switch_leaves_it_as_it_is(admin_client: Client) -> None:
    category = make_category("Kinh tế")
    RatingSwitch.objects.create(category=category, is_on=False)
    data = {"name": "Kinh tế mới", "slug": category.slug, "position": "0"}
    data |= {"comment_switch-TOTAL_FORMS": "0", "comment_switch-INITIAL_FORMS": "0"}
    admin_client.post(f"/admin/news/category/{category.pk}/change/", data)
    category.refresh_from_db()
    assert category.name == "Kinh tế mới"
    assert RatingSwitch.objects.get().is_on is False


def test_article_form_holds_its_switch(admin_client: Client) -> None:
    article = make_article()
    RatingSwitch.objects.create(article=article, is_on=False)
    html = text(admin_client.get(f"/admin/news/article/{article.pk}/change/"))
    assert '<option value="False" selected>Tắt</option>' in html
    for switch in ("rating_switch-0-is_on", "comment_switch-0-is_open"):
        select = re.search(rf'<select name="{switch}"[^>]*>', html)
        assert select
        assert 'aria-label="' in select[0]


def test_whole_site_is_switched_once(admin_client: Client) -> None:
    add = "/admin/ratings/ratingswitch/add/"
    empty = {"category": "", "article": ""}
    assert admin_client.post(add, empty | {"is_on": "False"}).status_code == 302
    again = admin_client.post(add, empty | {"is_on": "True"})
    assert "Mục này đã có tùy chọn bật, tắt." in text(again)
    assert "Toàn trang" in text(admin_client.get("/admin/ratings/ratingswitch/"))
