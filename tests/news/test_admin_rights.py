"""Who may do what in the newsroom. Each rule is tried as somebody whom it stops."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from news.models import Article, Image
from tests.factories import make_article, make_image, picture_upload
from tests.news.newsroom import LIST, add, change_url, form_of

pytestmark = pytest.mark.django_db

Status = Article.Status


def test_a_writer_who_presses_publish_all_the_same_is_refused(writer: Any) -> None:
    assert add(writer, _publish="1").status_code == 403
    assert not Article.objects.exists()


def test_a_writer_cannot_change_a_draft_of_somebody_else(writer: Any) -> None:
    article = make_article(status=Status.DRAFT)
    assert writer.post(change_url(article), form_of(article, title="Khác")).status_code == 403


def test_a_writer_cannot_change_what_was_submitted(writer: Any) -> None:
    article = make_article(status=Status.IN_REVIEW, created_by=writer.user)
    assert writer.post(change_url(article), form_of(article, title="Khác")).status_code == 403


@pytest.mark.parametrize("step", ["withdraw", "unpublish", "return"])
def test_a_writer_takes_nothing_back(writer: Any, step: str) -> None:
    article = make_article()
    address = reverse("admin:news_article_take_back", args=[article.pk, step])
    assert writer.post(address, {"reason": "Nhầm."}).status_code == 403


def test_bulk_actions_are_refused_to_a_writer(writer: Any) -> None:
    article = make_article(status=Status.DRAFT)
    writer.post(LIST, {"action": "publish_selected", "_selected_action": [article.pk]})
    article.refresh_from_db()
    assert article.status == Status.DRAFT


def test_a_preview_is_for_staff_alone(client: Any) -> None:
    article = make_article(status=Status.DRAFT)
    response = client.get(reverse("admin:news_article_preview", args=[article.pk]))
    assert "/admin/login/" in response.url


def test_a_preview_is_for_those_who_may_view_articles(newcomer: Any) -> None:
    article = make_article(status=Status.DRAFT)
    response = newcomer.get(reverse("admin:news_article_preview", args=[article.pk]))
    assert response.status_code == 403


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW])
def test_a_writer_does_not_delete_what_somebody_else_wrote(writer: Any, status: str) -> None:
    article = make_article(status=status)
    address = reverse("admin:news_article_delete", args=[article.pk])
    assert writer.post(address, {"post": "yes"}).status_code == 403
    picked = {"action": "delete_selected", "_selected_action": [article.pk], "post": "yes"}
    writer.post(LIST, picked)
    assert Article.objects.filter(pk=article.pk).exists()


def test_a_writer_deletes_a_draft_of_his_or_her_own_and_nothing_that_was_submitted(
    writer: Any,
) -> None:
    draft = make_article(status=Status.DRAFT, created_by=writer.user)
    submitted = make_article(status=Status.IN_REVIEW, created_by=writer.user)
    for article in (draft, submitted):
        writer.post(reverse("admin:news_article_delete", args=[article.pk]), {"post": "yes"})
    assert list(Article.objects.all()) == [submitted]


@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.DRAFT])
def test_a_writer_corrects_nothing(writer: Any, status: str) -> None:
    article = make_article(status=status, created_by=writer.user)
    data = form_of(article, _correct="1", title="Tên mới", correction="Sửa tên.")
    assert writer.post(change_url(article), data).status_code == 403
    article.refresh_from_db()
    assert (article.title == "Tên mới", article.change_note) == (False, "")


def test_several_articles_are_not_withdrawn_by_a_writer(writer: Any) -> None:
    article = make_article(created_by=writer.user)
    picked = {"action": "withdraw_selected", "_selected_action": [article.pk], "reason": "Nhầm."}
    writer.post(LIST, picked)
    article.refresh_from_db()
    assert article.status == Status.PUBLISHED


def test_a_writer_is_offered_no_button_that_is_refused(writer: Any) -> None:
    draft = make_article(status=Status.DRAFT, created_by=writer.user)
    context = writer.get(change_url(draft)).context
    assert "_publish" not in dict(context["buttons"])
    assert context["steps"] == []


@pytest.mark.parametrize("page", ["add", "pick", "changelist"])
def test_the_media_library_is_for_those_who_may_use_it(newcomer: Any, page: str) -> None:
    assert newcomer.get(reverse(f"admin:news_image_{page}")).status_code == 403


def test_a_picture_is_taken_in_from_those_only_who_may_add_one(newcomer: Any) -> None:
    data = {
        "form-TOTAL_FORMS": "5",
        "form-INITIAL_FORMS": "0",
        "form-0-upload": picture_upload(),
        "form-0-alt": "Cầu Yên Hà",
    }
    assert newcomer.post(reverse("admin:news_image_add"), data).status_code == 403
    assert not Image.objects.exists()


def test_a_writer_deletes_no_picture(writer: Any) -> None:
    image = make_image(by=writer.user)
    address = reverse("admin:news_image_delete", args=[image.pk])
    assert writer.post(address, {"post": "yes"}).status_code == 403
    assert Image.objects.filter(pk=image.pk).exists()


def test_what_was_searched_is_for_those_who_may_see_it(newcomer: Any) -> None:
    assert newcomer.get(reverse("admin:news_searchwords_changelist")).status_code == 403
