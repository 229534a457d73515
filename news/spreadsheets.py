"""A table as a file for a spreadsheet program: CSV or XLSX.

Both hold text as text: a cell that begins like a formula is never run, whoever typed it. Source of
the rule: OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils import timezone

# Excel and its likes run a cell that begins so, after blanks too and in the wide letters of Asia.
_FORMULA = re.compile("[\t\r\n]|[\\s\u200b-\u200f\ufeff]*[=+\\-@|%＝＋－＠]")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Row = Sequence[Any]


def answer(name: str, header: Row, rows: Iterable[Row], kind: str) -> HttpResponse | Any:
    """Return a download of the table.

    Args:
        name: the file's name without its ending, in ASCII.
        header: the words over the columns.
        rows: text, numbers, dates, moments or None; read once, so a table may be long.
        kind: `"csv"` or `"xlsx"`.

    Raises ValueError for any other kind.
    """
    if kind == "csv":
        response: Any = StreamingHttpResponse(_csv(header, rows), "text/csv; charset=utf-8")
    elif kind == "xlsx":
        response = FileResponse(_xlsx(header, rows), content_type=XLSX)
    else:
        raise ValueError(f"no such kind of table: {kind}")
    response["Content-Disposition"] = f'attachment; filename="{quote(name)}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


def plain(value: Any) -> Any:
    """The value of a CSV cell, with text that would be run as a formula defused."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float | Decimal):
        return str(value).replace(".", ",")  # as Vietnamese Excel reads it
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value


def _csv(header: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    """Lines for Vietnamese Excel: a byte order mark, semicolons, the decimal comma."""
    line = io.StringIO()
    writer = csv.writer(line, delimiter=";")
    yield b"\xef\xbb\xbf"
    writer.writerow(header)
    for row in rows:
        writer.writerow([plain(value) for value in row])
        if line.tell() > 16 * 1024:
            yield line.getvalue().encode()
            line.seek(0)
            line.truncate()
    yield line.getvalue().encode()


def _xlsx(header: Row, rows: Iterable[Row]) -> Any:
    file = tempfile.TemporaryFile()  # noqa: SIM115 (FileResponse closes it)
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    sheet.freeze_panes(1, 0)
    for column, word in enumerate(header):
        sheet.write_string(0, column, str(word), bold)
        sheet.set_column(column, column, 18)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                naive = timezone.localtime(value).replace(tzinfo=None)
                sheet.write_datetime(number, column, naive, moment)
            elif isinstance(value, date):
                sheet.write_datetime(number, column, value, day)
            elif isinstance(value, int | float | Decimal):
                sheet.write_number(number, column, value)
            elif value is not None:
                sheet.write_string(number, column, str(value))
    book.close()
    file.seek(0)
    return file
