"""The figures in the pages, and the pages about the figures."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from stats import reading, services
from stats.models import ArticleViews, DailyArticleViews, DailyTotal, HourlyArticleViews
from stats.recorder import recorder
from tests.factories import make_article
from tests.stats.visitors import see

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("middle_of_an_hour")]


def text(client: Client, address: str) -> str:
    """The words of a page, without its tags."""
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", "", response.content.decode()).split())


def test_every_footer_tells_the_visits(client: Client) -> None:
    services.set_opening_balance(figure=3_750_188, since=timezone.localdate())
    DailyTotal.objects.create(day=timezone.localdate() - timedelta(days=1), visits=1_234)
    for address in ("/", "/tin-tuc/", make_article().get_absolute_url(), "/thong-ke/"):
        words = text(client, address)
        assert "Thống kê: 3.750.188" in words
        assert "Online: 0" in words
        assert "Hôm qua: 1.234" in words
    for number in range(86):
        see(number, timezone.now().timestamp())
    recorder.flush()
    words = text(client, "/")
    assert "Thống kê: 3.750.274 Online: 86 Hôm nay: 86 Hôm qua: 1.234 Tháng này: " in words
    assert "Visits in all: 3,750,274 Online: 86" in text(client, "/en/")


def test_page_counts_itself_and_a_preview_or_an_error_does_not(
    client: Client, admin_client: Client
) -> None:
    article = make_article()
    html = client.get(article.get_absolute_url()).content.decode()
    assert f'data-visit="/thong-ke/luot" data-article="{article.pk}"></script>' in html
    assert (
        f'<noscript><img class="visually-hidden" src="/thong-ke/luot.gif?bai={article.pk}"' in html
    )
    home = client.get("/").content.decode()
    assert 'data-visit="/thong-ke/luot"></script>' in home
    assert "data-visit=" not in client.get("/khong-co/").content.decode()
    preview = admin_client.get(f"/admin/news/article/{article.pk}/preview/")
    assert "data-visit=" not in preview.content.decode()


def test_page_beside_an_article_is_no_view_of_it(client: Client) -> None:
    article = make_article()
    for prefix in ("", "/en"):
        html = client.get(f"{prefix}/danh-gia/{article.pk}/").content.decode()
        assert 'data-visit="/thong-ke/luot"></script>' in html
        assert "luot.gif?bai=" not in html
        read = client.get(f"{prefix}{article.get_absolute_url()}").content.decode()
        assert f'data-article="{article.pk}"' in read


def test_id_of_an_article_beyond_a_thousand_is_written_without_dots(client: Client) -> None:
    article = make_article(pk=1_234_567)
    html = client.get(article.get_absolute_url()).content.decode()
    assert 'data-article="1234567"' in html


def test_article_tells_its_views(client: Client) -> None:
    article = make_article()
    assert "Lượt xem: 0" in text(client, article.get_absolute_url())
    ArticleViews.objects.create(article=article, opening_balance=1_200, views=34)
    assert "Lượt xem: 1.234" in text(client, article.get_absolute_url())


def test_rules_and_days_stand_on_a_public_page(client: Client) -> None:
    today = timezone.localdate()
    DailyTotal.objects.create(day=today, visits=12_345, page_views=23_456, bot_visits=7)
    DailyTotal.objects.create(day=today.replace(year=today.year - 1, day=1), visits=9_876)
    services.set_opening_balance(figure=3_750_188)
    response = client.get("/thong-ke/")
    html = response.content.decode()
    assert response["Cache-Control"].startswith("public")
    assert html.count('<th scope="row"><time') == 30
    assert "<svg" in html
    assert "style=" not in html
    words = text(client, "/thong-ke/")
    for part in ("Cách thống kê", "30 phút", "5 phút", "4:00", "12.345", "9.876", "3.750.188"):
        assert part in words
    assert "How visits are counted" in text(client, "/en/thong-ke/")


def test_page_of_rules_stands_before_anything_was_counted(client: Client) -> None:
    assert "Cách thống kê" in text(client, "/thong-ke/")
    assert "Chưa có dữ liệu." in text(client, "/thong-ke/doc-nhieu/")


def read(article: Any, views: int, **ago: float) -> None:
    moment = timezone.now() - timedelta(**ago)
    DailyArticleViews.objects.create(article=article, day=timezone.localdate(moment), views=views)
    HourlyArticleViews.objects.create(
        article=article, hour=moment.replace(minute=0, second=0, microsecond=0), views=views
    )


def test_most_read_are_ranked_within_their_periods() -> None:
    now, past, week, month, old = (make_article() for _ in range(5))
    read(now, 10, hours=24)
    read(past, 5, hours=25)
    read(week, 20, days=6)
    read(month, 30, days=29)
    read(old, 99, days=31)
    read(now, 1, days=20)
    found = {
        period.days: [(a.id, a.views) for a in period.articles] for period in reading.most_read(5)
    }
    assert found == {
        1: [(now.pk, 10)],
        7: [(week.pk, 20), (now.pk, 10), (past.pk, 5)],
        30: [(month.pk, 30), (week.pk, 20), (now.pk, 11), (past.pk, 5)],
    }


@pytest.mark.parametrize("status", ["withdrawn", "unpublished", "draft"])
def test_most_read_holds_no_article_that_lists_may_not_show(status: str) -> None:
    read(make_article(status=status), 10, hours=1)
    assert reading.most_read(5) == []


def test_most_read_stands_on_the_home_page_and_on_its_own(client: Client) -> None:
    article = make_article("Chợ Hạ họp phiên cuối năm")
    read(article, 1_500, hours=1)
    for address in ("/", "/thong-ke/doc-nhieu/"):
        words = text(client, address)
        assert "Đọc nhiều nhất" in words
        assert "24 giờ Chợ Hạ họp phiên cuối năm Lượt xem: 1.500" in words


def test_pages_of_figures_cost_the_same_with_much_and_with_little(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        read(make_article(), number + 1, hours=2)
    for address, most in (("/thong-ke/", 6), ("/thong-ke/doc-nhieu/", 3)):
        with django_assert_max_num_queries(most):
            client.get(address)


def test_days_to_come_are_in_no_total(client: Client) -> None:
    today = timezone.localdate()
    for day in (today, today + timedelta(days=1), today + timedelta(days=800)):
        DailyTotal.objects.create(day=day, visits=1)
    for totals in (reading.monthly_totals(12), reading.yearly_totals()):
        assert [(total.first <= today, total.visits) for total in totals] == [(True, 1)]
    assert reading.last_daily_totals(30)[-1].day == today


def test_article_that_only_bots_opened_is_not_among_the_most_read() -> None:
    DailyArticleViews.objects.create(
        article=make_article(), day=timezone.localdate(), views=0, bot_views=9
    )
    assert reading.most_read(5) == []
