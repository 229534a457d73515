"""Rows in tables: of a list that is changed in its place, and below the fields of an object."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext as _


def name_controls(form: Any, row: Any = "") -> None:
    """Name the controls of a row in a table: what stands above the column names none of them."""
    for field in form.fields.values():
        # The links to what is chosen are wrapped around its control.
        control = getattr(field.widget, "widget", field.widget)
        if not control.is_hidden:
            words = f"{field.label}: {row}" if row else field.label
            control.attrs.setdefault("aria-label", words)


class RowForm(forms.ModelForm):
    """A row of a list that can be changed in its place."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_controls(self, self.instance)


class RowFormSet(forms.BaseInlineFormSet):
    """Rows that belong to the object of the page, in a table below its fields."""

    def clean(self) -> None:
        super().clean()
        model: Any = self.model
        # What both delete is gone as both want it.
        kept = [f for f in self.initial_forms if not f.cleaned_data.get(DELETION_FIELD_NAME)]
        if any(model._meta.pk.name in form.errors for form in kept):
            # The key is hidden, and so would be what is wrong with it.
            raise ValidationError(
                _(
                    "Somebody else deleted a row of this table after you had opened the page, so "
                    "nothing was saved. Go back, copy what you typed, and open the page again."
                )
            )

    def add_fields(self, form: Any, index: Any) -> None:
        super().add_fields(form, index)
        name_controls(form)


class RowsInline(admin.TabularInline):
    """The base of every table of rows that belong to the object of the page."""

    formset = RowFormSet
