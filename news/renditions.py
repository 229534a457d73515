"""The names of a stored picture and of its smaller copies.

The name of a master ends in its size, and the smaller copies are stored beside it:

    images/2026/11/hoi-nghi-tong-ket-3f9a2c1b-1920x1080.webp
    images/2026/11/hoi-nghi-tong-ket-3f9a2c1b-1920x1080.w640.webp

So width, height and srcset follow from the name, without a query or file access.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

WIDTHS = (320, 640, 960, 1280)
"""Widths in pixels of the copies; only those narrower than the master are made."""

_MASTER = re.compile(
    r"(?P<stem>[^?#\s]*[^?#\s/])-(?P<width>[1-9][0-9]{0,4})x(?P<height>[1-9][0-9]{0,4})"
    r"\.(?P<extension>webp|jpg|png)"
)


@dataclass(frozen=True)
class Rendition:
    """A smaller copy: its path (or address, as the master's), width and height in pixels."""

    path: str
    width: int
    height: int


@dataclass(frozen=True)
class MasterName:
    """The parts of a master's name; `stem` is all before the size, folders included.

    Width and height are in pixels. What is true of a storage path is true of an address: `stem`
    may begin with the media prefix.
    """

    stem: str
    width: int
    height: int
    extension: str = "webp"

    @classmethod
    def parse(cls, path: str) -> Self | None:
        """Parse a storage path or URL; return None if it is not the name of a master."""
        match = _MASTER.fullmatch(path)
        if match is None:
            return None
        return cls(match["stem"], int(match["width"]), int(match["height"]), match["extension"])

    def __str__(self) -> str:
        return f"{self._base}.{self.extension}"

    @property
    def _base(self) -> str:
        return f"{self.stem}-{self.width}x{self.height}"

    def renditions(self) -> list[Rendition]:
        """Return the smaller copies, narrowest first; none for a master of 320 pixels or less."""
        return [
            Rendition(
                path=f"{self._base}.w{width}.webp",
                width=width,
                height=max(1, round(self.height * width / self.width)),
            )
            for width in WIDTHS
            if width < self.width
        ]


@lru_cache(maxsize=4096)
def srcset(url: str) -> str:
    """Return the value of a srcset attribute for the address of a master, the master included.

    Empty if it is not the address of a master, or if the master has no smaller copies.
    """
    master = MasterName.parse(url)
    if master is None:
        return ""
    renditions = master.renditions()
    if not renditions:
        return ""
    choices = [f"{rendition.path} {rendition.width}w" for rendition in renditions]
    return ", ".join([*choices, f"{url} {master.width}w"])
