"""The fields of the search page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.models import Category
from news.search.finding import Filters
from news.search.query import Problem, parse

NEWEST_FIRST = "moi-nhat"
PARAMETERS = {
    "q": "q",
    "category": "chuyen-muc",
    "since": "tu-ngay",
    "until": "den-ngay",
    "order": "sap-xep",
}
"""The fields, with their names in the address."""

_PROBLEMS = {
    Problem.EMPTY: gettext_lazy("Enter at least 2 characters."),
    Problem.TOO_SHORT: gettext_lazy("Enter at least 2 characters."),
    Problem.NO_WORDS: gettext_lazy("Enter words or numbers to search for."),
    Problem.ONLY_EXCLUDED: gettext_lazy(
        "Enter at least one word to search for besides those left out."
    ),
}
_INVALID_DAY = gettext_lazy("Enter the day as dd/mm/yyyy, for example 14/03/2023.")


class DayField(forms.DateField):
    input_formats = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"]
    default_error_messages = {"invalid": _INVALID_DAY}

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and not 1900 <= value.year <= 2200:
            raise ValidationError(_INVALID_DAY)


class SearchForm(forms.Form):
    """The words and the filters; `query` is what the words mean, whether the form is valid or not.

    A form with nothing in it is valid: there is nothing to search for, and nothing to complain of.
    """

    q = forms.CharField(required=False)
    category = forms.CharField(required=False)
    since = DayField(required=False)
    until = DayField(required=False)
    order = forms.CharField(required=False)

    def __init__(self, data: Mapping[str, str], categories: list[Category]) -> None:
        super().__init__(data)
        self.categories = categories
        self.query = parse(data.get("q", ""))

    def add_prefix(self, field_name: str) -> str:
        return PARAMETERS.get(field_name, field_name)

    def clean_category(self) -> Category | None:
        slug = self.cleaned_data["category"]
        found = next((c for c in self.categories if c.slug == slug), None)
        if slug and found is None:
            raise ValidationError(_("There is no such category."))
        return found

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day lies before the first one."))
        # An error in a filter is shown alone while no words are typed: they may still be to come.
        is_filled = any(self[name].value() for name in self.fields)
        if self.query.problem and (self["q"].value() or (is_filled and not self.errors)):
            self.add_error("q", _PROBLEMS[self.query.problem])

    @property
    def has_filters(self) -> bool:
        return any(self[name].value() for name in ("category", "since", "until"))

    @property
    def filters(self) -> Filters:
        """The filters of a valid form."""
        found = self.cleaned_data
        newest_first = found["order"] == NEWEST_FIRST
        return Filters(found["category"], found["since"], found["until"], newest_first)
