"""Draw the demo pictures: `python -m portal.demo.draw.render [name …]`.

Each picture is an SVG made by a function of `scenes_*.py`, photographed by a headless chromium
and kept as WebP of at most 60 kB.
"""

import base64
import io
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

DEMO = Path(__file__).resolve().parent.parent
FONTS = DEMO.parent / "static" / "portal" / "fonts"
VIETNAMESE = "U+102-103,U+110-111,U+128-129,U+168-169,U+1A0-1A1,U+1AF-1B0,U+300-323,U+1EA0-1EF9"
LIMIT = 60_000  # bytes a picture


def lettering() -> str:
    """The site's own typeface as CSS, so that a sign looks the same on every machine."""
    css = ""
    for part, span in (("latin", ""), ("vietnamese", f"unicode-range:{VIETNAMESE};")):
        data = base64.b64encode((FONTS / f"source-sans-3-{part}-wght-normal.woff2").read_bytes())
        css += (
            f"@font-face{{font-family:'Source Sans 3';font-weight:200 900;{span}"
            f"src:url(data:font/woff2;base64,{data.decode()})}}"
        )
    return css


def photograph(
    drawings: Iterable[tuple[str, str]], width: int, height: int, scale: float = 1
) -> Iterator[tuple[str, Image.Image]]:
    """Yield (name, image) of each (name, SVG text), `width` × `height` CSS px at `scale`."""
    with sync_playwright() as tools:
        browser = tools.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(
            viewport={"width": width, "height": height}, device_scale_factor=scale
        )
        for name, svg in drawings:
            css = f"{lettering()}body{{margin:0}}svg{{display:block}}"
            page.set_content(f"<style>{css}</style>{svg}")
            page.evaluate("document.fonts.ready")
            shot = page.screenshot(omit_background=True)
            yield name, Image.open(io.BytesIO(shot))
        browser.close()


def save(image: Image.Image, path: Path, limit: int = LIMIT) -> int:
    """Save as WebP at the best quality up to 86 that stays under `limit` bytes; return the size."""
    for quality in (86, 82, 78, 74, 68, 60):
        image.convert("RGB").save(path, "WEBP", quality=quality, method=6)
        if path.stat().st_size <= limit:
            break
    return path.stat().st_size


def main(names: list[str]) -> None:
    from . import scenes_country, scenes_public, scenes_town

    scenes = {**scenes_country.SCENES, **scenes_town.SCENES, **scenes_public.SCENES}
    folder = DEMO / "pictures"
    folder.mkdir(exist_ok=True)
    wanted = names or sorted(scenes)
    for name, image in photograph(((n, scenes[n]()) for n in wanted), 1280, 800):
        print(name, save(image, folder / f"{name}.webp"))


if __name__ == "__main__":
    main(sys.argv[1:])
