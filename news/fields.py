"""Model fields that normalise text on its way to the database.

`save()`, `bulk_create()`, `update()` and `filter()` all pass through the field, and its form field
normalises before any validator, so lengths are counted in code points of the stored form.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import lookups
from django.utils.translation import gettext_lazy as _

from news.markup import clean_html
from news.text import normalize, normalize_line

# Characters; a page of A4 holds about 3,000.
LONGEST_PLAIN_TEXT = 20_000


class _NormalizedFormField(forms.CharField):
    """A form field that normalises before it validates."""

    normalize: Callable[[str], str] = staticmethod(normalize)

    def to_python(self, value: object) -> str | None:
        if isinstance(value, str):
            value = self.normalize(value)
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, object]:
        # With maxlength a browser counts UTF-16 units of the text as typed, and silently cuts
        # decomposed text that would fit once composed. The validator reports it instead.
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class LineFormField(_NormalizedFormField):
    """A form field for one line of text: `normalize_line` comes before the validators."""

    normalize = staticmethod(normalize_line)


class PlainTextFormField(_NormalizedFormField):
    """A form field for plain text of many lines: `normalize` comes before the validators.

    Its length is limited unless a form sets another limit, against text pasted by mistake.
    """

    widget = forms.Textarea

    def __init__(self, *, max_length: int | None = None, **options: Any) -> None:
        super().__init__(max_length=max_length or LONGEST_PLAIN_TEXT, **options)


class HtmlFormField(_NormalizedFormField):
    """A form field for rich text: the cleaner comes before the validators."""

    normalize = staticmethod(clean_html)
    widget = forms.Textarea


class _NormalizedField(models.Field):
    """Shared by the model fields below; comes before CharField or TextField among the bases."""

    normalize: Callable[[str], str]
    form_field: type[forms.Field]

    def to_python(self, value: object) -> object:
        value = super().to_python(value)
        return self.normalize(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> object:
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            # The object has the same value as its row.
            value = self.normalize(value)
            setattr(model_instance, self.attname, value)
        return value

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": self.form_field, **kwargs})


class LineField(_NormalizedField, models.CharField):
    """A CharField that holds one line: NFC, no invisible characters, single spaces."""

    normalize = staticmethod(normalize_line)
    form_field = LineFormField


class PlainTextField(_NormalizedField, models.TextField):
    """A TextField that holds plain text: NFC, no invisible characters, newlines kept."""

    normalize = staticmethod(normalize)
    form_field = PlainTextFormField


class HtmlField(_NormalizedField, models.TextField):
    """A TextField of rich text: every value stored is a fixed point of `markup.clean_html`."""

    normalize = staticmethod(clean_html)
    form_field = HtmlFormField


class _NormalizedPattern:
    """A lookup by a part of the text, which Django does not prepare by the field."""

    def get_prep_lookup(self) -> object:
        value = super().get_prep_lookup()  # type: ignore[misc]
        return normalize(value) if isinstance(value, str) else value


for _lookup in (
    lookups.IExact,
    lookups.Contains,
    lookups.IContains,
    lookups.StartsWith,
    lookups.IStartsWith,
    lookups.EndsWith,
    lookups.IEndsWith,
):
    _normalized = type(f"Normalized{_lookup.__name__}", (_NormalizedPattern, _lookup), {})
    LineField.register_lookup(_normalized)
    PlainTextField.register_lookup(_normalized)


class ComputedField(models.CharField):
    """A text column that follows from another attribute, such as a sort key; not editable.

    `source` names the attribute; `compute` takes its text and returns this field's, and must be
    a function at the top of a module, so that a migration can name it. An absent source counts
    as empty. The value is written whenever the object is saved: `save(update_fields=…)`,
    `bulk_update()` and `QuerySet.update()` that name the source must name this field too.
    """

    def __init__(
        self, *args: Any, source: str, compute: Callable[[str], str], **kwargs: Any
    ) -> None:
        self.source = source
        self.compute = compute
        super().__init__(*args, **{"editable": False, **kwargs})

    def deconstruct(self) -> tuple[str, str, Sequence[object], dict[str, object]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source, "compute": self.compute}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.compute(getattr(model_instance, self.source) or "")
        setattr(model_instance, self.attname, value)
        return value


EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def validate_moment(value: datetime) -> None:
    """Raise ValidationError for a time that is surely a typing error.

    Years near 1 and 9999 overflow in Python when converted to another time zone: such a row could
    be written, but not read again.
    """
    if not EARLIEST <= value < LATEST:
        raise ValidationError(_("The year must lie between 1900 and 2199."), code="moment")


def validate_day(value: date) -> None:
    """Raise ValidationError for a year that is surely a typing error."""
    if not EARLIEST.year <= value.year < LATEST.year:
        raise ValidationError(_("The year must lie between 1900 and 2199."), code="day")


class MomentField(models.DateTimeField):
    """A DateTimeField for staff, limited to the years 1900 to 2199."""

    default_validators = [validate_moment]


def moment_check(field: str, name: str) -> models.CheckConstraint:
    """Return the constraint that `field` is in the years 1900 to 2199, or null."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__gte": EARLIEST, f"{field}__lt": LATEST}), name=name
    )


class IsNFC(models.Func):
    """The SQL predicate `… IS NFC NORMALIZED` (PostgreSQL 13 and newer, UTF-8 databases)."""

    template = "%(expressions)s IS NFC NORMALIZED"
    arity = 1
    output_field = models.BooleanField()


def nfc_check(field: str, name: str) -> models.CheckConstraint:
    """Return the constraint that the text of `field` is NFC."""
    return models.CheckConstraint(condition=IsNFC(models.F(field)), name=name)
