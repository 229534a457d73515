"""The picture of a challenge: letters and figures that people read and programs do not.

What keeps programs off, and leaves people alone: a wavy edge runs through all letters, with light
on one side dark on the other and dark on light beyond, so that no threshold tells letters from
paper; three type faces, each letter turned, slanted and sized for itself; no gap to cut them apart;
and the whole sheet waves.
`bench/captchas.py` measures it, docs/captcha.md tells the figures.
"""

from __future__ import annotations

import functools
import io
import math
import random
import secrets
import unicodedata
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

# No two of them look alike when they are bent, and no Vietnamese typing method changes them: a
# vowel, a D or a W would take the sign after it for an accent (Telex: AF, DD, W; VNI: A3, D9).
ALPHABET = "CFHKLMPTX3469"
LENGTH = 6
# Signs that never occur, taken for the one that a reader may have seen in them.
_LOOK_ALIKES = str.maketrans("agq7", "469t")
WIDTH, HEIGHT = 280, 80  # pixels
_FONTS = sorted((Path(__file__).parent / "fonts").glob("*.[ot]tf"))
# Each glyph is drawn once at this size, and only turned and scaled from then on.
_SIZE = 64
_INK, _PAPER = 35, 250
_CELL = 16  # pixels between two knots of the net that waves
# Drawn larger all around, so that waves bring in no emptiness from outside.
_EDGE = 8
_SHEET = (WIDTH + 2 * _EDGE, HEIGHT + 2 * _EDGE)


def random_code() -> str:
    """Return new letters and figures for a picture."""
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def canonical(answer: str) -> str:
    """Return what was typed as small letters and figures, whatever their width and spacing."""
    folded = unicodedata.normalize("NFKC", answer).casefold()
    return "".join(sign for sign in folded if sign.isalnum()).translate(_LOOK_ALIKES)


@functools.cache
def _glyph(font: Path, sign: str) -> Image.Image:
    face = ImageFont.truetype(font, _SIZE)
    left, top, right, bottom = face.getbbox(sign)
    mask = Image.new("L", (int(right - left), int(bottom - top)), 0)
    ImageDraw.Draw(mask).text((-left, -top), sign, font=face, fill=255)
    return mask


def _turned(mask: Image.Image, height: float, dice: random.Random) -> Image.Image:
    """Return a glyph of about this height, leaning and a little wider or narrower than it was."""
    scale = mask.height / height
    wide = scale / dice.uniform(0.92, 1.12)
    angle = math.radians(dice.uniform(-14, 14))
    slant = dice.uniform(-0.15, 0.15)
    # From a place in the result to a place in the glyph, both seen from their middles.
    a, b = math.cos(angle) * wide, (math.sin(angle) + slant) * wide
    d, e = -math.sin(angle) * scale, math.cos(angle) * scale
    width = (
        int(mask.width / wide * abs(math.cos(angle)) + height * (abs(math.sin(angle)) + 0.2)) + 2
    )
    tall = int(height * 1.1 + mask.width / wide * abs(math.sin(angle))) + 2
    c = mask.width / 2 - a * width / 2 - b * tall / 2
    f = mask.height / 2 - d * width / 2 - e * tall / 2
    turned = mask.transform(
        (width, tall), Image.Transform.AFFINE, (a, b, c, d, e, f), Image.Resampling.BICUBIC
    )
    return turned.crop(turned.getbbox())


def _curve(dice: random.Random) -> list[tuple[float, float]]:
    """Return the places of a curve through the letters, from the left edge to the right one."""
    width, height = _SHEET
    middle, swing = height * dice.uniform(0.4, 0.6), dice.uniform(8, 16)
    length, start = dice.uniform(90, 180), dice.uniform(0, 2 * math.pi)
    tilt = dice.uniform(-0.08, 0.08)
    return [
        (x, middle + tilt * (x - width / 2) + swing * math.sin(start + 2 * math.pi * x / length))
        for x in range(-8, width + 12, 4)
    ]


def _waved(sheet: Image.Image, dice: random.Random) -> Image.Image:
    """Return the sheet as if it were cloth: every knot of a net is moved a little."""
    waves = [
        (dice.uniform(2.5, 4), dice.uniform(70, 110), dice.uniform(0, 2 * math.pi))
        for _axis in range(2)
    ]

    def moved(x: float, y: float) -> tuple[float, float]:
        (strong, length, start), (high, broad, begin) = waves
        return (
            x + strong * math.sin(start + 2 * math.pi * y / length),
            y + high * math.sin(begin + 2 * math.pi * x / broad),
        )

    mesh = []
    for x in range(0, sheet.width, _CELL):
        for y in range(0, sheet.height, _CELL):
            box = (x, y, x + _CELL, y + _CELL)
            corners = [(x, y), (x, y + _CELL), (x + _CELL, y + _CELL), (x + _CELL, y)]
            mesh.append((box, tuple(part for corner in corners for part in moved(*corner))))
    return sheet.transform(sheet.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def render(text: str, seed: str) -> bytes:
    """Return the picture of `text` as a PNG: always the same one from the same seed.

    Another picture of the same text would give a program a second chance to read it.
    """
    dice = random.Random(seed)  # noqa: S311 - the seed is a secret of 128 bits
    glyphs = [
        _turned(_glyph(dice.choice(_FONTS), sign), dice.uniform(39, 45), dice)
        for sign in text.upper()
    ]
    # Neighbours all but touch; what is left of the width lies on both sides.
    gaps = [dice.uniform(-1, 2) for _glyph in glyphs]
    width = sum(glyph.width for glyph in glyphs) + sum(gaps[1:])
    room = (WIDTH - 12) / width
    if room < 1:
        glyphs = [glyph.resize([int(side * room) for side in glyph.size]) for glyph in glyphs]
        width = sum(glyph.width for glyph in glyphs) + sum(gaps[1:])
    left = (_SHEET[0] - width) / 2 + dice.uniform(-3, 3)
    ink = Image.new("L", _SHEET, 0)
    for glyph, gap in zip(glyphs, gaps, strict=True):
        top = (_SHEET[1] - glyph.height) // 2 + dice.randint(-6, 6)
        place = (int(left), top, int(left) + glyph.width, top + glyph.height)
        ink.paste(ImageChops.lighter(glyph, ink.crop(place)), place)
        left += glyph.width + gap
    shade = Image.new("L", _SHEET, 0)
    draw = ImageDraw.Draw(shade)
    edge = _curve(dice)
    beyond = dice.choice([-_SHEET[1], 2 * _SHEET[1]])
    draw.polygon([*edge, (_SHEET[0] + 8, beyond), (-8, beyond)], fill=255)
    turned_over = ImageChops.difference(ink, shade)
    waved = _waved(turned_over, dice).crop((_EDGE, _EDGE, _SHEET[0] - _EDGE, _SHEET[1] - _EDGE))
    picture = waved.point([round(_PAPER + (_INK - _PAPER) * level / 255) for level in range(256)])
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=3)
    return out.getvalue()
