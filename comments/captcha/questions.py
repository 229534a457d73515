"""Questions in plain words that people answer at once, by number or by word.

Each family has at least twenty answers, so a guess fails, and tells no answer to choose from. A
question is made without words and worded when it is shown, so it can be asked in two languages.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from comments.captcha import numerals


@dataclass(frozen=True, slots=True)
class Question:
    """A question, worded when it is shown, and the answer as `canonical` would write it."""

    text: Callable[[], str]
    response: str


def _language() -> str:
    return "en" if get_language() == "en" else "vi"


def _number(value: int) -> str:
    """Return a number in words of the reader's language."""
    return numerals.spell(value, _language())


def _sum(rng: random.Random) -> Question:
    first, second = rng.randint(11, 69), rng.randint(2, 9)
    numbers = [first, second]
    rng.shuffle(numbers)
    return Question(
        lambda: (
            _("How much is %(first)s plus %(second)s?")
            % {"first": _number(numbers[0]), "second": _number(numbers[1])}
        ),
        str(first + second),
    )


def _difference(rng: random.Random) -> Question:
    first, second = rng.randint(31, 89), rng.randint(2, 9)
    return Question(
        lambda: (
            _("How much is %(first)s minus %(second)s?")
            % {"first": _number(first), "second": _number(second)}
        ),
        str(first - second),
    )


def _after(rng: random.Random) -> Question:
    number = rng.randint(11, 98)
    return Question(
        lambda: _("Which number comes right after %(number)s?") % {"number": _number(number)},
        str(number + 1),
    )


def _before(rng: random.Random) -> Question:
    number = rng.randint(12, 99)
    return Question(
        lambda: _("Which number comes right before %(number)s?") % {"number": _number(number)},
        str(number - 1),
    )


def _weeks(rng: random.Random) -> Question:
    weeks, days = rng.randint(2, 6), rng.randint(2, 6)
    return Question(
        lambda: (
            _("How many days are %(weeks)s weeks and %(days)s days?")
            % {"weeks": _number(weeks), "days": _number(days)}
        ),
        str(7 * weeks + days),
    )


def _hens(rng: random.Random) -> Question:
    first, second = rng.randint(11, 49), rng.randint(2, 9)
    return Question(
        lambda: (
            _("A house keeps %(first)s hens and buys %(second)s more. How many hens are there now?")
            % {"first": _number(first), "second": _number(second)}
        ),
        str(first + second),
    )


def _books(rng: random.Random) -> Question:
    first, second = rng.randint(21, 69), rng.randint(2, 9)
    return Question(
        lambda: (
            _(
                "A shelf holds %(first)s books and %(second)s of them are lent out. "
                "How many books are left on the shelf?"
            )
            % {"first": _number(first), "second": _number(second)}
        ),
        str(first - second),
    )


def _figures(rng: random.Random) -> Question:
    digits = [rng.randint(1, 9), *(rng.randint(0, 9) for _place in range(3))]
    return Question(
        lambda: (
            _("Write in figures, one after the other: %(digits)s.")
            % {"digits": ", ".join(numerals.digit_words(_language())[digit] for digit in digits)}
        ),
        "".join(map(str, digits)),
    )


FAMILIES = [_sum, _difference, _after, _before, _weeks, _hens, _books, _figures]


def compose(seed: str) -> Question:
    """Return the question that follows from a seed: always the same one from the same seed."""
    rng = random.Random(seed)  # noqa: S311 - the seed is a secret of 128 bits
    return rng.choice(FAMILIES)(rng)


def canonical(answer: str) -> str:
    """Return an answer to any of the questions as `Question.response` writes it."""
    return numerals.read_digits(answer).lstrip("0")
