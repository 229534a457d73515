"""The opening balance of the site and of an article, set in the admin."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from news.models import Article
from portal.groups import EDITORS, WRITERS
from portal.models import User
from stats.models import ArticleViews, DailyArticleViews, DailyTotal, OpeningBalance
from tests.factories import make_article

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("middle_of_an_hour")]

LIST = reverse("admin:stats_openingbalance_changelist")
FORM = reverse("admin:stats_openingbalance_change", args=[1])


def form_of(article: Article) -> str:
    return reverse("admin:stats_articleviews_change", args=[article.pk])


def client_of(group: str) -> Client:
    user = User.objects.create_user("nguoi", password="x", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def test_the_list_is_the_one_form(admin_client: Any) -> None:
    answer = admin_client.get(LIST)
    assert (answer.status_code, answer["Location"]) == (302, FORM)
    assert admin_client.get(FORM).status_code == 200


def test_an_editor_takes_over_the_figure_of_the_earlier_site() -> None:
    DailyTotal.objects.create(day=timezone.localdate(), visits=5)
    client = client_of(EDITORS)
    sent = {"figure": "3.750.188", "since": f"{timezone.localdate():%d/%m/%Y}"}
    assert client.post(FORM, sent).status_code == 302
    balance = OpeningBalance.objects.get()
    assert (balance.figure, balance.since) == (3_750_188, timezone.localdate())
    page = client.get(FORM).content.decode()
    assert 'value="3.750.188"' in page
    assert "3.750.193" in page


def test_the_history_keeps_the_old_and_the_new_figure(admin_client: Any) -> None:
    OpeningBalance.objects.create(figure=1000, since=date(2026, 7, 1))
    admin_client.post(FORM, {"figure": "3750188", "since": "02/07/2026"})
    balance = OpeningBalance.objects.get()
    assert (balance.figure, balance.since) == (3_750_188, date(2026, 7, 2))
    message = LogEntry.objects.get().get_change_message()
    assert "1.000 → 3.750.188" in message
    assert "01/07/2026 → 02/07/2026" in message
    history = admin_client.get(reverse("admin:stats_openingbalance_history", args=[1]))
    assert "1.000 → 3.750.188" in history.content.decode()


def test_a_form_sent_back_as_it_was_is_no_event(admin_client: Any) -> None:
    OpeningBalance.objects.create(figure=1000, since=date(2026, 7, 1))
    admin_client.post(FORM, {"figure": "1.000", "since": "01/07/2026"})
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("figure", "since", "words"),
    [
        ("-1", "01/07/2026", "Số liệu không được nhỏ hơn 0."),
        ("ba triệu", "01/07/2026", "Vui lòng nhập số nguyên"),
        ("3,5", "01/07/2026", "Vui lòng nhập số nguyên"),
        ("9" * 19, "01/07/2026", "Con số này quá lớn."),
        ("9" * 5000, "01/07/2026", "Vui lòng nhập số nguyên"),
        ("5", "31/02/2026", "Đây không phải là một ngày có trong lịch."),
        ("5", "01/01/1999", "Không có số liệu trước ngày 01/01/2000."),
        # Named without its day, which two processes that begin around midnight would not share.
        pytest.param(
            "5",
            f"{timezone.localdate() + timedelta(days=2):%d/%m/%Y}",
            "Ngày này chưa đến.",
            id="a-day-to-come",
        ),
    ],
)
def test_a_wrong_figure_is_refused_by_a_sentence_and_stays_typed(
    figure: str, since: str, words: str, admin_client: Any
) -> None:
    answer = admin_client.post(FORM, {"figure": figure, "since": since})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert words in page
    assert f'value="{figure}"' in page
    assert f'value="{since}"' in page
    assert not OpeningBalance.objects.exists()


def test_an_article_gets_a_balance_before_anybody_has_read_it(admin_client: Any) -> None:
    article = make_article("Khánh thành cầu")
    assert admin_client.get(form_of(article)).status_code == 200
    assert not ArticleViews.objects.exists()
    admin_client.post(form_of(article), {"opening_balance": "1.234"})
    row = ArticleViews.objects.get()
    assert (row.opening_balance, row.views) == (1234, 0)
    entry = LogEntry.objects.get()
    assert "0 → 1.234" in entry.get_change_message()
    assert entry.object_repr == "Khánh thành cầu"


def test_setting_a_balance_loses_no_view_counted_meanwhile(
    admin_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stats.admin.opening import ArticleViewsForm

    article = make_article()
    ArticleViews.objects.create(article=article, views=10)
    original = ArticleViewsForm.save

    def save(self: Any, *args: Any, **kwargs: Any) -> Any:
        ArticleViews.objects.update(views=11)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(ArticleViewsForm, "save", save)
    admin_client.post(form_of(article), {"opening_balance": "5"})
    assert ArticleViews.objects.get().total == 16


@pytest.mark.parametrize("key", ["0", "999999", "9" * 40, "abc", "1_2F"])
def test_a_balance_of_no_article_is_not_found(key: str, admin_client: Any) -> None:
    address = f"/admin/stats/articleviews/{key}/change/"
    assert admin_client.get(address).status_code == 302
    assert not ArticleViews.objects.exists()


def test_balances_are_found_by_title(admin_client: Any) -> None:
    for title in ("Khánh thành cầu", "Họp dân"):
        ArticleViews.objects.create(article=make_article(title), opening_balance=12_345)
    address = reverse("admin:stats_articleviews_changelist")
    page = admin_client.get(address, {"q": "cầu"}).content.decode()
    assert "Khánh thành cầu" in page
    assert "Họp dân" not in page
    assert "12.345" in page


def test_a_contributor_sets_nothing() -> None:
    article = make_article()
    client = client_of(WRITERS)
    for address in (LIST, FORM, form_of(article)):
        assert client.get(address, follow=True).status_code == 403
        assert client.post(address, {"figure": "1", "opening_balance": "1"}).status_code in {
            302,
            403,
        }
    assert not OpeningBalance.objects.exists()
    assert not ArticleViews.objects.exists()


def test_nobody_adds_or_deletes_a_balance_by_hand(admin_client: Any) -> None:
    OpeningBalance.objects.create(figure=1, since=date(2026, 7, 1))
    article = make_article()
    ArticleViews.objects.create(article=article)
    for name, key in (("openingbalance", 1), ("articleviews", article.pk)):
        assert admin_client.get(reverse(f"admin:stats_{name}_add")).status_code == 403
        delete = reverse(f"admin:stats_{name}_delete", args=[key])
        assert admin_client.post(delete, {"post": "yes"}).status_code == 403
    assert ArticleViews.objects.exists()


def test_a_draft_with_figures_can_be_deleted(admin_client: Any) -> None:
    draft = make_article(status=Article.Status.DRAFT)
    ArticleViews.objects.create(article=draft, opening_balance=5)
    DailyArticleViews.objects.create(article=draft, day=date(2026, 11, 1), views=1)
    address = reverse("admin:news_article_delete", args=[draft.pk])
    assert admin_client.post(address, {"post": "yes"}).status_code == 302
    assert not Article.objects.exists()
    assert not ArticleViews.objects.exists()
