import random
import time
import unicodedata

import pytest

from news.text import (
    comparison_key,
    file_name,
    name_sort_key,
    normalize,
    normalize_line,
    slugify,
    sort_key,
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", ""),
        ("UBND phường", "UBND phường"),
        (unicodedata.normalize("NFD", "Hồng Lĩnh"), "Hồng Lĩnh"),
        ("Thê\u0301", "Thế"),  # half composed, as Windows keyboards write it
        ("e\u0301\u0302", "ế"),  # tone before circumflex
        ("a\u0300\u0306", "ằ"),
        ("o\u0301\u031b", "ớ"),
        ("e\u0323\u0302", "ệ"),
        ("\u00e9\u0302", "ế"),
        ("Ðảng, Ɖảng", "Đảng, Đảng"),
        ("ðường, ɖường", "đường, đường"),
        ("a\x00b\x07c\x7fd\x9fe", "abcde"),
        ("một\ttab\nhai", "một\ttab\nhai"),
        ("một\r\nhai\rba\x0bbốn\u2028năm", "một\nhai\nba\nbốn\nnăm"),
        ("a\ud800b\udfffc", "abc"),
        ("xã\u200b \u200chội\ufeff\u2060", "xã hội"),
        ("hạ\u00adtầng", "hạtầng"),
        ("\u202emột\u202c\u2066hai\u2069\u200f", "mộthai"),
        ("một\u00a0hai\u202fba\u2003bốn\u3000năm", "một hai ba bốn năm"),
        ("a\u200d👩\u200d💻\u200d\u200d", "a👩\u200d💻"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("a\ufffeb\uffffc", "abc"),
        ("e\u200b\u0301", "é"),
    ],
)
def test_text_takes_one_form(given, expected):
    assert normalize(given) == expected


PIECES = [
    *["a", "ê", "ă", "ơ", "đ", "Ð", "\u0301", "\u0302", "\u0306", "\u031b", "\u0323", "\u0344"],
    *["\u200d", "\u200b", "👩", "\ufe0f", " ", "\u00a0", "\r", "\n", "\ud83d", "\u0338", ">"],
    *["\u0f73", "\u1100", "\u1161", "\u212b", "\u2000", "\x00", "\u034f", "\u05b0", "x" * 40],
    *["\u0301" * 40, "\u0344" * 31, "\u0f73" * 20, "\u0302\u0301" * 20],
]


@pytest.mark.parametrize("seed", range(300))
def test_normalized_text_is_nfc_and_stays_as_it_is(seed):
    chance = random.Random(seed)  # noqa: S311 - a repeatable choice, no secret
    once = normalize("".join(chance.choices(PIECES, k=12)))

    assert (unicodedata.is_normalized("NFC", once), normalize(once)) == (True, once)


def test_a_hundred_thousand_marks_on_one_letter_cost_no_time():
    started = time.process_time()

    normalize("a" + "\u0301\u0323" * 100_000)

    assert time.process_time() - started < 2


def test_line_has_no_breaks_and_single_spaces():
    assert normalize_line(" \u00a0Hội\u00a0 nghị\r\n tổng\tkết \u200b") == "Hội nghị tổng kết"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Đậu Liêu: đón Tết – 2026!", "dau-lieu-don-tet-2026"),
        ("Đảng bộ phường", "dang-bo-phuong"),
        (unicodedata.normalize("NFD", "ĐẢNG ỦY"), "dang-uy"),
        ("Ðảng ủy", "dang-uy"),
        ("Nghị quyết 15/2023/NQ-HĐND", "nghi-quyet-15-2023-nq-hdnd"),
        ("1.200 m² đất", "1-200-m2-dat"),
        ("???", "bai-viet"),
        ("", "bai-viet"),
        ("Хорошо", "bai-viet"),
    ],
)
def test_slug_of_a_title(title, slug):
    assert slugify(title) == slug


@pytest.mark.parametrize(
    ("title", "max_length", "slug"),
    [
        ("một hai ba", 10, "mot-hai-ba"),
        ("một hai ba", 9, "mot-hai"),
        ("một hai ba", 8, "mot-hai"),
        ("một hai ba", 7, "mot-hai"),
        ("một hai ba", 6, "mot"),
        ("a" * 20, 5, "aaaaa"),
    ],
)
def test_long_slug_is_cut_at_a_word(title, max_length, slug):
    assert slugify(title, max_length=max_length) == slug


def test_slug_without_letters_takes_the_given_fallback():
    assert slugify("!", fallback="chuyen-muc") == "chuyen-muc"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hoà", "hòa"),
        ("khoẻ", "khỏe"),
        ("thuỷ lợi", "thủy lợi"),
        ("Uỷ ban", "ủy ban"),
        ("xoá", "xóa"),
        ("loã", "lõa"),
        ("hoạ sĩ", "họa sĩ"),
        ("Hoà  Bình ", "HÒA BÌNH"),
        (unicodedata.normalize("NFD", "tuỳ"), "tùy"),
    ],
)
def test_old_and_new_place_of_the_tone_have_one_key(old, new):
    assert comparison_key(old) == comparison_key(new)


ONE_SPELLING = "quý quỳ quả hoàn huỳnh khoảng hoặc hoài thuyền"


@pytest.mark.parametrize("word", ONE_SPELLING.split())
def test_word_with_one_spelling_is_its_own_key(word):
    assert comparison_key(word) == word


def test_other_words_have_other_keys():
    words = ["ma", "má", "mà", "mả", "mã", "mạ", "da", "đa", "hoa", "hòa", "hóa"]

    assert len({comparison_key(word) for word in words}) == len(words)


def in_order(words, key):
    chance = random.Random(7)  # noqa: S311 - a repeatable choice, no secret
    shuffled = chance.sample(words, len(words))
    return sorted(shuffled, key=key)


SYLLABLES = "An Ăn Ân Bắc da dà dả dã dá dạ Dân đa Đậu e ê On Ôn Ơn Ung Ưng"
LETTERS = "a ă â b c d đ e ê g h i k l m n o ô ơ p q r s t u ư v x y"


@pytest.mark.parametrize(
    "words",
    [
        SYLLABLES.split(),
        LETTERS.split(),
        ["An", "An Bình", "Anh", "Ánh"],
        ["hòa bình", "hoà giải", "hóa chất", "hoá đơn"],
        ["tổ 1", "tổ 002", "tổ 3", "Tổ 10", "tổ 14", "tổ 100"],
        ["Hà An", "Hà Đông", "Hạ Bình"],
        ["9 điều", "15 điều", "Ba điều"],
        ["Hội nghị", "“Hội thảo”", "Hội – trường"],
    ],
)
def test_words_sort_as_in_a_vietnamese_dictionary(words):
    assert in_order(words, sort_key) == words


def test_sort_key_is_the_same_for_decomposed_text():
    assert sort_key(unicodedata.normalize("NFD", "Đậu Ơn")) == sort_key("Đậu Ơn")


def test_sort_key_of_vietnamese_is_ascii():
    assert sort_key(SYLLABLES).isascii()


def test_names_sort_by_given_name_then_family_name():
    names = ["Trần Văn An", "Lê Thị Ân", "Đỗ Hà", "Nguyễn Hà", "Bùi Hạ", "Phạm Văn Đậu"]
    expected = ["Trần Văn An", "Lê Thị Ân", "Phạm Văn Đậu", "Đỗ Hà", "Nguyễn Hà", "Bùi Hạ"]

    assert in_order(names, name_sort_key) == expected


@pytest.mark.parametrize("key", [comparison_key, sort_key, name_sort_key])
@pytest.mark.parametrize("text", ["", "   ", "…!", "\x00\ud800"])
def test_text_without_words_has_a_key_too(key, text):
    assert isinstance(key(text), str)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Báo cáo số 15.2023.pdf", "bao-cao-so-15-2023"),
        (unicodedata.normalize("NFD", "Hội nghị tổng kết.JPG"), "hoi-nghi-tong-ket"),
        ("Nghị quyết", "nghi-quyet"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Mận\\ảnh.png", "anh"),
        ("ảnh\x00.php.jpg", "anh-php"),
        ("anh\n\r\u202egpj.exe", "anh-gpj"),
        ("CON.txt", "tep-con"),
        ("lpt1", "tep-lpt1"),
        (".htaccess", "htaccess"),
        ("..", "tep"),
        ("", "tep"),
        ("???.pdf", "tep"),
        ("a" * 300 + ".pdf", "a" * 80),
    ],
)
def test_stem_of_a_sent_file_is_safe(name, stem):
    assert file_name(name) == stem
