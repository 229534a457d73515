"""Form widgets: searched drop-down lists, date and time, the choice of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from django import forms
from django.contrib.admin.widgets import (
    AdminSplitDateTime,
    AutocompleteMixin,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.urls import reverse
from js_asset import Media, Script

from news.keys import is_primary_key
from news.models import Image

Attrs: TypeAlias = dict[str, Any] | None


def picture_data(image: Image) -> dict[str, object]:
    """What the picture dialog in the browser needs to know of a picture."""
    return {
        "id": image.pk,
        "url": image.url,
        # A picture of 320 pixels or less has no smaller copy.
        "thumb": image.small_url,
        "alt": image.alt,
        "caption": image.caption,
        "label": str(image),
    }


class _OnlyValidKeys(AutocompleteMixin):
    """Drops values that are no primary key, so that the form can be shown with its error."""

    def optgroups(self, name: str, value: Sequence[str], attr: Attrs = None) -> Any:
        return super().optgroups(name, [key for key in value if is_primary_key(key)], attr)


class SearchSelect(_OnlyValidKeys, AutocompleteSelect):
    """One object, found by typing."""


class SearchSelectMultiple(_OnlyValidKeys, AutocompleteSelectMultiple):
    """Several objects, found by typing. They are removed one by one, not all at once."""

    def build_attrs(
        self, base_attrs: dict[str, object], extra_attrs: Attrs = None
    ) -> dict[str, object]:
        return {**super().build_attrs(base_attrs, extra_attrs), "data-allow-clear": "false"}


class SplitDateTimeInput(AdminSplitDateTime):
    """Two labelled inputs, date and time, in a group that is labelled as the field."""

    template_name = "admin/widgets/moment.html"
    group: object = ""

    def get_context(self, name: str, value: object, attrs: Attrs) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "group": self.group}


class PictureInput(forms.TextInput):
    """The choice of one picture of the media library, with its thumbnail."""

    template_name = "admin/widgets/picture.html"

    @property
    def media(self) -> Media:
        return Media(
            css={"all": ["news/admin/picker.css"]},
            js=[Script("news/admin/picker.js", type="module")],
        )

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_choose" if id_ else id_

    def get_context(self, name: str, value: object, attrs: Attrs) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        image = Image.objects.filter(pk=str(value)).first() if is_primary_key(value) else None
        context["picture"] = picture_data(image) if image else None
        context["widget"]["picker_url"] = reverse("admin:news_image_pick")
        return context
