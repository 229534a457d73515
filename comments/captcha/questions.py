"""Questions in plain words that people answer at once, by number or by word."""

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


def _number(value: int) -> str:
    """Return a number in words of the reader's language."""
    return numerals.spell(value, "en" if get_language() == "en" else "vi")


def _sum(dice: random.Random) -> Question:
    first, second = dice.randint(11, 59), dice.randint(2, 9)
    return Question(
        lambda: (
            _("How much is %(first)s plus %(second)s?")
            % {"first": _number(first), "second": _number(second)}
        ),
        str(first + second),
    )


FAMILIES = [_sum]


def compose(seed: str) -> Question:
    """Return the question that follows from a seed: always the same one from the same seed."""
    dice = random.Random(seed)  # noqa: S311 - the seed is a secret of 128 bits
    return dice.choice(FAMILIES)(dice)


def canonical(answer: str) -> str:
    """Return an answer to any of the questions as `Question.response` writes it."""
    return numerals.read_digits(answer)
