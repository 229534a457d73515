"""Why a text was found: the words marked in it. No database."""

from __future__ import annotations

import pytest

from news.search.query import parse
from news.search.snippets import LENGTH, Marker, Piece, plain
from news.templatetags.news_tags import marked


def mark(typed: str, text: str) -> str:
    pieces = Marker(parse(typed), [text]).whole(text)
    return "".join(f"[{p.text}]" if p.is_match else p.text for p in pieces)


@pytest.mark.parametrize(
    ("typed", "text", "expected"),
    [
        ("duong", "Con Đường mới", "Con [Đường] mới"),
        ("ĐƯỜNG", "Con đường mới", "Con [đường] mới"),
        ("thuỷ lợi", "Công trình thủy lợi", "Công trình [thủy lợi]"),
        ("thủy lợi", "Công trình thuỷ lợi", "Công trình [thuỷ lợi]"),
        ("hòa", "Hoà giải ở cơ sở", "[Hoà] giải ở cơ sở"),
        # The spelling typed stands in the text: the others are other words.
        ("bán", "Ủy ban bán hàng trên bàn", "Ủy ban [bán] hàng trên bàn"),
        # It does not: what was found is shown.
        ("bán", "Ủy ban đặt bàn", "Ủy [ban] đặt [bàn]"),
        ("ban", "Ủy ban bán bàn", "Ủy [ban bán bàn]"),
        ("anh", "Thanh toán cho anh Lanh", "Thanh toán cho [anh] Lanh"),
        ("tiêm chủ", "Lịch tiêm chủng", "Lịch [tiêm chủng]"),
        ("15/2023", "Nghị quyết 15/2023/NQ-HĐND", "Nghị quyết [15]/[2023]/NQ-HĐND"),
        ("hdnd", "Nghị quyết của HĐND", "Nghị quyết của [HĐND]"),
        ("chợ -hạ", "Chợ xép", "[Chợ] xép"),
        ("xyz", "Không có gì", "Không có gì"),
        ("½ cafe", "Quán café", "Quán [café]"),
    ],
)
def test_words_are_marked_in_the_spelling_of_the_text(typed: str, text: str, expected: str) -> None:
    assert mark(typed, text) == expected


def test_cut_shows_the_place_where_most_words_stand() -> None:
    filler = "Tổ dân phố họp vào tối thứ Bảy hằng tuần tại nhà văn hóa. " * 20
    text = f"{filler}Lịch tiêm chủng mở rộng cho trẻ em. {filler}"
    pieces = Marker(parse("tiêm chủng trẻ em"), [text]).cut(text)
    shown = "".join(piece.text for piece in pieces)
    assert "Lịch tiêm chủng mở rộng cho trẻ em" in shown
    assert len(shown) < LENGTH + 60
    assert shown.startswith("… ")
    assert shown.endswith(" …")


def test_cut_begins_and_ends_between_words() -> None:
    words = [f"chữ{n}x" for n in range(200)]
    for place in range(60, 90):
        text = " ".join([*words[:place], "họp", *words[place:]])
        shown = "".join(piece.text for piece in Marker(parse("họp"), [text]).cut(text))
        assert shown.startswith("… ")
        assert set(shown.split()) - {"…", "họp"} <= set(words)


def test_first_of_equally_good_places_is_cut_out() -> None:
    filler = "việc khác " * 60
    text = f"{filler}thứ nhất họp {filler}thứ nhì họp {filler}"
    shown = "".join(piece.text for piece in Marker(parse("họp"), [text]).cut(text))
    assert "thứ nhất" in shown
    assert "thứ nhì" not in shown


def test_number_of_marks_in_a_cut_is_limited() -> None:
    pieces = Marker(parse("a1 -b"), ["a1,"]).cut("a1," * 60)
    assert sum(piece.is_match for piece in pieces) == 40


def test_text_has_all_words_only_with_each_of_them() -> None:
    marker = Marker(parse("bến thuyền"), ["Bến sông", "thuyền"])
    assert not marker.has_all("Bến sông, bến đò")
    assert marker.has_all("Thuyền về bến")


def test_cut_of_a_short_text_is_all_of_it() -> None:
    assert Marker(parse("họp"), ["Tối nay họp."]).cut("Tối nay họp.") == [
        Piece("Tối nay "),
        Piece("họp", is_match=True),
        Piece("."),
    ]


def test_pieces_are_escaped() -> None:
    text = '<script>alert("họp")</script> & họp'
    html = marked(Marker(parse("họp"), [text]).whole(text))
    assert "<script" not in html
    assert html.count("<mark>họp</mark>") == 2
    assert "&amp; " in html


def test_text_of_a_body_joins_words_that_formatting_divides_and_no_others() -> None:
    html = '<p>Th<strong>ủ</strong>y lợi</p><p>Kênh &amp; mương</p><img alt="a > b" src="/x.webp">'
    assert plain(html) == "Thủy lợi Kênh & mương"
