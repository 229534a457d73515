"""A table of redirects as a clerk sends it: a CSV file from a spreadsheet. Reading only."""

from __future__ import annotations

import codecs
import csv
from io import StringIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.redirects.services import Wish

MOST_LINES = 10_000
MOST_BYTES = 3 * 1024 * 1024
# Spreadsheets write semicolons where the comma is the decimal mark, as in Vietnam.
_DELIMITERS = ";,\t"
_FIRST_LINES = 20


def decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with its mark.

    Raises ValidationError if it is neither, or too large.
    """
    if len(data) > MOST_BYTES:
        raise ValidationError(_("The file is larger than 3 MB; divide it."))
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ValidationError(_("The file is not in UTF-8. Save it as “CSV UTF-8”."))
    return text


def read(text: str) -> list[Wish]:
    """Return the wishes of a table: old address, then new address or number of an article.

    Empty lines and a heading are passed over; further columns are not looked at. A line that cannot
    be read carries its problem. Raises ValidationError if there is nothing, or too much.
    """
    text = text.removeprefix("\ufeff").replace("\0", "")
    delimiter = _delimiter_of(text)
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=False)
    wishes: list[Wish] = []
    is_first = True
    read_until = 0
    try:
        for cells in rows:
            read_until = rows.line_num
            cells = [cell.strip() for cell in cells]
            # Some spreadsheets name the mark in a line of its own: sep=;
            if not any(cells) or (is_first and cells[0].startswith("sep=")):
                continue
            is_heading = is_first and _is_heading(cells)
            is_first = False
            if is_heading:
                continue
            if len(wishes) >= MOST_LINES:
                raise ValidationError(
                    _("The file has more than %(count)d lines; divide it.") % {"count": MOST_LINES}
                )
            wishes.append(_wish(rows.line_num, cells))
    except csv.Error:
        # A field of more than 128 KB: no address, but a quotation mark that is never closed.
        words = _("Line %(line)d cannot be read; look for a quotation mark that is left open.")
        raise ValidationError(words % {"line": read_until + 1}) from None
    if not wishes:
        raise ValidationError(_("The file has no lines."))
    return wishes


def _wish(line: int, cells: list[str]) -> Wish:
    if len(cells) < 2 or not cells[1]:
        return Wish(line, cells[0], "", _("The new address is missing."))
    problem = "" if cells[0] else _("The old address is missing.")
    return Wish(line, cells[0], cells[1], problem)


def _delimiter_of(text: str) -> str:
    """The mark that divides most of the first lines in two; addresses may hold the other ones."""
    lines = [line for line in text.splitlines() if line.strip()][:_FIRST_LINES]
    divided = {mark: sum(_divides(mark, line) for line in lines) for mark in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda mark: divided[mark])
    return best if divided[best] else ","


def _divides(mark: str, line: str) -> bool:
    try:
        cells = next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return False
    return len(cells) > 1 and (_is_heading(cells) or _leads(cells[1]))


def _leads(cell: str) -> bool:
    cell = cell.strip()
    return cell.isdigit() or cell.startswith(("/", "http://", "https://"))


def _is_heading(cells: list[str]) -> bool:
    """Whether neither column looks like an address: these are the names of the columns."""
    return len(cells) > 1 and not any("/" in cell or cell.strip().isdigit() for cell in cells[:2])
