"""Render the error pages in the language of the reader, with the frame where it can be read."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from news.failures import RETRY_AFTER_SECONDS
from portal.logs import incident_code

logger = logging.getLogger("django.request")

# Server errors have no frame, because the frame needs the database, which may be what failed. The
# other statuses here answer requests that browsers do not send, and so cost no statement.
STATUSES_WITHOUT_FRAME = {400, 414, 431, 500, 502, 503, 504}
# What nginx refuses itself: a request it cannot read or that is too large, a file that is not
# there, any request while the application does not answer. The same list stands in
# deploy/nginx.conf.
STATUSES_OF_NGINX = (
    *(400, 403, 404, 405, 411, 412, 413, 414, 416, 421, 431),
    *(500, 501, 502, 503, 504, 505),
)


class ErrorPage(HttpResponse):
    """A response that is an error page of the site already."""


def _heading_and_sentence(status: int) -> tuple[str, str]:
    """Return the heading and the sentence for a status."""
    texts = {
        400: (_("Bad request"), _("The address or the form contains something we cannot read.")),
        403: (_("Access denied"), _("You do not have permission to see this page.")),
        404: (
            _("Page not found"),
            _("The page you asked for does not exist or has been moved."),
        ),
        405: (_("Method not allowed"), _("This address cannot be used in that way.")),
        410: (_("The article has been taken down"), _("This article is no longer published.")),
        413: (
            _("Too large"),
            _(
                "What you sent is larger than the site accepts: 256 KB in a form for readers; "
                "60 MB in a form for staff, with all its files."
            ),
        ),
        416: (_("Nothing there"), _("The file has no such part.")),
        431: (_("Bad request"), _("Your browser sent more headers than the site can read.")),
        414: (_("Address too long"), _("The address is longer than the site can read.")),
        429: (
            _("Too many requests"),
            _("You are going too fast. Please try again in a few minutes."),
        ),
    }
    unavailable = (
        _("The site is being looked after"),
        _("The system is not available at this moment. Please try again in a few minutes."),
    )
    texts |= dict.fromkeys((502, 503, 504), unavailable)
    server_error = (
        _("Something went wrong"),
        _("The system has a problem. Please try again later. We apologise for the inconvenience."),
    )
    return texts.get(status, texts[400] if status < 500 else server_error)


def bare_page(status: int) -> str:
    """Return an error page that needs neither request nor database."""
    heading, sentence = _heading_and_sentence(status)
    context = {"status": status, "heading": heading, "sentence": sentence}
    if status >= 500:
        context["incident"] = incident_code()
    return render_to_string("portal/error_bare.html", context)


def write_error_pages(folder: Path) -> None:
    """Write the error pages of nginx as `<language>/<status>.html`, readable by every account.

    Raises OSError if the folder cannot be written.
    """
    for language, _name in settings.LANGUAGES:
        for place in (folder, folder / language):
            if not place.is_dir():
                place.mkdir(parents=True)
                place.chmod(0o755)
        with translation.override(language):
            for status in STATUSES_OF_NGINX:
                _write_page(folder / language / f"{status}.html", bare_page(status))


def _write_page(path: Path, text: str) -> None:
    """Replace a page as a whole, so that nginx never gives out half of one.

    One that is there already is left alone: so a full disk keeps no site from starting again.
    """
    if path.is_file() and path.read_text() == text:
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        draft.write_text(text)
        draft.chmod(0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def not_saved_page(
    request: HttpRequest, status: int, sentence: str, *, typed: str = ""
) -> ErrorPage:
    """Return the page for a form that was not saved: why, and where to find what was typed.

    Args:
        typed: what a reader wrote, shown again: a browser without script may have lost it.
    """
    context = {
        "status": status,
        "heading": _("What you typed was not saved yet"),
        "sentence": sentence,
        "incident": incident_code(),
        "go_back": True,
        "typed": typed,
    }
    response = ErrorPage(render_to_string("portal/error_bare.html", context), status=status)
    response["Cache-Control"] = "no-store"
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def error_page(request: HttpRequest, status: int) -> ErrorPage:
    """Return the error page for an HTTP status of 400 or above."""
    heading, sentence = _heading_and_sentence(status)
    context = {"status": status, "heading": heading, "sentence": sentence}
    body: str | None = None
    if status not in STATUSES_WITHOUT_FRAME:
        try:
            body = render_to_string("portal/error.html", context, request)
        except (DatabaseError, InterfaceError):
            logger.warning("database unavailable, error page %s rendered without frame", status)
    if body is None:
        body = bare_page(status)
    response = ErrorPage(body, status=status)
    response["Cache-Control"] = "no-store" if status >= 500 else "no-cache"
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
