"""The forms above the reports: period, unit, category."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news.models import Category
from news.staff_admin.choices import category_choices
from stats.periods import EARLIEST, Period, Unit, last_days

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


def day_field(label: _StrOrPromise, **options: Any) -> forms.DateField:
    """A day, typed or chosen in the calendar of the admin."""
    return forms.DateField(
        label=label,
        widget=AdminDateWidget(),
        error_messages={
            "required": gettext_lazy("Enter a day, for example 05/11/2026."),
            "invalid": gettext_lazy(
                "This is not a day of the calendar. Enter day/month/year, for example 05/11/2026."
            ),
        },
        **options,
    )


def check_day(form: forms.Form | forms.ModelForm, name: str) -> None:
    """Add an error for a day in the future or before anything was counted."""
    day = form.cleaned_data.get(name)
    if day is None:
        return
    if day < EARLIEST:
        message = _("Nothing was counted before %(day)s.") % {"day": f"{EARLIEST:%d/%m/%Y}"}
        form.add_error(name, message)
    elif day > timezone.localdate():
        form.add_error(name, _("This day has not come yet."))


class PeriodForm(forms.Form):
    """A period; by default the last 30 days. Future days are left out."""

    first = day_field(gettext_lazy("From day"))
    last = day_field(gettext_lazy("To day"))

    def __init__(self, query: Mapping[str, str]) -> None:
        self.today = timezone.localdate()
        period = last_days(30, self.today)
        data = {
            "first": f"{period.first:%d/%m/%Y}",
            "last": f"{period.last:%d/%m/%Y}",
            "unit": Unit.DAY.value,
            "category": "",
        }
        super().__init__({name: query.get(name, value) for name, value in data.items()})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        check_day(self, "first")
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first one."))
        return data

    @property
    def period(self) -> Period:
        """The period of a valid form."""
        return Period(self.cleaned_data["first"], min(self.cleaned_data["last"], self.today))


class VisitsForm(PeriodForm):
    """A period in days, weeks, months or years."""

    unit = forms.ChoiceField(
        label=gettext_lazy("By"),
        choices=[(unit.value, capfirst(str(unit.label))) for unit in Unit],
        error_messages={"invalid_choice": gettext_lazy("Choose one of the steps of the list.")},
    )


class RankingForm(PeriodForm):
    """A period, and the category whose articles are ranked."""

    category = forms.TypedChoiceField(
        label=gettext_lazy("Category"),
        required=False,
        coerce=lambda pk: Category.objects.get(pk=pk),
        empty_value=None,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the categories.")},
    )

    def __init__(self, query: Mapping[str, str]) -> None:
        super().__init__(query)
        field: Any = self.fields["category"]
        field.choices = [("", _("All categories")), *category_choices()]
