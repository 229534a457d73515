"""What the JSON interface takes and gives, for django-ninja: its parameters and its answers."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal, cast

from django.utils import timezone, translation
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.errors import HttpError
from pydantic import BeforeValidator, ConfigDict, Field

PAGE_SIZE = 20
LARGEST_PAGE = 100


# Pydantic and ninja declare as str what they write out later, in the language of that request.
gettext_lazy = cast("Callable[[str], str]", translation.gettext_lazy)


# --- Answers -------------------------------------------------------------------------------------

Address = Annotated[str, Field(json_schema_extra={"format": "uri"})]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Record(Schema):
    """An object that has all of these properties and no other."""

    model_config = ConfigDict(extra="forbid")


class CategoryLink(Record):
    slug: str
    name: str
    url: Address


class SourceOut(Record):
    name: str
    url: str
    author: str
    published_at: Moment | None = Field(description=gettext_lazy("originally published at"))


class PictureOut(Record):
    url: Address
    width: int
    height: int
    alt: str
    caption: str
    credit: str


class AttachmentOut(Record):
    url: Address
    title: str
    type: str
    size: int


class ArticleOut(Record):
    id: int
    url: Address = Field(description=gettext_lazy("Address of the page for readers."))
    title: str
    summary: str = Field(description=gettext_lazy("The lead, plain text."))
    body: str = Field(
        description=gettext_lazy("HTML without scripts and styles; all addresses are full.")
    )
    language: str
    published_at: Moment = Field(description=gettext_lazy("Publication time."))
    updated_at: Moment | None = Field(description=gettext_lazy("Time of the last correction."))
    change_note: str = Field(description=gettext_lazy("What was corrected."))
    expires_at: Moment | None = Field(description=gettext_lazy("From then on no longer current."))
    category: CategoryLink
    more_categories: list[str] = Field(description=gettext_lazy("Slugs of the other categories."))
    tags: list[str] = Field(description=gettext_lazy("Keywords"))
    author: str = Field(description=gettext_lazy("The author line as it is printed."))
    origin: Literal["own", "sent_in", "republished", "press_release"]
    source: SourceOut | None = Field(
        description=gettext_lazy("Where the news was taken from; null for our own.")
    )
    picture: PictureOut | None = Field(description=gettext_lazy("lead picture"))
    attachments: list[AttachmentOut] = Field(description=gettext_lazy("Attachments"))


class ArticleList(Record):
    articles: list[ArticleOut]
    next: Address | None = Field(
        description=gettext_lazy("Address of the next, older part; null at the end.")
    )


class CategoryOut(Record):
    id: int
    slug: str
    name: str
    name_en: str
    description: str
    parent: str | None = Field(description=gettext_lazy("Slug of the category above."))
    url: Address
    articles: Address
    rss: Address


class CategoryList(Record):
    categories: list[CategoryOut]


class Error(Record):
    error: str = Field(description=gettext_lazy("A sentence that says what is wrong."))


# --- Parameters ----------------------------------------------------------------------------------


def parse_since(raw: str) -> datetime:
    """Parse a moment of ISO 8601; without a zone it is meant in the site's, without a time from 0h.

    A plus sign that was not percent-encoded arrives as a space, and is taken for what it was.
    """
    try:
        at = parse_datetime(raw.replace(" ", "+") if raw.count("T") == 1 else raw)
        if at is None and (day := parse_date(raw)):
            at = datetime(day.year, day.month, day.day)
        if at is not None:
            return at if timezone.is_aware(at) else timezone.make_aware(at)
    except (ValueError, OverflowError):
        pass
    raise HttpError(
        400, _("“since” is a day or a moment, for example 2026-01-31 or 2026-01-31T08:00:00+07:00.")
    )


def write_cursor(at: datetime, pk: int) -> str:
    """Return an opaque mark of a place in the list; it stays good while articles come and go."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {pk}".encode()).decode().rstrip("=")


def read_cursor(raw: str) -> tuple[datetime, int]:
    try:
        text = base64.b64decode(raw + "=" * (-len(raw) % 4), altchars=b"-_", validate=True)
        moment, _space, pk = text.decode("ascii").partition(" ")
        at = datetime.fromisoformat(moment)
        # Beyond these years a moment cannot be written in every time zone.
        if at.tzinfo and 1 < at.year < 9999 and pk.isdigit() and int(pk) < 2**63:
            return at, int(pk)
    except (ValueError, binascii.Error):
        pass
    raise HttpError(400, _("The cursor cannot be read. Start again without it, or follow “next”."))


def require_digits(raw: object) -> object:
    """Refuse what pydantic would take for a number too: a sign, `5.0`, `1_0`, other digits."""
    if isinstance(raw, str) and not re.fullmatch("[0-9]{1,3}", raw):
        raise ValueError(raw[:20])
    return raw


class ListParameters(Schema):
    category: str | None = Field(
        None, description=gettext_lazy("Slug of a category; those below it are included.")
    )
    since: str | None = Field(
        None,
        description=gettext_lazy("Only what was published at this day or moment, or later."),
        examples=["2026-01-31", "2026-01-31T08:00:00+07:00"],
    )
    limit: Annotated[int, BeforeValidator(require_digits)] = Field(
        PAGE_SIZE, ge=1, le=LARGEST_PAGE, description=gettext_lazy("Articles in one answer.")
    )
    cursor: str | None = Field(
        None, description=gettext_lazy("A place in the list, as “next” names it.")
    )
