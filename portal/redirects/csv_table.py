"""Read requested redirects from a CSV file that a spreadsheet wrote."""

from __future__ import annotations

import codecs
import csv
from io import StringIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.redirects.planning import RequestedRedirect

MAX_LINES = 10_000
MAX_BYTES = 3 * 1024 * 1024
# Spreadsheets write semicolons where the comma is the decimal separator, as in Vietnam.
_DELIMITERS = ";,\t"
_SNIFFED_LINES = 20


def decode_csv(data: bytes) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with a byte order mark.

    Raises ValidationError if it is neither, or too large.
    """
    if len(data) > MAX_BYTES:
        raise ValidationError(_("The file is larger than 3 MB; divide it."))
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ValidationError(_("The file is not in UTF-8. Save it as “CSV UTF-8”."))
    return text


def parse_csv(text: str) -> list[RequestedRedirect]:
    """Return the redirects of a table: old address, then new address or number of an article.

    Empty lines and a heading are skipped; further columns are ignored. A line that cannot be read
    has a `problem`. Raises ValidationError if there are no lines, or too many.
    """
    text = text.removeprefix("\ufeff").replace("\0", "")
    delimiter = _detect_delimiter(text)
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=False)
    requests: list[RequestedRedirect] = []
    is_first = True
    last_line = 0
    try:
        for cells in rows:
            last_line = rows.line_num
            cells = [cell.strip() for cell in cells]
            # Some spreadsheets name the delimiter in a line of its own: sep=;
            if not any(cells) or (is_first and cells[0].startswith("sep=")):
                continue
            is_heading = is_first and _is_heading(cells)
            is_first = False
            if is_heading:
                continue
            if len(requests) >= MAX_LINES:
                raise ValidationError(
                    _("The file has more than %(count)d lines; divide it.") % {"count": MAX_LINES}
                )
            requests.append(_parse_line(rows.line_num, cells))
    except csv.Error:
        # A field of more than 128 KB is no address: a quotation mark was never closed.
        message = _("Line %(line)d cannot be read; look for a quotation mark that is left open.")
        raise ValidationError(message % {"line": last_line + 1}) from None
    if not requests:
        raise ValidationError(_("The file has no lines."))
    return requests


def _parse_line(line: int, cells: list[str]) -> RequestedRedirect:
    if len(cells) < 2 or not cells[1]:
        return RequestedRedirect(line, cells[0], "", _("The new address is missing."))
    problem = "" if cells[0] else _("The old address is missing.")
    return RequestedRedirect(line, cells[0], cells[1], problem)


def _detect_delimiter(text: str) -> str:
    """The delimiter that splits most of the first lines; addresses may contain the others."""
    lines = [line for line in text.splitlines() if line.strip()][:_SNIFFED_LINES]
    counts = {mark: sum(_splits(mark, line) for line in lines) for mark in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda mark: counts[mark])
    return best if counts[best] else ","


def _splits(delimiter: str, line: str) -> bool:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return False
    return len(cells) > 1 and (_is_heading(cells) or _is_target(cells[1]))


def _is_target(cell: str) -> bool:
    cell = cell.strip()
    return cell.isdigit() or cell.startswith(("/", "http://", "https://"))


def _is_heading(cells: list[str]) -> bool:
    """Whether neither column looks like an address, so that these are names of columns."""
    return len(cells) > 1 and not any("/" in cell or cell.strip().isdigit() for cell in cells[:2])
