"""The base class of the project's ModelAdmins, and the mixin of those that only show rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from django import forms
from django.apps import apps
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import (
    AdminDateWidget,
    AdminTextareaWidget,
    AdminURLFieldWidget,
)
from django.core.exceptions import BadRequest, FieldDoesNotExist
from django.db import models
from django.db.models.constants import LOOKUP_SEP
from django.db.models.options import Options
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from js_asset import Media

from news.editor import HtmlEditor
from news.fields import HtmlField, PlainTextField
from news.keys import is_digits, is_primary_key
from news.models import Image
from news.staff_admin.conflicts import ConflictMixin
from news.staff_admin.form_fields import DateField, SplitDateTimeField
from news.staff_admin.rows import RowForm
from news.staff_admin.saving import FormShownAgainMixin
from news.staff_admin.widgets import (
    PictureInput,
    SearchSelect,
    SearchSelectMultiple,
    SplitDateTimeInput,
)

# The lookups that list filters and the date hierarchy put into the address of a list.
FILTER_LOOKUPS = {"exact", "in", "isnull", "gte", "lt", "year", "month", "day"}

# What `get_deleted_objects` returns: the tree of objects, counts by name, the missing
# permissions, and what protects the objects.
Objects: TypeAlias = "Sequence[Any] | models.QuerySet"
DeletedObjects: TypeAlias = tuple[list[str], dict[str, int], set[str], list[str]]


class ReadOnlyAdminMixin:
    """For a ModelAdmin whose rows are written elsewhere: no adding, changing or deleting."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class StaffAdmin(FormShownAgainMixin, ConflictMixin):
    """The base class of every ModelAdmin of this project."""

    formfield_overrides = {
        HtmlField: {"widget": HtmlEditor},
        models.DateTimeField: {"form_class": SplitDateTimeField, "widget": SplitDateTimeInput},
        models.DateField: {"form_class": DateField, "widget": AdminDateWidget},
        PlainTextField: {"widget": AdminTextareaWidget({"rows": 3})},
        models.URLField: {"widget": AdminURLFieldWidget, "assume_scheme": "https"},
    }

    # --- Lists --------------------------------------------------------------------------------

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow only the lookups of list filters, not any expression typed into the address."""
        lookups = _lookups_in_path(self.opts, lookup) if LOOKUP_SEP in lookup else []
        if not set(lookups) <= FILTER_LOOKUPS:
            return False
        return super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Save nothing from an editable list if one of its rows has been deleted meanwhile."""
        if self.list_editable and "_save" in request.POST:
            name = self.opts.pk.name
            sent = request.POST.get("form-INITIAL_FORMS", "")
            count = int(sent) if is_digits(sent) and len(sent) < 5 else 0
            keys = {request.POST.get(f"form-{index}-{name}", "") for index in range(count)}
            rows = self.model._default_manager.filter(pk__in=filter(is_primary_key, keys))
            if rows.count() < len(keys):
                message = _(
                    "Somebody else deleted a row of this list after you had opened it, so nothing "
                    "was saved. Please enter your changes again."
                )
                messages.warning(request, message)
                return HttpResponseRedirect(request.get_full_path())
        return super().changelist_view(request, extra_context)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        try:
            return super().get_changelist_instance(request)
        except (ValueError, OverflowError) as error:
            # The date hierarchy computes the end of the year 9999.
            raise IncorrectLookupParameters(error) from error

    def get_changelist_form(self, request: HttpRequest, **kwargs: object) -> type[forms.ModelForm]:
        return super().get_changelist_form(request, **{"form": RowForm, **kwargs})

    def response_action(
        self, request: HttpRequest, queryset: models.QuerySet, *args: Any
    ) -> HttpResponse | None:
        selected = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(map(is_digits, selected)):
            raise BadRequest("a selected row is no number")
        keys = [key for key in selected if is_primary_key(key)]
        if selected and not queryset.filter(pk__in=keys).exists():
            messages.warning(request, _("What you picked is no longer in this list."))
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset, *args)

    # --- Forms --------------------------------------------------------------------------------

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str | list[str]]:
        """Initial values from the address, save dates with a time: their widget takes no text."""
        datetimes = {f.name for f in self.opts.fields if isinstance(f, models.DateTimeField)}
        initial = super().get_changeform_initial_data(request)
        return {name: value for name, value in initial.items() if name not in datetimes}

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: object
    ) -> forms.Field | None:
        if isinstance(db_field, models.ForeignKey) and db_field.remote_field.model is Image:
            return db_field.formfield(widget=PictureInput)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_choice_field(
        self, db_field: models.Field, request: HttpRequest, **kwargs: object
    ) -> forms.TypedChoiceField | None:
        field: Any = super().formfield_for_choice_field(db_field, request, **kwargs)
        field.choices = [(value, capfirst(label)) for value, label in field.choices]
        return field

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: object
    ) -> forms.ModelChoiceField | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: object
    ) -> forms.ModelMultipleChoiceField | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchSelectMultiple(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["media"] = with_nonce(request, context["media"])
        return super().render_change_form(request, context, *args, **kwargs)

    # --- History ------------------------------------------------------------------------------

    def construct_change_message(
        self,
        request: HttpRequest,
        form: forms.Form,
        formsets: Iterable[BaseFormSet],
        add: bool = False,
    ) -> list[dict[str, dict[str, list[str]]]]:
        """Name fields as the message catalogue does: the history page translates the names."""
        message = super().construct_change_message(request, form, formsets, add)
        for part in message:
            changed = part.get("changed", {})
            if "fields" in changed:
                changed["fields"] = [_lower_first_letter(name) for name in changed["fields"]]
        return message

    def log_change(  # type: ignore[override]
        self, request: HttpRequest, obj: models.Model, message: object
    ) -> LogEntry | None:
        """Log a change. An empty message, from a form saved without changes, is not logged."""
        return super().log_change(request, obj, message) if message else None

    # --- Deleting -----------------------------------------------------------------------------

    def get_deleted_objects(self, objs: Objects, request: HttpRequest) -> DeletedObjects:
        """List what would be deleted, without the rows of many-to-many tables.

        If something protects the objects, missing permissions are not reported as well.
        """
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        through = [m._meta for m in apps.get_models(include_auto_created=True)]
        through = [options for options in through if options.auto_created]
        prefixes = tuple(f"{capfirst(options.verbose_name)}: " for options in through)
        names = {options.verbose_name_plural for options in through}
        counts = {name: count for name, count in counts.items() if name not in names}
        counts |= _counts_of_rows_unlinked(self.opts, objs)
        return (
            _without_lines(deleted, prefixes),
            counts,
            set() if protected else missing,
            protected,
        )


def _lookups_in_path(options: Options, path: str) -> list[str]:
    """The lookups that follow the fields in a path such as "article__category__in"."""
    parts = path.split(LOOKUP_SEP)
    for index, part in enumerate(parts):
        try:
            field = options.get_field(options.pk.name if part == "pk" else part)
        except FieldDoesNotExist:
            return parts[index:]
        if field.related_model is None:
            return parts[index + 1 :]
        options = field.related_model._meta
    return []


def _counts_of_rows_unlinked(options: Options, objs: Objects) -> dict[str, int]:
    """How many rows are kept when the objects are deleted, but lose their link to them."""
    counts = {}
    for relation in options.related_objects:
        if relation.hidden or not (relation.many_to_many or relation.on_delete is models.SET_NULL):
            continue
        rows = relation.related_model._default_manager.filter(
            **{f"{relation.field.name}__in": objs}
        )
        if count := rows.distinct().count():
            line = _("%(rows)s that stay and lose it under “%(field)s”") % {
                "rows": relation.related_model._meta.verbose_name_plural,
                "field": capfirst(relation.field.verbose_name),
            }
            counts[line] = count
    return counts


def _without_lines(tree: list, prefixes: tuple[str, ...]) -> list:
    """A nested list without the texts that begin with one of the prefixes."""
    return [
        _without_lines(part, prefixes) if isinstance(part, list) else part
        for part in tree
        if isinstance(part, list) or not str(part).startswith(prefixes)
    ]


def _lower_first_letter(name: str) -> str:
    # Labels of form fields begin with a capital letter, the names in the catalogue do not.
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def with_nonce(request: HttpRequest, media: forms.Media) -> Media:
    """Add the nonce of the Content-Security-Policy to the editor's inline import map."""
    nonce = getattr(request, "csp_nonce", None)
    # The nonce is falsy until it is used: only None means that there is none.
    return Media.from_media(media, nonce=nonce) if nonce is not None else media
