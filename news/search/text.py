"""Words as the search compares them; news/sql/search.sql says the same."""

import re
import unicodedata

from news.text import comparison_key

LONGEST_WORD = 40
_SEPARATOR = re.compile(
    "[^0-9a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u3040-\ud7ff\uf900-\ufdff]+"
)
_MARKS = re.compile("[\u0300-\u036f]+")


def words(text: str) -> list[str]:
    """Return the words of a text as they are written, but for case and the place of the tone.

    A word is a run of letters and digits: `15/2023/NQ-HĐND` has four. Marks that no letter carries
    are left out.
    """
    bare = _MARKS.sub("", comparison_key(text))
    return [word[:LONGEST_WORD] for word in _SEPARATOR.split(bare) if word]


def fold(word: str) -> str:
    """Return a word of `words` without its accents."""
    bare = _MARKS.sub("", unicodedata.normalize("NFD", word))
    return bare.replace("đ", "d")[:LONGEST_WORD]
