"""Two members of staff at once: who comes second is told so, and loses nothing that was typed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.messages.storage import default_storage
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from news.transactions import retry_on_conflict


class ConflictMixin(admin.ModelAdmin):
    """Runs a request again that met a deadlock, or what somebody else has just done.

    A form is checked before it is written. What happens in between (a category it names is deleted,
    its unique name is given away) only the database notices, and the form is checked once more: it
    finds what is wrong, and says it beside the field.
    """

    @retry_on_conflict
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        forget_messages(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    @retry_on_conflict
    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        forget_messages(request)
        try:
            return super().delete_view(request, object_id, extra_context)
        except ValidationError as refusal:
            return say_refusal(request, refusal)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Bulk actions are transactions of their own, one for each row: they are not run again.

        Only Django's deletion of the selected rows is one transaction, where no admin has its own.
        """
        deletes = request.POST.get("action") == "delete_selected" and "post" in request.POST
        if deletes and type(self).delete_queryset is ConflictMixin.delete_queryset:
            return self._delete_selected(request, extra_context)
        if self.list_editable and "_save" in request.POST:
            return self._save_list(request, extra_context)
        try:
            return super().changelist_view(request, extra_context)
        except ValidationError as refusal:
            return say_refusal(request, refusal)

    @retry_on_conflict
    def _save_list(
        self, request: HttpRequest, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        forget_messages(request)
        return super().changelist_view(request, extra_context)

    @retry_on_conflict
    @transaction.atomic
    def _delete_selected(
        self, request: HttpRequest, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        """Delete the rows and tell so in the history, or do neither."""
        forget_messages(request)
        return super().changelist_view(request, extra_context)

    @retry_on_conflict
    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        super().delete_queryset(request, queryset)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the row; one that was deleted since it was read is not added again."""
        obj.save(force_update=change)


def say_refusal(request: HttpRequest, refusal: ValidationError) -> HttpResponse:
    """Lead back to the page, with what a service has said that allowed this a moment ago."""
    forget_messages(request)
    for sentence in refusal.messages:
        messages.error(request, sentence)
    return HttpResponseRedirect(request.get_full_path())


def forget_messages(request: HttpRequest) -> None:
    """Forget what an attempt that was undone has told the user."""
    if request.method == "POST":
        request._messages = default_storage(request)  # type: ignore[attr-defined]
