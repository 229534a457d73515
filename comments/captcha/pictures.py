"""The picture of a challenge: letters and figures that people read and programs do not."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 240, 80  # pixels


def render(text: str, seed: str) -> bytes:
    """Return the picture of `text` as a PNG: always the same one from the same seed.

    Another picture of the same text would give a program a second chance to read it.
    """
    dice = random.Random(seed)  # noqa: S311 - the seed is a secret of 128 bits
    picture = Image.new("L", (WIDTH, HEIGHT), 255)
    ImageDraw.Draw(picture).text(
        (20, dice.randint(10, 24)), text.upper(), font=ImageFont.load_default(36), fill=20
    )
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
