"""What the pages of the admin share: the editor, the choice of a picture, the policy's nonce."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AdminURLFieldWidget
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from js_asset import Media, Script

from news.editor import HtmlEditor
from news.fields import HtmlField, PlainTextField
from news.models import Image


def picture_data(image: Image) -> dict[str, Any]:
    """What a form in the browser needs to know of a picture."""
    return {
        "id": image.pk,
        "url": image.url,
        # A picture of 320 pixels or less has no smaller copy.
        "thumb": image.small_url,
        "alt": image.alt,
        "caption": image.caption,
        "label": str(image),
    }


class PictureInput(forms.TextInput):
    """The choice of one picture out of the media library, with its thumbnail."""

    template_name = "admin/widgets/picture.html"

    @property
    def media(self) -> Media:
        return Media(
            css={"all": ["news/admin/picker.css"]},
            js=[Script("news/admin/picker.js", type="module")],
        )

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_choose" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        image = None
        if str(value or "").isdigit():
            image = Image.objects.filter(pk=value).first()
        context["picture"] = picture_data(image) if image else None
        context["widget"]["picker_url"] = reverse("admin:news_image_pick")
        return context


class StaffAdmin(admin.ModelAdmin):
    """The base of every model's pages in this admin."""

    formfield_overrides = {
        HtmlField: {"widget": HtmlEditor},
        PlainTextField: {"widget": AdminTextareaWidget({"rows": 3})},
        models.URLField: {"widget": AdminURLFieldWidget, "assume_scheme": "https"},
    }

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if isinstance(db_field, models.ForeignKey) and db_field.remote_field.model is Image:
            return db_field.formfield(widget=PictureInput)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["media"] = with_nonce(request, context["media"])
        return super().render_change_form(request, context, *args, **kwargs)


def with_nonce(request: HttpRequest, media: forms.Media) -> Media:
    """Let the page's policy accept the editor's import map, which is an inline script."""
    nonce = getattr(request, "csp_nonce", None)
    # The nonce is falsy until it is used: only None means that there is none.
    return Media.from_media(media, nonce=nonce) if nonce is not None else media
