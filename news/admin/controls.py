"""The controls of the admin's forms: searched boxes, days and moments, the choice of a picture."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import (
    AdminSplitDateTime,
    AutocompleteMixin,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
)
from django.core.exceptions import ValidationError
from django.urls import reverse
from js_asset import Media, Script

from news.fields import validate_day, validate_moment
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


def is_number(value: Any) -> bool:
    """Whether what a browser sent may be the key of a row."""
    words = str(value)
    return words.isascii() and words.isdecimal()


class _ShowsWhatCanBe(AutocompleteMixin):
    """Leaves out what is no key, so that a form with such a value is shown again with its error."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [key for key in value if is_number(key)], attr)


class SearchedSelect(_ShowsWhatCanBe, AutocompleteSelect):
    """One object, found by typing."""


class SearchedSelectMultiple(_ShowsWhatCanBe, AutocompleteSelectMultiple):
    """Several objects, found by typing. Each is taken out by itself."""

    def build_attrs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().build_attrs(*args, **kwargs), "data-allow-clear": "false"}


class MomentInput(AdminSplitDateTime):
    """A day and a time, each with its name, in a group that has the name of the field."""

    template_name = "admin/widgets/moment.html"
    group: Any = ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "group": self.group}


class SplitMomentField(forms.SplitDateTimeField):
    """A day and a time: a wrong one is named as such even where the other one is missing."""

    widget = MomentInput
    default_validators = [validate_moment]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.group = self.label

    def clean(self, value: Any) -> Any:
        wrong = []
        for field, part in zip(self.fields, value or [], strict=False):
            if part in self.empty_values:
                continue
            try:
                field.clean(part)
            except ValidationError as refusal:
                wrong += refusal.error_list
        if wrong:
            raise ValidationError(wrong)
        return super().clean(value)


class DayField(forms.DateField):
    """A day of a year that means something."""

    default_validators = [validate_day]


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
        if is_number(value):
            image = Image.objects.filter(pk=value).first()
        context["picture"] = picture_data(image) if image else None
        context["widget"]["picker_url"] = reverse("admin:news_image_pick")
        return context
