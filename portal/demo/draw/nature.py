"""Sky, water, hills, fields, plants, beasts."""

# ruff: noqa: E501 – the data of one path is read as one line

import math

from .shapes import (
    BARK,
    CLAY,
    DEEP,
    FOREST,
    GOLD,
    LEAF,
    RED,
    RICE,
    RIVER,
    ROSE,
    WHITE,
    WOOD,
    Point,
    blob,
    circ,
    curve,
    dark,
    fade,
    glow,
    group,
    light,
    line,
    mix,
    oval,
    path,
    poly,
    rect,
    rng,
    smooth,
)


def sky(top: str, bottom: str, middle: str | None = None, h: float = 800) -> str:
    stops = [(0, top), (1, bottom)] if middle is None else [(0, top), (0.55, middle), (1, bottom)]
    return rect(0, 0, 1280, h, fade(*stops))


def sun(x: float, y: float, r: float, colour: str, halo: float = 4) -> str:
    out = circ(x, y, r * halo, glow((0, colour, 0.55), (1, colour, 0)))
    return out + circ(x, y, r, mix(colour, "#fff8e4", 0.72))


def cloud(x: float, y: float, w: float, colour: str = WHITE, opacity: float = 0.8) -> str:
    """A flat-bottomed cloud `w` wide."""
    k = w / 100
    d = (
        "M0,0C-8,0 -9,-12 3,-13C4,-24 20,-27 27,-18C33,-31 54,-31 58,-16C68,-23 82,-18 80,-9"
        "C94,-12 100,0 90,0Z"
    )
    return group(path(d, colour), at=(x, y), scale=k, opacity=opacity)


def birds(x: float, y: float, n: int, colour: str, s: float = 1, seed: int = 1) -> str:
    r = rng(seed)
    out = ""
    for _ in range(n):
        bx, by, k = x + r.uniform(-90, 90) * s, y + r.uniform(-35, 35) * s, r.uniform(0.7, 1.2) * s
        d = f"M{-11 * k:.1f},{-4 * k:.1f}Q{-5 * k:.1f},{-9 * k:.1f} 0,0"
        d += f"Q{5 * k:.1f},{-9 * k:.1f} {11 * k:.1f},{-4 * k:.1f}"
        out += group(curve(d, colour, 2 * k), at=(bx, by))
    return out


def ridge(points: list[Point], colour: str, foot: float = 800, mist: str | None = None) -> str:
    """Hills through the points down to `foot`; `mist` is the colour they dissolve into."""
    d = smooth(points) + f"L{points[-1][0]},{foot}L{points[0][0]},{foot}Z"
    return path(d, fade((0, colour), (0.35, colour), (1, mist)) if mist else colour)


def hills(y: float, rise: float, colour: str, seed: int, foot: float = 800, **how: object) -> str:
    """A whole chain of rolling hills whose crests reach `rise` above `y`."""
    r = rng(seed)
    points, x = [], -60.0
    up = False
    while x < 1500:
        k = r.uniform(0.55, 1) if up else r.uniform(0.05, 0.35)
        points.append((x, y - rise * k))
        up = not up
        x += r.uniform(70, 150)
    return ridge(points, colour, foot, **how)  # type: ignore[arg-type]


def massif(peaks: list[Point], foot: float, colour: str, mist: str, seed: int = 3) -> str:
    """A mountain drawn with a lit and a shaded side under each peak."""
    r = rng(seed)
    d = smooth(peaks) + f"L{peaks[-1][0]},{foot}L{peaks[0][0]},{foot}Z"
    out = path(d, fade((0, colour), (0.55, mix(colour, mist, 0.25)), (1, mist)))
    for i in range(1, len(peaks) - 1):
        (x, y) = peaks[i]
        if y < peaks[i - 1][1] and y < peaks[i + 1][1]:
            valley = i + 1
            while valley + 1 < len(peaks) and peaks[valley + 1][1] > peaks[valley][1]:
                valley += 1
            fall = foot - y
            rib = []
            for k in (0.92, 0.7, 0.5, 0.3, 0.12):
                sway = (peaks[valley][0] - x) * 0.34 * k
                rib.append((x + sway + r.uniform(-0.06, 0.06) * fall * k, y + fall * k))
            (vx, vy), (bx, by) = peaks[valley], rib[0]
            d = smooth(peaks, part=(i, valley))
            d += f"Q{vx - (vx - bx) * 0.25:.0f},{vy + (by - vy) * 0.55:.0f} {bx:.0f},{by:.0f}"
            d += "L" + smooth([*rib, (x, y)])[1:] + "Z"
            deep = dark(colour, 0.24)
            out += path(d, fade((0, deep, 0.8), (0.9, deep, 0)))
    return out


def water(y: float, foot: float, top: str, bottom: str) -> str:
    return rect(0, y, 1280, foot - y, fade((0, top), (1, bottom)))


def ripples(
    box: tuple[float, float, float, float], n: int, colour: str, seed: int, opacity: float = 0.5
) -> str:
    """Short strokes of light; the nearer (lower) the longer. box = x0, y0, x1, y1."""
    r = rng(seed)
    x0, y0, x1, y1 = box
    out = ""
    for _ in range(n):
        t = r.random() ** 0.8
        y = y0 + (y1 - y0) * t
        w = (10 + 60 * t) * r.uniform(0.5, 1.3)
        x = r.uniform(x0, x1 - w)
        d = f"M{x:.0f},{y:.0f}q{w / 4:.0f},{-1 - 2 * t:.1f} {w / 2:.0f},0t{w / 2:.0f},0"
        out += curve(
            d, colour, round(1 + 2.2 * t, 1), opacity=round(opacity * r.uniform(0.5, 1), 2)
        )
    return out


def glitter(x: float, y0: float, y1: float, w0: float, w1: float, colour: str, seed: int) -> str:
    """The path of the sun or a lamp on water, below `x`."""
    r = rng(seed)
    out, y = "", y0
    while y < y1:
        t = (y - y0) / (y1 - y0)
        w = (w0 + (w1 - w0) * t) * r.uniform(0.45, 1)
        h = 1.6 + 3.4 * t
        out += rect(
            x - w / 2 + r.uniform(-6, 6), y, w, h, colour, h / 2, opacity=round(0.8 - 0.5 * t, 2)
        )
        y += h * r.uniform(2.2, 3.4)
    return out


def tree(x: float, y: float, h: float, green: str = LEAF, seed: int = 1, wide: float = 0.8) -> str:
    """A round-crowned tree standing at (x, y)."""
    r = rng(seed)
    w = h * wide
    trunk = path(
        f"M{x - h * 0.035:.1f},{y}C{x - h * 0.02:.1f},{y - h * 0.3:.1f} {x - h * 0.05:.1f},"
        f"{y - h * 0.45:.1f} {x - h * 0.1:.1f},{y - h * 0.6:.1f}L{x + h * 0.12:.1f},{y - h * 0.62:.1f}"
        f"C{x + h * 0.03:.1f},{y - h * 0.45:.1f} {x + h * 0.03:.1f},{y - h * 0.3:.1f}"
        f" {x + h * 0.05:.1f},{y}Z",
        BARK,
    )
    cy = y - h * 0.66
    out = oval(x, y, w * 0.42, h * 0.03, "#22304a", opacity=0.16) + trunk
    crown = [(0, 0, 0.5, 0.33), (-0.24, 0.08, 0.27, 0.2), (0.25, 0.07, 0.27, 0.2)]
    for dx, dy, rx, ry in crown:
        out += path(
            blob(x + dx * w, cy + dy * h, rx * w, ry * h, r.randrange(999)), dark(green, 0.24)
        )
    for dx, dy, rx, ry in [(-0.04, -0.05, 0.42, 0.26), (-0.24, 0.04, 0.2, 0.14)]:
        out += path(blob(x + dx * w, cy + dy * h, rx * w, ry * h, r.randrange(999)), green)
    for dx, dy, rx, ry in [(-0.14, -0.13, 0.24, 0.13), (-0.27, 0.0, 0.11, 0.07)]:
        crest = light(green, 0.22)
        out += path(blob(x + dx * w, cy + dy * h, rx * w, ry * h, r.randrange(999)), crest)
    return out


def flowers_on(
    box: tuple[float, float, float, float], n: int, colours: list[str], seed: int
) -> str:
    """Blossom sprinkled within the oval that fills the box x0, y0, x1, y1."""
    r = rng(seed)
    x0, y0, x1, y1 = box
    out = ""
    for _ in range(n):
        a, k = r.uniform(0, 2 * math.pi), math.sqrt(r.random())
        x = (x0 + x1) / 2 + (x1 - x0) / 2 * k * math.cos(a)
        y = (y0 + y1) / 2 + (y1 - y0) / 2 * k * math.sin(a)
        out += circ(x, y, r.uniform(3, 6), r.choice(colours))
    return out


def flame_tree(x: float, y: float, h: float, seed: int = 5) -> str:
    """Phượng: the wide red-blossomed tree of school yards."""
    w = h * 1.15
    out = tree(x, y, h, FOREST, seed, 1.15)
    r = rng(seed)
    for _ in range(34):
        a, k = r.uniform(0, 2 * math.pi), math.sqrt(r.random())
        cx, cy = x + w * 0.42 * k * math.cos(a), y - h * 0.73 + h * 0.23 * k * math.sin(a)
        for _ in range(11):
            c = r.choice(["#b53b2b", "#c8452f", "#c8452f", "#dd6141"])
            out += circ(
                cx + r.gauss(0, w * 0.028),
                cy + r.gauss(0, h * 0.018),
                h * r.uniform(0.008, 0.019),
                c,
            )
    box = (x - w * 0.47, y - h * 0.96, x + w * 0.47, y - h * 0.5)
    return out + flowers_on(box, int(h / 4), ["#d9583a", "#c8452f", "#e77a4f"], seed)


def banyan(x: float, y: float, h: float, green: str = FOREST, seed: int = 8) -> str:
    """Cây đa: a broad crown on many trunks and hanging roots."""
    r = rng(seed)
    w = h * 1.35
    out = oval(x, y, w * 0.4, h * 0.035, "#22304a", opacity=0.2)
    for dx in (-0.3, -0.22, 0.2, 0.29, 0.12, -0.13):
        out += curve(
            f"M{x + dx * w:.0f},{y - h * 0.5:.0f}q{r.uniform(-5, 5):.0f},{h * 0.3:.0f}"
            f" {r.uniform(-8, 8):.0f},{h * r.uniform(0.3, 0.49):.0f}",
            dark(WOOD, 0.3),
            round(h * r.uniform(0.008, 0.016), 1),
        )
    t = h * 0.12
    out += path(
        f"M{x - t * 1.5:.0f},{y}C{x - t * 0.7:.0f},{y - h * 0.1:.0f} {x - t:.0f},{y - h * 0.3:.0f}"
        f" {x - t * 3:.0f},{y - h * 0.52:.0f}L{x - t * 1.6:.0f},{y - h * 0.56:.0f}L{x:.0f},"
        f"{y - h * 0.42:.0f}L{x + t * 1.4:.0f},{y - h * 0.58:.0f}L{x + t * 3:.0f},{y - h * 0.5:.0f}"
        f"C{x + t:.0f},{y - h * 0.3:.0f} {x + t * 0.6:.0f},{y - h * 0.1:.0f} {x + t * 1.7:.0f},{y}"
        f"Q{x + t * 0.8:.0f},{y - 6:.0f} {x + t * 0.4:.0f},{y}Q{x:.0f},{y - 12:.0f}"
        f" {x - t * 0.5:.0f},{y}Q{x - t:.0f},{y - 6:.0f} {x - t * 1.5:.0f},{y}Z",
        BARK,
    )
    for k in (-0.5, 0.1, 0.55):
        out += curve(
            f"M{x + t * k:.0f},{y - 8}q{t * 0.1:.0f},{-h * 0.15:.0f} {t * k * 0.4:.0f},{-h * 0.3:.0f}",
            dark(BARK, 0.3),
            2,
        )
    layers = [
        (
            dark(green, 0.3),
            [(-0.33, -0.6, 0.2, 0.13), (0.34, -0.6, 0.2, 0.13), (0, -0.7, 0.36, 0.2)],
        ),
        (green, [(-0.3, -0.66, 0.17, 0.1), (0.3, -0.66, 0.17, 0.1), (-0.02, -0.77, 0.3, 0.15)]),
        (light(green, 0.16), [(-0.32, -0.7, 0.1, 0.05), (-0.07, -0.84, 0.19, 0.07)]),
        (light(green, 0.16), [(0.25, -0.71, 0.1, 0.045)]),
    ]
    for colour, lobes in layers:
        for dx, dy, rx, ry in lobes:
            out += path(blob(x + dx * w, y + dy * h, rx * w, ry * h, r.randrange(999), 13), colour)
    return out


def palm(
    x: float,
    y: float,
    h: float,
    lean: float = 0,
    wind: float = 0,
    colour: str = FOREST,
    nuts: bool = True,
) -> str:
    """A coconut or areca palm; `lean` moves its head sideways, `wind` −1…1 blows its fronds."""
    hx, hy = x + lean, y - h
    out = path(
        f"M{x - h * 0.028:.1f},{y}Q{x + lean * 0.25:.1f},{y - h * 0.5:.1f} {hx - h * 0.012:.1f},{hy:.1f}"
        f"L{hx + h * 0.012:.1f},{hy:.1f}Q{x + lean * 0.25 + h * 0.035:.1f},{y - h * 0.5:.1f}"
        f" {x + h * 0.028:.1f},{y}Z",
        BARK,
    )
    f = h * 0.42
    back, front = "", ""
    for i, a in enumerate((-165, -130, -95, -60, -20, 15, 165, -150, -40)):
        t = math.radians(a)
        dx, dy = math.cos(t), math.sin(t)
        dx = dx * (1 - abs(wind) * 0.55) + wind * 0.85
        ex, ey = hx + f * dx, hy + f * dy * 0.62 + f * 0.24
        mx, my = hx + f * dx * 0.5, hy + f * dy * 0.75 - f * 0.12
        nx, ny = (ey - hy) * 0.13, -(ex - hx) * 0.13
        leaf = path(
            f"M{hx:.1f},{hy:.1f}Q{mx + nx:.1f},{my + ny:.1f} {ex:.1f},{ey:.1f}"
            f"Q{mx - nx:.1f},{my - ny + f * 0.1:.1f} {hx:.1f},{hy:.1f}Z",
            dark(colour, 0.25) if i % 2 else colour,
        )
        if i % 2:
            back += leaf
        else:
            front += leaf
    out += back + front
    if nuts:
        for dx, dy in ((-0.025, 0.02), (0.025, 0.025), (0, 0.04)):
            out += circ(hx + dx * h, hy + dy * h, h * 0.022, "#9a7b3f")
    return out


def banana(x: float, y: float, h: float, colour: str = LEAF, seed: int = 2) -> str:
    r = rng(seed)
    out = rect(x - h * 0.035, y - h * 0.5, h * 0.07, h * 0.5, mix(colour, WOOD, 0.4), h * 0.02)
    for i, a in enumerate((-150, -118, -92, -62, -30)):
        t = math.radians(a + r.uniform(-8, 8))
        n = h * r.uniform(0.5, 0.62)
        ox, oy = x, y - h * 0.46
        ex, ey = ox + n * math.cos(t), oy + n * math.sin(t) + (n * 0.35 if abs(a + 90) > 40 else 0)
        mx, my = ox + n * 0.6 * math.cos(t), oy + n * 0.8 * math.sin(t)
        nx, ny = (ey - oy) * 0.24, -(ex - ox) * 0.24
        c = colour if i % 2 else dark(colour, 0.18)
        out += path(
            f"M{ox:.1f},{oy:.1f}Q{mx + nx:.1f},{my + ny:.1f} {ex:.1f},{ey:.1f}"
            f"Q{mx - nx:.1f},{my - ny:.1f} {ox:.1f},{oy:.1f}Z",
            c,
        )
        out += curve(
            f"M{ox:.1f},{oy:.1f}Q{mx:.1f},{my:.1f} {ex:.1f},{ey:.1f}",
            light(c, 0.3),
            1.6,
            opacity=0.7,
        )
    return out


def bamboo(x: float, y: float, h: float, n: int = 9, colour: str = "#7d9a4e", seed: int = 4) -> str:
    """A clump leaning outwards."""
    r = rng(seed)
    out = ""
    for i in range(n):
        spread = (i - (n - 1) / 2) / n
        k = h * r.uniform(0.75, 1)
        bx, tx = x + spread * h * 0.16, x + spread * h * 0.95
        c = mix(colour, DEEP, r.uniform(0.1, 0.5))
        out += curve(
            f"M{bx:.0f},{y:.0f}Q{bx + spread * h * 0.15:.0f},{y - k * 0.6:.0f} {tx:.0f},{y - k:.0f}",
            c,
            round(h * 0.014, 1),
        )
        for _ in range(15):
            t = r.uniform(0.4, 1.04)
            px = bx + (tx - bx) * t**1.8 + r.uniform(-0.07, 0.07) * h
            py = y - k * t + r.uniform(-0.03, 0.05) * h
            out += oval(
                px,
                py,
                h * 0.055,
                h * 0.011,
                c,
                transform=f"rotate({r.uniform(10, 60) * r.choice((1, -1)):.0f} {px:.0f} {py:.0f})",
            )
    return out


def pines(x0: float, x1: float, y: float, h: float, colour: str, seed: int, n: int = 16) -> str:
    """A belt of pine trees."""
    r = rng(seed)
    out = ""
    for i in range(n):
        x = x0 + (x1 - x0) * (i + r.uniform(0.1, 0.9)) / n
        k = h * r.uniform(0.7, 1.15)
        c = mix(colour, DEEP, r.uniform(0, 0.5))
        out += rect(x - k * 0.025, y - k * 0.25, k * 0.05, k * 0.25, BARK)
        for b, w in ((0.12, 0.24), (0.36, 0.19), (0.6, 0.13)):
            out += poly(
                [(x - w * k, y - b * k), (x, y - (b + 0.42) * k), (x + w * k, y - b * k)], c
            )
    return out


def grass(x0: float, x1: float, y: float, h: float, colour: str, seed: int, n: int = 60) -> str:
    """Tufts along a line, to hide where two colours meet."""
    r = rng(seed)
    out = ""
    for _ in range(n):
        x = r.uniform(x0, x1)
        k, b = h * r.uniform(0.5, 1.1), r.uniform(-0.5, 0.5)
        out += path(
            f"M{x - 3:.0f},{y}Q{x + b * 6:.1f},{y - k * 0.6:.1f} {x + b * k:.1f},{y - k:.1f}"
            f"Q{x + 2 + b * 4:.1f},{y - k * 0.5:.1f} {x + 3:.1f},{y}Z",
            mix(colour, DEEP, r.uniform(0, 0.35)),
        )
    return out


def reeds(x0: float, x1: float, y: float, h: float, seed: int, n: int = 26, c: str = FOREST) -> str:
    """Tall reeds with plumes, for a near corner."""
    r = rng(seed)
    out = ""
    for _ in range(n):
        x, k, b = r.uniform(x0, x1), h * r.uniform(0.55, 1.05), r.uniform(-0.25, 0.3)
        tint = mix(c, DEEP, r.uniform(0, 0.6))
        tx, ty = x + b * k, y - k
        out += curve(f"M{x:.0f},{y}Q{x:.0f},{y - k * 0.6:.0f} {tx:.0f},{ty:.0f}", tint, 3)
        out += path(
            f"M{x:.0f},{y}Q{x - b * k * 0.4 - 12:.0f},{y - k * 0.5:.0f} {x - k * 0.25:.0f},{y - k * 0.55:.0f}"
            f"Q{x - 4:.0f},{y - k * 0.3:.0f} {x + 4:.0f},{y}Z",
            tint,
        )
        if r.random() < 0.5:
            out += oval(
                tx,
                ty,
                5,
                k * 0.09,
                mix("#c9a878", c, 0.15),
                transform=f"rotate({b * 70:.0f} {tx:.0f} {ty:.0f})",
            )
    return out


def paddy(
    y0: float, y1: float, colours: tuple[str, str], vanish: Point, n: int = 17, spread: float = 3400
) -> str:
    """A field between two heights, its rows running to a vanishing point."""
    out = rect(0, y0, 1280, y1 - y0, fade((0, colours[0]), (1, colours[1])))
    vx, vy = vanish
    k0, k1 = (y0 - vy) / (y1 - vy), 1.0
    tone = dark(colours[1], 0.22)
    for i in range(-n, n + 1):
        x = i * spread / (2 * n)
        wide = spread / (2 * n) * 0.2
        points = [
            (vx + (x - wide) * k0, y0),
            (vx + (x + wide) * k0, y0),
            (vx + (x + wide) * k1, y1),
            (vx + (x - wide) * k1, y1),
        ]
        out += poly(points, tone, opacity=0.35)
    return out


def ears(
    x0: float, x1: float, y: float, h: float, seed: int, n: int = 40, ripe: bool = True
) -> str:
    """Near rice plants with hanging ears."""
    r = rng(seed)
    out = ""
    for i in range(n):
        x = x0 + (x1 - x0) * (i + r.random()) / n
        k, b = h * r.uniform(0.75, 1.1), r.choice((-1, 1)) * r.uniform(0.08, 0.22)
        stem = mix(RICE, LEAF if not ripe else "#c9a345", r.uniform(0.2, 0.9))
        tx, ty = x + b * k, y - k
        out += curve(
            f"M{x:.0f},{y}Q{x:.0f},{y - k * 0.7:.0f} {tx:.0f},{ty:.0f}", dark(stem, 0.1), 2.4
        )
        ex, ey = tx + b * k * 0.55, ty + k * 0.2
        out += curve(
            f"M{x:.0f},{y}Q{x - b * 20:.0f},{y - k * 0.5:.0f} {x - b * k * 0.9:.0f},{y - k * 0.7:.0f}",
            dark(LEAF, r.uniform(0, 0.2)),
            3,
        )
        if ripe:
            for j in range(7):
                t = j / 6
                gx = tx + (ex - tx) * t + (2 if j % 2 else -2)
                gy = ty + (ey - ty) * t * t + 2
                out += oval(gx, gy, 2.6, 4.6, mix("#dcb44c", "#b98a35", r.random() * 0.6))
    return out


def lotus(x: float, y: float, s: float, bloom: bool = True, colour: str = "#e0909b") -> str:
    """A pad and, if `bloom`, a flower standing behind it."""
    out = oval(x, y, 46 * s, 15 * s, "#5f8a5c")
    out += path(
        f"M{x:.0f},{y:.0f}L{x + 46 * s:.0f},{y - 4 * s:.0f}L{x + 44 * s:.0f},{y + 4 * s:.0f}Z",
        "#4d7650",
    )
    out += oval(x - 6 * s, y - 3 * s, 30 * s, 8 * s, "#7aa36c", opacity=0.7)
    if bloom:
        stem = curve("M0,0q2,-18 0,-34", "#4d7650", 3)
        petals = ""
        for a, c in ((-62, 0), (62, 0), (-36, 0.15), (36, 0.15), (0, 0.35)):
            petals += group(
                path("M0,0C-12,-10 -9,-28 0,-36C9,-28 12,-10 0,0Z", light(colour, c)), turn=a
            )
        out += group(stem, group(petals, at=(0, -32)), at=(x - 14 * s, y - 2 * s), scale=s)
    return out


def pot(x: float, y: float, w: float, colour: str = CLAY) -> str:
    out = path(
        f"M{x - w / 2:.1f},{y - w * 0.7:.1f}h{w:.1f}l{-w * 0.14:.1f},{w * 0.7:.1f}h{-w * 0.72:.1f}Z",
        colour,
    )
    return out + rect(x - w * 0.56, y - w * 0.8, w * 1.12, w * 0.17, light(colour, 0.2), 3)


def kumquat(x: float, y: float, h: float, seed: int = 1) -> str:
    """A kumquat tree in its pot."""
    r = rng(seed)
    w = h * 0.3
    out = oval(x, y, h * 0.24, h * 0.03, "#22304a", opacity=0.2) + pot(x, y, w)
    out += rect(x - h * 0.015, y - h * 0.4, h * 0.03, h * 0.2, BARK)
    cone = [
        (0, -0.34, 0.27, 0.15),
        (0, -0.52, 0.23, 0.15),
        (0, -0.7, 0.17, 0.14),
        (0, -0.86, 0.09, 0.11),
    ]
    for i, c in enumerate((dark(FOREST, 0.15), "#5a8350")):
        for dx, dy, rx, ry in cone:
            k = 1 - 0.25 * i
            crown = blob(
                x + dx * h - i * 4, y + dy * h - i * 5, rx * h * k, ry * h * k, r.randrange(99)
            )
            out += path(crown, c)
    for _ in range(int(h / 5)):
        t = r.random()
        cx = x + r.uniform(-1, 1) * h * (0.25 - 0.19 * t)
        cy = y - h * (0.3 + 0.6 * t)
        out += circ(cx, cy, h * 0.021, "#e99b3a") + circ(cx - 1, cy - 1.4, h * 0.008, "#f6c47a")
    return out


def peach(x: float, y: float, h: float, seed: int = 1, potted: bool = True, c: str = ROSE) -> str:
    """A branch of peach blossom (or apricot, if `c` is yellow)."""
    r = rng(seed)
    out = pot(x, y, h * 0.26, "#5c7f86") if potted else ""
    tips: list[Point] = []

    def grow(px: float, py: float, a: float, n: float, w: float) -> str:
        ex, ey = px + n * math.cos(a), py + n * math.sin(a)
        piece = line([(px, py), (ex, ey)], BARK, w)
        if n < h * 0.2:
            tips.extend([(ex, ey), ((px + ex) / 2, (py + ey) / 2)])
        if n > h * 0.09:
            for turn in (-0.7, 0.05, 0.75):
                piece += grow(
                    ex, ey, a + turn + r.uniform(-0.2, 0.2), n * r.uniform(0.55, 0.72), w * 0.62
                )
        return piece

    out += grow(x, y - h * 0.18, -math.pi / 2 + r.uniform(-0.15, 0.15), h * 0.26, h * 0.03)
    for tx, ty in tips:
        for _ in range(2):
            bx, by = tx + r.uniform(-9, 9), ty + r.uniform(-9, 9)
            k = h * r.uniform(0.012, 0.022)
            tone = mix(c, WHITE, r.uniform(0, 0.5))
            for i in range(5):
                a = i * 2 * math.pi / 5
                out += circ(bx + k * math.cos(a), by + k * math.sin(a), k * 0.75, tone)
            out += circ(bx, by, k * 0.5, "#c25a58" if c == ROSE else "#c98a3b")
    return out


def buffalo(x: float, y: float, s: float, flip: bool = False, colour: str = "#5b5a5e") -> str:
    """A water buffalo about 150 × `s` wide, feet at y."""
    deep = dark(colour, 0.25)
    parts = [oval(0, 0, 76, 7, "#22304a", opacity=0.18)]
    for lx in (-42, 34):
        parts.append(path(f"M{lx},-44l14,0l-1,44h-9z", deep))
    parts.append(
        path(
            "M-66,-60C-66,-86 -40,-92 -10,-88C14,-94 40,-90 52,-82C60,-70 58,-40 44,-34"
            "C10,-22 -34,-24 -52,-34C-62,-40 -66,-48 -66,-60Z",
            colour,
        )
    )
    for lx in (-56, 24):
        parts.append(path(f"M{lx},-46l18,0l-3,46h-11z", colour))
        parts.append(rect(lx + 3, -5, 12, 5, deep, 1))
    parts.append(curve("M-65,-66C-78,-60 -76,-40 -74,-28", colour, 4))
    parts.append(path("M-78,-30l8,0l-3,12z", deep))
    parts.append(
        path(
            "M44,-84C56,-96 76,-94 82,-84C92,-72 98,-58 94,-52C88,-46 78,-50 72,-56C60,-56 46,-66 44,-84Z",
            colour,
        )
    )
    parts.append(path("M84,-60C92,-62 97,-56 94,-51C88,-47 82,-50 80,-53Z", light(colour, 0.25)))
    parts.append(path("M58,-86C40,-92 36,-108 50,-116C44,-104 54,-96 68,-92Z", "#d8c7a3"))
    parts.append(path("M70,-90C66,-104 76,-116 90,-112C80,-108 78,-98 80,-86Z", "#d8c7a3"))
    parts.append(path("M56,-80C46,-82 40,-76 40,-70C50,-70 56,-74 60,-78Z", deep))
    parts.append(circ(76, -76, 2.4, "#201f22"))
    return group(*parts, at=(x, y), scale=s, flip=flip)


def fire(x: float, y: float, h: float) -> str:
    """Flames standing at (x, y)."""
    out = circ(x, y - h * 0.4, h * 1.5, glow((0, "#ffb347", 0.55), (1, "#ffb347", 0)))
    shapes = (
        (
            "#d9532f",
            "M-30,0C-42,-26 -22,-44 -20,-66C-8,-56 -6,-78 4,-100C10,-76 24,-70 24,-46C34,-34 38,-16 30,0Z",
        ),
        (
            "#f08c3a",
            "M-20,0C-28,-20 -12,-34 -10,-50C-2,-42 2,-60 6,-74C10,-54 18,-46 16,-32C24,-22 24,-10 18,0Z",
        ),
        (GOLD, "M-11,0C-16,-14 -4,-22 -2,-36C6,-28 12,-18 9,0Z"),
    )
    return out + group(*(path(d, c) for c, d in shapes), at=(x, y), scale=h / 100)


def rain(n: int, colour: str, seed: int, slant: float = -0.45, opacity: float = 0.4) -> str:
    r = rng(seed)
    out = ""
    for _ in range(n):
        x, y, k = r.uniform(-60, 1400), r.uniform(-40, 800), r.uniform(18, 62)
        out += line(
            [(x, y), (x + slant * k, y + k)],
            colour,
            r.uniform(1, 2.4),
            opacity=round(opacity * r.uniform(0.4, 1), 2),
        )
    return out


def sampan(
    x: float, y: float, w: float, colour: str = WOOD, roof: bool = False, flip: bool = False
) -> str:
    """A long low boat, its waterline at y."""
    k = w / 200
    deep = dark(colour, 0.3)
    parts = [
        oval(0, 5, 94, 6, "#22304a", opacity=0.22),
        path(
            "M-104,-20C-88,-12 -60,-7 0,-7C60,-7 88,-12 106,-24C98,-2 84,8 62,9L-62,9C-84,8 -98,0 -104,-20Z",
            colour,
        ),
        path(
            "M-104,-20C-88,-12 -60,-7 0,-7C60,-7 88,-12 106,-24C86,-6 60,-1 0,-1C-60,-1 -88,-6 -104,-20Z",
            light(colour, 0.22),
        ),
        path("M-94,-4C-60,4 60,4 92,-6C86,4 78,9 62,9L-62,9C-78,9 -88,4 -94,-4Z", deep),
    ]
    if roof:
        parts.insert(1, path("M-46,-8C-46,-50 42,-50 42,-8Z", "#b08a55"))
        parts.insert(
            2, path("M-38,-8C-38,-42 -18,-46 -16,-46C-24,-36 -26,-20 -26,-8Z", dark("#b08a55", 0.4))
        )
        for lx in (-8, 10, 27):
            parts.insert(
                3, curve(f"M{lx},-8q-2,-24 {-3 if lx < 20 else -7},-34", dark("#b08a55", 0.2), 1.6)
            )
    return group(*parts, at=(x, y), scale=k, flip=flip)


def dots(
    box: tuple[float, float, float, float], n: int, colours: list[str], r0: float, seed: int
) -> str:
    """Flowers, stones or fruit scattered over a box."""
    r = rng(seed)
    x0, y0, x1, y1 = box
    spots = sorted((r.uniform(y0, y1), r.uniform(x0, x1)) for _ in range(n))
    return "".join(circ(x, y, r0 * r.uniform(0.7, 1.2), r.choice(colours)) for y, x in spots)


WATER = (mix(RIVER, WHITE, 0.35), mix(RIVER, "#2f6f73", 0.45))
PETALS = [ROSE, GOLD, RED, WHITE, "#b277a0"]
