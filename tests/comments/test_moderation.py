"""The rules that mark and hold: table-driven, without a database."""

from __future__ import annotations

import re
import sys
import time
import unicodedata
from collections.abc import Callable

import pytest

from comments import moderation
from comments.moderation import HoldReason, PhraseList, examine, hold_reason, is_reserved
from news.text import normalize

PATTERNS = [each for each in vars(moderation).values() if isinstance(each, re.Pattern)]
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
    assert LIST.find("😀 ệ đồ ngu")[0] == moderation.Finding(HoldReason.PHRASE, 4, 10)


LONG = "Tôi đồng ý với bài viết, mong phường sớm sửa con đường trước cổng trường. "


@pytest.mark.parametrize(
    ("text", "reason", "marked"),
    [
        (LONG, HoldReason.EVERY_COMMENT, []),
        (
            "Xem https://vay.example/x?y=1 nhé bà con",
            HoldReason.LINK,
            ["https://vay.example/x?y=1"],
        ),
        ("Vào www.abc.com ngay đi bà con", HoldReason.LINK, ["www.abc.com"]),
        ("Vào cho-vay.xyz/mua ngay đi bà con", HoldReason.LINK, ["cho-vay.xyz/mua"]),
        ("Nghị định 15/2023/NQ-HĐND, ngày 12.03.2023 lúc 8.30", HoldReason.EVERY_COMMENT, []),
        (
            "Chi 120.000.000 đồng, tức 1.250.000.000 đồng, cho 2025-2026",
            HoldReason.EVERY_COMMENT,
            [],
        ),
        ("Gọi cho tôi 0912 345 678 nhé mọi người", HoldReason.PERSONAL_DATA, ["0912 345 678"]),
        ("Gọi cho tôi +84.912.345.678 nhé", HoldReason.PERSONAL_DATA, ["+84.912.345.678"]),
        ("Căn cước của tôi là 001234567890 đấy", HoldReason.PERSONAL_DATA, ["001234567890"]),
        ("Viết cho tôi: an.nguyen@thu.vn nhé", HoldReason.PERSONAL_DATA, ["an.nguyen@thu.vn"]),
        (
            "toi rat dong y voi bai viet nay",
            HoldReason.NO_ACCENTS,
            ["toi rat dong y voi bai viet nay"],
        ),
        ("Ok hay qua", HoldReason.EVERY_COMMENT, []),
        (
            "BÀ CON ƠI ĐƯỜNG HỎNG HẾT RỒI ĐẤY",
            HoldReason.CAPITALS,
            ["BÀ CON ƠI ĐƯỜNG HỎNG HẾT RỒI ĐẤY"],
        ),
        ("UBND phường đã trả lời đơn của tôi", HoldReason.EVERY_COMMENT, []),
        ("Hay quáááááááá đi mất", HoldReason.REPETITION, ["áááááááá"]),
        ("Thế à????????????", HoldReason.REPETITION, ["????????????"]),
        ("Đồ ngu, gọi 0912345678", HoldReason.PHRASE, ["Đồ ngu", "0912345678"]),
        ("😀" * 20, HoldReason.EVERY_COMMENT, []),
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


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Hay quá" + "á" * 3 + " đi mất", HoldReason.EVERY_COMMENT),
        ("Hay quá" + "á" * 4 + " đi mất", HoldReason.REPETITION),
        ("Thế à" + "?" * 7, HoldReason.EVERY_COMMENT),
        ("Thế à" + "?" * 8, HoldReason.REPETITION),
        ("À" * 4 + "ẢÃÁẠ" * 3 + "ẦẨẪ", HoldReason.EVERY_COMMENT),  # 19 capitals
        ("À" * 4 + "ẢÃÁẠ" * 4, HoldReason.CAPITALS),  # 20
        ("ẢÃÁẠ" * 7 + "ảãáạ" * 3, HoldReason.CAPITALS),  # seven in ten
        ("ẢÃÁẠ" * 7 + "ảãáạ" * 3 + "ả", HoldReason.EVERY_COMMENT),
        ("hay qua di", HoldReason.EVERY_COMMENT),  # three words
        ("hay qua di mat", HoldReason.NO_ACCENTS),
        (
            "toi rat dong y voi bai viet nay đó",
            HoldReason.EVERY_COMMENT,
        ),  # one accent in nine words
        ("toi rat dong y voi bai viet nay nhe đó", HoldReason.EVERY_COMMENT),  # in ten
        ("toi rat dong y voi bai viet nay nhe ban đó", HoldReason.NO_ACCENTS),  # in eleven
        ("Số của tôi là 12345678 đấy nhé", HoldReason.EVERY_COMMENT),
        ("Số của tôi là 123456789 đấy nhé", HoldReason.PERSONAL_DATA),  # an old identity card
        ("Số của tôi là 0123456789 đấy nhé", HoldReason.PERSONAL_DATA),  # a telephone
        ("Số của tôi là 1234567890 đấy nhé", HoldReason.EVERY_COMMENT),
        ("Số của tôi là 12345678901 đấy nhé", HoldReason.EVERY_COMMENT),
        ("Số của tôi là 84345678901 đấy nhé", HoldReason.PERSONAL_DATA),
        ("Số của tôi là 123456789012 đấy nhé", HoldReason.PERSONAL_DATA),  # an identity card
        ("Số của tôi là 1234567890123 đấy nhé", HoldReason.EVERY_COMMENT),
    ],
)
def test_rule_holds_at_its_edge_and_not_before(text: str, reason: str) -> None:
    assert hold_reason(examine(normalize(text), LIST)) == reason


@pytest.mark.parametrize(("allowed", "found"), [(1, 2), (2, 0)])
def test_one_link_more_than_allowed_marks_them_all(allowed: int, found: int) -> None:
    text = "Nguồn của tôi: https://chinhphu.vn/a và www.vnexpress.net đấy"
    assert len(examine(text, LIST, links_allowed=allowed)) == found


def test_gravest_finding_is_the_reason_whatever_comes_first() -> None:
    reasons = [
        HoldReason.PHRASE,
        HoldReason.PERSONAL_DATA,
        HoldReason.LINK,
        HoldReason.NO_ACCENTS,
        HoldReason.CAPITALS,
        HoldReason.REPETITION,
    ]
    findings = [moderation.Finding(reason, 0, 1) for reason in reversed(reasons)]
    while findings:
        assert hold_reason(findings) == reasons.pop(0)
        findings.pop()
    assert hold_reason([]) == HoldReason.EVERY_COMMENT


@pytest.mark.parametrize(
    "reason", sorted(set(HoldReason) - {HoldReason.EVERY_COMMENT, HoldReason.NONE})
)
def test_every_reason_that_is_found_holds_a_comment(reason: HoldReason) -> None:
    """Also one that is added later: a trusted sender's comment must not be published with it."""
    assert hold_reason([moderation.Finding(reason, 0, 1)]) == reason


def calls_of(work: Callable[[], object]) -> int:
    """How many calls of functions, ours and built-in, a piece of work makes."""
    count = 0

    def counting(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counting)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


HOSTILE = [
    "a",
    "0 ",
    "a.",
    "@.",
    "1-",
    "ạ ",
    "x ",
    "đồ ",
    "http://",
    "a@",
    "a@a.",
    "www.",
    "84.",
    "!?",
]


@pytest.mark.parametrize("part", HOSTILE)
def test_work_of_the_rules_grows_with_the_text_and_not_with_its_square(part: str) -> None:
    def work(length: int) -> int:
        text = (part * length)[:length]
        examine(text, LIST)  # what is cached is cached
        return calls_of(lambda: examine(text, LIST))

    # Twice the text, about twice the calls; a square would make four times as many.
    assert work(2000) < 2.5 * work(1000) + 100


@pytest.mark.parametrize("part", HOSTILE)
def test_patterns_of_the_rules_do_not_backtrack_on_a_hostile_text(part: str) -> None:
    """Calls do not tell what a pattern does inside: its time does, as a ratio on one machine."""

    def seconds(length: int) -> float:
        text = (part * length)[:length]
        best = float("inf")
        for _turn in range(5):
            began = time.thread_time()
            for pattern in PATTERNS:
                list(pattern.finditer(text))
            best = min(best, time.thread_time() - began)
        return best

    # Eight times the text: 64 times the work for a square, 512 for a cube.
    assert seconds(16_000) < 24 * seconds(2_000) + 0.005


@pytest.mark.parametrize("part", HOSTILE)
def test_work_on_a_name_is_bounded_by_its_length(part: str) -> None:
    # All rows of its syllables are looked at: of sixty signs there are at most thirty.
    assert calls_of(lambda: is_reserved((part * 60)[:60])) < 5_000
