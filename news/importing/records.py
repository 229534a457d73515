"""The record that every reader yields for one article, and the checks on it."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import datetime, time

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from news.importing import bodies
from news.markup import clean_html, first_words, plain_text
from news.models import Article, Author, Category, Tag
from news.text import comparison_key, normalize, normalize_line, slugify

MOST_BODY_BYTES = 5 * 1024 * 1024
MOST_TAGS = 50
LONGEST_TITLE = Article._meta.get_field("title").max_length or 300
LONGEST_ID = Article._meta.get_field("import_id").max_length or 300
LONGEST_NAME = min(
    model._meta.get_field("name").max_length or 150 for model in (Author, Category, Tag)
)
LONGEST_SOURCE = Article._meta.get_field("source_name").max_length or 200
TITLE_FROM_BODY = 80  # characters
_BLOCK_TAG = re.compile(r"</?(?:p|li|h[234]|t[dh]|figcaption|caption)\b[^>]*>|<br>")
YEARS = range(1945, 2101)


class RefusedError(Exception):
    """A record, or a whole file, cannot be imported; the message is shown to the user."""


@dataclass(frozen=True, slots=True)
class Record:
    """One article as its source has it.

    `line` is where it begins in its file; `categories` are paths of names from the root down, the
    main category first; `status` is a value of `Article.Status`, and a published record without a
    date gets one by the options; `addresses` are earlier addresses of the article; `warnings` are
    sentences for the report.
    """

    line: int
    import_id: str
    title: str
    summary: str = ""
    body: str = ""
    slug: str = ""
    status: str = Article.Status.PUBLISHED
    published_at: datetime | None = None
    categories: tuple[tuple[str, ...], ...] = ()
    # A path is looked up from the root; the name of a source without a tree, on every level.
    categories_are_paths: bool = False
    tags: tuple[str, ...] = ()
    author: str = ""
    source_name: str = ""
    source_url: str = ""
    addresses: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    pictures: int = 0
    title_from_body: bool = False
    warnings: tuple[str, ...] = field(default=(), compare=False)

    def digest(self) -> str:
        """32 hexadecimal digits that change whenever anything of the record does."""
        values = [getattr(self, f.name) for f in fields(self) if f.name not in ("line", "warnings")]
        # Escaped to ASCII: a lone surrogate can be written too.
        return _digest(values)


@dataclass(frozen=True, slots=True)
class Remark:
    """An entry that becomes no article; without a reason it is only counted."""

    line: int
    import_id: str
    outcome: str  # "refused" or "skipped"
    reason: str = ""


Entry = Record | Remark


@dataclass(slots=True)
class CheckedRecord:
    """The unsaved article of a record, and the names of what it refers to."""

    record: Record
    digest: str
    article: Article
    tags: list[str]
    warnings: list[str]


def _digest(values: list[object]) -> str:
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()[:32]


def article_digest(article: Article, tags: list[int], more: list[int]) -> str:
    """32 hexadecimal digits of the imported fields, to detect changes made by staff.

    `tags` and `more` are the primary keys of its tags and of its further categories.
    """
    published_at = article.published_at and article.published_at.timestamp()
    return _digest(
        [
            *(article.title, article.slug, article.summary, article.body, article.status),
            *(published_at, article.category_id, article.author_id, article.origin),
            *(article.source_name, article.source_url, sorted(tags), sorted(more)),
        ]
    )


def parse_moment(value: str) -> datetime:
    """Parse a date, or a date and time: 2023-03-14, 2023-03-14T08:30:00+07:00, 14/03/2023 08:30.

    Without a time zone it is local time. Raises RefusedError if it is no date.
    """
    words = normalize_line(value)
    try:
        found = parse_datetime(words)
        if found is None:
            day = parse_date(words)
            if day is None:
                pattern = "%d/%m/%Y %H:%M" if ":" in words else "%d/%m/%Y"
                found = datetime.strptime(words, pattern)
            else:
                found = datetime.combine(day, time())
        if found.year in YEARS:
            return found if timezone.is_aware(found) else timezone.make_aware(found)
    except ValueError:
        pass
    raise RefusedError(_("“%(value)s” is not a possible date.") % {"value": value[:40]})


def check_record(record: Record) -> CheckedRecord:
    """Clean the texts of a record and validate them, without the database.

    Raises RefusedError with the reason if the record cannot become an article.
    """
    warnings = list(record.warnings)
    title = normalize_line(record.title)
    texts = (record.body, record.summary, *record.captions)
    if sum(len(words.encode("utf-8", "replace")) for words in texts) > MOST_BODY_BYTES:
        raise RefusedError(_("The text is larger than 5 MB."))
    body, pictures = _clean_body(record)
    pictures += record.pictures
    if pictures:
        warnings.append(_("Pictures left out: %(count)d.") % {"count": pictures})
    if not title and record.title_from_body:
        title = first_words(plain_text(body), TITLE_FROM_BODY)
        if title:
            warnings.append(_("It has no title; the first words of the text became the title."))
    if not title:
        raise RefusedError(_("It has no title."))
    if len(title) > LONGEST_TITLE:
        title = first_words(title, LONGEST_TITLE)
        warnings.append(_("The title is longer than 300 characters and was cut."))
    if not body:
        warnings.append(_("It has no text."))
    summary = normalize(record.summary).strip()
    article = Article(
        import_id=record.import_id,
        title=title,
        summary=summary,
        body=_without_repeated_summary(body, summary),
        slug=slugify(record.slug or title),
        status=record.status,
        published_at=record.published_at,
    )
    if record.status == Article.Status.PUBLISHED:
        article.first_published_at = record.published_at
    _set_origin(article, record, warnings)
    try:
        article.clean_fields(exclude={"body", "category", "import_digest"})
        article.clean()
    except ValidationError as error:
        raise RefusedError(" ".join(error.messages)) from error
    return CheckedRecord(record, record.digest(), article, _tag_names(record, warnings), warnings)


def _clean_body(record: Record) -> tuple[str, int]:
    source, pictures = bodies.without_foreign_pictures(record.body)
    body = clean_html(source)
    if record.captions:
        pictures = max(pictures, len(record.captions))
        missing = _missing_captions(record.captions, body)
        body = clean_html(body + "".join(map(bodies.caption_paragraph, missing)))
    return body, pictures


def _missing_captions(captions: tuple[str, ...], body: str) -> list[str]:
    """Return the captions that are not blocks of the cleaned body, with their repetitions."""
    blocks = Counter(_caption_key(plain_text(block)) for block in _BLOCK_TAG.split(body))
    missing = []
    for caption in captions:
        key = _caption_key(caption)
        if blocks[key] > 0:
            blocks[key] -= 1
        else:
            missing.append(caption)
    return missing


def _caption_key(caption: str) -> str:
    return comparison_key(caption).rstrip(" .,;")


def _without_repeated_summary(body: str, summary: str) -> str:
    """Drop a first paragraph that repeats the summary: the page shows the summary above it."""
    if summary and body.startswith("<p>"):
        first, end, rest = body.partition("</p>")
        if rest and comparison_key(plain_text(first + end)) == comparison_key(summary):
            return clean_html(rest)
    return body


def _set_origin(article: Article, record: Record, warnings: list[str]) -> None:
    """Set origin and source: “re-published” with an original address, else “sent in”."""
    article.source_name = first_words(record.source_name, LONGEST_SOURCE)
    if not article.source_name:
        article.origin = Article.Origin.OWN
        return
    article.origin = Article.Origin.SENT_IN
    url = normalize_line(record.source_url)
    if not url:
        return
    try:
        if len(url) > 1000:
            raise ValidationError("")
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        warnings.append(_("The original address is no web address and was not kept as a link."))
        return
    article.origin = Article.Origin.REPUBLISHED
    article.source_url = url


def _tag_names(record: Record, warnings: list[str]) -> list[str]:
    """Return the names of the tags without duplicates, in the first spelling."""
    names: dict[str, str] = {}
    for tag in record.tags:
        name = normalize_line(tag)
        key = comparison_key(name)
        if key and len(name) <= LONGEST_NAME and len(key) <= 300:
            names.setdefault(key, name)
        elif key:
            warnings.append(_("A tag is longer than 150 characters and was left out."))
    if len(names) > MOST_TAGS:
        warnings.append(_("It has more than 50 tags; the first 50 were taken."))
    return list(names.values())[:MOST_TAGS]
