"""Every page of the admin, of all apps, with rows in it: what is shown is words, never a repr."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from comments.models import (
    Block,
    CannedReason,
    CommentSettings,
    CommentSwitch,
    ListedPhrase,
    Report,
)
from news import services
from news.models import Article, FeaturedSlot, OldAddress, SearchWords
from portal.models import (
    AlertBanner,
    HomeBlock,
    LinkGroup,
    MenuItem,
    MissingAddress,
    Page,
    Redirect,
    SidebarBlock,
    SiteIdentity,
    Song,
    User,
    WardMap,
)
from ratings.models import RANKED_FROM, RatingSwitch
from stats.models import ArticleViews, DailyArticleViews, DailyTotal, OpeningBalance
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_rating,
    make_series,
    make_tag,
)

pytestmark = pytest.mark.django_db

# How Python and Django write an object that nobody has given words.
REPR = re.compile(
    r"\b\w+\.\w+\.None\b|\bobject \((?:\d+|None)\)|<[\w.]+(?: object)? at 0x"
    r"|<(?:QuerySet|bound method|function|class|property|django)\b|\b__proxy__\b"
)


@pytest.fixture
def rows_of_every_model(admin_user: User) -> None:
    now, today = timezone.now(), timezone.localdate()
    category, image = make_category(), make_image()
    article = make_article(
        category=category,
        more=[make_category()],
        tags=[make_tag()],
        series=make_series(),
        author=make_author(),
        lead_image=image,
        created_by=admin_user,
    )
    make_article(status=Article.Status.UNPUBLISHED, redirect_to=article)
    file = ContentFile("Nội dung".encode(), name="van-ban.txt")
    services.add_attachment(article=article, upload=file, title="Văn bản")
    comment = make_comment(article, email="dan@example.org")
    make_comment(article, parent=comment, status="approved")
    for _ in range(RANKED_FROM):
        make_rating(article)
    page = Page(title="Giới thiệu", body="<p>Phường Yên Hà.</p>")
    page.full_clean()
    page.save()
    group = Group.objects.create(name="Nhóm thử")
    User.objects.create_user("can-bo", is_staff=True).groups.add(group)
    ArticleViews.objects.update_or_create(article=article, defaults={"views": 12})
    for row in [
        FeaturedSlot(position=1, article=article),
        SearchWords(day=today, words="lễ hội", results=3),
        SiteIdentity(valid_from=date(2025, 7, 1), name="ỦY BAN NHÂN DÂN PHƯỜNG YÊN HÀ"),
        MenuItem(address="/", label="Trang chủ"),
        MenuItem(category=category),
        HomeBlock(kind="newest"),
        HomeBlock(kind="category", category=category),
        SidebarBlock(kind="map"),
        WardMap(title="Bản đồ phường", image=image),
        LinkGroup(name="Cơ quan nhà nước"),
        AlertBanner(text="Bão số 5", starts_at=now, ends_at=now + timedelta(days=1)),
        Song(title="Về Yên Hà", link="https://example.org/bai-hat"),
        Redirect(path="/cu", article=article, created_by=admin_user),
        Redirect(path="/cu-hon", page=page),
        MissingAddress(path="/khong-co", first_seen_at=now, last_seen_on=today),
        OldAddress(path="/tin-cu", article=article),
        DailyTotal(day=today, visits=3, page_views=5),
        DailyArticleViews(article=article, day=today, views=5),
        OpeningBalance(figure=3_750_188, since=date(2025, 7, 1)),
        Report(comment=comment, reason="insult", received_at=now, due_at=now + timedelta(hours=48)),
        ListedPhrase(phrase="vay nóng"),
        CannedReason(title="Xúc phạm", reason="insult", text="Bình luận có lời xúc phạm."),
        CommentSettings(controller="UBND phường Yên Hà"),
        Block(
            kind="email",
            key="0" * 32,
            reason="Gửi rác",
            until=now + timedelta(days=1),
            by=admin_user,
            created_at=now,
        ),
        CommentSwitch(category=category, is_open=True),
        CommentSwitch(article=article, is_open=False),
        RatingSwitch(category=category, is_on=True),
        RatingSwitch(article=article, is_on=False),
    ]:
        if not isinstance(row, CommentSettings) or not CommentSettings.objects.exists():
            row.save()


def address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def reprs_in(page: str) -> list[str]:
    return [match[0] for match in REPR.finditer(unescape(page))]


def test_no_list_of_the_admin_shows_a_repr(admin_client: Client, rows_of_every_model: None) -> None:
    found = {}
    for model in admin.site._registry:
        response = admin_client.get(address(model, "changelist"), follow=True)
        assert response.status_code == 200, model
        if "cl" in response.context:
            assert response.context["cl"].result_count, f"no row of {model} was looked at"
        found[model._meta.label] = reprs_in(response.content.decode())
    assert {label: reprs for label, reprs in found.items() if reprs} == {}


def test_no_form_of_the_admin_shows_a_repr(admin_client: Client, rows_of_every_model: None) -> None:
    found: dict[str, list[str]] = {}
    for model in admin.site._registry:
        rows = model._default_manager.all()
        assert rows, f"no row of {model} was looked at"
        addresses = [address(model, "add")]
        addresses += [address(model, "change", row.pk) for row in rows]
        addresses += [address(model, page, rows[0].pk) for page in ("delete", "history")]
        for url in addresses:
            response = admin_client.get(url, follow=True)
            # A report has no pages of its rows.
            assert response.status_code in {200, 403, 404}, url
            if reprs := reprs_in(response.content.decode()):
                found[url] = reprs
    assert found == {}


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<td>news.Article.None</td>", ["news.Article.None"]),
        ("<option>Page object (1)</option>", ["object (1)"]),
        ("&lt;QuerySet []&gt;", ["<QuerySet"]),
        ("<td>&lt;function name at 0x7f2&gt;</td>", ["<function"]),
        ("<td>Không có</td> <class>", ["<class"]),
        ("<p>None of these objects (three)</p>", []),
    ],
)
def test_a_repr_is_told_from_words(page: str, found: list[str]) -> None:
    assert reprs_in(page) == found
