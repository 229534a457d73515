"""The newsroom's pages of figures: what they show, whom, at what cost, and as files."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment
from news.models import Article
from portal.groups import EDITORS, WRITERS
from portal.models import User
from ratings.models import Rating
from stats.models import ArticleViews, DailyArticleViews, DailyTotal
from stats.periods import EARLIEST, Period
from tests.factories import make_article, make_category, make_comment

pytestmark = pytest.mark.django_db

VISITS = reverse("admin:stats_dailytotal_changelist")
RANKING = reverse("admin:stats_dailyarticleviews_changelist")
NOVEMBER = {"first": "01/11/2026", "last": "22/11/2026"}


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """Sunday, 22 November 2026, ten in the morning."""
    now = datetime(2026, 11, 22, 10, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    with time_machine.travel(now, tick=False):
        yield


def page_of(article: Article) -> str:
    return reverse("admin:stats_article", args=[article.pk])


def count(day: date, visits: int, page_views: int = 0, bots: int = 0, bot_views: int = 0) -> None:
    DailyTotal.objects.create(
        day=day,
        visits=visits,
        page_views=page_views,
        bot_visits=bots,
        bot_page_views=bot_views,
    )


def read(article: Article, day: date, views: int, bot_views: int = 0) -> None:
    DailyArticleViews.objects.create(article=article, day=day, views=views, bot_views=bot_views)


def rate(article: Article, score: int, at: datetime) -> None:
    Rating.objects.create(article=article, rater=uuid.uuid4(), score=score, created_at=at)


def text_of(answer: Any) -> str:
    return answer.content.decode()


def csv_of(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def xlsx_of(answer: Any) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return list(book.active.iter_rows(values_only=True))


# --- Whom they are shown ------------------------------------------------------------------------


@pytest.fixture
def staff() -> Callable[[str], Client]:
    def of_group(name: str) -> Client:
        user = User.objects.create_user("nguoi", password="x", is_staff=True)
        user.groups.add(Group.objects.get(name=name))
        client = Client()
        client.force_login(user)
        return client

    return of_group


def test_an_editor_sees_every_report_and_finds_it_on_the_first_page(
    staff: Callable[[str], Client],
) -> None:
    client = staff(EDITORS)
    article = make_article()
    index = text_of(client.get(reverse("admin:index")))
    for address in (VISITS, RANKING):
        assert f'href="{address}"' in index
    for address in (VISITS, RANKING, page_of(article)):
        assert client.get(address).status_code == 200
    form = text_of(client.get(reverse("admin:news_article_change", args=[article.pk])))
    assert page_of(article) in form


def test_a_contributor_sees_no_figure(staff: Callable[[str], Client]) -> None:
    client = staff(WRITERS)
    article = make_article()
    for address in (VISITS, RANKING, page_of(article), f"{VISITS}?export=csv"):
        assert client.get(address).status_code == 403
    assert "/admin/stats/" not in text_of(client.get(reverse("admin:index")))
    for address in ("changelist", "change"):
        args = [article.pk] if address == "change" else []
        page = text_of(client.get(reverse(f"admin:news_article_{address}", args=args)))
        assert "/admin/stats/" not in page


def test_the_right_to_see_visits_does_not_show_articles() -> None:
    user = User.objects.create_user("nguoi", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_dailytotal"))
    client = Client()
    client.force_login(user)
    assert client.get(VISITS).status_code == 200
    assert RANKING not in text_of(client.get(VISITS))
    assert client.get(RANKING).status_code == 403


def test_a_report_asks_for_a_password() -> None:
    answer = Client().get(VISITS)
    assert answer.status_code == 302
    assert "login" in answer["Location"]


# --- Visits -------------------------------------------------------------------------------------


def test_visits_are_summed_with_dots_and_compared_with_the_days_before(admin_client: Any) -> None:
    count(date(2026, 11, 8), 1000)
    for day in range(9, 16):
        count(date(2026, 11, day), 1000, 2000)
    count(date(2026, 11, 16), 3_750_188, 4_000_000, 12, 34)
    count(date(2026, 11, 17), 1000)
    answer = admin_client.get(VISITS, {"first": "16/11/2026", "last": "22/11/2026"})
    page = text_of(answer)
    assert "3.751.188" in page
    assert "▲" not in page  # the plus tells it already
    assert "09/11/2026 – 15/11/2026" in page
    assert answer.context["totals"][0][2] == pytest.approx((3_751_188 - 7000) / 70)
    # Nobody was a bot the week before: there is nothing to compare with.
    assert answer.context["totals"][2][2] is None


def test_a_period_that_was_not_counted_from_its_first_day_is_not_compared(
    admin_client: Any,
) -> None:
    count(date(2026, 11, 15), 10)
    count(date(2026, 11, 16), 10)
    answer = admin_client.get(VISITS, {"first": "16/11/2026", "last": "22/11/2026"})
    assert answer.context["totals"][0][2] is None
    assert "15/11/2026" in text_of(answer)


def test_a_report_of_nothing_says_so(admin_client: Any) -> None:
    for address in (VISITS, RANKING, page_of(make_article())):
        answer = admin_client.get(address)
        assert answer.status_code == 200
        assert "<svg class" not in text_of(answer)
    assert "Chưa có số liệu nào." in text_of(admin_client.get(VISITS))
    assert "Không có bài viết nào được đọc" in text_of(admin_client.get(RANKING))


def test_a_chart_stands_beside_its_table(admin_client: Any) -> None:
    count(date(2026, 11, 20), 10, 20, 3, 4)
    page = text_of(admin_client.get(VISITS))
    assert page.count("<svg class") == 2
    assert 'scope="row">20/11/2026</th><td class="figure">10</td>' in page


def test_no_report_has_an_inline_style_or_script(admin_client: Any) -> None:
    article = make_article()
    count(date(2026, 11, 20), 10, 20, 3, 4)
    read(article, date(2026, 11, 20), 5)
    for address in (VISITS, RANKING, page_of(article)):
        content = text_of(admin_client.get(address)).split('id="content-main"', 1)[-1]
        assert "style=" not in content
        assert "<style" not in content
        assert " onclick" not in content


@pytest.mark.parametrize("unit", ["day", "week", "month", "year"])
def test_every_step_adds_up_to_the_same_total(unit: str, admin_client: Any) -> None:
    for n in range(400):
        count(date(2026, 11, 22) - timedelta(days=n), n, 2 * n, 1, 2)
    asked = {"first": "30/12/2025", "last": "22/11/2026", "unit": unit}
    rows = csv_of(admin_client.get(VISITS, asked | {"export": "csv"}))
    figures = 1 if unit == "day" else 2
    assert sum(int(row[figures]) for row in rows[1:]) == sum(range(328))


def test_a_long_table_is_paged_and_keeps_what_was_asked(admin_client: Any) -> None:
    count(date(2026, 11, 20), 10)
    asked = {"first": "01/01/2026", "last": "22/11/2026", "unit": "day", "page": "2"}
    answer = admin_client.get(VISITS, asked)
    page = text_of(answer)
    assert len(answer.context["page"]) == 100
    assert "first=01%2F01%2F2026&amp;last=22%2F11%2F2026&amp;unit=day&amp;page=3" in page
    for odd in ("0", "99999", "abc", "-1", ""):
        assert admin_client.get(VISITS, asked | {"page": odd}).status_code == 200


# --- Periods ------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [EARLIEST, date(2026, 11, 22)])
def test_a_period_may_be_the_first_day_that_is_counted_or_today(
    day: date, admin_client: Any
) -> None:
    asked = {"first": f"{day:%d/%m/%Y}", "last": f"{day:%d/%m/%Y}"}
    assert admin_client.get(VISITS, asked).context["period"] == Period(day, day)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("31/02/2026", "22/11/2026", "Đây không phải là một ngày có trong lịch."),
        ("hôm qua", "22/11/2026", "Đây không phải là một ngày có trong lịch."),
        ("", "22/11/2026", "Vui lòng nhập ngày"),
        ("22/11/2026", "01/11/2026", "Ngày kết thúc sớm hơn ngày bắt đầu."),
        ("23/11/2026", "30/11/2026", "Ngày này chưa đến."),
        ("31/12/1999", "22/11/2026", "Không có số liệu trước ngày 01/01/2000."),
        ("01/01/0001", "22/11/2026", "01/01/2000"),
        ("<b>", "1" * 1000, "Đây không phải là một ngày có trong lịch."),
    ],
)
def test_a_wrong_period_is_answered_by_a_sentence_and_keeps_what_was_typed(
    first: str, last: str, words: str, admin_client: Any
) -> None:
    article = make_article()
    for address in (VISITS, RANKING, page_of(article)):
        for export in ({}, {"export": "xlsx"}):
            answer = admin_client.get(address, {"first": first, "last": last} | export)
            assert answer.status_code == 200
            page = text_of(answer)
            assert words in page
            if "<" not in first:
                assert f'value="{first}"' in page or not first
                assert f'value="{last}"' in page
            assert "<svg class" not in page


def test_days_to_come_are_left_out(admin_client: Any) -> None:
    answer = admin_client.get(VISITS, {"first": "20/11/2026", "last": "31/12/2026"})
    assert answer.context["period"].days == 3


@pytest.mark.parametrize("asked", [{"unit": "hour"}, {"unit": ""}, {"category": "x"}])
def test_an_unknown_choice_is_answered_by_a_sentence(
    asked: dict[str, str], admin_client: Any
) -> None:
    answer = admin_client.get(RANKING if "category" in asked else VISITS, NOVEMBER | asked)
    assert answer.status_code == 200
    assert "errorlist" in text_of(answer)


def test_a_file_of_an_unknown_kind_is_not_found(admin_client: Any) -> None:
    assert admin_client.get(VISITS, {"export": "pdf"}).status_code == 404


def test_quick_choices_are_named_and_the_one_shown_is_marked(admin_client: Any) -> None:
    page = text_of(admin_client.get(VISITS, {"first": "16/11/2026", "last": "22/11/2026"}))
    for name in ("Hôm nay", "7 ngày", "30 ngày", "Tháng này", "Năm nay"):
        assert f">{name}</a>" in page
    assert page.count('aria-current="true"') == 1
    assert 'last=22%2F11%2F2026&amp;unit=day" aria-current="true">7 ngày</a>' in page


# --- Most read ----------------------------------------------------------------------------------


def test_articles_are_ranked_by_their_views_in_the_period_alone(admin_client: Any) -> None:
    first, second, unread = make_article("Bài A"), make_article("Bài B"), make_article("Bài C")
    read(first, date(2026, 11, 2), 10)
    read(first, date(2026, 11, 3), 2)
    read(second, date(2026, 11, 22), 11)
    read(second, date(2026, 10, 31), 100)
    read(unread, date(2026, 11, 22), 0, 9)
    answer = admin_client.get(RANKING, NOVEMBER)
    rows = list(answer.context["page"])
    assert [(row.place, row.article.title, row.views) for row in rows] == [
        (1, "Bài A", 12),
        (2, "Bài B", 11),
    ]
    assert answer.context["views"] == 23


def test_a_category_is_shown_with_all_below_it(admin_client: Any) -> None:
    top = make_category("Tin")
    middle = make_category("Tin phường", parent=top)
    low = make_category("Tin tổ dân phố", parent=middle)
    other = make_category("Văn bản")
    for category in (top, middle, low, other):
        read(make_article(f"Bài {category}", category=category), date(2026, 11, 20), 5)
    answer = admin_client.get(RANKING, NOVEMBER | {"category": str(middle.pk)})
    titles = {row.article.title for row in answer.context["page"]}
    assert titles == {"Bài Tin phường", "Bài Tin tổ dân phố"}
    assert [row.place for row in answer.context["page"]] == [1, 2]
    answer = admin_client.get(RANKING, NOVEMBER | {"category": str(top.pk)})
    titles = {row.article.title for row in answer.context["page"]}
    assert titles == {"Bài Tin", "Bài Tin phường", "Bài Tin tổ dân phố"}


def test_rating_and_comments_stand_beside_the_views(admin_client: Any) -> None:
    article = make_article()
    read(article, date(2026, 11, 20), 5)
    for score in (4, 5):
        rate(article, score, timezone.now())
    page = text_of(admin_client.get(RANKING, NOVEMBER))
    assert '<td class="figure">2</td>' in page
    assert '<td class="figure">4,5</td>' in page


def statements(client: Any, address: str, asked: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(address, asked)
        if answer.streaming:
            list(answer.streaming_content)
    assert answer.status_code == 200
    return len(caught)


def test_no_report_takes_more_statements_for_more_articles(admin_client: Any) -> None:
    category = make_category("Tin", parent=make_category("Tất cả"))
    admin_client.get(VISITS)
    asked = NOVEMBER | {"category": str(category.parent_id)}

    def fill(many: int) -> Article:
        for n in range(many):
            article = make_article(category=category)
            read(article, date(2026, 11, 1) + timedelta(days=n % 20), n + 1)
            rate(article, 1 + n % 5, timezone.now() - timedelta(days=n))
        DailyTotal.objects.bulk_create(
            (DailyTotal(day=date(2026, 11, 1) + timedelta(days=n)) for n in range(many % 20)),
            ignore_conflicts=True,
        )
        return article

    def measured(article: Article) -> list[int]:
        return [
            statements(admin_client, address, asked | export)
            for address in (VISITS, RANKING, page_of(article))
            for export in ({}, {"export": "csv"}, {"export": "xlsx"})
        ]

    few = measured(fill(3))
    assert measured(fill(60)) == few
    # Session, user, the savepoint that its transaction is here, and then the figures.
    assert max(few) <= 14


# --- One article --------------------------------------------------------------------------------


def test_an_article_is_shown_by_day_with_ratings_and_all_its_views(admin_client: Any) -> None:
    article = make_article("Khánh thành cầu")
    ArticleViews.objects.create(article=article, opening_balance=3_750_000, views=188)
    read(article, date(2026, 11, 20), 7, 2)
    # Seconds before midnight in Việt Nam, still the evening in Greenwich.
    rate(article, 5, datetime(2026, 11, 20, 23, 59, 59, tzinfo=timezone.get_current_timezone()))
    rate(article, 4, datetime(2026, 11, 21, 0, 0, 1, tzinfo=timezone.get_current_timezone()))
    rows = csv_of(admin_client.get(page_of(article), NOVEMBER | {"export": "csv"}))
    found = {row[0]: row[1:] for row in rows}
    assert found["20/11/2026"] == ["7", "2", "1", "5,0", "0"]
    assert found["21/11/2026"] == ["0", "0", "1", "4,0", "0"]
    assert found["19/11/2026"] == ["0", "0", "0", "", "0"]
    page = text_of(admin_client.get(page_of(article), NOVEMBER))
    assert "3.750.188" in page
    assert "Khánh thành cầu" in page
    assert reverse("admin:news_article_change", args=[article.pk]) in page


def test_a_comment_stands_on_the_day_it_was_published(admin_client: Any) -> None:
    article = make_article()
    zone = timezone.get_current_timezone()
    published = {"status": Comment.Status.APPROVED}
    for hour, day in ((0, 20), (23, 20), (12, 21)):
        at = datetime(2026, 11, day, hour, 30, tzinfo=zone)
        sent_at = at - timedelta(days=1)
        make_comment(article, submitted_at=sent_at, published_at=at, **published)
    make_comment(article, submitted_at=datetime(2026, 11, 20, 8, tzinfo=zone))
    asked = NOVEMBER | {"export": "csv"}
    found = {row[0]: row[-1] for row in csv_of(admin_client.get(page_of(article), asked))}
    assert (found["19/11/2026"], found["20/11/2026"], found["21/11/2026"]) == ("0", "2", "1")
    assert admin_client.get(page_of(article), NOVEMBER).context["report"].comments == 3


def test_an_article_that_is_not_there_is_not_found(admin_client: Any) -> None:
    for pk in (0, 999_999, 10**30):
        assert admin_client.get(f"{RANKING}article/{pk}/").status_code == 404


def test_figures_of_a_day_have_no_page_of_their_own(admin_client: Any) -> None:
    count(date(2026, 11, 20), 5)
    answer = admin_client.get(reverse("admin:stats_dailytotal_change", args=["2026-11-20"]))
    assert answer.status_code == 302
    assert answer["Location"] == VISITS


# --- Files --------------------------------------------------------------------------------------


def test_an_opened_workbook_holds_numbers_and_days(admin_client: Any) -> None:
    count(date(2026, 11, 20), 1234, 2345, 3, 4)
    asked = {"first": "20/11/2026", "last": "20/11/2026", "export": "xlsx"}
    rows = xlsx_of(admin_client.get(VISITS, asked))
    assert rows[1] == (datetime(2026, 11, 20), 1234, 2345, 3, 4)
    asked |= {"unit": "week", "first": "16/11/2026", "last": "22/11/2026"}
    rows = xlsx_of(admin_client.get(VISITS, asked))
    assert rows[1][:3] == (datetime(2026, 11, 16), datetime(2026, 11, 22), 1234)


def test_a_title_that_begins_like_a_formula_is_never_run(admin_client: Any) -> None:
    title = '=HYPERLINK("http://example.org";"Bấm")'
    article = make_article(title)
    read(article, date(2026, 11, 20), 5)
    lines = csv_of(admin_client.get(RANKING, NOVEMBER | {"export": "csv"}))
    assert lines[1][1] == f"'{title}"
    answer = admin_client.get(RANKING, NOVEMBER | {"export": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    cell = book.active["B2"]
    assert (cell.value, cell.data_type) == (title, "s")


def test_a_file_holds_every_page_and_has_a_telling_name(admin_client: Any) -> None:
    for _n in range(60):
        read(make_article(), date(2026, 11, 20), 5)
    answer = admin_client.get(RANKING, NOVEMBER | {"export": "csv"})
    assert "bai-doc-nhieu-2026-11-01-2026-11-22.csv" in answer["Content-Disposition"]
    lines = csv_of(answer)
    assert [line[0] for line in lines[1:]] == [str(n) for n in range(1, 61)]


# --- The list of articles -----------------------------------------------------------------------


def test_the_list_shows_the_views_of_seven_days_and_leads_on(admin_client: Any) -> None:
    article = make_article()
    for days, views in ((0, 1000), (6, 234), (7, 5)):
        read(article, date(2026, 11, 22) - timedelta(days=days), views)
    page = text_of(admin_client.get(reverse("admin:news_article_changelist")))
    assert f'<a href="{page_of(article)}">1.234</a>' in page
    assert "7 ngày" in page


def test_the_list_takes_as_many_statements_for_five_rows_as_for_a_hundred(
    admin_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin.site.get_model_admin(Article), "list_per_page", 200)
    address = reverse("admin:news_article_changelist")
    admin_client.get(address)
    measured = []
    for many in (5, 95):
        for n in range(many):
            read(make_article(), date(2026, 11, 22), n)
        measured.append(statements(admin_client, address, {}))
    assert measured[0] == measured[1]
    page = text_of(admin_client.get(address))
    assert page.count('class="field-views_of_a_week"') == 100


def test_the_list_is_sorted_by_the_views_of_seven_days(admin_client: Any) -> None:
    for views in (3, 9, 0):
        read(make_article(f"Bài {views}"), date(2026, 11, 22), views)
    address = reverse("admin:news_article_changelist")
    columns = admin_client.get(address).context["cl"].list_display
    answer = admin_client.get(address, {"o": str(columns.index("views_of_a_week"))})
    rows = [row.title for row in answer.context["cl"].result_list]
    assert rows == ["Bài 9", "Bài 3", "Bài 0"]
