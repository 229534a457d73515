"""Django's error handlers, named in `portal.urls` and in the settings."""

from __future__ import annotations

import logging
import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from news import failures
from portal.error_pages import ErrorPage, error_page, not_saved_page
from portal.logs import route_of

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what cannot be read; a form that is too large is told the limit (413)."""
    sentence = ""
    if isinstance(exception, RequestDataTooBig):
        sentence = _(
            "The form without its files is larger than %(limit)d MB. Pictures pasted into the text "
            "are part of it: remove them and choose them from the media library."
        ) % {"limit": (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // (1024 * 1024)}
    elif isinstance(exception, TooManyFieldsSent):
        sentence = _("The form has more than %(limit)d fields.") % {
            "limit": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        }
    elif isinstance(exception, TooManyFilesSent):
        sentence = _("The form has more than %(limit)d files.") % {
            "limit": settings.DATA_UPLOAD_MAX_NUMBER_FILES
        }
    return not_saved_page(request, 413, sentence) if sentence else error_page(request, 400)


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
    """Answer an unexpected exception: 503 if the database or a disk cannot do it, else 500."""
    exception = sys.exc_info()[1]
    if exception is None or not failures.is_outage(exception):
        return error_page(request, 500)
    if isinstance(exception, OSError):
        # Django leaves what it has of an upload to the garbage collection, and the disk full.
        for handler in request.upload_handlers:
            handler.upload_interrupted()
    if request.method == "POST":
        sentence = failures.sentence_of(exception)
        response = not_saved_page(request, 503, sentence, typed=_typed_by_a_reader(request))
    else:
        response = error_page(request, 503)
    # In place of Django's traceback: there may be thousands, and all say the same.
    logger.error("unavailable: %s (%s)", exception, route_of(request))
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _typed_by_a_reader(request: HttpRequest) -> str:
    """The text of a comment or a complaint; "" for staff, whose forms the browser keeps."""
    # A form that could not be read must not be read again.
    form = vars(request).get("_post", {})
    return "" if request.path_info.startswith(reverse("admin:index")) else form.get("text", "")
