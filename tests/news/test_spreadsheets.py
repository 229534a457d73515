"""Tables as files: read by the programs of an office, and never run by them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import OperationalError
from openpyxl.utils.escape import unescape

from news.spreadsheets import table_response

HEADER = ["Tiêu đề", "Ngày", "Lúc", "Điểm"]
DAY, MOMENT = date(2026, 3, 14), datetime(2026, 3, 14, 1, 30, tzinfo=UTC)
FORMULAS = [
    *("=1+1", "+84 912", "-1+1", "@SUM(A1)", "\t=1", "  =1", "\ufeff=1", "=cmd|' /C calc'!A0"),
    *("＝1+1", "＋1", "－1", "＠SUM(A1)", "\u3000=1", "\u200b=1", "\r=1", "\n=1"),
]


def content_of(name: str, header: list[str], rows: Any, kind: str) -> bytes:
    response = table_response(name, header, rows, kind)
    try:
        return b"".join(response.streaming_content)
    finally:
        # Not `response.close()`: it tells Django that a request is over, and there was none.
        for close in response._resource_closers:
            close()


def test_a_csv_opens_in_vietnamese_excel() -> None:
    content = content_of("danh-gia", HEADER, [["Lũ; lụt", DAY, MOMENT, 4.5]], "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert rows == [HEADER, ["Lũ; lụt", "14/03/2026", "14/03/2026 08:30", "4,5"]]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_is_a_download_that_says_how_long_it_is(kind: str) -> None:
    response = table_response("danh-gia", HEADER, [], kind)
    content = b"".join(response.streaming_content)
    response.file_to_stream.close()
    assert response["Content-Disposition"] == f'attachment; filename="danh-gia.{kind}"'
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Length"] == str(len(content))


def test_an_xlsx_holds_numbers_and_moments_as_such() -> None:
    given = [["Lũ lụt", DAY, MOMENT, 4.5], [None, None, None, 3]]
    data = content_of("danh-gia", HEADER, given, "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == tuple(HEADER)
    assert rows[1] == ("Lũ lụt", datetime(2026, 3, 14), datetime(2026, 3, 14, 8, 30), 4.5)
    assert rows[2] == (None, None, None, 3)


@pytest.mark.parametrize("typed", FORMULAS)
def test_text_that_looks_like_a_formula_stays_text(typed: str) -> None:
    content = content_of("a", ["b"], [[typed]], "csv").decode("utf-8-sig")
    cell = list(csv.reader(io.StringIO(content), delimiter=";"))[1][0]
    assert cell == f"'{typed}"
    data = content_of("a", ["b"], [[typed]], "xlsx")
    cell = openpyxl.load_workbook(io.BytesIO(data)).active["A2"]
    assert (cell.data_type, unescape(cell.value)) == ("s", typed)


def test_an_average_of_the_database_is_a_number_in_both() -> None:
    given = [["Lũ lụt", None, None, Decimal("4.25")]]
    text = content_of("a", HEADER, given, "csv").decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=";"))[1][3] == "4,25"
    sheet = openpyxl.load_workbook(io.BytesIO(content_of("a", HEADER, given, "xlsx"))).active
    assert sheet["D2"].value == 4.25


def test_ten_thousand_rows_are_sent_piece_by_piece() -> None:
    rows = ([n, "x" * 50] for n in range(10_000))
    response = table_response("a", ["b"], rows, "csv")
    pieces = list(response.streaming_content)
    response.file_to_stream.close()
    assert len(pieces) > 10
    assert b"".join(pieces).count(b"\r\n") == 10_001


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_fault_while_rows_are_read_leaves_no_half_a_file(kind: str) -> None:
    def rows() -> Iterator[list[object]]:
        yield ["Lũ lụt"]
        raise OperationalError("canceling statement due to statement timeout")

    with pytest.raises(OperationalError):
        table_response("a", ["b"], rows(), kind)


def test_no_other_kind_of_table_is_known() -> None:
    with pytest.raises(ValueError, match="ods"):
        table_response("a", ["b"], [], "ods")
