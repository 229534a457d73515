"""What the pages of the admin share: how they read addresses, delete, log and ask for a nonce."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.widgets import (
    AdminDateWidget,
    AdminTextareaWidget,
    AdminURLFieldWidget,
)
from django.core.exceptions import BadRequest, FieldDoesNotExist
from django.db import models
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from js_asset import Media

from news.admin.controls import (
    DayField,
    MomentInput,
    PictureInput,
    SearchedSelect,
    SearchedSelectMultiple,
    SplitMomentField,
    is_number,
)
from news.admin.rows import RowForm
from news.editor import HtmlEditor
from news.fields import HtmlField, PlainTextField
from news.models import Image

# What the filters and the hierarchy of dates put into the address of a list.
LOOKUPS_OF_FILTERS = {"exact", "in", "isnull", "gte", "lt", "year", "month", "day"}


class LookedAtOnly:
    """For an admin whose rows come and go elsewhere: none is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ChoicesFilter(admin.ChoicesFieldListFilter):
    """The choices of a field, each beginning as a line of its own does."""

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield {**choice, "display": capfirst(str(choice["display"]))}


class StaffAdmin(admin.ModelAdmin):
    """The base of every model's pages in this admin."""

    formfield_overrides = {
        HtmlField: {"widget": HtmlEditor},
        models.DateTimeField: {"form_class": SplitMomentField, "widget": MomentInput},
        models.DateField: {"form_class": DayField, "widget": AdminDateWidget},
        PlainTextField: {"widget": AdminTextareaWidget({"rows": 3})},
        models.URLField: {"widget": AdminURLFieldWidget, "assume_scheme": "https"},
    }

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Take from an address what filters put there, and no expressions typed by hand."""
        typed = _lookups(self.opts, lookup) if LOOKUP_SEP in lookup else []
        return set(typed) <= LOOKUPS_OF_FILTERS and super().lookup_allowed(lookup, value, request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Write no list whose rows are no longer those that its page was made of."""
        if self.list_editable and "_save" in request.POST:
            name = self.opts.pk.name
            sent = request.POST.get("form-INITIAL_FORMS", "")
            count = int(sent) if is_number(sent) and len(sent) < 5 else 0
            keys = {request.POST.get(f"form-{place}-{name}", "") for place in range(count)}
            rows = self.model._default_manager.filter(pk__in=filter(_is_key, keys))
            if rows.count() < len(keys):
                words = _(
                    "Somebody else deleted a row of this list after you had opened it, so nothing "
                    "was saved. Please enter your changes again."
                )
                messages.warning(request, words)
                return HttpResponseRedirect(request.get_full_path())
        return super().changelist_view(request, extra_context)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        try:
            return super().get_changelist_instance(request)
        except (ValueError, OverflowError) as error:
            # The hierarchy of dates looks for the end of the year 9999.
            raise IncorrectLookupParameters(error) from error

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address fills in; a moment in it is text, which its two boxes do not take."""
        moments = {f.name for f in self.opts.fields if isinstance(f, models.DateTimeField)}
        given = super().get_changeform_initial_data(request)
        return {name: value for name, value in given.items() if name not in moments}

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, **{"form": RowForm, **kwargs})

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if isinstance(db_field, models.ForeignKey) and db_field.remote_field.model is Image:
            return db_field.formfield(widget=PictureInput)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_choice_field(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        field: Any = super().formfield_for_choice_field(db_field, request, **kwargs)
        field.choices = [(value, capfirst(label)) for value, label in field.choices]
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchedSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchedSelectMultiple(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What would go, without the rows that only tie two tables; what stops it comes first."""
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        ties = [m._meta for m in apps.get_models(include_auto_created=True) if m._meta.auto_created]
        starts = tuple(f"{capfirst(tie.verbose_name)}: " for tie in ties)
        names = {tie.verbose_name_plural for tie in ties}
        counts = {name: count for name, count in counts.items() if name not in names}
        counts |= _loosened(self.opts, objs)
        # A right that nobody has is no reason to give where the rows are kept anyway.
        return _without(deleted, starts), counts, set() if protected else missing, protected

    def response_action(
        self, request: HttpRequest, queryset: models.QuerySet[Any], *args: Any, **kwargs: Any
    ) -> Any:
        picked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(map(is_number, picked)):
            raise BadRequest("what was picked in the list is no row")
        keys = [key for key in picked if _is_key(key)]
        if picked and not queryset.filter(pk__in=keys).exists():
            messages.warning(request, _("What you picked is no longer in this list."))
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset, *args, **kwargs)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        """Name the fields as the catalogue does: the history translates what is written here."""
        message = super().construct_change_message(request, form, formsets, add)
        for part in message:
            changed = part.get("changed", {})
            if "fields" in changed:
                changed["fields"] = [_without_capital(name) for name in changed["fields"]]
        return message

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """Keep what was changed in the history; a form that was sent back as it was is no event."""
        return super().log_change(request, obj, message) if message else None

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["media"] = with_nonce(request, context["media"])
        return super().render_change_form(request, context, *args, **kwargs)


def _lookups(options: Any, path: str) -> list[str]:
    """What follows the fields in a path like "article__category__in"."""
    parts = path.split(LOOKUP_SEP)
    for place, part in enumerate(parts):
        try:
            field = options.get_field(options.pk.name if part == "pk" else part)
        except FieldDoesNotExist:
            return parts[place:]
        if field.related_model is None:
            return parts[place + 1 :]
        options = field.related_model._meta
    return []


def _is_key(value: str) -> bool:
    return is_number(value) and len(value) < 19


def _loosened(options: Any, objs: Any) -> dict[str, int]:
    """How many rows stay when these objects go, but point to them no longer."""
    counts = {}
    for relation in options.related_objects:
        if relation.hidden or not (relation.many_to_many or relation.on_delete is models.SET_NULL):
            continue
        rows = relation.related_model._default_manager.filter(
            **{f"{relation.field.name}__in": objs}
        )
        if count := rows.distinct().count():
            words = _("%(rows)s that stay and lose it under “%(field)s”") % {
                "rows": relation.related_model._meta.verbose_name_plural,
                "field": capfirst(relation.field.verbose_name),
            }
            counts[words] = count
    return counts


def _without(tree: list[Any], starts: tuple[str, ...]) -> list[Any]:
    """Leave out of a tree of lists the words that begin in one of these ways."""
    return [
        _without(part, starts) if isinstance(part, list) else part
        for part in tree
        if isinstance(part, list) or not str(part).startswith(starts)
    ]


def _without_capital(name: str) -> str:
    # Labels of form fields begin with a capital letter, the names in the catalogue do not.
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def with_nonce(request: HttpRequest, media: forms.Media) -> Media:
    """Let the page's policy accept the editor's import map, which is an inline script."""
    nonce = getattr(request, "csp_nonce", None)
    # The nonce is falsy until it is used: only None means that there is none.
    return Media.from_media(media, nonce=nonce) if nonce is not None else media
