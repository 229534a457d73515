"""Snippets of a text that was found, with the words of the query marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import chain, islice

from news.search.query import Query
from news.search.text import fold

LENGTH = 220
"""Characters of a snippet."""
LONGEST = 100_000
"""Characters of a text that are searched for the words; the index holds no more either."""

_MOST_MARKS = 40
_BETWEEN = re.compile(r"<[^\">]*(?:\"[^\"]*\"[^\">]*)*>")
_FORMAT = re.compile(r"</?(?:strong|em|u|s|sub|sup|a|code)(?:\s[^\">]*(?:\"[^\"]*\"[^\">]*)*)?>")
_LETTER = "0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff"


@dataclass(frozen=True)
class Piece:
    """A part of a text; `is_match` if it is a word of the query."""

    text: str
    is_match: bool = False


def _variants() -> dict[str, str]:
    """Map each lower-case letter without accents to all letters that fold to it."""
    found: dict[str, set[str]] = {}
    for code in [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)]:
        letter = chr(code)
        bare = fold(letter.lower())
        if len(bare) == 1 and bare.isascii() and bare.isalpha():
            found.setdefault(bare, set()).add(letter)
    return {bare: bare + bare.upper() + "".join(sorted(some)) for bare, some in found.items()}


_VARIANTS = _variants()


def _pattern_of(word: str, bare: bool) -> str:
    """A regular expression for a word in any case; if `bare`, with any accents."""
    if bare:
        return "".join(f"[{_VARIANTS[c]}]" if c in _VARIANTS else _cased(c) for c in word)
    ways = {word, *_other_places_of_the_tone(word)}
    return f"(?:{'|'.join(''.join(map(_cased, way)) for way in sorted(ways))})"


def _cased(letter: str) -> str:
    upper = letter.upper()
    if upper == letter or len(upper) != 1:
        return re.escape(letter)
    return f"[{letter}{upper}]"


def _other_places_of_the_tone(word: str) -> Iterator[str]:
    """The older spelling of an open syllable: hoà for hòa."""
    decomposed = unicodedata.normalize("NFD", word)
    moved = re.sub("([ou])([\u0300\u0301\u0303\u0309\u0323])([aey])$", r"\1\3\2", decomposed)
    if moved != decomposed:
        yield unicodedata.normalize("NFC", moved)


@lru_cache(maxsize=256)
def _patterns(words: tuple[str, ...], is_begun: bool) -> tuple[re.Pattern[str], ...]:
    """Patterns, best first: the words as typed, with any accents, the last one as a prefix."""
    different = sorted(dict.fromkeys(words), key=len, reverse=True)
    exact = [_pattern_of(word, bare=word == fold(word)) for word in different]
    bare = [_pattern_of(word, bare=True) for word in dict.fromkeys(map(fold, different))]
    ways = [_whole_words(exact)] if exact != bare else []
    ways.append(_whole_words(bare))
    if is_begun:
        last = fold(words[-1])
        others = [
            _pattern_of(w, bare=True) for w in dict.fromkeys(map(fold, different)) if w != last
        ]
        ways.append(_whole_words([*others, f"{_pattern_of(last, bare=True)}[{_LETTER}]*"]))
    return tuple(ways)


def _whole_words(patterns: Sequence[str]) -> re.Pattern[str]:
    either = "|".join(f"({pattern})" for pattern in patterns)
    return re.compile(f"(?<![{_LETTER}])(?:{either})(?![{_LETTER}])")


class Marker:
    """Marks the words of one query in the texts of one article.

    Args:
        query: what was searched.
        texts: all texts of the article. Where any of them has the words as typed, only those
            are marked in all; else the words in any spelling; else words that begin with the last.
    """

    def __init__(self, query: Query, texts: Sequence[str]) -> None:
        self._pattern = self._first_that_matches(query, texts)
        self._known: dict[str, list[re.Match[str]]] = {}

    @staticmethod
    def _first_that_matches(query: Query, texts: Sequence[str]) -> re.Pattern[str]:
        ways = _patterns(query.words, query.is_begun)
        for way in ways:
            seen = set()
            for match in chain.from_iterable(way.finditer(text[:LONGEST]) for text in texts):
                seen.add(match.lastindex)
                if len(seen) == way.groups:
                    return way
        return ways[-1]

    def _matches(self, text: str) -> list[re.Match[str]]:
        if text not in self._known:
            self._known[text] = list(islice(self._pattern.finditer(text), 400))
        return self._known[text]

    def has_all(self, text: str) -> bool:
        """Whether the text has every word of the query."""
        return len({match.lastindex for match in self._matches(text)}) == self._pattern.groups

    def whole(self, text: str) -> list[Piece]:
        """The whole text with its words marked."""
        return _pieces(text, 0, len(text), self._matches(text))

    def cut(self, text: str) -> list[Piece]:
        """The part of a plain text with most of the words close together, else its start."""
        text = text[:LONGEST]
        matches = self._matches(text)
        start, end = _best_window(matches, len(text))
        while start > 0 and text[start - 1] not in " \n":
            start -= 1
        while end < len(text) and text[end] not in " \n":
            end += 1
        pieces = _pieces(text, start, end, matches)
        if start:
            pieces.insert(0, Piece("… "))
        if end < len(text):
            pieces.append(Piece(" …"))
        return pieces


def _best_window(matches: list[re.Match[str]], length: int) -> tuple[int, int]:
    """The first window of LENGTH characters with the most different words."""
    best, best_start = 0, 0
    for number, match in enumerate(matches):
        reach = match.start() + LENGTH - 40
        kinds = set()
        for other in matches[number:]:
            if other.end() > reach:
                break
            kinds.add(other.lastindex)
        if len(kinds) > best:
            best, best_start = len(kinds), match.start()
    start = max(0, min(best_start - 40, length - LENGTH))
    return start, min(length, start + LENGTH)


def _pieces(text: str, start: int, end: int, matches: list[re.Match[str]]) -> list[Piece]:
    pieces: list[Piece] = []
    at = start
    for match in [m for m in matches if start <= m.start() and m.end() <= end][:_MOST_MARKS]:
        if match.start() > at:
            # Words separated by one space are marked as one.
            between = text[at : match.start()]
            if pieces and between == " ":
                last = pieces.pop()
                pieces.append(Piece(f"{last.text} {match[0]}", is_match=True))
                at = match.end()
                continue
            pieces.append(Piece(between))
        pieces.append(Piece(match[0], is_match=True))
        at = match.end()
    if at < end:
        pieces.append(Piece(text[at:end]))
    return pieces


def plain(html: str) -> str:
    """The text of a stored body on one line; inline formatting does not divide words."""
    text = unescape(_BETWEEN.sub(" ", _FORMAT.sub("", html[: 3 * LONGEST])))
    return " ".join(text.split())
