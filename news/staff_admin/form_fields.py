"""Form fields for dates and times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from news.fields import validate_day, validate_moment
from news.staff_admin.widgets import SplitDateTimeInput


class SplitDateTimeField(forms.SplitDateTimeField):
    """A date and a time. A wrong one is reported even if the other one is missing."""

    widget = SplitDateTimeInput
    default_validators = [validate_moment]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.group = self.label

    def clean(self, value: Sequence[str | None] | None) -> datetime | None:
        errors = []
        for field, part in zip(self.fields, value or [], strict=False):
            if part in self.empty_values:
                continue
            try:
                field.clean(part)
            except ValidationError as error:
                errors += error.error_list
        if errors:
            raise ValidationError(errors)
        return super().clean(value)


class DateField(forms.DateField):
    """A date within the years that are accepted."""

    default_validators = [validate_day]
