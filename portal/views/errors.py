"""The error pages: in the reader's language, inside the frame where the frame can be read."""

from __future__ import annotations

import logging
import sys

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

logger = logging.getLogger("django.request")

# These are rendered without the frame: what failed may be what the frame needs, and a request that
# nobody sends in good faith is not worth a statement.
BARE = {400, 414, 431, 500, 502, 503, 504}
RETRY_AFTER_SECONDS = 30


class ErrorPage(HttpResponse):
    """An answer that is the site's own error page already."""


def _words(status: int) -> tuple[str, str]:
    """Return the heading and the sentence for a status."""
    words = {
        400: (_("Bad request"), _("The address or the form contains something we cannot read.")),
        403: (_("Access denied"), _("You do not have permission to see this page.")),
        404: (
            _("Page not found"),
            _("The page you asked for does not exist or has been moved."),
        ),
        405: (_("Method not allowed"), _("This address cannot be used in that way.")),
        410: (_("The article has been taken down"), _("This article is no longer published.")),
        413: (_("Too large"), _("What you sent is larger than the site accepts.")),
        416: (_("Nothing there"), _("The file has no such part.")),
        431: (_("Bad request"), _("Your browser sent more headers than the site can read.")),
        414: (_("Address too long"), _("The address is longer than the site can read.")),
        429: (
            _("Too many requests"),
            _("You are going too fast. Please try again in a few minutes."),
        ),
        503: (
            _("The site is being looked after"),
            _("The system is not available at this moment. Please try again in a few minutes."),
        ),
    }
    broken = (
        _("Something went wrong"),
        _("The system has a problem. Please try again later. We apologise for the inconvenience."),
    )
    return words.get(status, words[400] if status < 500 else broken)


def bare_page(status: int) -> str:
    """Return the error page that needs neither request nor database."""
    heading, sentence = _words(status)
    return render_to_string(
        "portal/error_bare.html", {"status": status, "heading": heading, "sentence": sentence}
    )


def error_page(request: HttpRequest, status: int) -> ErrorPage:
    """Return the site's own page for an HTTP status of 400 or above."""
    heading, sentence = _words(status)
    context = {"status": status, "heading": heading, "sentence": sentence}
    body: str | None = None
    if status not in BARE:
        try:
            body = render_to_string("portal/error.html", context, request)
        except (DatabaseError, InterfaceError):
            logger.warning("error page %s rendered without the frame: no database", status)
    if body is None:
        body = bare_page(status)
    response = ErrorPage(body, status=status)
    response["Cache-Control"] = "no-store" if status >= 500 else "no-cache"
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old."""
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
    """Answer an unexpected exception: 503 if the database is away, 500 for everything else."""
    exception = sys.exc_info()[1]
    away = isinstance(exception, OperationalError | InterfaceError)
    return error_page(request, 503 if away else 500)
