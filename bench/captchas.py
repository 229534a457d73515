"""Measure the captcha: how often tesseract reads a picture, and what a picture and a sound cost.

    .venv/bin/python bench/captchas.py [--pictures 200] [--sheet FILE]

Needs tesseract with its English data (Debian: tesseract-ocr, tesseract-ocr-eng). Each picture is
given to it under several cleanings, as one line and as one word, told the signs that may occur.
`--sheet` writes twenty pictures without their answers, and the answers beside it in FILE.txt, for
a person to read.
"""

from __future__ import annotations

import argparse
import io
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from PIL import Image, ImageChops, ImageFilter

from comments.captcha import pictures, sounds

Cleaning = Callable[[Image.Image], Image.Image]


def as_is(picture: Image.Image) -> Image.Image:
    return picture


def threshold_median(picture: Image.Image) -> Image.Image:
    """Black or white, single dots and thin lines gone."""
    return picture.point(lambda level: 255 * (level > 140)).filter(ImageFilter.MedianFilter(3))


def upscale_opening(picture: Image.Image) -> Image.Image:
    """Three times as large, then every line thinner than a letter's stroke eaten and regrown."""
    large = picture.resize((picture.width * 3, picture.height * 3), Image.Resampling.BICUBIC)
    sharp = large.point(lambda level: 255 * (level > 140))
    return sharp.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.MinFilter(9))


def outlines(picture: Image.Image) -> Image.Image:
    """Only where light meets dark, made thick: which of them is the letter matters no more."""
    large = picture.resize((picture.width * 3, picture.height * 3), Image.Resampling.BICUBIC)
    edges = ImageChops.difference(
        large.filter(ImageFilter.MaxFilter(5)), large.filter(ImageFilter.MinFilter(5))
    )
    return ImageChops.invert(edges)


CLEANINGS: list[Cleaning] = [as_is, threshold_median, upscale_opening]
# Beyond what the captcha promises: what a program does that has looked at our pictures.
FURTHER_CLEANINGS: list[Cleaning] = [outlines]


def read_by_tesseract(picture: Image.Image) -> set[str]:
    """Return what tesseract takes the picture for, read as a line and as a word."""
    readings = set()
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        # Letters at the very edge are read badly: a fair attack gives them room.
        framed = Image.new("L", (picture.width + 40, picture.height + 40), 250)
        framed.paste(picture, (20, 20))
        framed.save(file.name)
        for mode in ("7", "8"):
            done = subprocess.run(  # noqa: S603
                [
                    *("tesseract", file.name, "-", "-l", "eng", "--psm", mode),
                    *("-c", f"tessedit_char_whitelist={pictures.ALPHABET}"),
                ],
                capture_output=True,
                text=True,
                check=True,
                env=os.environ | {"OMP_THREAD_LIMIT": "1"},
            )
            readings.add("".join(done.stdout.split()))
    return readings


def attack(count: int) -> None:
    solved = dict.fromkeys([*CLEANINGS, *FURTHER_CLEANINGS], 0)
    by_any = 0
    nearly = 0

    def one(_number: int) -> tuple[str, list[set[str]]]:
        code = pictures.random_code()
        picture = Image.open(io.BytesIO(pictures.render(code, secrets.token_hex(16))))
        return code, [read_by_tesseract(cleaning(picture)) for cleaning in solved]

    with ThreadPoolExecutor(2) as pool:
        for code, readings in pool.map(one, range(count)):
            for cleaning, texts in zip(solved, readings, strict=True):
                solved[cleaning] += code in texts
            texts = set().union(*readings)
            by_any += code in texts
            nearly += any(
                len(text) == len(code)
                and sum(a == b for a, b in zip(text, code, strict=True)) >= len(code) - 1
                for text in texts
            )
    for cleaning, right in solved.items():
        print(f"{cleaning.__name__:20} {right:4} of {count} solved ({100 * right / count:.1f} %)")
    print(f"{'any of them':20} {by_any:4} of {count} solved ({100 * by_any / count:.1f} %)")
    print(f"{'all but one sign':20} {nearly:4} of {count}")


def cost() -> None:
    for name, make in {
        "picture": lambda: pictures.render(pictures.random_code(), secrets.token_hex(16)),
        "sound": lambda: sounds.render(sounds.random_digits(), secrets.token_hex(16)),
    }.items():
        for _warm in range(30):
            size = len(make())
        start = time.process_time()
        for _turn in range(100):
            make()
        spent = (time.process_time() - start) / 100
        print(f"{name:8} {1000 * spent:.2f} ms, {size / 1024:.1f} KiB")


def sheet(path: Path) -> None:
    codes = [pictures.random_code() for _number in range(20)]
    width, height = pictures.WIDTH + 10, pictures.HEIGHT + 10
    page = Image.new("L", (width * 4, height * 5), 255)
    for number, code in enumerate(codes):
        picture = Image.open(io.BytesIO(pictures.render(code, secrets.token_hex(16))))
        page.paste(picture, (number % 4 * width + 5, number // 4 * height + 5))
    page.save(path)
    path.with_suffix(".txt").write_text("\n".join(codes) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=int, default=200)
    parser.add_argument("--sheet", type=Path)
    options = parser.parse_args()
    if options.sheet:
        sheet(options.sheet)
        return
    cost()
    attack(options.pictures)


if __name__ == "__main__":
    main()
