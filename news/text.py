"""The rules of Vietnamese text: one form for every letter, slugs, keys for comparing and sorting.

Pure functions; text enters through `normalize` wherever it comes from (forms, import, search
words, file names), so that every later comparison sees one form of each word.
"""

import re
import unicodedata

# Tone marks on decomposed text in the order of the Vietnamese alphabet: ngang (no mark), huyền,
# hỏi, ngã, sắc, nặng.
_GRAVE, _HOOK_ABOVE, _TILDE, _ACUTE, _DOT_BELOW = "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"
_TONES = _GRAVE + _HOOK_ABOVE + _TILDE + _ACUTE + _DOT_BELOW
# Marks that make another letter (â ê ô, ă, ơ ư) and not another tone.
_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"

# --- One form for every letter ------------------------------------------------------------------

# Text without any of these is returned as it is: nearly all text.
_SUSPECT = re.compile(
    "[^\t\n -~\u00a1-\u00ac\u00ae-\u00cf\u00d1-\u00ef\u00f1-\u0188\u018a-\u024f"
    "\u1ea0-\u1ef9\u2010-\u2027\u2030-\u205e]"
)

_REPLACEMENTS: dict[int, str | None] = {
    # Look-alikes of Đ (Icelandic eth, African D), from bad fonts and keyboards.
    **dict.fromkeys(map(ord, "ÐƉ"), "Đ"),
    **dict.fromkeys(map(ord, "ðɖ"), "đ"),
    # Invisible: C0 and C1 controls, soft hyphen, zero-width characters, direction controls,
    # tags, and what XML forbids. ZERO WIDTH JOINER is handled below: emoji need it.
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)]),
    **dict.fromkeys([0xAD, 0x34F, 0x61C, 0x180E, 0x200B, 0x200C, 0x200E, 0x200F, 0xFEFF]),
    **dict.fromkeys([*range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFFF9, 0xFFFC)]),
    **dict.fromkeys([0xFFFE, 0xFFFF, *range(0xFDD0, 0xFDF0), *range(0xE0000, 0xE0080)]),
    **dict.fromkeys(range(0xD800, 0xE000)),
    # Line ends (word processors write a vertical tab) and all kinds of spaces.
    **dict.fromkeys([0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029], "\n"),
    0x09: "\t",
    **dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "),
}

_EMOJI = "\u2190-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_STRAY_JOINER = re.compile(f"(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])")

# Python sorts the marks of one letter in quadratic time, so their number is limited, as in
# Unicode's Stream-Safe Text Format (UAX #15, section 13).
_MOST_MARKS = 30
_LONG_RUN = re.compile(f"[\u0300-\u1dff\u20d0-\U0010ffff]{{{_MOST_MARKS + 1},}}")

_MISPLACED_MARK = re.compile(
    f"[{_TONES}]+[{_CIRCUMFLEX}{_BREVE}{_HORN}][{_TONES}{_CIRCUMFLEX}{_BREVE}{_HORN}]*"
)


def normalize(text: str) -> str:
    """Return the text in NFC, its marks in order, without invisible characters.

    Line ends become newlines, and all spaces except tabs plain ones. Lone surrogates, which neither
    PostgreSQL nor UTF-8 can store, are dropped. Idempotent.
    """
    if not _SUSPECT.search(text):
        return text
    text = text.replace("\r\n", "\n").translate(_REPLACEMENTS)
    text = _STRAY_JOINER.sub("", text)
    text = unicodedata.normalize("NFD", _bound_marks(text))
    # `e` + acute + circumflex does not compose to ế: NFC keeps the order of marks of a class.
    text = _MISPLACED_MARK.sub(_letter_marks_first, _bound_marks(text))
    return unicodedata.normalize("NFC", text)


def _letter_marks_first(match: re.Match[str]) -> str:
    return "".join(sorted(match[0], key=_TONES.__contains__))


def _bound_marks(text: str) -> str:
    return _LONG_RUN.sub(_bound_run, text)


def _bound_run(match: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for character in match[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def normalize_line(text: str) -> str:
    """Return the normalised text on one line, runs of white space folded: for titles and names."""
    return " ".join(normalize(text).split())


# --- Slugs and file names -----------------------------------------------------------------------


def slugify(text: str, fallback: str = "bai-viet", max_length: int = 100) -> str:
    """Return a slug of ASCII letters, digits and single hyphens, cut at a word.

    `max_length` counts characters; `fallback` is returned for a text without letter or digit.
    Django's slugify drops Đ.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", _without_marks(normalize(text).lower())).strip("-")
    if len(slug) > max_length:
        head, hyphen, _ = slug[: max_length + 1].rpartition("-")
        slug = head if hyphen else slug[:max_length]
    return slug or fallback


def _without_marks(text: str) -> str:
    # NFKD also spells out compatibility forms (ﬁ, ², ½).
    decomposed = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


# Names that Windows reserves for devices, with any extension.
_DEVICE_NAME = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])")


def file_name(text: str, max_length: int = 80) -> str:
    """Return a safe ASCII stem, at most `max_length` characters, from the name of a sent file.

    Folders and the extension are dropped; "tep" is returned if nothing is left.
    """
    name = re.split(r"[/\\]", text)[-1].strip().lstrip(".")
    stem = re.sub(r"\.[A-Za-z0-9]{0,3}[A-Za-z][A-Za-z0-9]{0,3}$", "", name)
    slug = slugify(stem, fallback="tep", max_length=max_length)
    return f"tep-{slug}" if _DEVICE_NAME.fullmatch(slug) else slug


# --- Comparing ----------------------------------------------------------------------------------

# hoà and hòa, khoẻ and khỏe, thuỷ and thủy are two spellings of one word: the tone stands on the
# second or on the first vowel of an open syllable. After q the u or o belongs to the consonant
# (quý), and where a letter or a vowel mark follows there is one spelling (hoàn, huỳnh, hoặc).
_TONE_ON_SECOND_VOWEL = re.compile(
    f"(?<!q)(?:(o)([ae])|(u)(y))([{_TONES}])(?![^\\W\\d_]|[{_CIRCUMFLEX}{_BREVE}{_HORN}])"
)


def comparison_key(text: str) -> str:
    """Return a key equal for texts that differ in case, spaces or the place of the tone alone.

    For uniqueness and look-up, never for display.
    """
    decomposed = unicodedata.normalize("NFD", normalize_line(text).casefold())
    moved = _TONE_ON_SECOND_VOWEL.sub(r"\1\3\5\2\4", decomposed)
    return normalize_line(moved)


# --- Sorting ------------------------------------------------------------------------------------

_WORD = re.compile(r"[0-9]+|[^\W\d_]+")
# A tilde sorts after every ASCII letter, so a~ (ă) stands after a and all its words, a~~ (â) next.
_LETTERS = {
    "ă": "a~",
    "â": "a~~",
    "đ": "d~",
    "ê": "e~",
    "ô": "o~",
    "ơ": "o~~",
    "ư": "u~",
}


def sort_key(text: str) -> str:
    """Return a key whose order by code point is the order of a Vietnamese dictionary.

    The alphabet has a ă â b c d đ e ê … o ô ơ … u ư; syllables alike but for the tone follow as
    da dà dả dã dá dạ, each before the next syllable is looked at. Numbers go by their value
    ("tổ 2" before "tổ 10"); case and punctuation do not count. Works under any database whose
    order is COLLATE "C".
    """
    return " ".join(map(_word_key, _WORD.findall(comparison_key(text))))


def _word_key(word: str) -> str:
    if word[0] in "0123456789":
        digits = word.lstrip("0")
        return f"{min(len(digits), 99):02}{digits}"
    tone = 0
    letters: list[str] = []
    for letter in word:
        marks = unicodedata.normalize("NFD", letter)
        toneless = "".join(mark for mark in marks if mark not in _TONES)
        tone = max([tone, *(_TONES.index(mark) + 1 for mark in marks if mark in _TONES)])
        toneless = unicodedata.normalize("NFC", toneless)
        letters.append(_LETTERS.get(toneless) or _without_marks(toneless))
    return f"{''.join(letters)}{tone}"


def name_sort_key(text: str) -> str:
    """Return the sort key of a person's name: the given name (last word), then the family name."""
    *family, given = normalize_line(text).split(" ")
    return sort_key(" ".join([given, *family]))
