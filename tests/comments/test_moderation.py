"""The rules that mark and hold: table-driven, without a database."""

from __future__ import annotations

import unicodedata

import pytest

from comments import moderation
from comments.moderation import PhraseList, Reason, examine, hold_reason, is_reserved
from news.text import normalize

LIST = PhraseList([("đồ ngu", False), ("ma túy", True), ("ngố", False), ("vay nóng", False)])


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Thằng này đúng là đồ ngu.", ["đồ ngu"]),
        ("ĐỒ NGU!", ["ĐỒ NGU"]),
        ("do ngu qua di", ["do ngu"]),
        ("dùng đúng từ: do ngu", ["do ngu"]),
        ("Đỡ ngủ gật hơn hẳn.", []),
        ("Ông ấy đồ người ngu ngơ.", []),
        (unicodedata.normalize("NFD", "Đúng là đồ ngu"), ["đồ ngu"]),
        ("đồ\u200bngu đồ \u200bng\u200bu", ["đồ ngu"]),
        ("đ ồ n g u", ["đ ồ n g u"]),
        ("đ.ồ.n.g.u đấy", ["đ.ồ.n.g.u"]),
        ("d o n g u", ["d o n g u"]),
        ("đồ nguuuuu", ["đồ nguuuuu"]),
        ("d0 ngu", ["d0 ngu"]),
        ("đồ nɡu", ["đồ nɡu"]),
        ("Phòng chống ma tuý", ["ma tuý"]),
        ("Phòng chống ma túy, ma túy", ["ma túy", "ma túy"]),
        ("phong chong ma tuy", []),
        ("Vay nóng đi", ["Vay nóng"]),
        ("ngo o dau the", ["ngo"]),
        ("Ngõ 12 và ngo đồng", []),
        ("", []),
        ("!!! ... ???", []),
    ],
)
def test_listed_phrase_is_found_as_whole_syllables(text: str, marked: list[str]) -> None:
    text = normalize(text)
    assert [text[f.start : f.end] for f in LIST.find(text)] == marked


def test_phrase_is_marked_where_it_stands() -> None:
    assert LIST.find("😀 ệ đồ ngu")[0] == moderation.Finding(Reason.PHRASE, 4, 10)


LONG = "Tôi đồng ý với bài viết, mong phường sớm sửa con đường trước cổng trường. "


@pytest.mark.parametrize(
    ("text", "reason", "marked"),
    [
        (LONG, Reason.EVERY_COMMENT, []),
        ("Xem https://vay.example/x?y=1 nhé bà con", Reason.LINK, ["https://vay.example/x?y=1"]),
        ("Vào www.abc.com ngay đi bà con", Reason.LINK, ["www.abc.com"]),
        ("Vào cho-vay.xyz/mua ngay đi bà con", Reason.LINK, ["cho-vay.xyz/mua"]),
        ("Nghị định 15/2023/NQ-HĐND, ngày 12.03.2023 lúc 8.30", Reason.EVERY_COMMENT, []),
        ("Chi 120.000.000 đồng, tức 1.250.000.000 đồng, cho 2025-2026", Reason.EVERY_COMMENT, []),
        ("Gọi cho tôi 0912 345 678 nhé mọi người", Reason.PERSONAL_DATA, ["0912 345 678"]),
        ("Gọi cho tôi +84.912.345.678 nhé", Reason.PERSONAL_DATA, ["+84.912.345.678"]),
        ("Căn cước của tôi là 001234567890 đấy", Reason.PERSONAL_DATA, ["001234567890"]),
        ("Viết cho tôi: an.nguyen@thu.vn nhé", Reason.PERSONAL_DATA, ["an.nguyen@thu.vn"]),
        ("toi rat dong y voi bai viet nay", Reason.NO_ACCENTS, ["toi rat dong y voi bai viet nay"]),
        ("Ok hay qua", Reason.EVERY_COMMENT, []),
        ("BÀ CON ƠI ĐƯỜNG HỎNG HẾT RỒI ĐẤY", Reason.CAPITALS, ["BÀ CON ƠI ĐƯỜNG HỎNG HẾT RỒI ĐẤY"]),
        ("UBND phường đã trả lời đơn của tôi", Reason.EVERY_COMMENT, []),
        ("Hay quáááááááá đi mất", Reason.REPETITION, ["áááááááá"]),
        ("Thế à????????????", Reason.REPETITION, ["????????????"]),
        ("Đồ ngu, gọi 0912345678", Reason.PHRASE, ["Đồ ngu", "0912345678"]),
        ("😀" * 20, Reason.EVERY_COMMENT, []),
    ],
)
def test_comment_is_held_for_the_gravest_finding(text: str, reason: str, marked: list[str]) -> None:
    findings = examine(text, LIST)
    assert hold_reason(findings) == reason
    assert [text[f.start : f.end] for f in findings] == marked


def test_links_within_the_allowance_pass() -> None:
    text = "Nguồn của tôi ở đây: https://chinhphu.vn/van-ban"
    assert examine(text, LIST, links_allowed=1) == []


@pytest.mark.parametrize(
    "name",
    [
        "Ban Biên tập", "BAN BIÊN TẬP", "ban bien tap", "Bаn Biên tập", "Ban  Biên\u200b tập",
        "BanBiênTập", "Bán Biện Táp", "B.a.n Biên tập", "Thay mặt Ban Biên tập",
        "UBND phường", "U.B.N.D.", "U B N D", "Ủy ban nhân dân", "Uỷ ban nhân dân phường X",
        "Quản trị", "Quan tri", "Quản trị viên", "Admin", "@dmin", "Аdmin", "admın", "ad min",
        unicodedata.normalize("NFD", "Ban Biên tập"), "HĐND phường", "Công an phường",
        "Phường Yên Hà", "phuong yen ha", "Lê Thị Bưởi", "LÊ THỊ BƯỞI", "le thi buoi",
    ],
)  # fmt: skip
def test_name_of_the_agency_or_of_staff_is_reserved(name: str) -> None:
    assert is_reserved(name, contained=["Phường Yên Hà"], whole=["Lê Thị Bưởi"])


def test_names_that_the_office_typed_with_loose_accents_are_reserved_too() -> None:
    loose = unicodedata.normalize("NFD", "Tổ dân phố số 5")
    assert is_reserved("Tổ dân phố số 5", contained=[loose])
    assert is_reserved("Lê Thị Bưởi", whole=[unicodedata.normalize("NFD", "Lê Thị Bưởi")])


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Văn An", "Quân Trí", "Minh Quân Triệu", "Badminton", "Người Yên Hà", "Lê Thị Buổi",
        "Lê Thị Bưởi (tổ 5)", "Bạn đọc", "😀", "Tạ Ban", "Hồ Biên", "An", "",
    ],
)  # fmt: skip
def test_name_of_a_citizen_is_free(name: str) -> None:
    assert not is_reserved(name, contained=["Phường Yên Hà", ""], whole=["Lê Thị Bưởi", ""])


def test_rules_bear_the_longest_hostile_text() -> None:
    for text in ("a" * 2000, "0 " * 1000, "a." * 1000, "@." * 1000, "1-" * 1000, "ạ " * 1000):
        examine(text, LIST)
        is_reserved(text[:60])
