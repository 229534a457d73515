"""Tables as CSV and XLSX files for spreadsheet programs.

Text that looks like a formula is never executed. Source of the rule: OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, TypeAlias
from urllib.parse import quote

import xlsxwriter
from django.http import FileResponse
from django.utils import timezone

# Spreadsheet programs execute cells that begin so, after spaces too and with full-width letters.
_FORMULA = re.compile("[\t\r\n]|[\\s\u200b-\u200f\ufeff]*[=+\\-@|%＝＋－＠]")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Row: TypeAlias = Sequence[object]


def table_response(
    name: str, header: Sequence[str], rows: Iterable[Row], kind: str
) -> FileResponse:
    """Return a download of the table, with all rows read: a fault has its page, no half a file.

    Args:
        name: the file name without extension, in ASCII.
        header: the column headings.
        rows: text, numbers, dates, datetimes or None; iterated once, so a table may be long.
        kind: `"csv"` or `"xlsx"`.

    Raises ValueError for any other kind.
    """
    if kind not in _KINDS:
        raise ValueError(f"no such kind of table: {kind}")
    write, content_type = _KINDS[kind]
    file = tempfile.TemporaryFile()  # noqa: SIM115 (FileResponse closes it)
    try:
        write(file, header, rows)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    response = FileResponse(file, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{quote(name)}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


def csv_value(value: object) -> object:
    """The value of a CSV cell."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float | Decimal):
        return str(value).replace(".", ",")  # as Vietnamese Excel reads it
    return without_formula(value) if isinstance(value, str) else value


def without_formula(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet program would execute as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def _write_csv(file: IO[bytes], header: Sequence[str], rows: Iterable[Row]) -> None:
    """Write CSV for Vietnamese Excel: a byte order mark, semicolons, decimal commas."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(header)
    writer.writerows([csv_value(value) for value in row] for row in rows)
    text.detach()


def _write_xlsx(file: IO[bytes], header: Sequence[str], rows: Iterable[Row]) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:  # which removes its own temporary files
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(header):
            sheet.write_string(0, column, str(heading), bold)
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


# How each kind is written, and its type.
_KINDS = {"csv": (_write_csv, "text/csv; charset=utf-8"), "xlsx": (_write_xlsx, XLSX)}
