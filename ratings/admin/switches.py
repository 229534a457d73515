"""The switches that turn rating on and off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy

from news.staff_admin.choices import category_choices, set_choices
from news.staff_admin.model_admin import StaffAdmin
from ratings.models import RatingSwitch


class SwitchForm(forms.ModelForm):
    class Meta:
        model = RatingSwitch
        fields = ["category", "article", "is_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "category", [("", "—"), *category_choices()])


@admin.register(RatingSwitch)
class RatingSwitchAdmin(StaffAdmin):
    """All switches; that of a category or an article is also part of its own form."""

    form = SwitchForm
    fieldsets = [
        (
            None,
            {
                "fields": ["is_on", "category", "article"],
                "description": gettext_lazy(
                    "A switch without category and article is for the whole site. To an article "
                    "applies the nearest one: its own, that of its main category, of the category "
                    "above, of the site. Where rating is off, the page does not show it; the "
                    "ratings given so far are kept."
                ),
            },
        )
    ]
    autocomplete_fields = ["article"]
    list_display = ["__str__", "is_on"]
    list_select_related = ["category", "article"]
    show_full_result_count = False
