"""Reader of JSON Lines: one article a line, an object with the fields listed in docs/import.md."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from news.importing import bodies
from news.importing.records import LONGEST_ID, Entry, Record, RefusedError, Remark, parse_moment
from news.models import Article
from news.text import normalize_line

# A body of 5 MB may be there as HTML and as text, with its letters escaped as \uXXXX.
LONGEST_LINE = 32 * 1024 * 1024


def read_entries(file: IO[bytes]) -> Iterator[Entry]:
    """Yield a record or a remark for each line, reading one line at a time."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            _skip_rest_of_line(file)
            yield Remark(number, "", "refused", _("The line is longer than 32 MB."))
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield _entry(number, line)


def _skip_rest_of_line(file: IO[bytes]) -> None:
    while (piece := file.readline(1024 * 1024)) and not piece.endswith(b"\n"):
        pass


def _entry(number: int, line: bytes) -> Entry:
    import_id = ""
    try:
        source = _json_object(line)
        import_id = _import_id(source)
        return _record(number, import_id, source)
    except RefusedError as error:
        return Remark(number, import_id, "refused", str(error))


def _json_object(line: bytes) -> dict[str, object]:
    try:
        source = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise RefusedError(_("The line is not in UTF-8.")) from error
    except (ValueError, RecursionError) as error:
        raise RefusedError(_("The line is not JSON.")) from error
    if not isinstance(source, dict):
        raise RefusedError(_("The line is not a JSON object."))
    return source


def _import_id(source: dict[str, object]) -> str:
    value = source.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not normalize_line(value):
        raise RefusedError(_("It has no id."))
    import_id = normalize_line(value)
    if len(import_id) > LONGEST_ID:
        raise RefusedError(_("The id is longer than 300 characters."))
    return import_id


def _record(number: int, import_id: str, source: dict[str, object]) -> Record:
    body = _text_field(source, "body_html")
    captions = tuple(filter(None, map(normalize_line, _list_field(source, "image_captions"))))
    published_at = _text_field(source, "published_at")
    category = normalize_line(_text_field(source, "category"))
    url = _text_field(source, "url")
    return Record(
        line=number,
        import_id=import_id,
        title=_text_field(source, "title"),
        summary=_text_field(source, "lead"),
        body=body if body.strip() else bodies.from_plain_text(_text_field(source, "body_text")),
        status=Article.Status.PUBLISHED,
        published_at=parse_moment(published_at) if published_at.strip() else None,
        categories=((category,),) if category else (),
        tags=_list_field(source, "tags"),
        author=normalize_line(_text_field(source, "author")),
        source_name=normalize_line(_text_field(source, "source")),
        source_url=url,
        addresses=(url,) if url else (),
        captions=captions,
    )


def _text_field(source: dict[str, object], name: str) -> str:
    value = source.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise RefusedError(_("The field “%(name)s” is not a text.") % {"name": name})
    return value


def _list_field(source: dict[str, object], name: str) -> tuple[str, ...]:
    values = source.get(name)
    if values is None:
        return ()
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise RefusedError(_("The field “%(name)s” is not a list of texts.") % {"name": name})
    return tuple(values)
