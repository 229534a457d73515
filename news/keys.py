"""Primary keys as a browser sends them, in addresses and in forms."""

from __future__ import annotations

# A bigint has at most 19 digits; with 18 every value fits.
MOST_DIGITS = 18


def is_digits(value: object) -> bool:
    """Whether a value consists of ASCII digits alone."""
    text = str(value)
    return text.isascii() and text.isdecimal()


def is_primary_key(value: object) -> bool:
    """Whether a value may be the primary key of a row."""
    return is_digits(value) and len(str(value)) <= MOST_DIGITS


def parse_id(text: object) -> int | None:
    """Return the primary key that a text from a browser names; None for anything else."""
    return int(text) if isinstance(text, str) and is_primary_key(text) else None
