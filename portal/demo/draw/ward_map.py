"""The map of the ward: `python -m portal.demo.draw.ward_map` writes map.svg and map.webp.

The places are those the pages and articles of the demo ward speak of; the neighbourhoods are the
cells nearest to fourteen centres, cut to the ward's border.
"""

# ruff: noqa: E501 – the data of one path is read as one line

from .render import DEMO, photograph, save
from .shapes import (
    CLAY,
    GOLD,
    INK,
    NAVY,
    RED,
    TEAL,
    WHITE,
    Point,
    circ,
    curve,
    dark,
    line,
    path,
    picture,
    poly,
    rect,
    rng,
    smooth,
    text,
)

KILOMETRE = 112  # px

RIVER_LINE: list[Point] = [
    (-30, 262), (70, 240), (190, 192), (310, 176), (440, 198), (560, 178), (680, 160), (790, 200),
    (858, 290), (862, 400), (836, 500), (858, 610), (930, 720), (990, 800), (1020, 930),
]  # fmt: skip
BORDER: list[Point] = [
    (190, 192), (310, 176), (440, 198), (560, 178), (680, 160), (790, 200), (858, 290), (862, 400),
    (836, 500), (858, 610), (880, 660), (770, 700), (630, 682), (490, 732), (340, 712), (215, 744),
    (128, 660), (98, 520), (140, 400), (122, 300),
]  # fmt: skip
CENTRES = {
    1: (262, 282), 2: (385, 272), 3: (498, 332), 4: (528, 226), 5: (650, 222), 6: (372, 408),
    7: (520, 468), 8: (638, 368), 9: (760, 268), 10: (500, 608), 11: (760, 412), 12: (668, 558),
    13: (806, 590), 14: (236, 560),
}  # fmt: skip
MOVED = {  # where a number steps aside for a road or a name
    1: (0, 12), 2: (14, 8), 3: (24, 22), 4: (-32, 26), 5: (14, 30), 6: (42, 42), 7: (-46, 36),
    8: (0, -6), 9: (14, 40), 11: (42, 34), 12: (-6, 14), 13: (6, 30), 14: (-14, 76),
}  # fmt: skip
TINTS = ["#f3dfb8", "#e6e2bf", "#f0d3b5", "#dbe3c4", "#f5e6c8", "#e9d9c9"]


def dense(points: list[Point], n: int = 10) -> list[Point]:
    """Points along the closed curve that `smooth` draws, `n` for each stretch."""
    out = []
    for i in range(len(points)):
        a, b, c, d = (points[(i + k) % len(points)] for k in (-1, 0, 1, 2))
        for j in range(n):
            t = j / n
            x, y = (
                b[m]
                + (c[m] - a[m]) * t / 2
                + (2 * a[m] - 5 * b[m] + 4 * c[m] - d[m]) * t * t / 2
                + (3 * b[m] - a[m] - 3 * c[m] + d[m]) * t**3 / 2
                for m in (0, 1)
            )
            out.append((x, y))
    return out


def cell(number: int) -> list[Point]:
    """The part of the ward nearer to this centre than to any other."""
    cx, cy = CENTRES[number]
    area = dense(BORDER)
    for other, (ox, oy) in CENTRES.items():
        if other == number:
            continue
        mx, my, dx, dy = (cx + ox) / 2, (cy + oy) / 2, cx - ox, cy - oy

        def side(p: Point, m: Point = (mx, my), d: Point = (dx, dy)) -> float:
            return (p[0] - m[0]) * d[0] + (p[1] - m[1]) * d[1]

        kept: list[Point] = []
        for a, b in zip(area, [*area[1:], area[0]], strict=True):
            sa, sb = side(a), side(b)
            if sa >= 0:
                kept.append(a)
            if (sa >= 0) != (sb >= 0):
                t = sa / (sa - sb)
                kept.append((a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t))
        area = kept
    return area


def label(
    x: float,
    y: float,
    words: str,
    size: float = 18,
    fill: str = INK,
    weight: int = 600,
    **how: object,
) -> str:
    """Text with a pale rim, so that it reads over lines."""
    rim = {
        "stroke": "#fdf6e6",
        "stroke_width": 4,
        "paint_order": "stroke",
        "stroke_linejoin": "round",
    }
    return text(x, y, words, size, fill, weight, **{**rim, **how})


def mark(x: float, y: float, colour: str, *glyph: str) -> str:
    return (
        circ(x, y, 16, WHITE)
        + circ(x, y, 14, colour)
        + f'<g transform="translate({x} {y})">{"".join(glyph)}</g>'
    )


def office(x: float, y: float) -> str:
    glyph = path("M0,-10L2.3,-3.2H9.5L3.7,1L5.9,8L0,3.8L-5.9,8L-3.7,1L-9.5,-3.2H-2.3Z", GOLD)
    return mark(x, y, RED, glyph)


def school(x: float, y: float) -> str:
    cap = path("M-10,-2L0,-7L10,-2L0,3Z", WHITE) + path("M-6,2v4q6,4 12,0v-4l-6,3z", WHITE)
    return mark(x, y, NAVY, cap)


def clinic(x: float, y: float) -> str:
    return mark(x, y, "#3f7a5c", rect(-2.5, -8, 5, 16, WHITE), rect(-8, -2.5, 16, 5, WHITE))


def market(x: float, y: float) -> str:
    awning = (
        path("M-9,-2L-6,-8H6L9,-2Z", WHITE) + rect(-7, -1, 2, 8, WHITE) + rect(5, -1, 2, 8, WHITE)
    )
    return mark(x, y, "#b9702c", awning, rect(-7, 3, 14, 2.4, WHITE))


def shrine(x: float, y: float) -> str:
    roof = path("M-10,-1Q-6,-3 -5,-8H5Q6,-3 10,-1Z", WHITE)
    return mark(x, y, CLAY, roof, rect(-6, 0, 3, 7, WHITE), rect(3, 0, 3, 7, WHITE))


def landing(x: float, y: float) -> str:
    boat = path("M-10,1Q0,5 10,1Q7,7 4,7H-4Q-7,7 -10,1Z", WHITE) + path(
        "M-1,-8V0M-1,-8L6,-1H-1", WHITE
    )
    return mark(x, y, TEAL, boat)


def pump(x: float, y: float) -> str:
    return mark(x, y, "#4f7f9a", path("M0,-9C-7,0 -6,8 0,8C6,8 7,0 0,-9Z", WHITE))


def ward_map() -> str:
    o = rect(0, 0, 1200, 900, "#e9ecd6")
    r = rng(4)
    for _ in range(150):  # fields around
        x, y = r.uniform(0, 1200), r.uniform(100, 890)
        o += line([(x, y), (x + 16, y)], "#d4dbb8", 2) + line(
            [(x + 4, y + 6), (x + 20, y + 6)], "#d4dbb8", 2
        )
    river = smooth(RIVER_LINE)
    o += curve(river, "#8fb9c4", 58) + curve(river, "#a9cdd3", 50)
    area = smooth(BORDER, closed=True)
    o += f'<clipPath id="ward"><path d="{area}"/></clipPath><g clip-path="url(#ward)">'
    o += rect(0, 0, 1200, 900, "#f3e4c6")
    for number in CENTRES:
        o += poly(cell(number), TINTS[number * 5 % 6])
    # the mountain, by shaded rings
    for k, c in (
        (1, "#cfdab0"),
        (0.78, "#b9cb9c"),
        (0.56, "#a0b98a"),
        (0.34, "#86a67a"),
        (0.15, "#6f9270"),
    ):
        ring = [
            (196, 330),
            (258, 400),
            (262, 486),
            (214, 548),
            (146, 560),
            (84, 500),
            (78, 420),
            (130, 348),
        ]
        o += path(
            smooth([(168 + (x - 168) * k, 452 + (y - 452) * k) for x, y in ring], closed=True), c
        )
    for x, y in (
        (560, 650),
        (610, 628),
        (720, 640),
        (640, 650),
        (740, 600),
        (560, 600),
        (420, 660),
        (450, 620),
        (790, 660),
    ):
        for dx in (0, 9, 18):
            o += curve(
                f"M{x + dx},{y}q-3,-8 -5,-10M{x + dx},{y}q0,-8 0,-12M{x + dx},{y}q3,-8 5,-10",
                "#8fa35c",
                1.6,
            )
    for number in CENTRES:
        o += poly(cell(number), "none", stroke="#a5815a", stroke_width=2, stroke_dasharray="7 6")
    stream = "M176,452C240,470 290,440 330,470C380,508 420,520 470,540C560,570 640,610 760,620C800,622 830,600 850,580"
    ditch = "M420,330C470,345 520,350 560,330C620,310 660,330 720,330C770,332 810,330 856,316"
    o += curve(stream, "#8fb9c4", 5) + curve(ditch, "#8fb9c4", 4)
    o += "</g>"
    # roads: casing, then surface
    roads = [
        (
            "M40,330C120,318 200,318 262,316C340,318 400,318 440,316C540,300 620,276 700,262C740,256 770,250 806,262",
            9,
            "#fff7e3",
        ),
        (
            "M430,70L438,200L442,316C446,360 452,380 470,396C500,430 560,430 600,460C640,500 640,560 630,682L624,900",
            11,
            "#f6d98f",
        ),
        (
            "M60,830C150,770 230,700 330,650C450,600 560,520 700,505C760,500 800,505 840,512L1000,520L1200,500",
            11,
            "#f6d98f",
        ),
        ("M470,396C500,340 540,290 566,214", 8, "#fff7e3"),
        (
            "M442,316C400,380 352,420 330,470C310,520 270,540 256,580C246,620 260,650 300,664",
            8,
            "#fff7e3",
        ),
        (
            "M566,214C620,196 680,186 720,200C790,224 828,280 834,330C840,400 812,460 812,505C812,560 836,620 856,652",
            6,
            "#e6c7a0",
        ),
        ("M600,460C660,440 700,420 740,410L834,396", 7, "#fff7e3"),
    ]
    for d, w, _ in roads:
        o += curve(d, "#b98d5c", w + 3)
    for d, w, c in roads:
        o += curve(d, c, w)
    o += path(area, "none", stroke="#8f412f", stroke_width=4, stroke_dasharray="16 6 3 6")
    # bridges
    for x, y, turn in ((438, 198, 88), (842, 512, 2)):
        o += f'<g transform="translate({x} {y}) rotate({turn})">'
        o += (
            rect(-38, -12, 76, 24, "#f6d98f", 2)
            + rect(-40, -14, 80, 5, INK, 2)
            + rect(-40, 9, 80, 5, INK, 2)
            + "</g>"
        )
    # neighbourhood numbers
    for number, (x, y) in CENTRES.items():
        dx, dy = MOVED.get(number, (0, 30))
        o += circ(x + dx, y + dy, 17, "#fdf6e6", stroke="#8f412f", stroke_width=2)
        o += text(x + dx, y + dy + 7, str(number), 20, "#8f412f", 700)
    # places
    o += office(474, 396) + label(494, 402, "UBND phường", 19, RED, 700, anchor="start")
    o += school(410, 356) + label(392, 362, "THCS Yên Hà", 17, NAVY, anchor="end")
    o += school(594, 300) + label(614, 307, "Tiểu học Yên Hà", 17, NAVY, anchor="start")
    o += school(772, 476) + label(754, 482, "Tiểu học Tân Lộc", 17, NAVY, anchor="end")
    o += clinic(560, 506) + label(560, 538, "Trạm Y tế", 17, "#2f5f48")
    o += market(606, 238) + label(626, 228, "chợ Hạ", 19, dark("#b9702c", 0.3), 700, anchor="start")
    o += landing(560, 196) + label(560, 170, "bến Hạ", 18, TEAL)
    o += (
        line([(742, 204), (742, 142)], CLAY, 1.5)
        + shrine(742, 214)
        + label(742, 134, "đền Bà Chúa Bến", 17, CLAY)
    )
    o += shrine(232, 236) + label(254, 240, "đình Yên Thượng", 17, CLAY, anchor="start")
    o += pump(790, 548) + label(772, 546, "cống Ba Cửa", 16, "#35607a", anchor="end")
    o += (
        path("M168,430l15,24h-30z", "#4f6f50")
        + label(168, 480, "núi Ngàn Hương", 19, "#35503c", 700)
        + label(168, 502, "412 m", 17, "#35503c")
    )
    o += label(398, 142, "cầu Yên Hà", 18, INK, anchor="end") + label(
        890, 492, "cầu Đò Mới", 18, INK, anchor="start"
    )
    o += label(292, 506, "Khe Mơ", 16, "#35607a", font_style="italic", anchor="start")
    o += label(676, 354, "mương Cầu Đá", 16, "#35607a", font_style="italic", anchor="start")
    o += label(560, 650, "đồng Sậy", 18, "#5f7438", font_style="italic") + label(
        802, 676, "xóm Bãi", 16, "#5f7438", font_style="italic"
    )
    o += label(764, 244, "làng nón Hạ", 16, "#5f7438", font_style="italic", anchor="start")
    o += f'<path id="bypass" d="{roads[2][0]}" fill="none"/><path id="dyke" d="{roads[5][0]}" fill="none"/>'
    for ref, start, words in (
        ("bypass", "31%", "đường tránh phía nam"),
        ("dyke", "46%", "đường đê hữu"),
    ):
        o += (
            f"<text font-family=\"'Source Sans 3','Liberation Sans',Arial,sans-serif\" font-size=\"16\""
            f' font-weight="600" fill="#7d5a36" stroke="#fdf6e6" stroke-width="4" paint-order="stroke">'
            f'<textPath href="#{ref}" startOffset="{start}"><tspan dy="-9">{words}</tspan></textPath></text>'
        )
    flow = smooth(RIVER_LINE[9:])
    o += f'<path id="flow" d="{smooth(RIVER_LINE[:6])}" fill="none"/><path id="flow2" d="{flow}" fill="none"/>'
    for ref, start in (("flow", "8%"), ("flow2", "58%")):
        o += (
            f'<text font-family="\'Source Sans 3\',\'Liberation Sans\',Arial,sans-serif" font-size="23" font-style="italic"'
            f' font-weight="600" fill="#2c5f74" letter-spacing="3"><textPath href="#{ref}" startOffset="{start}">'
            '<tspan dy="8">sông Lam Yên</tspan></textPath></text>'
        )
    # title, north arrow, scale, legend
    o += rect(0, 0, 1200, 94, "#fdf6e6") + rect(0, 92, 1200, 3, "#b98d5c")
    o += text(600, 46, "BẢN ĐỒ HÀNH CHÍNH PHƯỜNG YÊN HÀ", 36, "#8f412f", 700)
    o += text(600, 78, "tỉnh Lam Giang – 14 tổ dân phố – bản vẽ minh họa", 20, INK, 400)
    o += circ(1110, 160, 46, "#fdf6e6", stroke="#b98d5c", stroke_width=2)
    o += (
        path("M1110,122L1122,162H1098Z", RED)
        + path("M1110,198L1122,162H1098Z", "#6d7d83")
        + text(1110, 232, "Bắc", 20, INK, 600)
    )
    x0, y0 = 60, 850
    o += rect(x0, y0, KILOMETRE, 9, INK) + rect(
        x0 + KILOMETRE, y0, KILOMETRE, 9, WHITE, stroke=INK, stroke_width=1.5
    )
    for k in range(3):
        o += label(x0 + k * KILOMETRE, y0 - 9, f"{k}" if k < 2 else "2 km", 18)
    lx, ly = 934, 558
    o += rect(lx - 18, ly - 34, 266, 352, "#fdf6e6", 8, stroke="#b98d5c", stroke_width=2)
    o += text(lx, ly - 4, "Chú giải", 22, "#8f412f", 700, anchor="start")
    rows = [
        (office, "Trụ sở UBND phường"),
        (school, "Trường học"),
        (clinic, "Trạm Y tế"),
        (market, "Chợ"),
        (shrine, "Đình, đền"),
        (landing, "Bến thuyền"),
        (pump, "Cống, trạm bơm"),
    ]
    for i, (draw, words) in enumerate(rows):
        y = ly + 24 + i * 35
        o += draw(lx + 14, y) + text(lx + 42, y + 6, words, 18, INK, 400, anchor="start")
    y = ly + 24 + 7 * 35
    o += circ(lx + 14, y - 2, 14, "#fdf6e6", stroke="#8f412f", stroke_width=2) + text(
        lx + 14, y + 4, "1", 17, "#8f412f", 700
    )
    o += text(lx + 42, y + 5, "Tổ dân phố", 18, INK, 400, anchor="start")
    y += 30
    o += line([(lx - 2, y - 4), (lx + 32, y - 4)], "#8f412f", 4, stroke_dasharray="12 6 2 6")
    o += text(lx + 42, y + 2, "Địa giới phường", 18, INK, 400, anchor="start")
    o += rect(3, 3, 1194, 894, "none", 0, stroke="#b98d5c", stroke_width=3)
    return picture(o, width=1200, height=900)


def main() -> None:
    svg = ward_map()
    (DEMO / "map.svg").write_text(svg, encoding="utf-8")
    for _, image in photograph([("map", svg)], 1200, 900, 4 / 3):
        save(image, DEMO / "map.webp", 200_000)


if __name__ == "__main__":
    main()
