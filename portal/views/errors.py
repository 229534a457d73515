"""Django's error handlers, named in `portal.urls` and in the settings."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.error_pages import ErrorPage, error_page


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose CSRF token is missing or old."""
    heading = _("Access denied")
    sentence = _("Your session has ended. Please load the page again and send once more.")
    in_admin = request.path_info.startswith(reverse("admin:index"))
    if in_admin:
        heading = _("What you typed was not saved yet")
        sentence = _(
            "Your session has ended. Do not load this page again: what you typed would be lost. "
            "Go back with the button of your browser and copy your text; log in again in another "
            "tab; then save."
        )
    context = {"status": 403, "heading": heading, "sentence": sentence, "in_admin": in_admin}
    response = ErrorPage(render_to_string("portal/error_bare.html", context), status=403)
    response["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an unexpected exception: 503 if the database is unavailable, 500 for all others."""
    exception = sys.exc_info()[1]
    is_unavailable = isinstance(exception, OperationalError | InterfaceError)
    return error_page(request, 503 if is_unavailable else 500)
