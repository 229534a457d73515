"""The media library in the admin, and the editor that takes pictures from it."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_prose_editor.config import expand_extensions

from news.editor import EXTENSIONS
from news.models import Article, Image
from tests.factories import (
    make_article,
    make_image,
    picture_upload,
)

pytestmark = pytest.mark.django_db

Status = Article.Status


def upload_form(*pictures: SimpleUploadedFile, **values: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"form-TOTAL_FORMS": "5", "form-INITIAL_FORMS": "0"}
    for number, picture in enumerate(pictures):
        data |= {f"form-{number}-upload": picture, f"form-{number}-alt": "Cầu Yên Hà"}
    return data | values


IMAGE_ADD = "/admin/news/image/add/"


def test_several_pictures_are_taken_in_at_once(writer: Any) -> None:
    writer.post(IMAGE_ADD, upload_form(picture_upload(), picture_upload()))
    assert Image.objects.count() == 2


def test_a_refused_picture_does_not_stop_the_others(writer: Any) -> None:
    false = SimpleUploadedFile("anh.jpg", b"%PDF-1.4")
    response = writer.post(IMAGE_ADD, upload_form(picture_upload(), false))
    assert Image.objects.count() == 1
    assert [list(form.errors) for form in response.context["forms"]] == [["upload"]]
    assert response.context["choose_again"]


def test_a_picture_without_words_is_refused(writer: Any) -> None:
    response = writer.post(IMAGE_ADD, upload_form(picture_upload(), **{"form-0-alt": ""}))
    assert response.status_code == 200
    assert not Image.objects.exists()


def test_an_empty_upload_says_what_is_missing(writer: Any) -> None:
    response = writer.post(IMAGE_ADD, upload_form())
    assert response.context["forms"][0].errors["upload"]


def test_a_broken_upload_form_is_answered(writer: Any) -> None:
    assert writer.post(IMAGE_ADD, {}).status_code == 200


def test_an_upload_within_the_dialog_leads_back_to_the_library(writer: Any) -> None:
    response = writer.post(f"{IMAGE_ADD}?_popup=1&pick=1", upload_form(picture_upload()))
    assert response.url == reverse("admin:news_image_pick")


def test_the_library_is_searched(writer: Any) -> None:
    bridge = make_image(alt="Cầu Yên Hà")
    make_image(alt="Chợ Hạ")
    response = writer.get(reverse("admin:news_image_pick"), {"q": "cầu"})
    assert [picture["id"] for picture in response.context["pictures"]] == [bridge.pk]


def test_the_library_may_stand_in_a_frame_of_our_own(writer: Any) -> None:
    response = writer.get(reverse("admin:news_image_pick"))
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]


def test_a_picture_in_use_is_not_deleted(editor: Any) -> None:
    image = make_image()
    make_article("Khánh thành cầu", body=f'<figure><img src="{image.url}" alt=""></figure>')
    address = reverse("admin:news_image_delete", args=[image.pk])
    assert "Khánh thành cầu" in editor.get(address).content.decode()
    editor.post(address, {"post": "yes"})
    assert Image.objects.filter(pk=image.pk).exists()


def test_an_unused_picture_is_found_and_deleted(
    editor: Any, django_capture_on_commit_callbacks: Any
) -> None:
    make_article(lead_image=make_image())
    unused = make_image()
    listed = editor.get(reverse("admin:news_image_changelist"), {"use": "unused"})
    assert list(listed.context["cl"].result_list) == [unused]
    with django_capture_on_commit_callbacks(execute=True):
        address = reverse("admin:news_image_delete", args=[unused.pk])
        editor.post(address, {"post": "yes"})
    assert not Image.objects.filter(pk=unused.pk).exists()
    assert not default_storage.exists(unused.file.name)


# --- The editor ---------------------------------------------------------------------------------


def test_the_editor_names_every_extension_that_it_rests_on() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        expand_extensions(EXTENSIONS)


def test_the_editor_offers_nothing_that_writes_inline_styles() -> None:
    assert not {"TextAlign", "Color", "Highlight", "StyleLoom", "TextStyle"} & EXTENSIONS.keys()
