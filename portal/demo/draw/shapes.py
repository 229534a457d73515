"""SVG marks as strings, colours, and the gradients a picture asks for.

All lengths are user units of the picture (1 unit = 1 px at 1280 × 800).
"""

import math
import random
from collections.abc import Sequence

Point = tuple[float, float]

# One restrained palette for all pictures: clay, rice, river, and ink that is never black.
INK = "#2f3a42"
PAPER = "#f8eedb"
CREAM = "#f3e4c6"
OCHRE = "#e2b565"
GOLD = "#efc65a"
CLAY = "#b9583d"
BRICK = "#8f412f"
RED = "#c9382c"
STAR = "#f8d24a"
ROSE = "#e39a93"
PLUM = "#7a4a66"
WOOD = "#8d5d3c"
BARK = "#5e4332"
TEAL = "#2f6f73"
RIVER = "#7fb0b4"
NAVY = "#35506d"
SKY = "#cfe3e2"
LEAF = "#6f9150"
RICE = "#a3b766"
FOREST = "#3f6548"
DEEP = "#2c4a3d"
STONE = "#b9b3a4"
SLATE = "#6d7d83"
WHITE = "#fdf9f0"
HAT = "#ecd9a6"
SKIN = "#e2b08a"
TAN = "#cf9a70"

_gradients: dict[str, str] = {}


def rng(seed: int) -> random.Random:
    """A generator that gives the same picture on every machine."""
    return random.Random(seed)  # noqa: S311 – leaves and clouds, not secrets


def _rgb(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def mix(a: str, b: str, t: float) -> str:
    """The colour `t` (0…1) of the way from `a` to `b`."""
    parts = (round(p + (q - p) * t) for p, q in zip(_rgb(a), _rgb(b), strict=True))
    return "#" + "".join(f"{p:02x}" for p in parts)


def dark(colour: str, t: float = 0.15) -> str:
    """The colour in shadow: shadows go to blue ink, not to black."""
    return mix(colour, "#22304a", t)


def light(colour: str, t: float = 0.2) -> str:
    """The colour in warm light."""
    return mix(colour, "#fff3d6", t)


def _attrs(extra: dict[str, object]) -> str:
    return "".join(f' {k.rstrip("_").replace("_", "-")}="{v}"' for k, v in extra.items())


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def path(d: str, fill: str = "none", **extra: object) -> str:
    return f'<path d="{d}" fill="{fill}"{_attrs(extra)}/>'


def rect(x: float, y: float, w: float, h: float, fill: str, rx: float = 0, **extra: object) -> str:
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}" rx="{_n(rx)}"'
        f' fill="{fill}"{_attrs(extra)}/>'
    )


def circ(x: float, y: float, r: float, fill: str, **extra: object) -> str:
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{r:.2f}" fill="{fill}"{_attrs(extra)}/>'


def oval(x: float, y: float, rx: float, ry: float, fill: str, **extra: object) -> str:
    return (
        f'<ellipse cx="{x:.2f}" cy="{y:.2f}" rx="{rx:.2f}" ry="{ry:.2f}"'
        f' fill="{fill}"{_attrs(extra)}/>'
    )


def poly(points: Sequence[Point], fill: str, **extra: object) -> str:
    spots = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{spots}" fill="{fill}"{_attrs(extra)}/>'


def line(points: Sequence[Point], stroke: str, width: float, **extra: object) -> str:
    """A polyline with round ends and joints."""
    spots = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{spots}" fill="none" stroke="{stroke}" stroke-width="{width:.2f}"'
        f' stroke-linecap="round" stroke-linejoin="round"{_attrs(extra)}/>'
    )


def curve(d: str, stroke: str, width: float, **extra: object) -> str:
    """A stroked path with round ends."""
    return (
        f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width}"'
        f' stroke-linecap="round" stroke-linejoin="round"{_attrs(extra)}/>'
    )


def group(
    *parts: str,
    at: Point = (0, 0),
    scale: float = 1,
    flip: bool = False,
    turn: float = 0,
    **extra: object,
) -> str:
    """Parts moved to `at`, turned by `turn` degrees, mirrored if `flip`."""
    moves = f"translate({at[0]:.1f} {at[1]:.1f})"
    if turn:
        moves += f" rotate({turn:.1f})"
    if scale != 1 or flip:
        moves += f" scale({-scale if flip else scale:.4f} {scale:.4f})"
    return f'<g transform="{moves}"{_attrs(extra)}>{"".join(parts)}</g>'


def smooth(
    points: Sequence[Point], closed: bool = False, part: tuple[int, int] | None = None
) -> str:
    """Path data of a soft curve through the points (Catmull–Rom turned into Bézier pieces).

    part: draw only from the first to the second of these point numbers, on the same curve.
    """
    n = len(points)
    first, last = part or (0, n if closed else n - 1)

    def at(i: int) -> Point:
        return points[i % n] if closed else points[max(0, min(n - 1, i))]

    d = f"M{points[first][0]:.1f},{points[first][1]:.1f}"
    for i in range(first, last):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = at(i - 1), at(i), at(i + 1), at(i + 2)
        d += (
            f"C{bx + (cx - ax) / 6:.1f},{by + (cy - ay) / 6:.1f}"
            f" {cx - (dx - bx) / 6:.1f},{cy - (dy - by) / 6:.1f} {cx:.1f},{cy:.1f}"
        )
    return d + ("Z" if closed else "")


def blob(x: float, y: float, rx: float, ry: float, seed: int, n: int = 11, j: float = 0.16) -> str:
    """Path data of an uneven round shape: foliage, smoke, a bush."""
    r = rng(seed)
    points = []
    for i in range(n):
        a = 2 * math.pi * i / n
        k = 1 + r.uniform(-j, j)
        points.append((x + rx * k * math.cos(a), y + ry * k * math.sin(a)))
    return smooth(points, closed=True)


def fade(*stops: tuple[float, str] | tuple[float, str, float], angle: str = "down") -> str:
    """A linear gradient; each stop is (place 0…1, colour[, opacity]); `angle`: down or right."""
    ends = "x1='0' y1='0' x2='0' y2='1'" if angle == "down" else "x1='0' y1='0' x2='1' y2='0'"
    return _gradient("linearGradient", ends, stops)


def glow(*stops: tuple[float, str] | tuple[float, str, float]) -> str:
    """A round gradient from the middle outwards."""
    return _gradient("radialGradient", "cx='.5' cy='.5' r='.5'", stops)


def _gradient(kind: str, ends: str, stops: Sequence[tuple]) -> str:
    inner = "".join(
        f"<stop offset='{s[0]}' stop-color='{s[1]}'"
        + (f" stop-opacity='{s[2]}'" if len(s) > 2 else "")
        + "/>"
        for s in stops
    )
    body = f"{kind} {ends}>{inner}</{kind}"
    name = _gradients.setdefault(body, f"g{len(_gradients)}")
    return f"url(#{name})"


def text(
    x: float, y: float, words: str, size: float, fill: str, weight: int = 600, **extra: object
) -> str:
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{size}" font-weight="{weight}" fill="{fill}"'
        f" font-family=\"'Source Sans 3','Liberation Sans',Arial,sans-serif\""
        f' text-anchor="{extra.pop("anchor", "middle")}"{_attrs(extra)}>{words}</text>'
    )


def zoom(x: float, y: float, k: float, *parts: str) -> str:
    """The parts enlarged `k` times, the point (x, y) staying where it is."""
    return group(*parts, at=(x - x * k, y - y * k), scale=k)


def mirror(y: float, *parts: str, **extra: object) -> str:
    """The parts upside down below the waterline `y`, a little shortened."""
    return f'<g transform="translate(0 {y * 1.7}) scale(1 -.7)"{_attrs(extra)}>{"".join(parts)}</g>'


def wash(colour: str, opacity: float, mode: str = "multiply") -> str:
    """One light over the whole picture: dusk, lamplight, rain."""
    return rect(0, 0, 1280, 800, colour, opacity=opacity, style=f"mix-blend-mode:{mode}")


def picture(*parts: str, width: int = 1280, height: int = 800) -> str:
    """A whole SVG document with the gradients its parts asked for."""
    body = "".join(parts)
    defs = "".join(
        f"<{g.replace(' ', f' id={chr(39)}{name}{chr(39)} ', 1)}>"
        for g, name in _gradients.items()
        if f"url(#{name})" in body
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}"><defs>{defs}</defs>{body}</svg>\n'
    )
