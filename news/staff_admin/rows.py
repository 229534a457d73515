"""Rows in a table: of an editable list, and of the inlines below the fields of an object."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext as _


def label_controls(form: forms.ModelForm, row: models.Model | None = None) -> None:
    """Give each visible control of a row an aria-label: the column heading labels none of them."""
    for field in form.fields.values():
        # RelatedFieldWidgetWrapper holds the control itself.
        control = getattr(field.widget, "widget", None) or field.widget
        if not control.is_hidden:
            label = f"{field.label}: {row}" if row else field.label
            control.attrs.setdefault("aria-label", label)


class RowForm(forms.ModelForm):
    """A row of an editable list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label_controls(self, self.instance)


class RowFormSet(forms.BaseInlineFormSet):
    """The rows of an inline."""

    def clean(self) -> None:
        super().clean()
        primary_key = self.model._meta.pk.name  # type: ignore[union-attr]
        # A row that this form deletes as well may be gone already.
        kept = [f for f in self.initial_forms if not f.cleaned_data.get(DELETION_FIELD_NAME)]
        if any(primary_key in form.errors for form in kept):
            # The field of the primary key is hidden, and its error with it.
            raise ValidationError(
                _(
                    "Somebody else deleted a row of this table after you had opened the page, so "
                    "nothing was saved. Go back, copy what you typed, and open the page again."
                )
            )

    def save_existing(self, form: forms.ModelForm, obj: Any, commit: bool = True) -> Any:
        """Save a row; one that was deleted since it was read is not added again."""
        row = form.save(commit=False)
        if commit:
            row.save(force_update=True)
            form.save_m2m()
        return row

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        label_controls(form)


class RowsInline(admin.TabularInline):
    """The base class of every inline."""

    formset = RowFormSet
