"""The ward's emblem, the site's icons and the stand-in picture: `python -m portal.demo.draw.emblem`.

The emblem is invented: a river, a mountain and the sun inside a woven rush border between two
ears of rice. It owes nothing to the national emblem.
"""

# ruff: noqa: E501 – the data of one path is read as one line

from .render import DEMO, photograph, save
from .shapes import circ, curve, fade, group, mix, oval, path, picture, poly, rect

IMAGES = DEMO.parent / "static" / "portal" / "img"

CLARET = "#8c1c1f"
DEEP_GREEN = "#1f5a57"
GOLD = "#e3b04b"
PALE = "#fdf3dc"


def waves(x: float, y: float, n: int, step: float, colour: str, width: float) -> str:
    d = f"M{x:.0f},{y:.0f}"
    for _ in range(n):
        d += f"q{step / 4:.1f},{-step * 0.2:.1f} {step / 2:.1f},0t{step / 2:.1f},0"
    return curve(d, colour, width)


def landscape() -> str:
    """Sun, mountain and river in a disc of radius 170 around (0, 0)."""
    o = '<clipPath id="disc"><circle r="170"/></clipPath><g clip-path="url(#disc)">'
    o += rect(-170, -170, 340, 340, fade((0, "#f6cf86"), (0.6, PALE)))
    o += circ(62, -62, 40, CLARET)
    o += path(
        "M-180,50C-130,40 -96,-40 -60,-84C-50,-98 -38,-98 -28,-84C-2,-46 20,0 60,22C100,40 140,44 180,50L180,180L-180,180Z",
        DEEP_GREEN,
    )
    o += path(
        "M-44,-94C-38,-96 -34,-92 -28,-84C-2,-46 20,0 60,22C90,36 120,42 150,46L20,60C-10,30 -30,-20 -44,-94Z",
        mix(DEEP_GREEN, "#0f2f38", 0.45),
    )
    o += rect(-180, 44, 360, 140, "#3d8a94")
    for i, y in enumerate((64, 92, 120, 148)):
        o += waves(-200 + (i % 2) * 34, y, 7, 68, PALE if i % 2 == 0 else "#a9d3d2", 9)
    return o + "</g>"


def ear(flip: bool = False) -> str:
    """An ear of rice bending along the left border."""
    o = curve("M-30,196C-120,176 -186,96 -190,-24", GOLD, 6)
    spots = [
        (-64, 184, -66),
        (-98, 164, -58),
        (-128, 136, -48),
        (-152, 104, -38),
        (-170, 68, -26),
        (-182, 30, -16),
        (-189, -8, -6),
    ]
    for x, y, a in spots:
        for side in (-1, 1):
            o += group(oval(0, -15, 8.5, 19, GOLD), at=(x, y), turn=a + side * 34)
    o += group(oval(0, -14, 8, 18, GOLD), at=(-191, -30), turn=2)
    return group(o, flip=flip)


def emblem() -> str:
    o = circ(256, 256, 252, GOLD) + circ(256, 256, 244, CLARET)
    ring = ""
    for i in range(72):  # the weave: two rows of slanting strands
        a = i * 5
        ring += group(
            poly(
                [(-8, -236), (4, -236), (9, -225), (-3, -225)],
                mix(GOLD, PALE, 0.25 + 0.3 * (i % 2)),
            ),
            turn=a,
        )
        ring += group(
            poly(
                [(-3, -223), (9, -223), (4, -212), (-8, -212)],
                mix(GOLD, PALE, 0.55 - 0.3 * (i % 2)),
            ),
            turn=a,
        )
    o += group(ring, at=(256, 256))
    o += circ(256, 256, 206, GOLD) + circ(256, 256, 201, CLARET)
    o += group(landscape(), at=(256, 246), scale=0.9)
    o += circ(256, 246, 153, "none", stroke=GOLD, stroke_width=5)
    o += group(ear(), ear(True), at=(256, 252), scale=0.92)
    o += group(
        path("M-34,8Q0,22 34,8L0,-26Z", PALE),
        path("M2,-24Q14,-6 17,12Q28,10 34,8L0,-26Z", mix(PALE, GOLD, 0.6)),
        curve("M-22,-3Q0,8 22,-3M-12,-14Q0,-8 12,-14", CLARET, 1.6),
        at=(256, 432),
    )
    return picture(o, width=512, height=512)


def icon(square: bool = False) -> str:
    """What is left of the emblem at 16 px: a mountain, the sun, two waves."""
    o = rect(0, 0, 64, 64, CLARET, 0 if square else 14)
    o += circ(45, 18, 7.5, GOLD)
    o += path("M4,42C14,39 19,24 24,15C26,11.500 30,11.500 32,15C38,26 44,37 60,42Z", PALE)
    o += waves(5, 48.5, 3, 18, GOLD, 4) + waves(5, 57, 3, 18, PALE, 4)
    return picture(o, width=64, height=64)


def no_picture() -> str:
    """A quiet stand-in for an article without a picture."""
    o = rect(0, 0, 1280, 800, fade((0, "#f3e9d6"), (1, "#f8f2e4")))
    o += circ(860, 300, 70, "#ecdcb8")
    o += path(
        "M-10,520C160,500 270,330 370,230C400,200 440,200 470,230C580,340 660,470 860,500C1000,520 1140,500 1290,470L1290,810L-10,810Z",
        "#e2d9c0",
    )
    o += path(
        "M-10,560C200,540 420,580 640,570C900,556 1080,560 1290,540L1290,810L-10,810Z", "#d5dccb"
    )
    for i in range(5):
        o += waves(-120 + (i % 2) * 110, 620 + i * 42, 8, 220, "#f8f2e4", 8)
    return picture(o)


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    (DEMO / "emblem.svg").write_text(emblem(), encoding="utf-8")
    (IMAGES / "favicon.svg").write_text(icon(), encoding="utf-8")
    (IMAGES / "no-picture.svg").write_text(no_picture(), encoding="utf-8")
    for _, image in photograph([("emblem", emblem())], 512, 512):
        image.save(DEMO / "emblem.webp", "WEBP", quality=82, method=6)
    for _, image in photograph([("icon", icon())], 64, 64, 4):
        image.resize((32, 32), reducing_gap=3).save(IMAGES / "favicon-32.png", optimize=True)
    for _, image in photograph([("icon", icon(square=True))], 64, 64, 4):
        touch = image.convert("RGB").resize((180, 180), reducing_gap=3)
        touch.save(IMAGES / "apple-touch-icon.png", optimize=True)
    for _, image in photograph([("none", no_picture())], 1280, 800):
        save(image, IMAGES / "no-picture.webp")


if __name__ == "__main__":
    main()
