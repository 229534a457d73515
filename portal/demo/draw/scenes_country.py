"""Pictures of river, mountain, fields, feasts."""

# One letter serves for many measures here, whole and broken:
# mypy: disable-error-code="assignment,arg-type,misc"
# ruff: noqa: E501 – the data of one path is read as one line

import itertools
import math

from . import nature as n
from . import places as p
from .people import GREY, farmer, officer, person, pupil, seat
from .shapes import (
    BARK,
    BRICK,
    CLAY,
    CREAM,
    DEEP,
    FOREST,
    GOLD,
    INK,
    LEAF,
    NAVY,
    OCHRE,
    PLUM,
    RED,
    ROSE,
    SLATE,
    STONE,
    TEAL,
    WHITE,
    WOOD,
    blob,
    circ,
    curve,
    dark,
    fade,
    glow,
    group,
    line,
    mirror,
    mix,
    oval,
    path,
    picture,
    poly,
    rect,
    rng,
    smooth,
    wash,
    zoom,
)


def rower(x: float, y: float, h: float, flip: bool = False, top: str = PLUM) -> str:
    """Somebody standing in a boat with a long oar, feet at y."""
    oar = line([(-6, -62), (44, 18)], dark(WOOD, 0.25), 2.6) + path(
        "M38,8L44,6L54,26L48,30Z", dark(WOOD, 0.25)
    )
    return farmer(
        x,
        y,
        h,
        view="side",
        flip=flip,
        top=top,
        lean=14,
        hands=((12, -40), (-2, -57)),
        feet=((-9, 0), (8, 0)),
        held=oar,
        shadow=False,
        face=False,
    )


def song_lam_yen() -> str:
    """Dawn on the river."""
    o = n.sky("#f0c9a4", "#fbe9cf", "#f7d9b3")
    o += n.sun(846, 306, 52, "#f2a35e", 6) + circ(846, 306, 52, "#fff0c9", opacity=0.85)
    o += n.cloud(160, 150, 300, "#fdf0dc", 0.6) + n.cloud(930, 120, 240, "#fdf0dc", 0.5)
    o += n.massif(
        [
            (-40, 330),
            (90, 250),
            (180, 300),
            (300, 190),
            (420, 290),
            (560, 250),
            (700, 345),
            (860, 430),
            (960, 470),
        ],
        470,
        "#a9a6a8",
        "#efd5b8",
        4,
    )
    o += n.hills(395, 70, "#b9a899", 12, 470, mist="#efd5b8")
    o += n.water(428, 800, "#f3d2ab", "#5f8f96")
    o += n.glitter(846, 432, 660, 60, 250, "#fff0cf", 3)
    # the far bank, a low tongue of trees and roofs
    o += path(
        "M-10,452C150,430 330,434 470,444C600,452 700,448 660,462C520,480 220,486 -10,478Z",
        "#8b9a7b",
    )
    o += p.rooftops(60, 420, 448, 0.5, 5, "#f0d3ae", 0.45)
    for x, h in ((30, 60), (205, 48), (440, 52), (505, 40)):
        o += n.tree(x, 456, h, mix(FOREST, "#f0d3ae", 0.38), int(x), 1)
    o += n.palm(330, 452, 84, 10, 0.1, mix(FOREST, "#f0d3ae", 0.3), False)
    o += path("M1290,452C1180,436 1060,446 990,458C1090,476 1180,484 1290,486Z", "#7f9276")
    for x, h in ((1120, 56), (1180, 74), (1240, 60), (1060, 38)):
        o += n.tree(x, 466, h, mix(FOREST, "#f0d3ae", 0.3), int(x), 1)
    o += rect(0, 400, 1280, 90, fade((0, "#fdebd0", 0), (0.5, "#fdebd0", 0.65), (1, "#fdebd0", 0)))
    o += n.ripples((0, 480, 1280, 800), 70, "#fdeed6", 7, 0.5)
    o += n.sampan(560, 560, 150, "#6b4a38", roof=True)
    o += n.glitter(560, 572, 620, 110, 60, "#4c5f66", 8)
    o += n.sampan(820, 682, 330, "#5b3f33") + rower(900, 670, 178, flip=True, top="#6d4258")
    o += p.basket(760, 672, 54, ["#9db368", "#c98a3b"], 2) + p.basket(700, 668, 44, ["#b9583d"], 4)
    o += n.birds(420, 170, 6, "#7d6a66", 1.1, 4)
    o += path("M-10,800L-10,690C90,680 190,720 300,760C350,780 380,790 400,800Z", DEEP)
    o += n.reeds(-10, 270, 800, 270, 9, 34, "#4d6b4c")
    return picture(o, wash("#f4b57a", 0.16))


def nui_ngan_huong() -> str:
    """The mountain above its pine woods, a stair leading to a shrine."""
    o = n.sky("#8fb9c4", "#eaf0e2", "#c3dcdb")
    o += n.cloud(60, 170, 330, WHITE, 0.85) + n.cloud(900, 110, 280, WHITE, 0.75)
    o += n.massif(
        [
            (-50, 470),
            (120, 330),
            (240, 420),
            (380, 300),
            (560, 440),
            (800, 400),
            (980, 280),
            (1120, 390),
            (1330, 330),
        ],
        620,
        "#a3bdbd",
        "#dbe6da",
        5,
    )
    o += n.massif(
        [
            (60, 640),
            (240, 470),
            (350, 400),
            (470, 260),
            (560, 210),
            (640, 118),
            (720, 200),
            (800, 250),
            (900, 390),
            (1010, 440),
            (1230, 640),
        ],
        690,
        "#638486",
        "#a9c2ac",
        9,
    )
    o += (
        n.cloud(250, 395, 300, WHITE, 0.7)
        + n.cloud(800, 345, 230, WHITE, 0.62)
        + n.cloud(500, 300, 150, WHITE, 0.5)
    )
    o += n.hills(600, 110, "#6f936f", 21, 800, mist="#5c8259")
    o += n.pines(-20, 560, 610, 78, "#4f7a5b", 2, 26) + n.pines(
        760, 1300, 600, 74, "#4f7a5b", 3, 24
    )
    o += n.hills(690, 90, "#577f55", 33, 800)
    o += n.pines(-20, 470, 690, 120, "#42694c", 12, 18) + n.pines(
        840, 1300, 690, 126, "#42694c", 13, 16
    )
    # stair winding to the shrine
    o += p.temple(650, 590, 190, BRICK, two=True)
    stair = [(620, 800), (585, 740), (640, 680), (690, 640), (652, 592)]
    wide = [(820, 800), (705, 740), (712, 680), (735, 640), (668, 592)]
    o += path(smooth(stair) + "L" + smooth(wide[::-1])[1:] + "Z", "#d8cdb4")
    for i in range(26):
        t = i / 25
        y = 594 + 206 * t**1.25
        xl = _on(stair, y)
        xr = _on(wide, y)
        o += line([(xl + 2, y), (xr - 2, y)], "#b3a78d", 1 + 2.4 * t)
    o += person(626, 746, 92, view="back", top=CREAM, feet=((-5, 0), (5, -3))) + farmer(
        676, 752, 88, view="back", top=TEAL
    )
    o += pupil(668, 694, 54, view="back", scarf=False, top=OCHRE)
    o += n.pines(-30, 330, 812, 230, "#365a43", 31, 7) + n.pines(
        980, 1320, 812, 250, "#365a43", 32, 7
    )
    o += n.grass(0, 640, 806, 46, "#4b7148", 5, 80) + n.grass(820, 1280, 806, 46, "#4b7148", 6, 60)
    o += n.birds(930, 220, 5, "#4d6a70", 0.9, 2)
    return picture(o, wash("#fff0c8", 0.08))


def _on(points: list[tuple[float, float]], y: float) -> float:
    """x of a falling polyline at height y."""
    spots = sorted(points, key=lambda q: q[1])
    for (ax, ay), (bx, by) in itertools.pairwise(spots):
        if ay <= y <= by:
            return ax + (bx - ax) * (y - ay) / max(1, by - ay)
    return spots[-1][0]


def cau_yen_ha() -> str:
    """The arch bridge at nightfall, its lamps lit."""
    o = n.sky("#38527a", "#e8a679", "#93788d")
    r = rng(5)
    for _ in range(40):
        o += circ(
            r.uniform(0, 1280), r.uniform(0, 220), r.uniform(0.8, 1.8), "#fdf3dc", opacity=0.7
        )
    o += circ(1080, 130, 34, "#fbeccd") + circ(1068, 122, 32, "#50628a")
    o += n.massif(
        [
            (-40, 430),
            (160, 330),
            (300, 390),
            (470, 300),
            (640, 400),
            (860, 370),
            (1040, 410),
            (1330, 350),
        ],
        520,
        "#5d5f80",
        "#c98f80",
        4,
    )
    o += n.hills(486, 60, "#4d5470", 6, 540)
    o += n.water(512, 800, "#d99a78", "#2c4560")
    # lit town on the far bank
    for i in range(15):
        x = 10 + i * 30 + r.uniform(-6, 6)
        if x < 420:
            h = r.uniform(24, 58)
            o += rect(x, 516 - h, 26, h, mix("#4a4b66", "#7b5a5e", r.random()))
            for _ in range(4):
                o += rect(
                    x + r.uniform(3, 18), 512 - r.uniform(8, h - 6), 4, 6, "#ffd98a", opacity=0.9
                )
    for x in (40, 150, 270, 390):
        o += n.tree(x, 520, 46, "#3c4f58", x, 1)
    for x in range(30, 420, 46):
        o += n.glitter(x, 522, 600, 8, 20, "#ffd08a", x)
    # bridge in perspective: deck from lower left to far right
    deck_y = lambda x: 560 - (x + 40) * 0.075  # noqa: E731 – one slope, used below
    o += n.ripples((0, 520, 1280, 800), 60, "#f3c5a0", 9, 0.35)
    for px, w in ((250, 44), (560, 34), (830, 27), (1060, 22)):
        top = deck_y(px) + 20
        foot = 690 - px * 0.13
        o += poly(
            [(px - w / 2, top), (px + w / 2, top), (px + w * 0.62, foot), (px - w * 0.62, foot)],
            fade((0, "#6c6a80"), (1, "#454b66")),
        )
        o += rect(px - w, foot - 8, 2 * w, 16, "#565a73", 6)
        o += n.glitter(px, foot + 10, foot + 80, w * 1.4, w, "#39445f", px)
    for a, b, rise in ((250, 560, 190), (560, 830, 160), (830, 1060, 132)):
        ya, yb = deck_y(a), deck_y(b)
        mid = (a + b) / 2
        top = (ya + yb) / 2 - rise
        d = f"M{a},{ya}C{a + 30},{top} {b - 30},{top - 6} {b},{yb}"
        o += curve(d, "#a5402f", 15) + curve(d, "#d9694a", 6)
        for k in range(1, 9):
            t = k / 9
            x = (
                (1 - t) ** 3 * a
                + 3 * (1 - t) ** 2 * t * (a + 30)
                + 3 * (1 - t) * t * t * (b - 30)
                + t**3 * b
            )
            y = (
                (1 - t) ** 3 * ya
                + 3 * (1 - t) ** 2 * t * top
                + 3 * (1 - t) * t * t * (top - 6)
                + t**3 * yb
            )
            o += line([(x, y), (x, deck_y(x))], "#e0b7a0", 2.2, opacity=0.85)
        o += circ(mid, top + rise * 0.26, 0.1, RED)
    o += poly(
        [
            (-10, deck_y(-10)),
            (1290, deck_y(1290)),
            (1290, deck_y(1290) + 16),
            (-10, deck_y(-10) + 30),
        ],
        "#cbb9ae",
    )
    o += poly(
        [
            (-10, deck_y(-10) + 22),
            (1290, deck_y(1290) + 12),
            (1290, deck_y(1290) + 22),
            (-10, deck_y(-10) + 42),
        ],
        "#5c5e78",
    )
    for x in range(0, 1280, 20):
        o += rect(x, deck_y(x) - 15, 2, 17, "#e8d8c8", opacity=0.8)
    o += line([(-10, deck_y(-10) - 15), (1290, deck_y(1290) - 15)], "#e8d8c8", 3)
    for i, x in enumerate((60, 190, 320, 440, 560, 660, 760, 850, 930, 1010, 1080, 1150, 1210)):
        h = 86 - i * 4.2
        y = deck_y(x)
        o += rect(x - 1.5, y - h, 3, h, "#4d5068") + circ(
            x, y - h, 44 - i * 1.8, glow((0, "#ffdc94", 0.75), (1, "#ffdc94", 0))
        )
        o += circ(x, y - h, 4.6, "#fff1cb")
        o += n.glitter(x, 575 - i * 4, 690 - i * 6, 8, 26, "#ffd591", i + 60)
    o += p.motorbike(150, deck_y(150) - 2, 0.42, TEAL) + person(
        146,
        deck_y(150) - 14,
        52,
        view="side",
        hip=(0, -27),
        hands=((24, -42), (24, -42)),
        feet=((12, -2), (14, -2)),
        hat="helmet",
        hat_colour=OCHRE,
        shadow=False,
    )
    o += (
        n.sampan(690, 700, 190, "#3a3444", roof=True)
        + circ(716, 690, 46, glow((0, "#ffcf80", 0.7), (1, "#ffcf80", 0)))
        + circ(712, 688, 4, "#fff0c4")
    )
    o += path("M-10,800L-10,724C120,704 260,742 380,800Z", "#27364a")
    o += n.reeds(-20, 200, 800, 130, 2, 22, "#2f4653") + n.reeds(
        1150, 1290, 800, 150, 4, 18, "#2f4653"
    )
    return picture(o)


def canh_dong_lua() -> str:
    """Harvest: golden rows, reapers, a buffalo cart track."""
    o = n.sky("#a9d0d6", "#fbeecb", "#dbe8d8", 420)
    o += n.sun(1080, 130, 40, "#f7c866", 5)
    o += (
        n.cloud(140, 150, 260, WHITE, 0.9)
        + n.cloud(560, 100, 200, WHITE, 0.8)
        + n.cloud(760, 205, 150, WHITE, 0.6)
    )
    o += n.massif(
        [
            (-40, 330),
            (120, 250),
            (260, 310),
            (420, 230),
            (600, 320),
            (760, 290),
            (1000, 340),
            (1330, 280),
        ],
        400,
        "#8fae9f",
        "#dfe3bf",
        6,
    )
    o += n.hills(372, 36, "#88a877", 5, 410)
    o += p.rooftops(690, 1120, 384, 0.62, 9, "#e9e3c0", 0.2)
    o += n.bamboo(640, 392, 92, 9, "#7d9a4e", 3) + n.bamboo(1180, 392, 104, 9, "#7d9a4e", 6)
    o += n.palm(760, 388, 112, 14, 0.1, "#55814f", False) + n.palm(
        1010, 388, 96, -10, 0.1, "#55814f", False
    )
    o += n.paddy(384, 800, ("#dccb74", "#dcae45"), (470, 250), 20, 3800)
    # green seedling strips
    o += poly([(0, 470), (330, 400), (360, 400), (0, 520)], "#a9bf62", opacity=0.9)
    o += poly([(1280, 430), (720, 396), (700, 396), (1280, 462)], "#b7c26a", opacity=0.9)
    # bund path
    o += path("M560,392C600,470 700,600 980,810L1180,810C860,610 640,470 580,392Z", "#cdb184")
    o += path("M566,392C608,470 720,600 1040,810L1090,810C780,620 600,470 574,392Z", "#dcc49a")
    for i in range(26):
        t = (i / 25) ** 1.6
        o += n.grass(586 + 395 * t - 6, 586 + 395 * t + 8, 410 + 392 * t, 8 + 26 * t, LEAF, i, 4)
        o += n.grass(
            604 + 566 * t - 6, 604 + 566 * t + 8, 410 + 392 * t, 8 + 26 * t, LEAF, i + 40, 4
        )
    # buffalo and child on the track
    o += n.buffalo(705, 545, 0.72, flip=True)
    o += pupil(
        712,
        499,
        78,
        view="side",
        flip=True,
        scarf=False,
        top=TEAL,
        legs=BARK,
        hat="cone",
        hip=(0, -24),
        hands=((16, -40), (18, -38)),
        feet=((8, -4), (10, -2)),
        shadow=False,
    )
    # cut sheaves
    r = rng(3)
    for x, y, s in (
        (420, 560, 0.8),
        (330, 590, 0.9),
        (500, 610, 1),
        (210, 560, 0.8),
        (610, 668, 1.1),
    ):
        for k in range(17):
            a = (k - 8) * 2
            o += line(
                [(x - a * 1.2 * s, y), (x + a * 1.6 * s, y - 62 * s)],
                mix("#d6a83d", "#a9822f", r.random()),
                4 * s,
            )
        o += rect(x - 11 * s, y - 30 * s, 22 * s, 6 * s, BARK, 3)
    for x, y, h, top, flip in (
        (300, 500, 118, "#8a5d72", False),
        (470, 478, 100, "#3c6d74", True),
        (140, 560, 150, "#b9583d", False),
    ):
        sickle = curve("M33,-22q12,2 10,14", "#7b8184", 2) + line([(28, -26), (34, -21)], BARK, 2.6)
        o += farmer(
            x,
            y,
            h,
            view="side",
            flip=flip,
            top=top,
            hip=(-8, -43),
            lean=58,
            feet=((-10, 0), (6, 0)),
            hands=((30, -24), (28, -28)),
            over=sickle,
        )
    o += farmer(
        590,
        500,
        108,
        top=OCHRE,
        hands=((-8, -86), (10, -58)),
        view="front",
        held="",
        behind=group(
            *[line([(0, 0), (x, -34)], "#cfa03a", 2.4) for x in range(-14, 15, 4)],
            at=(-6, -84),
            turn=-70,
        ),
    )
    o += n.ears(-20, 860, 830, 165, 4, 72)
    return picture(o, wash("#ffdf9a", 0.22))


def mua_bao() -> str:
    """Storm: palms bent, men weighing down a roof."""
    o = n.sky("#39454f", "#7f8c8c", "#566570")
    for x, y, w, c in (
        (-80, 190, 620, "#4a5963"),
        (380, 140, 560, "#43515c"),
        (820, 220, 600, "#4c5b64"),
        (120, 90, 500, "#37444f"),
        (700, 80, 520, "#384650"),
    ):
        o += n.cloud(x, y, w, c, 0.95)
    o += n.hills(470, 110, "#5c6d70", 4, 560, mist="#76878a")
    o += n.water(520, 800, "#8d9a93", "#5b6d6c")
    o += p.rooftops(560, 900, 530, 0.7, 5, "#76878a", 0.55)
    o += (
        n.palm(500, 560, 210, 60, 0.95, "#3d5a4c")
        + n.palm(1180, 640, 330, 110, 1, "#34503f")
        + n.palm(1050, 600, 240, 80, 0.95, "#3d5a4c")
    )
    o += path(
        "M-10,810L-10,610C160,590 420,604 620,640C840,676 1100,660 1290,690L1290,810Z", "#5f6d55"
    )
    o += path(
        "M-10,810L-10,690C260,670 560,700 820,742C1000,770 1180,770 1290,776L1290,810Z", "#4f5f4c"
    )
    o += n.ripples((0, 540, 1280, 640), 40, "#c4cdc6", 3, 0.6)
    o += p.cottage(110, 650, 520, "#d9c69d", "#a5523b", lit=True)
    # sandbags on the roof, tied by ropes
    for x in (170, 250, 330, 410, 490):
        o += line([(x + 6, 412), (x - 24, 514)], "#d8cba6", 2.4)
        for bx, by in ((x, 440), (x - 12, 482)):
            o += path(blob(bx, by, 22, 10, x + by, 9, 0.08), "#c9b48a") + curve(
                f"M{bx - 14},{by - 1}q14,5 28,0", dark("#c9b48a", 0.25), 1.6
            )
    ladder = line([(566, 652), (540, 500)], "#8d6a45", 6) + line(
        [(596, 652), (566, 500)], "#8d6a45", 6
    )
    for i in range(7):
        ladder += line(
            [(563 - i * 3.7, 634 - i * 21), (593 - i * 4.1, 634 - i * 21)], "#8d6a45", 4.5
        )
    o += ladder
    o += person(
        572,
        590,
        158,
        view="back",
        dress="rain",
        top=GOLD,
        legs="#44525c",
        hat="hood",
        hat_colour=GOLD,
        hands=((-20, -88), (13, -60)),
        feet=((-5, 0), (6, -9)),
        shadow=False,
    )
    bag = path(blob(20, -56, 13, 8, 5, 9, 0.08), "#c9b48a")
    o += person(
        716,
        716,
        196,
        view="side",
        flip=True,
        dress="rain",
        top="#3f7480",
        legs="#39444c",
        hat="hood",
        hat_colour="#3f7480",
        lean=12,
        hands=((20, -54), (24, -56)),
        feet=((-12, 0), (10, 0)),
        held=bag,
    )
    o += officer(
        850,
        742,
        204,
        view="side",
        flip=True,
        lean=16,
        hands=((24, -66), (20, -60)),
        feet=((-14, 0), (10, 0)),
        hat="helmet",
        hat_colour="#6b8a5c",
        held=path(blob(22, -64, 13, 8, 6, 9, 0.08), "#bda77c"),
    )
    for i in range(5):
        o += path(blob(952 + i * 42, 752 + (i % 2) * 3, 28, 15, i + 3, 9, 0.08), "#c2ac82")
    for i in range(4):
        o += path(blob(974 + i * 42, 728, 28, 15, i + 9, 9, 0.08), "#ccb78d")
    for i in range(2):
        o += path(blob(1000 + i * 42, 705, 28, 15, i + 14, 9, 0.08), "#d4c096")
    o += n.banana(60, 690, 190, "#58774f", 3)
    r = rng(8)
    for _ in range(16):
        x, y = r.uniform(500, 1280), r.uniform(180, 600)
        o += oval(
            x,
            y,
            9,
            3,
            mix(FOREST, "#a9a25a", r.random()),
            transform=f"rotate({r.uniform(-60, 60):.0f} {x:.0f} {y:.0f})",
        )
    o += line(
        [(930, 0), (905, 70), (926, 96), (884, 170), (898, 196), (870, 262)],
        "#fff4cf",
        3.2,
        opacity=0.85,
    ) + line([(905, 70), (872, 120), (880, 150)], "#fff4cf", 1.8, opacity=0.7)
    o += n.rain(210, "#e4ecec", 5, 0.5, 0.5)
    return picture(
        zoom(520, 700, 1.14, o), n.rain(60, "#e4ecec", 15, 0.5, 0.5), wash("#4b5f77", 0.16)
    )


def de_song() -> str:
    """On the dyke: a chain of hands, the river high on one side."""
    o = n.sky("#b6c3c4", "#e8e4d4", "#ccd3cd")
    o += n.cloud(100, 150, 420, "#f2efe4", 0.7) + n.cloud(700, 110, 460, "#a9b6b8", 0.6)
    o += n.hills(330, 90, "#9db0ac", 9, 420, mist="#cdd3c6")
    o += n.water(372, 800, "#c3b48f", "#9b8a66")
    o += n.ripples((0, 390, 640, 800), 70, "#efe6cb", 4, 0.55)
    for x in (60, 210, 330):
        o += n.tree(x, 400 + x * 0.04, 70, "#6f8a63", x, 0.9)
    # dyke: slope, crest, landside with village
    o += path("M1290,372L830,372C760,380 660,520 330,810L1290,810Z", "#86a05c")
    o += poly(
        [(700, 372), (846, 372), (1130, 810), (290, 810)], fade((0, "#cdb286"), (1, "#dcc297"))
    )
    o += path(
        "M700,372C640,460 500,610 250,810L-10,810L-10,800C260,700 560,500 690,372Z", "#8fa463"
    )
    for i in range(15):
        t = i / 14
        x, y = 668 - 452 * t**1.2, 400 + 400 * t**1.2
        k = 0.4 + 1.1 * t
        o += path(blob(x, y, 26 * k, 12 * k, i, 9, 0.08), mix("#cdb88e", "#b39c70", (i % 3) / 3))
        o += path(
            blob(x + 12 * k, y - 15 * k, 25 * k, 12 * k, i + 40, 9, 0.08),
            mix("#d6c298", "#b8a276", (i % 2) / 2),
        )
    o += p.rooftops(960, 1270, 392, 0.7, 3, "#dcdcc8", 0.3)
    o += n.bamboo(1250, 420, 150, 9, "#7d9a4e", 2) + n.palm(
        930, 392, 120, 10, 0.5, "#5b7f52", False
    )
    o += p.flag(806, 318, 46, 40)
    for i in range(20):
        t = (i / 19) ** 1.5
        o += n.grass(
            850 + 282 * t - 8, 850 + 282 * t + 14, 380 + 424 * t, 9 + 34 * t, "#6d8d4c", i, 6
        )
    for x, y, k in ((985, 452, 34), (1075, 500, 44), (1180, 476, 40), (1215, 620, 78)):
        o += n.tree(x, y, k * 2.2, "#6f9555", x, 0.9)
    for y in (410, 426, 446, 470):
        o += curve(f"M{905 + (y - 410) * 1.2:.0f},{y}q180,-8 380,4", "#a3b766", 3, opacity=0.7)
    bag = path(blob(16, -52, 11, 7.5, 5, 9, 0.08), "#cdb88e")
    crew = [
        (730, 440, 92, {"top": "#5d7d55"}, "officer"),
        (700, 486, 118, {"top": TEAL}, "person"),
        (668, 540, 148, {"top": PLUM}, "farmer"),
        (626, 606, 186, {"top": OCHRE}, "person"),
        (570, 690, 236, {}, "officer"),
    ]
    for i, (x, y, h, how, kind) in enumerate(crew):
        maker = {"officer": officer, "person": person, "farmer": farmer}[kind]
        more = {"hat": "bucket", "hat_colour": "#6f8a55", "bare": True} if kind == "person" else {}
        carry = bag if i % 2 == 0 else ""
        o += maker(
            x,
            y,
            h,
            view="side",
            flip=True,
            lean=10,
            hands=((18, -50), (20, -52)),
            feet=((-11, 0), (11, 0)),
            held=carry,
            **how,
            **more,
        )
    back = path(blob(-4, -84, 15, 9, 3, 9, 0.08), "#cdb88e")
    o += officer(
        900,
        660,
        214,
        view="side",
        flip=True,
        lean=16,
        hands=((6, -80), (-2, -76)),
        feet=((-16, 0), (14, 0)),
        held=back,
        nod=-6,
    )
    o += farmer(
        868,
        500,
        126,
        view="side",
        flip=True,
        top=CLAY,
        hands=((16, -50), (18, -48)),
        feet=((-10, 0), (10, 0)),
        held=bag,
    )
    o += person(
        1010,
        790,
        268,
        view="back",
        top="#3f6a86",
        vest=GOLD,
        hat="helmet",
        hat_colour=WHITE,
        hands=((-15, -44), (24, -80)),
    )
    return picture(o, wash("#8fa0a8", 0.14))


def trong_cay() -> str:
    """Planting trees on a hill slope in the morning."""
    o = n.sky("#bfe0e0", "#f8f2d4", "#e0ecda")
    o += n.sun(190, 150, 42, "#f9d27a", 6)
    o += (
        n.cloud(760, 130, 260, WHITE, 0.9)
        + n.cloud(1040, 190, 170, WHITE, 0.7)
        + n.cloud(420, 90, 150, WHITE, 0.7)
    )
    o += n.massif(
        [(-40, 400), (200, 330), (420, 390), (690, 250), (880, 330), (1040, 290), (1330, 380)],
        480,
        "#9dbfb2",
        "#dfe9cf",
        3,
    )
    o += path(
        "M-10,440C200,390 420,420 640,450C860,480 1080,420 1290,380L1290,810L-10,810Z", "#a6c17b"
    )
    o += n.pines(40, 420, 428, 60, "#5d8a5f", 4, 14) + n.pines(
        1000, 1290, 412, 66, "#5d8a5f", 8, 12
    )
    o += path(
        "M-10,520C240,470 520,560 760,550C980,540 1140,500 1290,470L1290,810L-10,810Z", "#8fb066"
    )
    o += path(
        "M-10,640C240,590 560,670 800,660C1000,650 1160,620 1290,600L1290,810L-10,810Z", "#7a9f57"
    )

    def sapling(x: float, y: float, h: float, seed: int) -> str:
        out = path(blob(x, y + 1, h * 0.34, h * 0.09, seed, 9, 0.12), "#7d5a3d")
        out += curve(f"M{x},{y}q2,{-h * 0.5:.0f} 0,{-h * 0.8:.0f}", BARK, max(2, h * 0.035))
        out += line(
            [(x + h * 0.1, y), (x + h * 0.06, y - h * 0.75)], "#c9a876", max(1.6, h * 0.025)
        )
        for k, a in ((0.45, -50), (0.5, 45), (0.65, -40), (0.72, 42), (0.85, -20), (0.88, 22)):
            out += group(
                path(
                    f"M0,0C{-h * 0.09:.1f},{-h * 0.12:.1f} {-h * 0.06:.1f},{-h * 0.26:.1f} 0,{-h * 0.3:.1f}C{h * 0.06:.1f},{-h * 0.26:.1f} {h * 0.09:.1f},{-h * 0.12:.1f} 0,0Z",
                    mix("#6fa04f", "#4d8046", k - 0.3),
                ),
                at=(x, y - h * k),
                turn=a,
            )
        return out

    for i in range(13):
        o += sapling(40 + i * 104 + (i % 3) * 12, 545 + math.sin(i) * 12, 46, i)
    spade = line([(12, -66), (30, -4)], "#a97f50", 2.6) + path(
        "M26,-8l8,-2l3,12q-6,4 -9,1z", "#7b8488"
    )
    can = (
        path("M14,-44h14l2,16h-18z", TEAL)
        + line([(28, -38), (40, -44)], TEAL, 3)
        + curve("M15,-44q6,-10 12,0", TEAL, 2)
    )
    drops = "".join(
        line([(41 + k * 2, -40 + k * 8), (42 + k * 2, -35 + k * 8)], "#d9eef0", 1.6)
        for k in range(4)
    )
    o += person(
        250,
        662,
        196,
        view="side",
        top="#3c78a0",
        bare=True,
        legs=SLATE,
        hat="bucket",
        hat_colour="#7d9a4e",
        lean=16,
        feet=((-12, 0), (10, 0)),
        hands=((20, -42), (12, -62)),
        held=spade,
    )
    o += sapling(350, 668, 104, 31)
    o += person(
        452,
        668,
        190,
        view="side",
        flip=True,
        top="#3c78a0",
        bare=True,
        woman=True,
        hair="tail",
        legs=INK,
        hip=(0, -22),
        lean=22,
        hands=((22, -14), (26, -20)),
        feet=((2, 0), (12, 0)),
    )
    o += pupil(
        640,
        690,
        158,
        view="side",
        hair="tail",
        feet=((-6, 0), (8, 0)),
        hands=((20, -38), (18, -44)),
        held=can + drops,
    )
    o += sapling(706, 694, 92, 8)
    o += officer(
        900,
        690,
        214,
        view="side",
        flip=True,
        hip=(0, -44),
        lean=20,
        hands=((22, -36), (26, -44)),
        feet=((-12, 0), (10, 0)),
    )
    o += sapling(826, 692, 128, 22)
    o += farmer(
        1060,
        706,
        210,
        top=CLAY,
        hands=((-8, -50), (16, -46)),
        held=group(sapling(0, 0, 26, 4), at=(-4, -50)),
    )
    o += pupil(1160, 712, 150, hands=((-12, -44), (15, -84)))
    for x, y in ((120, 770), (170, 784), (80, 790)):
        o += path(f"M{x - 20},{y - 30}h40l-5,34h-30z", "#5c5147") + sapling(x, y - 30, 84, x)
    o += n.grass(220, 1280, 812, 50, "#5f8a4a", 4, 110)
    o += n.dots((250, 760, 1270, 796), 26, [WHITE, GOLD], 4, 6)
    return picture(o, wash("#fff2c4", 0.16))


def du_lich_thuyen() -> str:
    """Visitors in boats among lotus, limestone hills behind."""
    o = n.sky("#7fb8c6", "#e9f2e4", "#b9dcdb")
    o += (
        n.cloud(120, 130, 300, WHITE, 0.95)
        + n.cloud(820, 96, 240, WHITE, 0.9)
        + n.cloud(1060, 200, 180, WHITE, 0.7)
    )
    o += n.massif(
        [
            (-40, 420),
            (60, 250),
            (140, 230),
            (210, 400),
            (420, 420),
            (500, 290),
            (590, 270),
            (650, 410),
            (900, 425),
            (960, 300),
            (1050, 262),
            (1130, 400),
            (1330, 420),
        ],
        470,
        "#9bbcb8",
        "#d8e8da",
        2,
    )
    near = path(
        "M720,470C716,330 750,210 820,180C880,158 930,240 940,330C950,400 990,440 1000,470Z",
        "#6f968f",
    ) + path(
        "M840,182C900,180 930,250 940,330C950,400 990,440 1000,470L900,470C890,380 900,270 840,182Z",
        "#587c78",
    )
    near += path(
        "M980,470C990,380 1040,250 1120,262C1190,270 1220,380 1300,410L1300,470Z", "#628a80"
    ) + path(
        "M1120,262C1190,270 1220,380 1300,410L1300,470L1190,470C1190,390 1170,310 1120,262Z",
        "#4f746c",
    )
    o += near
    for x, y, s in (
        (760, 452, 60),
        (800, 300, 40),
        (870, 240, 34),
        (900, 440, 64),
        (1030, 440, 70),
        (1100, 320, 44),
        (1180, 450, 80),
        (1250, 446, 80),
        (960, 460, 50),
        (1120, 462, 54),
    ):
        o += path(blob(x, y, s * 0.7, s * 0.42, x, 11), mix(FOREST, "#8fae8f", 0.2)) + path(
            blob(x - 6, y - 8, s * 0.45, s * 0.22, x + 1, 11), LEAF
        )
    o += n.water(466, 800, "#a9d3cf", "#3d8088")
    o += mirror(467, near, opacity=0.3)
    o += (
        p.temple(250, 480, 210, CLAY)
        + n.tree(120, 486, 120, FOREST, 4, 1)
        + n.tree(390, 484, 100, LEAF, 5, 1)
    )
    o += path("M-10,474C120,462 380,470 500,482C380,500 120,506 -10,500Z", "#9ab177")
    o += n.ripples((0, 490, 1280, 800), 80, WHITE, 3, 0.5)

    def tour(x: float, y: float, s: float, colour: str, seed: int, flip: bool = False) -> str:
        tops = [CREAM, RED, "#5c88a8", OCHRE, ROSE, TEAL]
        parts = ""
        for i, bx in enumerate((-42, -4, 34)):
            vest = "#e88a3c"
            how = (
                {"hat": "cone"}
                if (i + seed) % 3 == 0
                else {"hair": "long", "woman": True}
                if i % 2
                else {}
            )
            parts += person(
                bx,
                0,
                84,
                view="side",
                top=tops[(i + seed) % 6],
                vest=vest,
                hip=(0, -20),
                hands=((16, -36), (14, -34)),
                feet=((14, 0), (16, 0)),
                shadow=False,
                **how,
            )
        return group(
            rower(-84, -6, 106, top=PLUM if seed % 2 else "#3f5d70"),
            parts,
            n.sampan(0, 0, 236, colour),
            at=(x, y),
            scale=s,
            flip=flip,
        )

    o += tour(620, 540, 0.55, "#7c5a43", 2, True)
    o += tour(980, 600, 0.8, "#8d5d3c", 3, True)
    o += tour(460, 682, 1.35, "#9a5b3b", 1)
    for x, y, s, bloom in (
        (60, 600, 0.8, True),
        (150, 634, 0.9, False),
        (40, 680, 1.1, True),
        (1010, 716, 1.2, True),
        (1130, 680, 1, False),
        (1220, 730, 1.3, True),
        (1110, 770, 1.5, True),
        (940, 778, 1.4, False),
        (90, 770, 1.5, True),
        (210, 782, 1.4, False),
        (1250, 640, 0.9, True),
        (770, 792, 1.3, True),
    ):
        o += n.lotus(x, y, s, bloom)
    o += n.birds(600, 200, 4, "#52707a", 0.9, 6)
    return picture(o)


def le_hoi_den() -> str:
    """The palanquin procession in front of the shrine at dusk."""
    o = n.sky("#6d6a92", "#f3bf86", "#d28f84")
    o += n.cloud(100, 140, 380, "#f0b59a", 0.5) + n.cloud(800, 100, 420, "#f0b59a", 0.45)
    o += n.hills(400, 130, "#7d6f86", 14, 560, mist="#d79d80")
    o += n.tree(110, 560, 330, "#4f6150", 3, 1.05) + n.tree(1190, 560, 350, "#4f6150", 6, 1.0)
    o += rect(0, 540, 1280, 260, fade((0, "#b98f6c"), (1, "#d8b184")))
    o += p.temple(640, 560, 680, "#a74b36", two=True)
    for x in (395, 505, 640, 775, 885):
        o += circ(x, 448, 46, glow((0, "#ffd27a", 0.75), (1, "#ffd27a", 0))) + p.lantern(
            x, 440, 0.62
        )
    for x, y, w, pole in (
        (205, 300, 62, 270),
        (1010, 300, 62, 270),
        (60, 330, 52, 260),
        (1160, 330, 52, 260),
    ):
        o += p.festival_flag(x, y, w, pole)
    # incense burner
    o += (
        rect(612, 560, 56, 26, "#8a7a55", 4)
        + oval(640, 558, 38, 10, "#a8966a")
        + "".join(line([(x, 552), (x + 1, 528)], "#b2463a", 2) for x in (630, 637, 644, 650))
    )
    o += curve("M640,528q-14,-30 4,-56t-6,-60", "#f8e6d0", 6, opacity=0.35)
    # far onlookers
    r = rng(6)
    tops = [CREAM, TEAL, PLUM, OCHRE, ROSE, "#5c7f86", WHITE, CLAY]
    for i in range(13):
        x = 40 + i * 36 if i < 6 else 810 + (i - 6) * 66
        o += person(
            x,
            604 + r.uniform(-4, 4),
            112 * r.uniform(0.92, 1.05),
            top=r.choice(tops),
            legs=r.choice([NAVY, INK, WHITE]),
            dress=r.choice(["shirt", "aodai"]),
            woman=bool(i % 2),
            hair="long" if i % 2 else "short",
            tone=GREY if i == 4 else "#33302f",
        )
    # procession, left to right
    red, gold = "#b5362c", "#e0a63c"

    def bearer(x: float, y: float, h: float, colour: str = red, **how: object) -> str:
        usual: dict[str, object] = {
            "view": "side",
            "dress": "baba",
            "top": colour,
            "legs": WHITE,
            "hat": "turban",
            "hat_colour": dark(colour, 0.15),
            "feet": ((-12, 0), (11, 0)),
            "hands": ((6, -70), (10, -74)),
        }
        return person(x, y, h, **{**usual, **how})

    o += bearer(505, 742, 196) + bearer(760, 742, 196)
    o += rect(420, 590, 440, 9, BARK, 4) + rect(420, 604, 440, 8, dark(BARK, 0.2), 4)
    box = (
        rect(-70, -60, 140, 60, "#9c2f27", 3)
        + rect(-70, -60, 140, 9, gold)
        + rect(-70, -9, 140, 9, gold)
    )
    for x in (-60, -30, 0, 30):
        box += rect(x + 4, -46, 22, 34, "#c9522f", 2) + circ(x + 15, -29, 6, gold)
    for x in (-66, 60):
        box += rect(x, -122, 6, 62, gold)
    box += oval(0, -68, 20, 26, dark(red, 0.3)) + circ(0, -78, 12, gold)
    o += group(box, p.curved_roof(0, -112, 190, 42, red), at=(635, 596))
    o += bearer(440, 762, 212, hands=((8, -76), (12, -78))) + bearer(
        820, 762, 212, hands=((8, -76), (12, -78))
    )

    # parasols, drum, banners
    def parasol(x: float, y: float, c: str) -> str:
        out = rect(x - 2.5, y, 5, 250, BARK) + path(
            f"M{x - 62},{y + 18}Q{x},{y - 52} {x + 62},{y + 18}Z", c
        )
        return (
            out
            + rect(x - 62, y + 16, 124, 18, dark(c, 0.12), 2)
            + "".join(
                line([(x - 58 + i * 12, y + 34), (x - 58 + i * 12, y + 44)], gold, 2.4)
                for i in range(11)
            )
        )

    o += parasol(350, 470, "#d9a036") + bearer(336, 752, 200, "#3b5f7c", hands=((8, -58), (7, -66)))
    o += parasol(938, 470, "#c25a3a") + bearer(924, 752, 200, "#3b5f7c", hands=((8, -58), (7, -66)))
    drum = (
        oval(26, -44, 15, 17, "#9c2f27")
        + oval(30, -44, 11, 15, "#ecd9b0")
        + line([(12, -58), (30, -46)], BARK, 2.4)
    )
    o += bearer(1062, 770, 216, "#6a4a72", hands=((14, -58), (14, -46)), held=drum)
    pole = (
        rect(9, -150, 2.2, 120, BARK)
        + path(
            "M11,-148C30,-158 44,-140 66,-148L60,-128L66,-110C44,-104 30,-118 11,-110Z", "#d8562f"
        )
        + path("M20,-140C34,-146 40,-134 52,-138L52,-118C40,-114 34,-124 20,-120Z", GOLD)
    )
    o += bearer(1190, 776, 222, hands=((10, -52), (10, -64)), held=pole)
    o += person(
        216,
        772,
        214,
        view="side",
        dress="aodai",
        top="#b8542f",
        legs=WHITE,
        woman=True,
        hair="bun",
        hands=((16, -56), (18, -58)),
        feet=((-9, 0), (9, 0)),
        held=oval(20, -58, 12, 3, gold)
        + circ(16, -63, 4, RED)
        + circ(22, -64, 4, "#e9a03a")
        + circ(19, -68, 4, LEAF),
    )
    o += person(
        110,
        778,
        216,
        view="side",
        dress="aodai",
        top="#7d4a6b",
        legs=WHITE,
        woman=True,
        hair="bun",
        hands=((16, -56), (18, -58)),
        feet=((-9, 0), (9, 0)),
        held=oval(20, -58, 12, 3, gold)
        + circ(17, -63, 4, ROSE)
        + circ(23, -63, 4, ROSE)
        + circ(20, -68, 4, WHITE),
    )
    return picture(o, wash("#e58a58", 0.2))


def dinh_lang() -> str:
    """The communal house by its lotus pond, a banyan over the yard; late gold light."""
    o = n.sky("#e7c58a", "#fbeccb", "#f4dba8")
    o += n.sun(210, 220, 52, "#f6b65c", 5)
    o += n.cloud(700, 150, 320, "#fff3da", 0.6) + n.cloud(380, 100, 180, "#fff3da", 0.5)
    o += n.hills(450, 90, "#b3ae82", 5, 540, mist="#e3cd93")
    for x, h in ((40, 130), (330, 110), (420, 150), (250, 92)):
        o += n.tree(x, 545, h, "#8b9a58", x, 0.9)
    o += n.palm(120, 545, 230, -18, 0.15, "#6f8a4d", False) + n.palm(
        170, 545, 190, 20, 0.15, "#7b9452", False
    )
    o += rect(0, 530, 1280, 110, fade((0, "#caa872"), (1, "#dcbd85")))
    o += p.temple(520, 572, 560, "#a9513a")
    # gate pillars
    for x in (150, 236):
        o += (
            rect(x - 13, 430, 26, 146, CREAM)
            + rect(x - 18, 424, 36, 10, STONE)
            + rect(x - 18, 568, 36, 10, STONE)
        )
        o += (
            path(f"M{x - 16},424q16,-34 32,0z", CLAY)
            + circ(x, 398, 7, CLAY)
            + rect(x - 6, 446, 12, 100, RED, opacity=0.75)
        )
    o += n.banyan(1070, 600, 400, "#4f7148", 8)
    # people in the yard
    o += person(
        890,
        606,
        116,
        hip=(0, -27),
        tone=GREY,
        top=WHITE,
        legs=WHITE,
        dress="baba",
        hands=((-6, -34), (8, -34)),
        behind=seat(STONE),
    ) + person(
        960,
        608,
        116,
        hip=(0, -27),
        tone=GREY,
        top="#8a6b55",
        dress="baba",
        legs=INK,
        hands=((-6, -34), (8, -34)),
        behind=seat(STONE),
    )
    o += pupil(
        420,
        612,
        84,
        view="side",
        feet=((-14, 0), (14, 0)),
        hands=((-12, -50), (16, -56)),
        scarf=False,
        top=OCHRE,
    ) + pupil(
        350,
        616,
        82,
        view="side",
        feet=((-12, 0), (14, 0)),
        hands=((-12, -54), (14, -52)),
        scarf=False,
        top=TEAL,
        hair="tail",
    )
    # pond with kerb, reflection, lotus
    o += rect(0, 628, 1280, 14, "#b9a27a") + rect(
        0, 640, 1280, 160, fade((0, "#c6a876"), (0.3, "#8fa489"), (1, "#48756f"))
    )
    o += path(
        "M250,642L790,642C750,690 700,742 650,748L390,748C340,742 290,690 250,642Z",
        "#8a4a38",
        opacity=0.25,
    )
    o += path(blob(1040, 680, 250, 60, 3), "#3d5f4c", opacity=0.35)
    o += n.glitter(210, 650, 790, 40, 120, "#fff0c4", 5)
    o += n.ripples((0, 650, 1280, 800), 46, "#fbeecb", 4, 0.4)
    for x, y, s, b in (
        (80, 720, 0.9, True),
        (330, 770, 1.2, True),
        (450, 735, 0.9, False),
        (560, 780, 1.3, True),
        (700, 742, 0.9, False),
        (800, 778, 1.25, True),
        (930, 740, 0.95, True),
        (1080, 776, 1.3, True),
        (1190, 734, 0.9, False),
        (1240, 786, 1.4, True),
        (200, 792, 1.2, False),
    ):
        o += n.lotus(x, y, s, b)
    return picture(o, wash("#f3b25c", 0.22))


def tet_banh_chung() -> str:
    """A night by the pot of bánh chưng."""
    o = n.sky("#1f2b45", "#3a3f58", "#2b3550")
    r = rng(9)
    for _ in range(60):
        o += circ(
            r.uniform(0, 1280), r.uniform(0, 260), r.uniform(0.7, 1.7), "#fdf3dc", opacity=0.7
        )
    o += n.hills(330, 80, "#303c54", 5, 470)
    o += rect(0, 420, 1280, 380, fade((0, "#4e4640"), (1, "#6f5a48")))
    o += p.cottage(620, 500, 640, "#c9a678", "#7d3f32", lit=True)
    o += rect(860, 330, 66, 22, RED, 2) + circ(
        893, 452, 150, glow((0, "#ffcf7d", 0.5), (1, "#ffcf7d", 0))
    )
    o += p.lantern(690, 372, 0.9) + p.lantern(1190, 372, 0.9)
    o += n.banana(560, 500, 190, "#3f5c4a", 4) + n.bamboo(60, 470, 330, 11, "#3d5547", 7)
    o += n.peach(300, 520, 280, 6, True, "#d98f98")
    o += p.bunting(-10, 190, 640, 300, [RED, GOLD], 18, 40)
    # yard glow
    o += oval(600, 690, 560, 150, glow((0, "#ffb65c", 0.55), (1, "#ffb65c", 0)))
    # stove and pot
    o += n.fire(600, 720, 100)
    for x in (510, 690):
        o += path(blob(x, 716, 36, 22, x, 9, 0.1), "#6b4a3c")
    pot = path(
        "M-92,-150h184v112q0,34 -34,34h-116q-34,0 -34,-34z",
        fade((0, "#8d9296"), (0.5, "#aeb3b4"), (1, "#5d6166"), angle="right"),
    )
    pot += (
        oval(0, -150, 92, 18, "#c4c7c4")
        + oval(0, -154, 84, 14, "#4c5a4a")
        + path("M-100,-120h12v30h-12zM88,-120h12v30h-12z", "#5d6166")
    )
    for x, y in ((-44, -160), (6, -164), (46, -158)):
        pot += poly(
            [(x - 24, y - 14), (x + 14, y - 20), (x + 26, y - 2), (x - 10, y + 6)], "#557a45"
        )
    o += group(pot, at=(600, 694))
    for i, (dx, s) in enumerate(((-40, 1), (0, 1.3), (44, 0.9))):
        o += curve(
            f"M{600 + dx},520q{-26 * s:.0f},-50 6,-92t{-8 * s:.0f},-90",
            "#f7e6d0",
            11 - i,
            opacity=0.16,
        )
    o += n.fire(560, 724, 44) + n.fire(644, 724, 50)
    for a, b, c in (
        ((430, 742), (560, 716), 10),
        ((770, 742), (640, 716), 10),
        ((470, 752), (590, 724), 9),
    ):
        o += line([a, b], "#5b3c2c", c) + circ(*a, c / 2, "#c9a070")

    def cake(x: float, y: float, s: float) -> str:
        out = (
            poly([(-40, 0), (40, 0), (52, -14), (-26, -14)], "#6f9150")
            + poly([(-40, 0), (40, 0), (40, 26), (-40, 26)], "#4d7642")
            + poly([(40, 0), (52, -14), (52, 12), (40, 26)], "#3c6038")
        )
        out += (
            line([(-14, 26), (-14, 0), (-2, -14)], "#e8d8a4", 2.6)
            + line([(14, 26), (14, 0), (26, -14)], "#e8d8a4", 2.6)
            + line([(-40, 9), (40, 9), (52, -5)], "#e8d8a4", 2.6)
        )
        return group(out, at=(x, y), scale=s)

    # family
    o += person(
        310,
        730,
        250,
        view="side",
        hip=(0, -26),
        dress="baba",
        top="#8a4d63",
        legs=INK,
        woman=True,
        hair="bun",
        tone=GREY,
        hands=((22, -36), (20, -34)),
        feet=((16, 0), (20, 0)),
        lean=8,
        behind=seat(WOOD),
    )
    o += pupil(
        420,
        764,
        176,
        view="side",
        hip=(0, -20),
        scarf=False,
        bare=False,
        top=RED,
        hands=((14, -44), (16, -42)),
        feet=((12, 0), (16, 0)),
        behind=rect(-7, -17, 14, 3, WOOD) + rect(-5, -15, 2, 15, BARK) + rect(4, -15, 2, 15, BARK),
    )
    poke = line([(18, -36), (50, -10)], "#6b4a36", 2.6)
    o += person(
        930,
        756,
        256,
        view="side",
        flip=True,
        hip=(0, -26),
        top="#3f6a70",
        legs=NAVY,
        hands=((20, -36), (16, -40)),
        feet=((16, 0), (22, 0)),
        lean=12,
        behind=seat(WOOD),
        held=poke,
    )
    o += person(
        1080,
        748,
        252,
        view="side",
        flip=True,
        dress="baba",
        top=OCHRE,
        legs=INK,
        woman=True,
        hair="bun",
        hands=((18, -56), (20, -58)),
        feet=((-8, 0), (8, 0)),
        held=group(cake(0, 0, 0.22), at=(24, -60)),
    )
    o += pupil(
        1190,
        764,
        170,
        scarf=False,
        bare=False,
        top="#d38b62",
        hands=((-9, -46), (9, -46)),
        hair="bob",
    )
    # leaves and finished cakes on a tray
    o += oval(180, 776, 130, 22, "#a5834f") + oval(180, 771, 120, 17, "#c4a268")
    for x, y in ((120, 748), (208, 750), (160, 724)):
        o += cake(x, y, 0.95)
    o += circ(600, 660, 330, glow((0, "#ffb860", 0.3), (1, "#ffb860", 0)))
    for _ in range(18):
        o += circ(
            600 + r.uniform(-110, 110),
            r.uniform(380, 640),
            r.uniform(1, 2.6),
            "#ffc776",
            opacity=0.8,
        )
    return picture(zoom(640, 795, 1.08, o), wash("#33406a", 0.12))


SCENES = {
    "song-lam-yen": song_lam_yen,
    "nui-ngan-huong": nui_ngan_huong,
    "cau-yen-ha": cau_yen_ha,
    "canh-dong-lua": canh_dong_lua,
    "mua-bao": mua_bao,
    "de-song": de_song,
    "trong-cay": trong_cay,
    "du-lich-thuyen": du_lich_thuyen,
    "le-hoi-den": le_hoi_den,
    "dinh-lang": dinh_lang,
    "tet-banh-chung": tet_banh_chung,
}
