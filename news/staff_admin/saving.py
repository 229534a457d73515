"""A form of staff that is right and cannot be saved all the same: it comes back as it was typed.

The disk is full, somebody else holds a row, or a service refuses what was possible a moment ago.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse

from news import failures

logger = logging.getLogger(__name__)

Errors = list[str]


class FormShownAgainMixin(admin.ModelAdmin):
    """For a ModelAdmin: a failure while its form is saved is an error of the form.

    The transaction has been rolled back then. The view runs a second time, its form has the error
    and so is not saved. If the database fails then too, the page for that failure is shown.
    """

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _shown_again(super().add_view, request, *args, **kwargs)

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _shown_again(super().change_view, request, *args, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        errors: Errors | None = vars(request).get("errors_of_saving")
        return _with_errors(form, errors) if errors else form


def _shown_again(
    view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any
) -> HttpResponse:
    _form = request.POST  # read before: an upload that finds no room leaves nothing to show again
    try:
        return view(request, *args, **kwargs)
    except (ValidationError, DatabaseError, InterfaceError, OSError) as failure:
        _note_errors(request, failure)
    return view(request, *args, **kwargs)


def _note_errors(request: HttpRequest, failure: Exception) -> None:
    """Keep in the request what to tell; raise the failure again if it is a fault of ours."""
    if request.method != "POST":
        raise failure
    if isinstance(failure, ValidationError):
        errors = failure.messages
    elif failures.is_outage(failure):
        errors = [failures.sentence_of(failure)]
        logger.error("a form was not saved: %s", failure)
    else:
        raise failure
    vars(request)["errors_of_saving"] = errors


def _with_errors(form: type[forms.ModelForm], errors: Errors) -> type[forms.ModelForm]:
    class WithErrors(form):  # type: ignore[valid-type,misc]
        def full_clean(self) -> None:
            super().full_clean()
            if self.is_bound:
                self.add_error(None, errors)

    return WithErrors
