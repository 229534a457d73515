"""Parses what a reader typed into a query, or a reason why there is none; pure functions.

The language: words (all must be found), "a phrase" in quotes, -excluded. What is typed in one piece
(`15/2023/NQ-HĐND`, `COVID-19`) is a phrase of its parts. Accents are optional: every spelling of a
word is found, and of a word typed with accents the same spelling first. An excluded word with
accents excludes that spelling alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from news.search.text import fold, words
from news.text import normalize_line

MAX_CHARACTERS = 200
MAX_WORDS = 16
# The last word is also looked up as a prefix from this length on; two letters begin hundreds of
# syllables.
SHORTEST_BEGINNING = 3

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″〝〞＂", '"'))
_PIECE = re.compile(r'(-?)"([^"]*)(?:"|$)|(\S+)')


class Problem(Enum):
    """Why there is nothing to search for."""

    EMPTY = "empty"
    NO_WORDS = "no_words"
    TOO_SHORT = "too_short"
    ONLY_EXCLUDED = "only_excluded"


@dataclass(frozen=True)
class Term:
    """One word, or a phrase of several."""

    words: tuple[str, ...]

    @property
    def folded(self) -> tuple[str, ...]:
        return tuple(map(fold, self.words))

    def loose_keys(self) -> list[str]:
        """The keys of the index to look up: each word, or each pair of neighbours of a phrase."""
        return _neighbours(self.folded) if len(self.words) > 1 else list(self.folded)

    def exact_keys(self) -> list[str]:
        """The same with accents where they were typed."""
        pairs = zip(self.words, self.folded, strict=True)
        single = [word if word == bare else f"={word}" for word, bare in pairs]
        return single + (_neighbours(self.folded) if len(self.words) > 1 else [])


@dataclass(frozen=True)
class Query:
    """A parsed query.

    Args:
        text: what was typed, on one line.
        is_begun: the last word may be unfinished.
        is_cut: the text was too long, and only its beginning is searched.
    """

    text: str
    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    is_begun: bool = False
    is_cut: bool = False
    problem: Problem | None = None

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for term in self.wanted for word in term.words)

    @property
    def folded(self) -> tuple[str, ...]:
        return tuple(map(fold, self.words))

    @property
    def is_accented(self) -> bool:
        return self.words != self.folded

    @property
    def ends_in_single_letter(self) -> bool:
        """Whether the last word is a single letter, probably one that is still being typed."""
        return self.is_begun and len(self.words[-1]) == 1 and self.words[-1].isalpha()

    @property
    def left_out(self) -> str:
        """The excluded words in the syntax of a query."""
        return " ".join(
            f"-{term.words[0]}" if len(term.words) == 1 else f'-"{" ".join(term.words)}"'
            for term in self.unwanted
        )

    # The following return the text of a tsquery over the keys of `SearchEntry`, or an empty one.

    def anywhere(self) -> str:
        """All words, in any spelling."""
        return self._with([key for term in self.wanted for key in term.loose_keys()])

    def as_written(self) -> str:
        """All words with their accents; empty if none has any."""
        if not self.is_accented:
            return ""
        return self._with([key for term in self.wanted for key in term.exact_keys()])

    def side_by_side(self) -> str:
        """All words as one phrase; empty for a single word."""
        together = _neighbours(self.folded)
        if not together or len(self.wanted) < 2:
            return ""
        return self._with(together)

    def in_title(self) -> str:
        """All words in the title, with the accents that were typed."""
        pairs = zip(self.words, self.folded, strict=True)
        return self._with([f"^{word}" if word == bare else f"^={word}" for word, bare in pairs])

    def last_word_as_prefix(self) -> str:
        """All words, the last one as a prefix; empty if it cannot be one."""
        if not self.is_begun:
            return ""
        *before, last = self.folded
        in_phrase = len(self.wanted[-1].words) > 1
        ways = [] if in_phrase else [_quoted(last)]
        if not in_phrase and len(last) >= SHORTEST_BEGINNING:
            ways.append(f"{_quoted(last)}:*")
        if before:
            # Few pairs begin alike, so here a single letter is enough.
            ways.append(f"{_quoted(f'+{before[-1]} {last}')}:*")
        if ways == [_quoted(last)]:
            return ""
        rest = [key for term in self.wanted[:-1] for key in term.loose_keys()]
        rest += self.wanted[-1].loose_keys()[:-1]
        return self._with(rest, f"({' | '.join(ways)})")

    def any_word(self) -> str:
        """Any of the words, without accents: for ranking."""
        return " | ".join(_quoted(word) for word in dict.fromkeys(self.folded))

    def excluded(self) -> str:
        """Any of the excluded terms."""
        return " | ".join(" & ".join(map(_quoted, term.exact_keys())) for term in self.unwanted)

    def _with(self, keys: list[str], *more: str) -> str:
        parts = [_quoted(key) for key in dict.fromkeys(keys)]
        parts += more
        if excluded := self.excluded():
            parts.append(f"!({excluded})")
        return " & ".join(parts)


def _neighbours(folded: tuple[str, ...]) -> list[str]:
    return [f"+{a} {b}" for a, b in pairwise(folded)]


def _quoted(key: str) -> str:
    # Keys are made of letters, digits and our own signs: nothing in them needs escaping.
    return f"'{key}'"


def parse(typed: str) -> Query:
    """Parse any text."""
    text = normalize_line(typed[: 4 * MAX_CHARACTERS])
    is_cut = len(text) > MAX_CHARACTERS or len(typed) > 4 * MAX_CHARACTERS
    text = text[:MAX_CHARACTERS].strip()
    if not text:
        return Query(text, problem=Problem.EMPTY)
    wanted: list[Term] = []
    unwanted: list[Term] = []
    count = 0
    is_begun = False
    for minus, quoted, piece in _PIECE.findall(text.translate(_QUOTES)):
        found = words(quoted or piece)
        if count + len(found) > MAX_WORDS:
            is_cut = True
            found = found[: MAX_WORDS - count]
        if not found:
            continue
        count += len(found)
        excluded = bool(minus) or (len(piece) > 1 and piece[0] == "-" and piece[1] != "-")
        term = Term(tuple(found))
        is_begun = not excluded and not quoted
        group = unwanted if excluded else wanted
        if term not in group:
            group.append(term)
    query = Query(text, tuple(wanted), tuple(unwanted), is_begun and not is_cut, is_cut)
    return Query(text, problem=problem) if (problem := _problem(query)) else query


def _problem(query: Query) -> Problem | None:
    if not query.wanted:
        return Problem.ONLY_EXCLUDED if query.unwanted else Problem.NO_WORDS
    if sum(map(len, query.words)) < 2:
        return Problem.TOO_SHORT
    return None
