"""The lists of the newsroom in the admin, and the categories."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from news.admin.article_states import STATES, in_state, state_of
from news.admin.articles import ArticleAdmin
from news.models import Article, Category, FeaturedSlot
from news.services import publish_article
from portal.models import User
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_image,
    make_tag,
)
from tests.news.newsroom import LIST

pytestmark = pytest.mark.django_db

Status = Article.Status


def in_every_state() -> dict[str, Article]:
    now = timezone.now()
    later, earlier = now + timedelta(days=1), now - timedelta(days=2)
    return {
        "draft": make_article(status=Status.DRAFT),
        "returned": make_article(status=Status.DRAFT, status_reason="Thiếu ảnh."),
        "in_review": make_article(status=Status.IN_REVIEW),
        "scheduled": make_article(published_at=later),
        "published": make_article(),
        "expired": make_article(published_at=earlier, expires_at=now - timedelta(days=1)),
        "withdrawn": make_article(status=Status.WITHDRAWN),
        "unpublished": make_article(status=Status.UNPUBLISHED),
    }


def test_the_filter_finds_exactly_what_the_badge_says() -> None:
    articles = in_every_state()
    assert articles.keys() == STATES.keys()
    for state, article in articles.items():
        assert state_of(article) == state
        assert list(in_state(Article.objects.all(), state)) == [article]


def test_the_category_filter_takes_those_below_along(editor: Any) -> None:
    top = make_category("Chính quyền")
    below = make_category("Cải cách hành chính", parent=top)
    inside = make_article(category=below)
    make_article(category=make_category("Văn hóa"))
    response = editor.get(LIST, {"category": top.pk})
    assert list(response.context["cl"].result_list) == [inside]


def test_an_article_is_found_by_its_number_and_by_its_words(editor: Any) -> None:
    article, _ = make_article("Lễ hội đền Yên Hà"), make_article("Họp dân")
    for words in (str(article.pk), "lễ hội", "le\u0302\u0303 ho\u0323\u0302i"):
        response = editor.get(LIST, {"q": words})
        assert article in response.context["cl"].result_list


def test_the_list_costs_the_same_with_three_and_with_thirty_rows(
    editor: Any, django_assert_max_num_queries: Any
) -> None:
    def rows(number: int) -> None:
        for _ in range(number):
            make_article(
                author=make_author(), lead_image=make_image(), category=make_category(), tags=[]
            )

    rows(3)
    editor.get(LIST)
    with django_assert_max_num_queries(25) as few:
        editor.get(LIST)
    rows(27)
    with django_assert_max_num_queries(len(few)):
        editor.get(LIST)


def test_categories_are_listed_as_a_tree(editor: Any) -> None:
    second = make_category("Hai", position=2)
    make_category("Một", position=1)
    make_category("Hai A", parent=second, position=1)
    make_category("Ba", position=3)
    response = editor.get(reverse("admin:news_category_changelist"))
    names = [category.name for category in response.context["cl"].result_list]
    assert names == ["Một", "Hai", "Hai A", "Ba"]


@pytest.mark.parametrize(
    ("name", "is_refused"), [("Hòa bình", True), ("HOÀ  BÌNH", True), ("Hóa bình", False)]
)
def test_a_category_of_the_same_name_beside_another_is_refused(
    editor: Any, name: str, is_refused: bool
) -> None:
    make_category("Hoà bình")
    data = {"name": name, "position": "0"}
    response = editor.post(reverse("admin:news_category_add"), data)
    assert Category.objects.count() == (1 if is_refused else 2)
    if is_refused:
        assert response.context["adminform"].form.errors["name"]


def test_the_same_name_may_stand_below_another_parent_and_is_saved_again(editor: Any) -> None:
    first, above = make_category("Hoà bình"), make_category("Văn hóa")
    data = {"name": "Hòa bình", "position": "0"}
    editor.post(reverse("admin:news_category_add"), {**data, "parent": above.pk})
    assert above.children.count() == 1
    editor.post(reverse("admin:news_category_change", args=[first.pk]), data)
    first.refresh_from_db()
    assert first.name == "Hòa bình"


def test_tags_are_found_as_they_are_typed(editor: Any) -> None:
    tag = make_tag("chuyển đổi số")
    response = editor.get(
        reverse("admin:autocomplete"),
        {"app_label": "news", "model_name": "article", "field_name": "tags", "term": "chuyển"},
    )
    assert [row["text"] for row in response.json()["results"]] == [tag.name]


@pytest.mark.parametrize(
    ("status", "is_featured"), [("published", True), ("draft", False), ("withdrawn", False)]
)
def test_only_a_published_article_is_featured(editor: Any, status: str, is_featured: bool) -> None:
    article = make_article(status=status)
    data = {"position": "1", "article": article.pk, "until_0": "", "until_1": ""}
    editor.post(reverse("admin:news_featuredslot_add"), data)
    assert FeaturedSlot.objects.exists() == is_featured


@pytest.mark.parametrize(
    "lookup", ["title__regex", "body__contains", "created_by__password__startswith"]
)
def test_a_list_takes_no_lookup_that_no_filter_makes(editor: Any, lookup: str) -> None:
    make_article()
    assert editor.get(LIST, {lookup: "a"}).status_code == 400


def test_rows_picked_that_somebody_else_deleted_are_told(editor: Any) -> None:
    article = make_article(status="draft")
    picked = {"action": "publish_selected", "_selected_action": [article.pk]}
    article.delete()
    response = editor.post(LIST, picked, follow=True)
    assert "Mục đã chọn không còn trong danh sách này" in response.content.decode()


@pytest.mark.parametrize("is_picked_in_the_list", [True, False])
def test_a_deletion_that_a_publication_has_overtaken_is_refused_in_words(
    editor: Any, monkeypatch: pytest.MonkeyPatch, is_picked_in_the_list: bool
) -> None:
    article = make_article(status=Status.DRAFT)

    def published_meanwhile(*_: Any) -> None:
        publish_article(article=article, by=User.objects.get())

    # Django calls it between the check of what may be deleted and the deletion.
    monkeypatch.setattr(ArticleAdmin, "log_deletions", published_meanwhile)
    picked = (
        {"action": "delete_selected", "_selected_action": [article.pk]}
        if (is_picked_in_the_list)
        else {}
    )
    one = reverse("admin:news_article_delete", args=[article.pk])
    page = editor.post(LIST if picked else one, {**picked, "post": "yes"}, follow=True)
    assert "Bạn đọc đã xem bài viết này" in page.content.decode()
    assert Article.objects.filter(pk=article.pk).exists()


def test_an_editable_list_with_a_row_that_somebody_else_deleted_saves_nothing(
    editor: Any,
) -> None:
    kept, gone = make_category("Một", position=1), make_category("Hai", position=2)
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "_save": "1"}
    for number, row in enumerate((kept, gone)):
        data |= {f"form-{number}-id": row.pk, f"form-{number}-position": "9"}
    gone.delete()
    assert editor.post(reverse("admin:news_category_changelist"), data).status_code == 302
    kept.refresh_from_db()
    assert kept.position == 1
