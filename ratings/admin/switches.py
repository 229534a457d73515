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
                    "Without a category and an article the switch is that of the whole site. The "
                    "one nearest to an article holds: its own, its main category's, the one "
                    "above, the site's. Where rating is off the page says nothing of it; what was "
                    "given is kept."
                ),
            },
        )
    ]
    autocomplete_fields = ["article"]
    list_display = ["__str__", "is_on"]
    list_select_related = ["category", "article"]
    show_full_result_count = False
