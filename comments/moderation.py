"""What a moderator should look at in a comment, and which names readers may not take.

Pure rules over normalised text (`news.text.normalize`). They mark and hold; they never decide.
Positions count code points, as Python's slices do.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from comments.models import Comment
from news.text import comparison_key, normalize_line

HoldReason = Comment.HoldReason


@dataclass(frozen=True)
class Finding:
    """Why a comment is held, and the part of its text that says so."""

    reason: str
    start: int
    end: int


def examine(text: str, phrases: PhraseList, *, links_allowed: int = 0) -> list[Finding]:
    """Return everything in the text that a moderator should look at, the gravest first.

    Args:
        text: as it is stored.
        phrases: the word list of the office.
        links_allowed: how many links may stand in it without a finding.
    """
    links = [Finding(HoldReason.LINK, *m.span()) for m in _LINK.finditer(text)]
    return [
        *phrases.find(text),
        *_personal_data(text),
        *(links if len(links) > links_allowed else []),
        *_without_accents(text),
        *_capitals(text),
        *(Finding(HoldReason.REPETITION, *m.span()) for m in _REPEATED.finditer(text)),
    ]


def hold_reason(findings: Sequence[Finding]) -> str:
    """Return the gravest reason; every comment is held, with or without a finding."""
    found = {finding.reason for finding in findings}
    return next((reason for reason in HoldReason if reason in found), HoldReason.EVERY_COMMENT)


# --- Syllables ----------------------------------------------------------------------------------

_SYLLABLE = re.compile(r"[^\W_]+")
# Letters of other scripts, and signs, that pass for Latin letters at a glance.
_LOOKALIKES = str.maketrans(
    {
        **dict(zip("авсԁеһіјкӏмпорԛѕтуԝхүґԍ", "abcdehijklmnopqstywxyrg", strict=True)),
        **dict(zip("αβεικνορτυχγω", "abeiknoptuxyw", strict=True)),
        "ı": "i",
        "ɑ": "a",
        "ɡ": "g",
    }
)
_DIGIT_LETTERS = str.maketrans("013457", "oieast")
# Read as letters in names alone.
_SIGNS = str.maketrans("@$!|", "asil")
_STRETCHED = re.compile(r"(.)\1{2,}")


@functools.lru_cache(maxsize=16384)
def _fold(syllable: str) -> tuple[str, str]:
    """Return a syllable without case, look-alike letters as Latin ones: with accents and without.

    Vietnamese has some seven thousand syllables, so nearly all come from the cache.
    """
    lower = _STRETCHED.sub(r"\1", syllable.casefold().translate(_LOOKALIKES))
    if not lower.isalpha() and not lower.isdigit():
        lower = lower.translate(_DIGIT_LETTERS)
    if lower.isascii():
        return lower, lower
    plain = unicodedata.normalize("NFKD", lower.replace("đ", "d"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return comparison_key(lower), plain.translate(_LOOKALIKES)


class _Token(NamedTuple):
    """A syllable of a text, with accents and without, and where it stands."""

    key: str
    plain: str
    start: int
    end: int


def _tokens(text: str) -> list[_Token]:
    return [_Token(*_fold(m[0]), *m.span()) for m in _SYLLABLE.finditer(text)]


def _lacks_accents(words: list[str]) -> bool:
    """Whether Vietnamese words are typed without accents: most syllables of the language have one.

    One in ten may have some, for whoever writes so still types a đ now and then.
    """
    return sum(not word.isascii() for word in words) * 10 < max(len(words), 1)


# --- Listed phrases -----------------------------------------------------------------------------


class PhraseList:
    """Phrases to look for, as whole syllables in a row.

    Args:
        phrases: pairs of a phrase and whether its accents matter. Where they do not, a syllable
            may have lost its accents, but may not have others: “do cho” is found for “đồ chó”,
            “đỡ cho” is not. A single syllable without its accents is a word of its own (cho) in
            a text that has accents elsewhere.

    Upper case, stretched letters (chóóó), look-alike letters (сhó), digits for letters (ch0) and
    letters set apart (c h ó, c.h.ó) are seen through.
    """

    def __init__(self, phrases: Iterable[tuple[str, bool]]) -> None:
        self._by_first: dict[str, list[tuple[list[_Token], bool]]] = {}
        self._joined: list[tuple[str, str, bool]] = []
        for phrase, accents_matter in phrases:
            tokens = _tokens(phrase)
            if not tokens:
                continue
            self._by_first.setdefault(tokens[0].plain, []).append((tokens, accents_matter))
            joined = "".join(t.key for t in tokens), "".join(t.plain for t in tokens)
            if len(joined[1]) > 1:
                self._joined.append((*joined, accents_matter))

    def find(self, text: str) -> list[Finding]:
        """Return where the phrases stand in the text, in its order."""
        if not self._by_first:
            return []
        tokens = _tokens(text)
        is_bare = _lacks_accents([token.key for token in tokens])
        spans = set(self._in_a_row(tokens, is_bare))
        spans.update(self._set_apart(tokens))
        return [Finding(HoldReason.PHRASE, *span) for span in sorted(spans)]

    def _in_a_row(self, tokens: list[_Token], is_bare: bool) -> Iterable[tuple[int, int]]:
        for place, token in enumerate(tokens):
            for wanted, accents_matter in self._by_first.get(token.plain, ()):
                part = tokens[place : place + len(wanted)]
                may_be_bare = not accents_matter and (is_bare or len(wanted) > 1)
                if len(part) == len(wanted) and all(
                    has.key == word.key or (may_be_bare and has.key == word.plain)
                    for has, word in zip(part, wanted, strict=True)
                ):
                    yield part[0].start, part[-1].end

    def _set_apart(self, tokens: list[_Token]) -> Iterable[tuple[int, int]]:
        """Look into rows of single letters: c h ó."""
        row: list[_Token] = []
        for token in tokens:
            if token.end - token.start == 1:
                row.append(token)
                continue
            if len(row) > 1:
                yield from self._in_letters(row)
            row = []
        if len(row) > 1:
            yield from self._in_letters(row)

    def _in_letters(self, row: list[_Token]) -> Iterable[tuple[int, int]]:
        keys, plains = "".join(t.key for t in row), "".join(t.plain for t in row)
        for key, plain, accents_matter in self._joined:
            place = keys.find(key)
            if place < 0 and not accents_matter and keys == plains:
                place = plains.find(plain)
            if place >= 0 and place + len(plain) <= len(row):
                yield row[place].start, row[place + len(plain) - 1].end


@functools.lru_cache(maxsize=4)
def phrase_list(phrases: tuple[tuple[str, bool], ...]) -> PhraseList:
    """Return a PhraseList, the same one as long as the office does not change its phrases."""
    return PhraseList(phrases)


# --- Links, personal data, shouting ---------------------------------------------------------------

_LINK = re.compile(
    r"\b(?:https?://|www\.)\S+"
    r"|(?<![\w@.-])[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\."
    r"(?:com|net|org|info|biz|vn|xyz|top|shop|site|online|club|vip|link|app|io|me|ly|cc|tv|win|bet)"
    r"\b(?!@)(?:/\S*)?",
    re.IGNORECASE,
)
# From the beginning of a run of its signs only: else each sign would begin a search of its own.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# A Vietnamese telephone number has 10 digits (with 84 for the 0: 11), an identity card 12 or,
# before 2016, 9; people set them in groups.
_NUMBER = re.compile(r"(?<![\w.,/-])\+?\d(?:[ .-]?\d){8,12}(?![\w/]|[.,]\d)")
# 120.000.000 is money, written in threes.
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_REPEATED = re.compile(r"([^\W\d_])\1{4,}|([!?.,~*=_-])\2{7,}", re.IGNORECASE)


def _personal_data(text: str) -> list[Finding]:
    found = [m.span() for m in _EMAIL.finditer(text)]
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        is_phone = (len(digits) == 10 and digits[0] == "0") or digits[:2] == "84"
        if (is_phone or len(digits) in {9, 12}) and not _THOUSANDS.fullmatch(match[0]):
            found.append(match.span())
    return [Finding(HoldReason.PERSONAL_DATA, *span) for span in found]


def _without_accents(text: str) -> list[Finding]:
    words = [m[0] for m in _SYLLABLE.finditer(_LINK.sub(" ", text)) if m[0].isalpha()]
    return (
        [Finding(HoldReason.NO_ACCENTS, 0, len(text))]
        if len(words) > 3 and _lacks_accents(words)
        else []
    )


def _capitals(text: str) -> list[Finding]:
    upper = sum(map(str.isupper, text))
    if upper < 20 or upper * 10 < 7 * sum(map(str.isalpha, text)):
        return []
    return [Finding(HoldReason.CAPITALS, 0, len(text))]


# --- Names --------------------------------------------------------------------------------------

# Whoever signs so would speak for the agency. Two-syllable names that people bear too (Quân Trí)
# are reserved with their own accents or none, the others with any.
_OFFICES = [
    ("ban biên tập", True),
    ("biên tập viên", True),
    ("ban quản trị", True),
    ("quản trị viên", True),
    ("quản trị", False),
    ("kiểm duyệt", False),
    ("ủy ban nhân dân", True),
    ("ubnd", True),
    ("hội đồng nhân dân", True),
    ("hđnd", True),
    ("đảng ủy", False),
    ("cổng thông tin", True),
    ("công an phường", True),
    ("công an xã", True),
    ("admin", True),
    ("administrator", True),
    ("moderator", True),
    ("webmaster", True),
]


@functools.lru_cache(maxsize=8)
def _reserved(names: tuple[str, ...]) -> tuple[PhraseList, frozenset[str]]:
    """Return the list for names that keep their accents, and those that lose them, joined."""
    own = [(normalize_line(name), False) for name in names]
    strict = [(name, False) for name, folded in _OFFICES if not folded]
    return PhraseList([*own, *strict]), frozenset(
        "".join(token.plain for token in _tokens(name)) for name, folded in _OFFICES if folded
    )


def is_reserved(name: str, *, contained: Iterable[str] = (), whole: Iterable[str] = ()) -> bool:
    """Whether a reader may not take this name.

    Args:
        contained: further names, such as the agency's, that must not stand in it.
        whole: names, such as those of staff, that it must not be.
    """
    name = normalize_line(name).translate(_SIGNS)
    phrases, offices = _reserved(tuple(contained))
    if phrases.find(name):
        return True
    plain = [token.plain for token in _tokens(name)]
    # Whole syllables in a row, however they are cut: ban biên tập, BanBiênTập, u.b.n.d.
    rows = {
        "".join(plain[start:end])
        for start in range(len(plain))
        for end in range(start + 1, len(plain) + 1)
    }
    if rows & offices:
        return True
    key, bare = _joined(name)
    return any(
        theirs and (key == theirs or (key == bare == their_bare))
        for theirs, their_bare in map(_joined, whole)
    )


@functools.lru_cache(maxsize=1024)
def _joined(name: str) -> tuple[str, str]:
    """Return the syllables of a name with accents and without."""
    tokens = _tokens(normalize_line(name))
    return " ".join(token.key for token in tokens), " ".join(token.plain for token in tokens)
