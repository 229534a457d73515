"""The form of a redirect, and the guess it opens with."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from news.models import Article
from portal.models import MissingAddress, Redirect
from portal.redirects.guessing import guess_target
from tests.factories import make_article, make_category, make_tag
from tests.portal.redirecting import make_redirects

pytestmark = pytest.mark.django_db

Status = Article.Status


# --- The form -----------------------------------------------------------------------------------

ADD = "/admin/portal/redirect/add/"


def form_of(**values: Any) -> dict[str, Any]:
    return {"path": "/cu", "article": "", "category": "", "address": "", **values}


def test_address_typed_in_the_form_becomes_the_thing_it_shows(admin_client: Client) -> None:
    tag = make_tag()
    admin_client.post(ADD, form_of(address=tag.get_absolute_url()))
    row = Redirect.objects.get()
    assert (row.tag, row.address, row.created_by.username) == (tag, "", "admin")
    change = admin_client.get(f"/admin/portal/redirect/{row.pk}/change/")
    assert change.context["adminform"].form.initial["address"] == tag.get_absolute_url()


def test_redirect_is_led_elsewhere_in_the_form(admin_client: Client) -> None:
    make_redirects(("/cu", make_tag().get_absolute_url()))
    row, category = Redirect.objects.get(), make_category()
    admin_client.post(f"/admin/portal/redirect/{row.pk}/change/", form_of(category=category.pk))
    row.refresh_from_db()
    assert (row.tag, row.category) == (None, category)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "__all__"),
        ({"address": "/luu-tru/", "path": "/luu-tru/"}, "path"),
        ({"address": "/cu"}, "address"),
        ({"address": "/khong-co/"}, "address"),
        ({"address": "javascript:alert(1)"}, "address"),
    ],
)
def test_form_says_beside_the_field_what_is_wrong(
    values: dict[str, str], field: str, admin_client: Client
) -> None:
    answer = admin_client.post(ADD, form_of(**values))
    assert field in answer.context["adminform"].form.errors
    assert not Redirect.objects.exists()


def test_second_redirect_from_one_address_is_refused_in_any_spelling(admin_client: Client) -> None:
    make_redirects(("/cu", "/luu-tru/"))
    answer = admin_client.post(ADD, form_of(path="https://cu.example.vn/cu/", address="/tin-tuc/"))
    assert "path" in answer.context["adminform"].form.errors


def test_redirect_takes_its_address_off_the_report(admin_client: Client) -> None:
    MissingAddress.objects.create(
        path="/cu", first_seen_at=timezone.now(), last_seen_on=timezone.localdate()
    )
    admin_client.post(ADD, form_of(address="/luu-tru/"))
    assert not MissingAddress.objects.exists()


def test_redirect_to_an_address_that_is_redirected_now_is_cut_short(
    admin_client: Client,
) -> None:
    saved = default_storage.save("documents/cu.pdf", ContentFile(b"%PDF-1.4"))
    make_redirects(("/truoc", f"/media/{saved}"))
    default_storage.delete(saved)
    admin_client.post(ADD, form_of(path=f"/media/{saved}", address="/luu-tru/"))
    assert {row.address for row in Redirect.objects.all()} == {"/luu-tru/"}
    assert Redirect.objects.count() == 2


def test_redirect_that_is_edited_cannot_lead_to_its_own_earlier_address(
    admin_client: Client,
) -> None:
    make_redirects(("/cu", "/luu-tru/"))
    row = Redirect.objects.get()
    answer = admin_client.post(
        f"/admin/portal/redirect/{row.pk}/change/", form_of(path="/moi", address="/cu")
    )
    assert "address" in answer.context["adminform"].form.errors
    row.refresh_from_db()
    assert (row.path, row.address) == ("/cu", "/luu-tru/")


# --- The guess ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/portal/pages/2025-04-22/le-ra-quan-don-ve-sinh-484841.aspx",
        "/portal/pages/2021-03-03/le-ra-quan-don-ve-sinhkv2451hlrdcb.aspx",
        "/portal/pages/2020-5-27/le-ra-quan-don-v-2xeuh82k8f0w.aspx",
        "/vi/bai-viet/Lễ-ra-quân-dọn-vệ-sinh",
        "/news/tin-phuong/le-ra-quan-don-ve-sinh-12.html",
        "/index.php?language=vi&nv=news&op=tin-phuong/le-ra-quan-don-ve-sinh-12",
        "/le-ra-quan-don-ve-sinh",
    ],
)
def test_article_is_guessed_by_the_words_of_an_address(path: str) -> None:
    make_article("Lễ hội mùa xuân")
    article = make_article("Lễ ra quân dọn vệ sinh")
    assert guess_target(path) == article


def test_category_is_guessed_by_its_slug() -> None:
    category = make_category("Tin tức sự kiện")
    assert guess_target("/vi/chuyen-muc/tin-tuc---su-kien") == category


def test_article_is_guessed_by_its_number_when_the_first_words_agree() -> None:
    article = make_article("Lễ ra quân dọn vệ sinh")
    assert guess_target(f"/tin/le-ra-mat-{article.pk}") == article
    assert guess_target(f"/tin/khac-han-{article.pk}") is None


def test_nothing_is_guessed_where_two_articles_begin_alike_or_nobody_may_read_it() -> None:
    make_article("Thông báo lịch tiếp công dân tháng 3")
    make_article("Thông báo lịch tiếp công dân tháng 4")
    make_article("Bản nháp chưa duyệt của phường", status=Status.DRAFT)
    assert guess_target("/thong-bao-lich-tiep-cong-dan") is None
    assert guess_target("/ban-nhap-chua-duyet-cua-phuong") is None
    assert guess_target("/0511202007") is None


def test_form_opens_with_the_guess_filled_in(admin_client: Client) -> None:
    article = make_article("Lễ ra quân dọn vệ sinh")
    answer = admin_client.get(ADD, {"path": "/le-ra-quan-don-ve-sinh-12.html"})
    assert answer.context["adminform"].form.initial["article"] == str(article.pk)
    assert article.title in answer.content.decode()
