"""Houses, halls, streets, furniture, vehicles, flags."""

# ruff: noqa: E501 – the data of one path is read as one line

import math

from .shapes import (
    BARK,
    BRICK,
    CLAY,
    CREAM,
    FOREST,
    GOLD,
    INK,
    NAVY,
    OCHRE,
    PAPER,
    RED,
    SLATE,
    STAR,
    STONE,
    TEAL,
    WHITE,
    WOOD,
    Point,
    circ,
    curve,
    dark,
    fade,
    group,
    light,
    line,
    mix,
    oval,
    path,
    poly,
    rect,
    rng,
    text,
)

GLASS = "#8fb0b5"


def star(x: float, y: float, r: float, colour: str = STAR) -> str:
    points = []
    for i in range(10):
        k = r if i % 2 == 0 else r * 0.382
        a = -math.pi / 2 + i * math.pi / 5
        points.append((x + k * math.cos(a), y + k * math.sin(a)))
    return poly(points, colour)


def flag(x: float, y: float, w: float, pole: float = 0, flip: bool = False) -> str:
    """The red flag with the yellow star flying from (x, y), 3:2; `pole` is the length below."""
    h = w * 2 / 3
    k = w / 90
    parts = []
    if pole:
        parts.append(rect(-2.5, -6, 5, (pole + h) / k + 6, "#c9c4b6", 2))
        parts.append(circ(0, -8, 5, GOLD))
    parts.append(
        path("M0,0C22,-9 40,9 60,2C72,-2 82,-2 90,2L90,60C80,54 72,56 60,61C40,69 22,51 0,60Z", RED)
    )
    parts.append(
        path("M26,-2.4C38,0 48,6 60,2L60,61C48,66 38,60 26,55.6Z", dark(RED, 0.16), opacity=0.45)
    )
    parts.append(star(44, 31, 17))
    return group(*parts, at=(x, y), scale=k, flip=flip)


def festival_flag(x: float, y: float, w: float, pole: float = 0, fringe: int = 6) -> str:
    """The square festival flag: five colours one inside the other, a toothed edge."""
    parts = []
    if pole:
        parts.append(rect(-w * 0.03, 0, w * 0.06, pole, BARK))
    step = w / fringe
    for i in range(fringe):
        a = i * step
        parts.append(poly([(a, 0), (a + step / 2, -step * 0.55), (a + step, 0)], RED))
        parts.append(poly([(a, w), (a + step / 2, w + step * 0.55), (a + step, w)], RED))
        parts.append(poly([(w, a), (w + step * 0.55, a + step / 2), (w, a + step)], RED))
    for i, c in enumerate((RED, GOLD, TEAL, WHITE, "#c4587a")):
        m = i * w * 0.1
        parts.append(rect(m, m, w - 2 * m, w - 2 * m, c))
    return group(*parts, at=(x, y))


def tiles(x: float, y: float, w: float, h: float, colour: str, inset: float = 0.0) -> str:
    """A tiled slope seen from the front; its ridge is shorter by `inset` at each side."""
    out = poly(
        [(x, y + h), (x + inset, y), (x + w - inset, y), (x + w, y + h)],
        fade((0, light(colour, 0.12)), (1, colour)),
    )
    rows = max(2, round(h / 12))
    for i in range(1, rows):
        t = i / rows
        out += line(
            [(x + inset * (1 - t), y + h * t), (x + w - inset * (1 - t), y + h * t)],
            dark(colour, 0.2),
            1.6,
            opacity=0.55,
        )
    cols = max(4, round(w / 26))
    for i in range(1, cols):
        t = i / cols
        out += line(
            [(x + inset + (w - 2 * inset) * t, y), (x + w * t, y + h)],
            dark(colour, 0.2),
            1.2,
            opacity=0.35,
        )
    out += rect(x + inset - 4, y - 5, w - 2 * inset + 8, 8, dark(colour, 0.28), 3)
    return out + rect(x - 3, y + h - 4, w + 6, 6, dark(colour, 0.3), 2)


def window(
    x: float, y: float, w: float, h: float, frame: str = "#5f7f7a", lit: bool = False
) -> str:
    """Shuttered or, if `lit`, glowing."""
    out = rect(x - 3, y - 3, w + 6, h + 6, dark(CREAM, 0.22), 2)
    if lit:
        return (
            out
            + rect(x, y, w, h, "#f7cf7d")
            + rect(x + w / 2 - 1.5, y, 3, h, frame)
            + rect(x, y + h / 2 - 1.5, w, 3, frame)
        )
    out += rect(x, y, w / 2 - 1, h, frame) + rect(x + w / 2 + 1, y, w / 2 - 1, h, dark(frame, 0.12))
    n = max(3, int(h / 9))
    for i in range(1, n):
        out += line(
            [(x + 3, y + h * i / n), (x + w - 3, y + h * i / n)], dark(frame, 0.3), 1.2, opacity=0.6
        )
    return out


def pane(x: float, y: float, w: float, h: float, glass: str = GLASS) -> str:
    """A glazed window with a reflection."""
    out = rect(x - 3, y - 3, w + 6, h + 6, WHITE, 1) + rect(x, y, w, h, glass)
    out += poly(
        [(x, y + h * 0.75), (x, y + h * 0.3), (x + w * 0.7, y), (x + w, y), (x + w, y + h * 0.1)],
        light(glass, 0.4),
        opacity=0.5,
    )
    return out + rect(x + w / 2 - 1.5, y, 3, h, WHITE) + rect(x, y + h * 0.42, w, 2.4, WHITE)


def door(x: float, y: float, w: float, h: float, colour: str = WOOD) -> str:
    """A double panelled door, its foot at y."""
    out = rect(x - 4, y - h - 4, w + 8, h + 4, dark(colour, 0.35))
    for i in range(2):
        px = x + i * w / 2
        out += rect(px + 1, y - h, w / 2 - 2, h, colour)
        for j in range(2):
            out += rect(
                px + w * 0.08,
                y - h + h * (0.08 + 0.48 * j),
                w * 0.34,
                h * 0.36,
                dark(colour, 0.16),
                1,
            )
    return out


def cottage(
    x: float,
    y: float,
    w: float,
    wall: str = CREAM,
    roof: str = CLAY,
    lit: bool = False,
    porch: bool = True,
) -> str:
    """A three-bay tiled village house, its foot at y, `w` wide."""
    h = w * 0.27
    out = oval(x + w / 2, y + 2, w * 0.55, 8, "#22304a", opacity=0.16)
    out += rect(
        x + w * 0.04, y - h, w * 0.92, h, fade((0, dark(wall, 0.22)), (0.35, wall), (1, wall))
    )
    out += rect(x + w * 0.02, y - 7, w * 0.96, 7, STONE)
    out += (
        door(x + w * 0.42, y - 7, w * 0.16, h * 0.78, "#7b4c34")
        if not lit
        else rect(x + w * 0.42, y - 7 - h * 0.78, w * 0.16, h * 0.78, "#f7cf7d")
    )
    for k in (0.13, 0.72):
        out += window(x + w * k, y - h * 0.78, w * 0.15, h * 0.42, lit=lit)
    if porch:
        for k in (0.07, 0.345, 0.64, 0.915):
            out += rect(x + w * k, y - h, w * 0.022, h - 5, light(wall, 0.4)) + rect(
                x + w * k - 2, y - 12, w * 0.022 + 4, 6, STONE
            )
    return out + tiles(x - w * 0.04, y - h - w * 0.2, w * 1.08, w * 0.22, roof, w * 0.1)


def tube_house(
    x: float, y: float, w: float, floors: int, wall: str, seed: int = 1, lit: bool = False
) -> str:
    """A narrow town house with balconies."""
    r = rng(seed)
    f = w * 0.86
    h = f * floors
    out = rect(x, y - h, w, h, fade((0, wall), (1, dark(wall, 0.06)), angle="right"))
    for i in range(floors):
        fy = y - f * (i + 1)
        if i == 0:
            out += rect(
                x + w * 0.1, fy + f * 0.25, w * 0.8, f * 0.75, "#f7cf7d" if lit else "#6b7f80"
            )
            for j in range(1, 8):
                out += rect(
                    x + w * 0.1,
                    fy + f * (0.25 + 0.095 * j),
                    w * 0.8,
                    1.5,
                    dark("#6b7f80", 0.3),
                    opacity=0.5,
                )
            out += poly(
                [
                    (x - 6, fy + f * 0.26),
                    (x + w * 0.04, fy + f * 0.08),
                    (x + w * 0.96, fy + f * 0.08),
                    (x + w + 6, fy + f * 0.26),
                ],
                r.choice((CLAY, TEAL, OCHRE)),
            )
        else:
            glow_here = lit and r.random() < 0.6
            for k in (0.14, 0.56):
                out += rect(
                    x + w * k,
                    fy + f * 0.22,
                    w * 0.3,
                    f * 0.56,
                    "#f7cf7d" if glow_here else "#7d979a",
                ) + rect(x + w * (k + 0.14), fy + f * 0.22, 2, f * 0.56, WHITE)
            out += rect(x - 4, fy + f * 0.94, w + 8, f * 0.07, light(wall, 0.3))
            for j in range(9):
                out += rect(x + w * 0.04 + j * w * 0.113, fy + f * 0.66, 2, f * 0.28, "#5d5852")
            out += rect(x, fy + f * 0.64, w, 3, "#5d5852")
            if r.random() < 0.7:
                for j in range(3):
                    out += circ(x + w * (0.2 + 0.28 * j), fy + f * 0.62, w * 0.06, FOREST) + circ(
                        x + w * (0.22 + 0.28 * j), fy + f * 0.6, 3, r.choice((RED, GOLD, "#d38ba5"))
                    )
    return (
        out
        + rect(x - 5, y - h - 8, w + 10, 12, light(wall, 0.35))
        + rect(x + w * 0.1, y - h - 20, w * 0.35, 12, dark(wall, 0.15))
    )


def curved_roof(
    x: float, y: float, w: float, h: float, colour: str = CLAY, dragons: bool = True
) -> str:
    """A temple roof with upturned corners, its eaves at y, centred on x."""
    e = w / 2
    lift = h * 0.42
    d = (
        f"M{x - e:.0f},{y - lift:.0f}C{x - e * 0.86:.0f},{y - lift * 0.5:.0f} {x - e * 0.7:.0f},{y - h * 0.6:.0f} {x - e * 0.56:.0f},{y - h:.0f}"
        f"L{x + e * 0.56:.0f},{y - h:.0f}C{x + e * 0.7:.0f},{y - h * 0.6:.0f} {x + e * 0.86:.0f},{y - lift * 0.5:.0f} {x + e:.0f},{y - lift:.0f}"
        f"C{x + e * 0.92:.0f},{y - 2:.0f} {x + e * 0.8:.0f},{y:.0f} {x + e * 0.66:.0f},{y:.0f}L{x - e * 0.66:.0f},{y:.0f}"
        f"C{x - e * 0.8:.0f},{y:.0f} {x - e * 0.92:.0f},{y - 2:.0f} {x - e:.0f},{y - lift:.0f}Z"
    )
    out = path(d, fade((0, light(colour, 0.1)), (1, dark(colour, 0.08))))
    n = int(w / 22)
    for i in range(1, n):
        t = i / n * 2 - 1
        out += line(
            [(x + t * e * 0.56, y - h + 4), (x + t * e * 0.8, y - 3)],
            dark(colour, 0.28),
            1.4,
            opacity=0.45,
        )
    for k in (0.3, 0.6):
        out += line(
            [
                (x - e * (0.57 + 0.16 * k), y - h * (1 - k)),
                (x + e * (0.57 + 0.16 * k), y - h * (1 - k)),
            ],
            dark(colour, 0.25),
            1.4,
            opacity=0.5,
        )
    edge = f"M{x - e:.0f},{y - lift:.0f}C{x - e * 0.92:.0f},{y - 2:.0f} {x - e * 0.8:.0f},{y:.0f} {x - e * 0.66:.0f},{y:.0f}L{x + e * 0.66:.0f},{y:.0f}C{x + e * 0.8:.0f},{y:.0f} {x + e * 0.92:.0f},{y - 2:.0f} {x + e:.0f},{y - lift:.0f}"
    out += curve(edge, dark(colour, 0.35), max(4, h * 0.06))
    out += rect(x - e * 0.58, y - h - h * 0.07, e * 1.16, h * 0.1, light(STONE, 0.35), 2)
    if dragons:
        s = h / 110
        curl = curve("M0,0C4,-16 20,-18 22,-8C23,-2 14,-2 15,-8", dark(STONE, 0.1), 5)
        out += group(curl, at=(x - e * 0.58, y - h - 2), scale=s) + group(
            curl, at=(x + e * 0.58, y - h - 2), scale=s, flip=True
        )
        out += circ(x, y - h - h * 0.16, h * 0.09, GOLD) + path(
            f"M{x - h * 0.2:.0f},{y - h - h * 0.06:.0f}q{h * 0.2:.0f},{-h * 0.16:.0f} {h * 0.4:.0f},0Z",
            dark(STONE, 0.1),
        )
    return out


def temple(x: float, y: float, w: float, roof: str = CLAY, two: bool = False) -> str:
    """A communal house or shrine centred on x, its steps at y."""
    h = w * 0.2
    out = oval(x, y + 4, w * 0.54, 12, "#22304a", opacity=0.18)
    out += rect(x - w * 0.46, y - 14, w * 0.92, 16, STONE) + rect(
        x - w * 0.42, y - 26, w * 0.84, 13, light(STONE, 0.25)
    )
    top = y - 26
    out += rect(
        x - w * 0.37, top - h, w * 0.74, h, fade((0, dark(BRICK, 0.55)), (1, dark(BRICK, 0.3)))
    )
    bays = 5
    for i in range(bays):
        bx = x - w * 0.36 + i * w * 0.72 / bays
        bw = w * 0.72 / bays
        out += door(bx + bw * 0.17, top, bw * 0.66, h * 0.74, "#8a4a33")
        out += rect(bx + bw * 0.17, top - h * 0.9, bw * 0.66, h * 0.1, GOLD, opacity=0.75)
    for i in range(bays + 1):
        cx = x - w * 0.36 + i * w * 0.72 / bays
        out += rect(cx - w * 0.013, top - h, w * 0.026, h, "#7a3428") + rect(
            cx - w * 0.02, top - 8, w * 0.04, 8, STONE
        )
    out += curved_roof(x, top - h + 8, w, w * 0.2, roof, dragons=not two)
    if two:
        up = top - h - w * 0.17
        out += rect(x - w * 0.19, up - w * 0.06, w * 0.38, w * 0.07, "#6f3226")
        out += curved_roof(x, up - w * 0.05, w * 0.62, w * 0.13, roof)
    return out


def sign(
    x: float,
    y: float,
    w: float,
    h: float,
    words: str,
    colour: str,
    ink: str = WHITE,
    size: float | None = None,
) -> str:
    return rect(x, y, w, h, colour, 3) + text(
        x + w / 2, y + h * 0.68, words, size or h * 0.56, ink, 700
    )


def desk(x: float, y: float, w: float, h: float, colour: str = WOOD) -> str:
    """A solid counter, its foot at y."""
    out = oval(x + w / 2, y, w * 0.52, 8, "#22304a", opacity=0.16)
    out += rect(x, y - h, w, h, fade((0, colour), (1, dark(colour, 0.14))))
    n = max(2, round(w / (h * 1.1)))
    for i in range(n):
        out += rect(x + w * i / n + 10, y - h + 24, w / n - 20, h - 40, dark(colour, 0.1), 3)
    return out + rect(x - 8, y - h - 8, w + 16, 14, light(colour, 0.28), 3)


def table(
    x: float, y: float, w: float, h: float, colour: str = WOOD, cloth: str | None = None
) -> str:
    """A table on legs, or one hung with a cloth."""
    out = oval(x + w / 2, y, w * 0.5, 7, "#22304a", opacity=0.14)
    if cloth:
        out += rect(x, y - h, w, h - 6, fade((0, cloth), (1, dark(cloth, 0.16))))
        n = round(w / 34)
        for i in range(1, n):
            out += line(
                [(x + w * i / n, y - h + 10), (x + w * i / n + 3, y - 8)],
                dark(cloth, 0.22),
                2.4,
                opacity=0.5,
            )
        return out + rect(x - 4, y - h - 5, w + 8, 10, light(cloth, 0.18), 2)
    for lx in (x + 8, x + w - 16):
        out += rect(lx, y - h, 8, h, dark(colour, 0.25))
    return (
        out
        + rect(x + 6, y - h + 6, w - 12, 10, dark(colour, 0.18))
        + rect(x - 4, y - h - 4, w + 8, 11, light(colour, 0.12), 3)
    )


def laptop(x: float, y: float, w: float, back: bool = True) -> str:
    """An open laptop; seen from behind its lid or from the front."""
    h = w * 0.62
    out = rect(x - w / 2, y - h, w, h, "#c8cdcd" if back else INK, 5)
    if back:
        out += circ(x, y - h / 2, w * 0.05, "#9fa8aa")
    else:
        out += rect(x - w / 2 + 4, y - h + 4, w - 8, h - 10, "#dfe9e6", 2)
        out += rect(x - w / 2 + 10, y - h + 10, w * 0.3, h * 0.16, TEAL, 2)
        for i in range(3):
            out += rect(
                x - w / 2 + 10,
                y - h * (0.62 - 0.14 * i),
                w * (0.72 - 0.12 * i),
                h * 0.06,
                "#a9bcb9",
                2,
            )
    return out + path(
        f"M{x - w * 0.56:.0f},{y:.0f}h{w * 1.12:.0f}l-6,6h{-w * 1.12 + 12:.0f}Z", "#a2aaab"
    )


def plant(x: float, y: float, h: float) -> str:
    """A potted indoor palm."""
    out = path(
        f"M{x - h * 0.14:.0f},{y - h * 0.28:.0f}h{h * 0.28:.0f}l{-h * 0.04:.0f},{h * 0.28:.0f}h{-h * 0.2:.0f}Z",
        "#a86a4c",
    )
    for i, a in enumerate((-150, -125, -100, -80, -55, -30)):
        t = math.radians(a)
        ex, ey = x + h * 0.5 * math.cos(t), y - h * 0.28 + h * 0.68 * math.sin(t)
        mx, my = x + h * 0.1 * math.cos(t), y - h * 0.3 + h * 0.55 * math.sin(t)
        c = FOREST if i % 2 else "#5b8257"
        out += path(
            f"M{x},{y - h * 0.26:.0f}Q{mx - 14:.0f},{my:.0f} {ex:.0f},{ey:.0f}Q{mx + 14:.0f},{my + 14:.0f} {x + 3},{y - h * 0.26:.0f}Z",
            c,
        )
    return out


def stall(x: float, y: float, w: float, colours: tuple[str, str], h: float = 250) -> str:
    """An awning on two posts, scalloped and striped."""
    out = ""
    for px in (x + 8, x + w - 14):
        out += rect(px, y - h, 6, h, dark(WOOD, 0.2))
    n = max(5, round(w / 38))
    s = w / n
    for i in range(n):
        c = colours[i % 2]
        a, b = x + i * s, x + (i + 1) * s
        out += poly(
            [
                (a + (x + w / 2 - a) * 0.12, y - h - 62),
                (b + (x + w / 2 - b) * 0.12, y - h - 62),
                (b, y - h),
                (a, y - h),
            ],
            c,
        )
        out += path(
            f"M{a:.1f},{y - h:.1f}h{s:.1f}a{s / 2:.1f},{s * 0.42:.1f} 0 0 1 {-s:.1f},0Z",
            dark(c, 0.1),
        )
    return out


def basket(
    x: float, y: float, w: float, fruit: list[str], seed: int = 1, ground: bool = True
) -> str:
    """A woven basket heaped with produce."""
    r = rng(seed)
    h = w * 0.42
    out = oval(x, y + 1, w * 0.46, 4, "#22304a", opacity=0.2) if ground else ""
    for row, k in ((0, 1), (1, 0.78), (2, 0.45)):
        n = max(2, round(5 * k) + 1)
        for i in range(n):
            fx = x + (i - (n - 1) / 2) * w * 0.17 + r.uniform(-2, 2)
            c = r.choice(fruit)
            out += circ(fx, y - h - row * w * 0.1, w * 0.105, c) + circ(
                fx - w * 0.03,
                y - h - row * w * 0.1 - w * 0.03,
                w * 0.03,
                light(c, 0.5),
                opacity=0.7,
            )
    c = "#c39b62"
    out += path(
        f"M{x - w / 2:.1f},{y - h:.1f}h{w:.1f}q{-w * 0.05:.1f},{h * 0.8:.1f} {-w * 0.15:.1f},{h:.1f}h{-w * 0.7:.1f}q{-w * 0.1:.1f},{-h * 0.2:.1f} {-w * 0.15:.1f},{-h:.1f}Z",
        c,
    )
    for k in (0.3, 0.6):
        out += line(
            [
                (x - w * (0.49 - 0.07 * k), y - h * (1 - k)),
                (x + w * (0.49 - 0.07 * k), y - h * (1 - k)),
            ],
            dark(c, 0.25),
            1.6,
        )
    for i in range(-3, 4):
        out += line([(x + i * w * 0.14, y - h + 3), (x + i * w * 0.11, y - 1)], dark(c, 0.2), 1.3)
    return out + rect(x - w * 0.53, y - h - 3, w * 1.06, 6, light(c, 0.2), 3)


def wheel(x: float, y: float, r: float, spokes: bool = False) -> str:
    out = (
        circ(x, y, r, "#33363a") + circ(x, y, r * 0.68, "#b9bcb9") + circ(x, y, r * 0.22, "#55585a")
    )
    if spokes:
        out = circ(x, y, r, "none", stroke="#3a3d40", stroke_width=3.2)
        for i in range(8):
            a = i * math.pi / 8
            out += line(
                [
                    (x - r * math.cos(a), y - r * math.sin(a)),
                    (x + r * math.cos(a), y + r * math.sin(a)),
                ],
                "#8b8f90",
                0.8,
            )
    return out


def bicycle(x: float, y: float, s: float, colour: str = TEAL, flip: bool = False) -> str:
    """About 100 × `s` long, wheels on y; saddle at (−14, −52), handlebar at (26, −58)."""
    f = dark(colour, 0.05)
    parts = [wheel(-32, -21, 20, True), wheel(34, -21, 20, True)]
    parts += [
        line([(-32, -21), (-2, -20), (22, -46), (-14, -44), (-2, -20)], f, 3.2),
        line([(-32, -21), (-14, -44), (-15, -52)], f, 2.8),
    ]
    parts += [
        line([(34, -21), (22, -46), (20, -58), (29, -60)], f, 3),
        path("M-23,-54h17q3,3 -3,4h-10z", INK),
        circ(-2, -20, 5, "#55585a"),
    ]
    return group(*parts, at=(x, y), scale=s, flip=flip)


def motorbike(x: float, y: float, s: float, colour: str = CLAY, flip: bool = False) -> str:
    """A small motorbike about 120 × `s` long; seat at (−16, −46), grips at (28, −62)."""
    parts = [oval(0, 0, 62, 5, "#22304a", opacity=0.18), wheel(-38, -17, 17), wheel(42, -17, 17)]
    parts.append(
        path(
            "M-58,-40C-52,-50 -34,-46 -4,-46C2,-46 6,-38 8,-30L14,-30C18,-44 22,-56 26,-62L33,-60L46,-24C36,-30 28,-26 24,-18L-20,-16C-24,-32 -42,-36 -58,-34Z",
            colour,
        )
    )
    parts.append(path("M-50,-46C-40,-54 -10,-52 -2,-46C-8,-42 -40,-42 -50,-46Z", INK))
    parts.append(path("M-8,-18C-8,-30 14,-30 16,-18Z", "#6d7072"))
    parts.append(line([(24, -62), (18, -68)], INK, 4) + oval(34, -54, 5, 6, "#f6e7b8"))
    parts.append(
        line([(30, -58), (42, -17)], "#6d7072", 4) + line([(-34, -12), (-6, -14)], "#8d9092", 5)
    )
    parts.append(path("M24,-64L38,-56L44,-30L32,-40Z", light(colour, 0.15)))
    return group(*parts, at=(x, y), scale=s, flip=flip)


def lamp_post(x: float, y: float, h: float, lit: bool = False, arm: float = 50) -> str:
    out = rect(x - 3, y - h, 6, h, "#6e7476") + curve(
        f"M{x},{y - h + 4}q2,-16 {arm * 0.5:.0f},-18h{arm * 0.5:.0f}", "#6e7476", 5
    )
    out += path(
        f"M{x + arm - 16:.0f},{y - h - 14:.0f}h30q-4,8 -15,8t-15,-8Z",
        "#ffe3a0" if lit else "#e9e4d4",
    )
    return out


def bunting(
    x0: float, y0: float, x1: float, y1: float, colours: list[str], n: int = 16, sag: float = 40
) -> str:
    """Small flags on a string."""
    out = curve(f"M{x0},{y0}Q{(x0 + x1) / 2},{(y0 + y1) / 2 + sag * 2} {x1},{y1}", "#7d7466", 1.6)
    for i in range(n):
        t = (i + 0.5) / n
        x = (1 - t) ** 2 * x0 + 2 * t * (1 - t) * (x0 + x1) / 2 + t * t * x1
        y = (1 - t) ** 2 * y0 + 2 * t * (1 - t) * ((y0 + y1) / 2 + sag * 2) + t * t * y1
        out += poly([(x - 9, y), (x + 9, y), (x, y + 22)], colours[i % len(colours)])
    return out


def lantern(x: float, y: float, s: float, colour: str = RED) -> str:
    out = line([(x, y - 36 * s), (x, y - 20 * s)], BARK, 1.6)
    out += oval(x, y, 19 * s, 20 * s, fade((0, light(colour, 0.3)), (1, colour)))
    for k in (0.35, 0.75):
        out += oval(
            x,
            y,
            19 * s * k,
            20 * s,
            "none",
            stroke=dark(colour, 0.2),
            stroke_width=1.2,
            opacity=0.6,
        )
    out += rect(x - 8 * s, y - 22 * s, 16 * s, 5 * s, GOLD, 2) + rect(
        x - 8 * s, y + 17 * s, 16 * s, 5 * s, GOLD, 2
    )
    return out + line([(x, y + 22 * s), (x, y + 40 * s)], GOLD, 2.4 * s)


def room(wall: str, floor: str, line_y: float, skirting: str | None = None) -> str:
    """An indoor back wall meeting its floor at `line_y`."""
    out = rect(0, 0, 1280, line_y, fade((0, light(wall, 0.15)), (1, wall)))
    out += rect(
        0, line_y, 1280, 800 - line_y, fade((0, dark(floor, 0.06)), (1, light(floor, 0.18)))
    )
    return out + rect(0, line_y - 12, 1280, 12, skirting or dark(wall, 0.18))


def floor_tiles(y: float, colour: str, vanish: Point = (640, 120), n: int = 12) -> str:
    """Joints of a tiled floor in perspective."""
    out = ""
    vx, vy = vanish
    for i in range(-n, n + 1):
        x = 640 + i * 220
        out += line(
            [(vx + (x - vx) * (y - vy) / (800 - vy), y), (x, 800)], colour, 1.6, opacity=0.45
        )
    gap, at = 14.0, y
    while at < 800:
        out += line([(0, at), (1280, at)], colour, 1.4, opacity=0.45)
        at += gap
        gap *= 1.45
    return out


def gift(x: float, y: float, w: float, colour: str = RED, ribbon: str = GOLD) -> str:
    h = w * 0.7
    out = rect(x - w / 2, y - h, w, h, colour, 2) + rect(x - w * 0.08, y - h, w * 0.16, h, ribbon)
    out += rect(x - w * 0.54, y - h * 1.14, w * 1.08, h * 0.24, light(colour, 0.12), 2)
    return out + path(
        f"M{x:.1f},{y - h * 1.12:.1f}c{-w * 0.4:.1f},{-h * 0.5:.1f} {-w * 0.35:.1f},{h * 0.12:.1f} 0,0c{w * 0.4:.1f},{-h * 0.5:.1f} {w * 0.35:.1f},{h * 0.12:.1f} 0,0Z",
        ribbon,
    )


def podium(x: float, y: float, w: float, h: float) -> str:
    """A lectern with a star of lotus petals, its foot at y."""
    out = poly(
        [(x - w * 0.4, y), (x - w * 0.5, y - h), (x + w * 0.5, y - h), (x + w * 0.4, y)],
        fade((0, WOOD), (1, dark(WOOD, 0.2))),
    )
    out += poly(
        [
            (x - w * 0.56, y - h - 10),
            (x + w * 0.56, y - h - 10),
            (x + w * 0.5, y - h + 4),
            (x - w * 0.5, y - h + 4),
        ],
        light(WOOD, 0.2),
    )
    out += rect(x - w * 0.42, y - 8, w * 0.84, 8, dark(WOOD, 0.35))
    for i in range(8):
        out += group(
            path("M0,0C-5,-6 -4,-14 0,-18C4,-14 5,-6 0,0Z", GOLD),
            at=(x, y - h * 0.55),
            turn=i * 45,
            scale=w / 90,
        )
    out += curve(f"M{x + w * 0.1:.0f},{y - h - 8:.0f}q6,-26 {-w * 0.12:.0f},-40", INK, 2.5) + oval(
        x - w * 0.04, y - h - 50, 4, 6, INK
    )
    return out


def curtain(x: float, y: float, w: float, h: float, colour: str) -> str:
    out = rect(x, y, w, h, colour)
    n = max(4, round(w / 46))
    for i in range(n):
        a = x + w * i / n
        out += rect(
            a,
            y,
            w / n * 0.42,
            h,
            fade((0, dark(colour, 0.28), 0.7), (1, dark(colour, 0.1), 0), angle="right"),
        )
    return out


def pavement(y0: float, y1: float, colour: str = STONE) -> str:
    return rect(0, y0, 1280, y1 - y0, fade((0, dark(colour, 0.05)), (1, light(colour, 0.25))))


ROOFS = [CLAY, BRICK, "#a9664a", "#c27a55"]
WALLS = [CREAM, OCHRE, "#e3c9a8", "#cfd5c0", "#e7b99a", PAPER]


def rooftops(
    x0: float, x1: float, y: float, s: float, seed: int, haze: str | None = None, t: float = 0.0
) -> str:
    """A far row of village houses; `haze` and `t` let them sink into the air."""
    r = rng(seed)
    out, x = "", x0
    while x < x1:
        w, h = r.uniform(44, 84) * s, r.uniform(20, 40) * s
        wall, roof = r.choice(WALLS), r.choice(ROOFS)
        if haze:
            wall, roof = mix(wall, haze, t), mix(roof, haze, t)
        by = y + r.uniform(-5, 5) * s
        out += rect(x, by - h, w, h, wall)
        out += poly(
            [
                (x - 5 * s, by - h),
                (x + w * 0.16, by - h - 24 * s),
                (x + w * 0.84, by - h - 24 * s),
                (x + w + 5 * s, by - h),
            ],
            roof,
        )
        for k in (0.2, 0.62):
            out += rect(x + w * k, by - h * 0.7, w * 0.15, h * 0.4, mix(SLATE, wall, 0.25))
        if r.random() < 0.45:
            g = mix(FOREST, haze, t) if haze else FOREST
            out += circ(x + w + 6 * s, by - 16 * s, 20 * s, g)
        x += w * r.uniform(0.9, 1.35)
    return out


SUIT = NAVY
