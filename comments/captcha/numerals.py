"""Numbers as people say them, in Vietnamese and in English: written out, and read again."""

from __future__ import annotations

import re
import unicodedata

_UNITS = {
    "vi": ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"],
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
}
_ENGLISH_TEENS = [
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_ENGLISH_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def digit_words(language: str) -> list[str]:
    """Return the ten digits in words, zero first; `language` is `vi` or `en`."""
    return _UNITS[language]


def spell(number: int, language: str) -> str:
    """Return a number from 0 to 99 in words; `language` is `vi` or `en`."""
    tens, unit = divmod(number, 10)
    words = _UNITS[language]
    if tens == 0:
        return words[unit]
    if language == "en":
        if tens == 1:
            return _ENGLISH_TEENS[unit]
        ten = _ENGLISH_TENS[tens - 2]
        return f"{ten}-{words[unit]}" if unit else ten
    # After a ten, Vietnamese says lăm for five, and after mươi also mốt for one.
    after = {1: "mốt" if tens > 1 else "một", 5: "lăm"}.get(unit, words[unit])
    ten = "mười" if tens == 1 else f"{words[tens]} mươi"
    return f"{ten} {after}" if unit else ten


def plain(text: str) -> str:
    """Return a text in small letters without accents, all widths of a letter made one.

    `Ｂốn` becomes `bon`: who types an answer may leave its accents out.
    """
    text = unicodedata.normalize("NFKD", text.casefold()).replace("đ", "d")
    return "".join(sign for sign in text if not unicodedata.combining(sign))


_DIGITS = {
    plain(word): str(value) for words in _UNITS.values() for value, word in enumerate(words)
} | {"mot": "1", "lam": "5", "tu": "4", "bay": "7", "oh": "0"}
_TEENS = {word: str(value) for value, word in enumerate(_ENGLISH_TEENS, start=10)}
_TENS = {word: str(value) for value, word in enumerate(_ENGLISH_TENS, start=2)}
_WORD = re.compile(r"\d+|[^\W\d_]+")


def read_digits(text: str) -> str:
    """Return the digits of a number typed in figures or in words; everything else is left out.

    `17`, `1 7`, `mười bảy con`, `muoi bay` and `seventeen` are all `17`; digits named one by one
    stand side by side, so `bốn không hai` is `402`.
    """
    words = _WORD.findall(plain(text))
    digits = ""
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if word.isascii() and word.isdigit():
            digits += word
        elif word in _DIGITS:
            digits += _DIGITS[word]
        elif word == "muoi":  # mười and mươi: the unit may follow, the ten may stand before
            stands_alone = place == 0 or words[place - 1] not in _DIGITS
            digits += ("1" if stands_alone else "") + ("" if following in _DIGITS else "0")
        elif word in _TEENS:
            digits += _TEENS[word]
        elif word in _TENS:
            digits += _TENS[word] + ("" if following in _DIGITS else "0")
    return digits
