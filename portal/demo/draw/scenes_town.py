"""Pictures of streets, yards, market, food, craft, sport."""

# One letter serves for many measures here, whole and broken:
# mypy: disable-error-code="assignment,arg-type,misc"
# ruff: noqa: E501 – the data of one path is read as one line

import math

from . import nature as n
from . import places as p
from .people import GREY, farmer, officer, person, pupil
from .shapes import (
    BARK,
    BRICK,
    CLAY,
    CREAM,
    FOREST,
    GOLD,
    HAT,
    INK,
    LEAF,
    NAVY,
    OCHRE,
    PLUM,
    RED,
    ROSE,
    SKIN,
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
    light,
    line,
    mix,
    oval,
    path,
    picture,
    poly,
    rect,
    rng,
    text,
    wash,
    zoom,
)


def cho_ha() -> str:
    """Morning at the market by the river."""
    o = n.sky("#f3d9a8", "#fdf1d6")
    o += n.sun(1130, 120, 40, "#f7c56c", 5)
    o += n.hills(300, 80, "#b5bfa2", 5, 420, mist="#e9dfc0")
    for x, w, f, c in (
        (-20, 130, 3, "#e7b99a"),
        (110, 120, 2, CREAM),
        (226, 140, 3, OCHRE),
        (1040, 130, 3, "#cfd5c0"),
        (1168, 140, 2, "#e3c9a8"),
    ):
        o += p.tube_house(x, 440, w, f, c, w + x)
    o += n.tree(420, 446, 170, LEAF, 2) + n.tree(960, 446, 190, FOREST, 4)
    # market gate in the distance
    o += (
        rect(520, 300, 22, 146, CREAM)
        + rect(828, 300, 22, 146, CREAM)
        + p.curved_roof(685, 306, 420, 58, CLAY, dragons=False)
    )
    o += rect(560, 308, 250, 40, RED, 3) + text(685, 337, "CHỢ HẠ", 28, STAR_INK, 700)
    o += rect(0, 436, 1280, 364, fade((0, "#cdb48c"), (1, "#e0c9a0")))
    r = rng(4)
    for i in range(9):
        x = 560 + i * 30 + r.uniform(-8, 8)
        maker = farmer if i % 2 else person
        o += maker(
            x,
            470 + r.uniform(-8, 16),
            92,
            top=r.choice([PLUM, TEAL, CLAY, CREAM, OCHRE, "#5c7f96"]),
            view=r.choice(["front", "back"]),
        )
    # stalls left and right
    o += p.stall(-40, 560, 470, (CLAY, CREAM), 210)
    o += p.stall(850, 560, 480, (TEAL, CREAM), 210)
    o += person(
        120,
        552,
        200,
        dress="baba",
        woman=True,
        hair="bun",
        top="#a8606b",
        hands=((-12, -56), (12, -56)),
    )
    o += farmer(300, 556, 196, top="#4f7a6d", hands=((-14, -56), (18, -60)))
    o += person(1000, 556, 204, top="#6d8aa0", hands=((-12, -56), (14, -58)), vest="#d8c7a3")
    o += farmer(1170, 556, 196, top=OCHRE, hands=((-12, -56), (14, -58)))
    o += p.table(-30, 610, 440, 116, "#a97b4f") + p.table(864, 610, 460, 116, "#a97b4f")
    for x, c in (
        (30, ["#6f9b4f", "#86ad5a"]),
        (128, ["#c9452f", "#d65c3a"]),
        (226, ["#e3a13c", "#d98a35"]),
        (324, ["#7a5a86", "#6a4a78"]),
    ):
        o += p.basket(x, 494, 86, c, x)
    for i in range(8):
        x = 900 + i * 52
        o += path(
            f"M{x - 26},488q26,-18 52,0q10,-8 14,-10l-2,18l-12,-6q-28,14 -52,-2z",
            mix("#9fb3b8", "#6d8790", (i % 3) / 3),
        ) + circ(x - 16, 486, 2, INK)
    # shoppers and street sellers
    o += person(
        520,
        690,
        256,
        view="side",
        dress="aodai",
        top="#b7746f",
        legs=WHITE,
        woman=True,
        hair="long",
        flip=True,
        feet=((-9, 0), (9, 0)),
        hands=((6, -46), (16, -58)),
        held=group(
            p.basket(8, -33, 20, ["#6f9b4f", "#c9452f"], 3, False),
            curve("M-1,-42q9,-18 18,0", BARK, 1.4),
        ),
    )
    o += farmer(
        350,
        750,
        236,
        hip=(0, -20),
        top=PLUM,
        hands=((-10, -26), (16, -24)),
        feet=((-6, 0), (6, 0)),
        behind=rect(-8, -17, 16, 3, WOOD) + rect(-6, -15, 2, 15, BARK) + rect(4, -15, 2, 15, BARK),
    )
    o += (
        oval(200, 778, 96, 20, "#b8925a")
        + oval(200, 773, 86, 15, "#d3b179")
        + n.dots((140, 758, 262, 780), 24, ["#86ad5a", "#6f9b4f", "#4f7d48"], 13, 3)
    )
    o += (
        oval(440, 782, 92, 20, "#b8925a")
        + oval(440, 777, 82, 15, "#d3b179")
        + n.dots((380, 760, 500, 782), 20, ["#d65c3a", "#e3a13c", "#c9452f"], 12, 6)
    )
    # woman with carrying pole
    pole = line([(-46, -84), (46, -84)], "#8d6a45", 2.6)
    for x in (-43, 43):
        pole += (
            line([(x, -84), (x - 10, -36)], BARK, 0.8)
            + line([(x, -84), (x + 10, -36)], BARK, 0.8)
            + p.basket(
                x,
                -24,
                26,
                ["#e3a13c", "#86ad5a"] if x < 0 else ["#d98f98", "#c9452f"],
                x + 60,
                False,
            )
        )
    o += farmer(
        760,
        760,
        268,
        view="front",
        top="#3f6a70",
        feet=((-7, 0), (6, -2)),
        hands=((-14, -78), (10, -52)),
        over=pole,
    )
    o += person(
        960,
        730,
        240,
        view="back",
        top=CREAM,
        woman=True,
        hair="tail",
        legs=NAVY,
        hands=((-12, -44), (20, -58)),
    ) + pupil(
        1030,
        738,
        160,
        view="back",
        scarf=False,
        top=GOLD,
        hands=((-15, -62), (12, -42)),
        hair="bob",
    )
    o += p.motorbike(1180, 770, 1.35, CLAY, flip=True)
    return picture(o, wash("#ffd79a", 0.2))


STAR_INK = "#fbe7a8"


def tru_so_ubnd() -> str:
    """The ward office on a clear morning."""
    o = n.sky("#8fc1d0", "#eaf3ea", "#c8e0e0")
    o += (
        n.cloud(80, 160, 280, WHITE, 0.95)
        + n.cloud(930, 120, 300, WHITE, 0.9)
        + n.cloud(560, 70, 150, WHITE, 0.6)
    )
    o += n.hills(430, 120, "#a3bfb0", 5, 560, mist="#d9e5d0")
    wall, trim = "#eec987", "#fbf0d8"
    o += rect(170, 300, 940, 270, fade((0, wall), (1, dark(wall, 0.05))))
    o += rect(150, 288, 980, 18, trim) + rect(160, 424, 960, 12, trim)
    o += p.tiles(150, 236, 980, 54, CLAY, 70)
    for x in (205, 300, 395, 830, 925, 1020):
        o += p.pane(x, 326, 56, 74) + p.pane(x, 458, 56, 84)
        o += rect(x - 8, 404, 72, 6, trim)
    for x in (180, 282, 377, 480, 790, 905, 1000, 1090):
        o += rect(x, 304, 12, 266, trim, opacity=0.8)
    # central block with portico
    o += (
        rect(486, 250, 308, 320, fade((0, light(wall, 0.3)), (1, wall)))
        + poly([(466, 252), (640, 176), (814, 252)], trim)
        + poly([(500, 246), (640, 186), (780, 246)], dark(wall, 0.06))
    )
    o += circ(640, 224, 24, RED) + p.star(640, 225, 17) + rect(470, 248, 340, 14, trim)
    for x in (520, 612, 704):
        o += p.pane(x, 276, 56, 62)
    o += rect(476, 372, 328, 30, "#a8362b", 2) + text(
        640, 393, "ỦY BAN NHÂN DÂN PHƯỜNG YÊN HÀ", 16.5, STAR_INK, 700
    )
    o += rect(470, 402, 340, 16, trim)
    for x in (486, 566, 696, 776):
        o += rect(x, 416, 18, 154, fade((0, trim), (1, dark(trim, 0.12)), angle="right")) + rect(
            x - 5, 560, 28, 10, STONE
        )
    o += (
        rect(596, 450, 88, 120, "#6e8f93")
        + rect(638, 450, 4, 120, trim)
        + poly([(600, 540), (600, 490), (634, 452), (634, 500)], "#a9c3c5", opacity=0.6)
    )
    for i in range(4):
        o += rect(460 - i * 14, 568 + i * 9, 360 + i * 28, 10, mix("#d8d0bd", "#bdb4a0", i / 4))
    # forecourt
    o += rect(0, 566, 1280, 234, fade((0, "#d9c9a8"), (1, "#ead9b6")))
    for i in range(4):
        o += rect(460 - i * 14, 568 + i * 9, 360 + i * 28, 10, mix("#e3dccb", "#c4bba7", i / 4))
    o += p.floor_tiles(610, "#c7b48d", (640, 330), 9)
    o += (
        oval(640, 700, 190, 42, "#c9b892")
        + oval(640, 694, 178, 38, "#7da05e")
        + n.dots((490, 668, 790, 722), 0, [RED], 4, 3)
    )
    r = rng(7)
    for _ in range(70):
        a = r.uniform(0, 2 * math.pi)
        k = r.uniform(0.72, 0.98)
        o += circ(
            640 + 172 * k * math.cos(a),
            694 + 36 * k * math.sin(a),
            r.uniform(3, 5.5),
            r.choice([RED, GOLD, ROSE, WHITE]),
        )
    o += (
        n.tree(640, 696, 120, "#6f9b5a", 12, 1.0)
        + path(blob(596, 692, 22, 14, 3, 10), "#4f7d4c")
        + path(blob(688, 692, 22, 14, 5, 10), "#4f7d4c")
    )
    o += rect(352, 640, 60, 14, STONE, 2) + rect(360, 628, 44, 14, light(STONE, 0.3), 2)
    o += p.flag(382, 96, 108, 460)
    for x, h, s in ((70, 330, 2), (1215, 340, 5)):
        o += n.tree(x, 604, h, LEAF, s, 0.75)
    o += n.palm(250, 600, 190, -6, 0.05, "#5b8a58", False) + n.palm(
        1045, 600, 196, 6, 0.05, "#5b8a58", False
    )
    for x in range(20, 400, 46):
        o += path(blob(x, 612, 30, 18, x, 10, 0.1), "#5d8a53") + path(
            blob(1280 - x, 612, 30, 18, x + 1, 10, 0.1), "#5d8a53"
        )
    o += person(
        230,
        730,
        190,
        view="side",
        top=CREAM,
        feet=((-12, 0), (12, 0)),
        hands=((-8, -46), (12, -48)),
        held=rect(6, -46, 12, 9, BARK, 1),
    )
    o += person(
        318,
        746,
        192,
        view="side",
        dress="aodai",
        top=PLUM,
        legs=WHITE,
        woman=True,
        hair="long",
        feet=((-8, 0), (9, 0)),
    )
    o += farmer(930, 752, 196, top=TEAL) + pupil(1000, 756, 136, hands=((-12, -44), (14, -84)))
    o += person(
        1120,
        740,
        196,
        view="side",
        flip=True,
        top="#6d8aa0",
        hat="helmet",
        hat_colour=CLAY,
        feet=((-11, 0), (11, 0)),
    )
    return picture(o)


def truong_hoc() -> str:
    """The school yard under the flame tree."""
    o = n.sky("#9fcbd4", "#f2f3dd", "#d0e4de")
    o += n.cloud(520, 120, 240, WHITE, 0.9) + n.cloud(900, 80, 200, WHITE, 0.8)
    wall = "#f0cf86"
    # two wings meeting at an angle
    o += poly([(300, 250), (1290, 170), (1290, 560), (300, 540)], wall) + poly(
        [(286, 250), (1290, 166), (1290, 110), (330, 206)], CLAY
    )
    for k in range(1, 5):
        o += line(
            [(330 - k * 9, 206 + k * 9), (1290, 110 + k * 11)], dark(CLAY, 0.25), 1.6, opacity=0.6
        )
    for floor in range(2):
        for i in range(9):
            t, u = i / 9, (i + 0.62) / 9
            x0, x1 = 330 + 960 * t**1.25, 330 + 960 * u**1.25

            def y(x: float, k: float) -> float:
                f = (x - 300) / 990
                top, foot = 250 - 80 * f, 540 + 20 * f
                return top + (foot - top) * k

            base = 0.08 + floor * 0.5
            c = "#55807d" if i % 3 == 0 else "#7fa3a3"
            h0, h1 = (base, base + 0.34) if i % 3 == 0 or True else (base, base)
            o += poly(
                [
                    (x0, y(x0, h0)),
                    (x1, y(x1, h0)),
                    (x1, y(x1, h1 + (0.06 if i % 3 == 0 else -0.06))),
                    (x0, y(x0, h1 + (0.06 if i % 3 == 0 else -0.06))),
                ],
                c,
            )
            o += line(
                [((x0 + x1) / 2, y((x0 + x1) / 2, h0)), ((x0 + x1) / 2, y((x0 + x1) / 2, h1))],
                CREAM,
                2,
            )
    f0, f1 = 250 + 290 * 0.5, 170 + 390 * 0.5
    o += poly([(292, f0 - 4), (1290, f1 - 8), (1290, f1 + 14), (292, f0 + 8)], "#fbf0d8")
    o += poly([(292, f0 - 46), (1290, f1 - 66), (1290, f1 - 58), (292, f0 - 41)], "#fbf0d8")
    for i in range(70):
        x = 300 + 990 * (i / 70) ** 1.2
        f = (x - 300) / 990
        o += line([(x, f0 - 44 - 16 * f), (x, f0 + (f1 - f0) * f)], "#fbf0d8", 2)
    for i in range(8):
        x = 310 + 980 * (i / 7.4) ** 1.25
        f = (x - 300) / 990
        o += rect(x, 250 - 80 * f, 7 + 7 * f, 290 + 100 * f, "#fbf0d8")
    o += rect(0, 538, 1280, 262, fade((0, "#cfae80"), (1, "#e3c797")))
    o += poly([(300, 540), (1290, 558), (1290, 572), (290, 548)], STONE)
    # left: trees and hedge, flag
    o += n.tree(60, 560, 300, FOREST, 3, 0.9) + n.tree(210, 552, 210, LEAF, 4, 0.9)
    o += p.flag(330, 150, 92, 330)
    # flame tree
    o += n.flame_tree(960, 640, 450, 7)
    o += (
        oval(960, 642, 110, 22, "#a98660")
        + oval(960, 634, 100, 17, "#7d5f45")
        + path("M880,634q80,26 160,0l0,18q-80,26 -160,0z", BRICK)
        + "".join(
            line(
                [
                    (890 + i * 20, 641 + 9 * math.sin((i + 0.5) * 0.4)),
                    (890 + i * 20, 656 + 9 * math.sin((i + 0.5) * 0.4)),
                ],
                dark(BRICK, 0.3),
                1.4,
            )
            for i in range(8)
        )
    )
    o += path("M944,640C952,600 946,520 936,462L992,462C976,520 976,600 986,640Z", BARK)
    r = rng(2)
    for _ in range(70):
        o += circ(
            r.uniform(700, 1220),
            r.uniform(600, 760),
            r.uniform(2, 4),
            r.choice(["#d9583a", "#c8452f"]),
            opacity=0.85,
        )
    # pupils: rope skipping, reading, shuttlecock
    rope = curve("M0,0", RED, 0)
    o += pupil(
        200,
        730,
        176,
        view="side",
        hair="tail",
        hands=((10, -52), (16, -54)),
        feet=((-5, 0), (6, 0)),
    )
    o += pupil(
        560,
        730,
        176,
        view="side",
        flip=True,
        hands=((10, -52), (16, -54)),
        feet=((-5, 0), (6, 0)),
        hair="short",
        woman=False,
    )
    o += curve("M228,636C300,790 460,790 532,636", "#b5623f", 4)
    o += (
        pupil(
            380,
            706,
            176,
            hair="tail",
            feet=((-6, -6), (6, -6)),
            hands=((-15, -52), (15, -52)),
            shadow=False,
        )
        + oval(380, 746, 34, 6, "#22304a", opacity=0.16)
        + rope
    )
    o += pupil(
        850,
        700,
        170,
        hip=(0, -26),
        feet=((-6, 0), (6, 0)),
        hands=((-5, -40), (5, -40)),
        woman=False,
        shadow=False,
        over=path("M-11,-46L0,-42L11,-46L11,-34L0,-30L-11,-34Z", WHITE)
        + line([(0, -42), (0, -30)], STONE, 1),
    )
    o += pupil(
        1080,
        706,
        170,
        hip=(0, -26),
        feet=((-6, 0), (6, 0)),
        hands=((-5, -40), (5, -40)),
        hair="bob",
        shadow=False,
        over=path("M-11,-46L0,-42L11,-46L11,-34L0,-30L-11,-34Z", TEAL),
    )
    o += person(
        700,
        650,
        200,
        dress="aodai",
        top="#8a5d8a",
        legs=WHITE,
        woman=True,
        hair="long",
        hands=((-5, -58), (5, -56)),
        over=rect(-6, -64, 12, 15, RED, 1),
    )
    o += pupil(640, 664, 140, hands=((-11, -44), (12, -46)), woman=False) + pupil(
        764, 664, 136, hands=((-13, -46), (13, -82)), hair="bob"
    )
    o += pupil(
        1210,
        770,
        190,
        view="side",
        flip=True,
        woman=False,
        feet=((-12, 0), (12, -4)),
        hands=((-10, -50), (14, -52)),
        behind=rect(-14, -66, 12, 20, CLAY, 3),
    )
    return picture(o, wash("#fff0c0", 0.14))


def tram_y_te() -> str:
    """The clinic: a nurse meets an old lady at the ramp."""
    o = n.sky("#b7dadb", "#f6f3df", "#dcebe2")
    o += n.cloud(80, 130, 230, WHITE, 0.9) + n.cloud(360, 80, 150, WHITE, 0.7)
    o += n.hills(420, 90, "#a9c4a4", 8, 560, mist="#dde6c8")
    o += n.tree(90, 560, 270, LEAF, 3, 0.85) + n.tree(250, 552, 190, FOREST, 8, 0.9)
    o += (
        rect(360, 190, 930, 390, fade((0, "#fbf6e8"), (1, "#efe6d0")))
        + rect(340, 168, 950, 30, "#5f9485")
        + rect(340, 196, 950, 8, dark("#5f9485", 0.25))
    )
    o += rect(360, 480, 930, 100, "#cfe0d3")
    o += p.sign(470, 214, 470, 52, "TRẠM Y TẾ PHƯỜNG YÊN HÀ", "#3f7a6c", WHITE, 30)
    o += (
        circ(415, 240, 30, WHITE)
        + circ(415, 240, 30, "none", stroke="#3f7a6c", stroke_width=4)
        + rect(408, 221, 14, 38, "#3f7a6c", 2)
        + rect(396, 233, 38, 14, "#3f7a6c", 2)
    )
    for x in (420, 800, 960, 1120):
        o += p.pane(x, 310, 104, 120, "#9cc2c0")
        o += rect(x - 8, 432, 120, 8, "#d9cfb6") + "".join(
            path(blob(x + 14 + i * 26, 430, 16, 12, x + i, 9), FOREST)
            + circ(x + 12 + i * 26, 422, 4, RED if i % 2 else ROSE)
            for i in range(4)
        )
    o += (
        rect(590, 296, 150, 284, "#7fb0ab")
        + rect(662, 296, 5, 284, WHITE)
        + poly([(596, 500), (596, 380), (656, 300), (656, 420)], "#b5d3cf", opacity=0.6)
        + rect(582, 288, 166, 10, WHITE)
    )
    o += p.tiles(548, 262 - 4, 236, 34, "#5f9485", 20)
    for x in (556, 766):
        o += rect(x, 292, 12, 290, WHITE)
    # ground, steps, ramp
    o += rect(0, 572, 1280, 228, fade((0, "#d5c6a4"), (1, "#e7d9b8")))
    o += (
        poly([(560, 566), (780, 566), (780, 610), (560, 610)], "#cfc7b4")
        + rect(552, 586, 236, 12, "#dcd5c4")
        + rect(544, 598, 252, 14, "#c7bfac")
    )
    o += (
        poly([(780, 566), (780, 612), (1180, 612)], "#c7bfac")
        + line([(784, 520), (1180, 586)], "#7d8f8f", 6)
        + "".join(
            line([(800 + i * 92, 523 + i * 15.3), (800 + i * 92, 570 + i * 14)], "#7d8f8f", 5)
            for i in range(5)
        )
    )
    for x in range(1000, 1290, 44):
        o += path(blob(x, 620, 32, 22, x, 10), "#6a9359")
    for x in range(0, 380, 44):
        o += path(blob(x, 600, 32, 24, x + 5, 10), "#6a9359") + circ(x + 6, 590, 4, GOLD)
    # figures
    stick = line([(14, -44), (17, 0)], BARK, 2.4)
    o += person(
        480,
        764,
        300,
        view="side",
        dress="coat",
        top=WHITE,
        legs="#5f9485",
        woman=True,
        hair="bun",
        hat="nurse",
        hat_colour=WHITE,
        lean=4,
        feet=((-8, 0), (8, 0)),
        hands=((18, -54), (24, -56)),
    )
    o += person(
        602,
        766,
        272,
        view="side",
        flip=True,
        dress="baba",
        top="#8a6f8e",
        legs=INK,
        woman=True,
        hair="bun",
        tone=GREY,
        lean=12,
        feet=((-8, 0), (8, 0)),
        hands=((10, -46), (15, -44)),
        held=stick,
    )
    o += person(
        720,
        772,
        286,
        view="side",
        flip=True,
        top=OCHRE,
        woman=True,
        hair="tail",
        lean=4,
        feet=((-8, 0), (9, 0)),
        hands=((14, -58), (12, -60)),
    )
    o += person(
        960,
        690,
        236,
        dress="coat",
        top=WHITE,
        legs=NAVY,
        hands=((-6, -56), (8, -54)),
        over=rect(-8, -60, 15, 19, "#7a9aa0", 1)
        + rect(-6, -58, 11, 15, WHITE)
        + curve("M-4,-82C-8,-72 -4,-68 0,-67C4,-68 8,-72 4,-82", INK, 1.3),
    )
    o += farmer(
        1060,
        700,
        230,
        top=CLAY,
        hands=((-14, -62), (8, -52)),
        over=path("M-11,-62C-14,-76 4,-78 6,-66L8,-52Q-2,-46 -10,-52Z", "#dfe9e2")
        + circ(-5, -68, 5, SKIN),
    )
    o += p.bicycle(240, 740, 1.7, CLAY)
    return picture(o, wash("#fff3cf", 0.12))


def duong_hoa() -> str:
    """The flower lane."""
    o = n.sky("#a8d3dc", "#fdf3da", "#d8e9e0")
    o += n.cloud(420, 110, 200, WHITE, 0.9) + n.cloud(760, 160, 170, WHITE, 0.7)
    o += n.massif(
        [(300, 400), (460, 330), (600, 260), (720, 340), (840, 320), (1000, 400)],
        440,
        "#a3c0b8",
        "#e3ead2",
        3,
    )
    o += n.hills(432, 30, "#8fb07f", 5, 470)
    o += rect(0, 440, 1280, 140, "#a7bb80")
    # houses either side, in perspective by size
    left = [
        (430, 92, 2, CREAM),
        (330, 120, 2, "#e7b99a"),
        (186, 160, 3, "#cfd5c0"),
        (-20, 226, 3, OCHRE),
    ]
    for x, w, f, c in left:
        o += p.tube_house(x, 446 + (430 - x) * 0.24, w * 0.86, f, c, x + 60)
        o += n.tree(x + w * 0.95, 450 + (430 - x) * 0.24, w * 0.95, LEAF, x + 31, 0.8)
    for x, w, f, c in (
        (760, 92, 2, OCHRE),
        (842, 124, 3, CREAM),
        (966, 160, 2, "#e3c9a8"),
        (1120, 220, 3, "#cfd5c0"),
    ):
        o += p.tube_house(x, 446 + (x - 760) * 0.24, w * 0.86, f, c, x)
        o += n.tree(x + w * 0.02, 450 + (x - 760) * 0.24, w * 0.95, FOREST, x + 3, 0.8)
    o += poly(
        [(600, 440), (680, 440), (1500, 810), (-220, 810)], fade((0, "#d9ceb8"), (1, "#e8dfca"))
    )
    o += poly([(-220, 810), (600, 440), (430, 440), (-800, 810)], "#a7bb80") + poly(
        [(1500, 810), (680, 440), (850, 440), (2080, 810)], "#a7bb80"
    )
    o += poly(
        [(618, 440), (662, 440), (1130, 810), (150, 810)], fade((0, "#b9b3a8"), (1, "#9d988f"))
    )
    for i in range(9):
        t0, t1 = (i / 9) ** 2, ((i + 0.55) / 9) ** 2
        o += poly(
            [
                (640 - 1 - 6 * t0, 440 + 370 * t0),
                (640 + 1 + 6 * t0, 440 + 370 * t0),
                (640 + 1 + 6 * t1, 440 + 370 * t1),
                (640 - 1 - 6 * t1, 440 + 370 * t1),
            ],
            WHITE,
            opacity=0.85,
        )
    r = rng(12)
    colours = [RED, GOLD, ROSE, "#b277a0", WHITE, "#e88a4c"]
    for side in (-1, 1):
        for i in range(46):
            t = (i / 45) ** 1.5
            y = 446 + 350 * t
            cx = 640 + side * (38 + 560 * t)
            k = 5 + 40 * t
            o += path(
                blob(cx, y, k * 1.5, k * 0.75, i * 3 + (side > 0), 10, 0.12),
                mix("#6f9b58", FOREST, r.random() * 0.5),
            )
            band = colours[(i // 4) % 6]
            for _ in range(8):
                o += circ(
                    cx + r.uniform(-1.25, 1.25) * k,
                    y - k * r.uniform(0.05, 0.8),
                    max(1.3, k * 0.17),
                    r.choice([band, band, light(band, 0.3)]),
                )
    for x, h in ((470, 120), (356, 180), (176, 280)):
        y = 440 + (640 - x) * 0.40
        o += p.lamp_post(x, y, h, arm=h * 0.22)
    # people
    o += p.bicycle(700, 640, 1.15, TEAL, flip=True) + person(
        712,
        632,
        146,
        view="side",
        flip=True,
        dress="aodai",
        top=WHITE,
        legs=WHITE,
        woman=True,
        hair="long",
        hat="cone",
        hip=(0, -34),
        lean=10,
        hands=((30, -56), (30, -56)),
        feet=((8, -4), (14, -10)),
        shadow=False,
    )
    can = (
        path("M16,-44h13l2,15h-17z", "#5c88a8")
        + line([(29, -38), (41, -45)], "#5c88a8", 3)
        + "".join(
            line([(42 + k * 1.8, -41 + k * 8), (43 + k * 1.8, -36 + k * 8)], "#c6e2e6", 1.6)
            for k in range(4)
        )
    )
    o += farmer(
        960,
        712,
        236,
        view="side",
        top=PLUM,
        feet=((-8, 0), (8, 0)),
        hands=((20, -36), (20, -44)),
        held=can,
    )
    o += pupil(
        300,
        726,
        170,
        view="side",
        flip=True,
        hair="tail",
        feet=((-10, 0), (10, 0)),
        behind=rect(-13, -66, 11, 20, RED, 3),
        hands=((-8, -48), (12, -46)),
    )
    o += pupil(
        392,
        720,
        176,
        view="side",
        flip=True,
        woman=False,
        feet=((-11, 0), (11, 0)),
        behind=rect(-13, -66, 11, 20, NAVY, 3),
        hands=((-8, -48), (12, -46)),
    )
    o += p.flag(1140, 330, 56, 250) + p.flag(250, 340, 50, 200, flip=True)
    return picture(o, wash("#fff0c4", 0.12))


def ve_sinh_moi_truong() -> str:
    """Neighbours cleaning the canal bank and the lane."""
    o = n.sky("#f6dca6", "#fdf4dc", "#f9e8c2")
    o += n.sun(240, 170, 40, "#f5bb62", 5)
    o += n.hills(380, 70, "#bcc3a0", 6, 470, mist="#e9e3c0")
    for x, w, f, c in (
        (420, 110, 2, "#e7b99a"),
        (540, 120, 3, CREAM),
        (672, 110, 2, OCHRE),
        (1010, 130, 2, "#cfd5c0"),
        (1150, 150, 3, "#e3c9a8"),
    ):
        o += p.tube_house(x, 460, w, f, c, x + 2)
    o += (
        n.palm(380, 462, 240, -20, 0.1, "#5f8a58")
        + n.tree(850, 466, 200, LEAF, 4)
        + n.tree(960, 466, 150, FOREST, 6)
    )
    # canal to the left
    o += poly([(0, 430), (330, 430), (150, 810), (-10, 810)], fade((0, "#b9d2c6"), (1, "#6d9c9a")))
    o += n.ripples((0, 450, 230, 790), 20, WHITE, 4, 0.6)
    o += poly([(330, 430), (362, 430), (260, 810), (150, 810)], "#c9bfa6") + poly(
        [(362, 430), (420, 430), (400, 810), (260, 810)], "#93ae66"
    )
    o += poly(
        [(420, 446), (1290, 446), (1290, 810), (400, 810)], fade((0, "#cbb795"), (1, "#e2d2b2"))
    )
    o += p.bunting(420, 300, 1010, 320, [RED, GOLD, TEAL], 20, 20)
    teal = "#2f7f7a"

    def broom(s: float = 1) -> str:
        return (
            line([(8, -72), (30, -14)], "#a97f50", 2.2)
            + path("M28,-18L34,-20L46,0L24,2Z", "#c9a45c")
            + "".join(
                line([(30 + i, -16), (27 + i * 4.6, 1)], dark("#c9a45c", 0.3), 0.7)
                for i in range(4)
            )
        )

    # far group
    o += farmer(
        520,
        540,
        140,
        view="side",
        top=CLAY,
        lean=14,
        hands=((20, -42), (13, -58)),
        feet=((-9, 0), (8, 0)),
        held=broom(),
    )
    o += person(
        640,
        536,
        146,
        view="side",
        flip=True,
        top=WHITE,
        vest=teal,
        hat="cap",
        hat_colour=RED,
        lean=14,
        hands=((20, -42), (13, -58)),
        feet=((-9, 0), (8, 0)),
        held=broom(),
    )
    o += officer(
        1100,
        540,
        146,
        view="side",
        flip=True,
        lean=30,
        hip=(-2, -42),
        hands=((26, -26), (24, -30)),
        feet=((-8, 0), (8, 0)),
    )
    # cart
    cart = (
        path("M-70,-96h140l-16,70h-108z", "#5d8f5a")
        + rect(-76, -104, 152, 12, dark("#5d8f5a", 0.2), 3)
        + p.wheel(30, -20, 21)
        + line([(-70, -80), (-118, -92)], "#6e7476", 6)
        + rect(-50, -30, 6, 30, "#6e7476")
    )
    cart += (
        path(blob(-26, -106, 36, 20, 3), "#8a7a4c")
        + path(blob(24, -110, 40, 22, 4), "#a68f55")
        + path(blob(0, -120, 28, 16, 8), "#7d944e")
    )
    o += oval(860, 690, 100, 9, "#22304a", opacity=0.16) + group(cart, at=(850, 690), scale=1.25)
    o += person(
        660,
        704,
        240,
        view="side",
        top=WHITE,
        vest=teal,
        hat="bucket",
        hat_colour=OCHRE,
        lean=8,
        hands=((22, -50), (20, -54)),
        feet=((-13, 0), (11, 0)),
    )
    shovel = line([(8, -66), (30, -24)], "#a97f50", 2.4) + path(
        "M28,-30l12,-6q8,10 2,16q-8,2 -12,-2z", "#8d979b"
    )
    o += person(
        1060,
        706,
        236,
        view="side",
        flip=True,
        top="#6d8aa0",
        vest=teal,
        woman=True,
        hair="tail",
        lean=14,
        hands=((24, -40), (12, -58)),
        feet=((-11, 0), (9, 0)),
        held=shovel + path(blob(36, -34, 8, 4, 3), "#8a7a4c"),
    )
    o += farmer(
        520,
        762,
        262,
        view="side",
        top=PLUM,
        lean=14,
        hands=((20, -42), (13, -58)),
        feet=((-9, 0), (8, 0)),
        held=broom(),
    )
    r = rng(5)
    for _ in range(28):
        x, y = r.uniform(630, 760), r.uniform(756, 778)
        o += oval(
            x,
            y,
            9,
            4,
            r.choice(["#c98a3b", "#a97f3f", "#8a9a4c", "#b9583d"]),
            transform=f"rotate({r.uniform(-60, 60):.0f} {x:.0f} {y:.0f})",
        )
    # bins
    for x, c in ((1160, "#5d8f5a"), (1225, "#d99a3a")):
        o += (
            oval(x, 776, 34, 6, "#22304a", opacity=0.18)
            + path(f"M{x - 28},690h56l-5,84h-46z", c)
            + rect(x - 32, 680, 64, 13, dark(c, 0.2), 4)
            + circ(x, 732, 13, WHITE, opacity=0.85)
            + path(f"M{x - 6},736l6,-12l6,12z", c)
        )
    # a man lifting litter from the canal with a net
    net = (
        line([(10, -58), (56, -30)], "#a97f50", 2)
        + oval(62, -27, 8, 4, "none", stroke="#7d8f8f", stroke_width=1.6)
        + path("M55,-26q6,14 14,0z", "#b8cfca", opacity=0.8)
    )
    o += person(
        330,
        664,
        216,
        view="side",
        flip=True,
        top=WHITE,
        vest=teal,
        hat="cone",
        lean=12,
        hands=((24, -48), (12, -58)),
        feet=((-10, 0), (9, 0)),
        held=net,
    )
    o += n.grass(255, 400, 806, 40, "#7d9c53", 6, 30)
    return picture(o, wash("#ffdc9c", 0.16))


def giao_thong() -> str:
    """A crossing: pupils walk over the zebra, traffic waits."""
    o = n.sky("#a9cfd8", "#f8f0d8", "#d6e6de")
    o += n.cloud(300, 100, 220, WHITE, 0.85) + n.cloud(820, 130, 260, WHITE, 0.8)
    for x, w, f, c in (
        (-30, 150, 3, OCHRE),
        (122, 130, 4, "#e3c9a8"),
        (254, 140, 3, "#cfd5c0"),
        (396, 110, 2, CREAM),
        (780, 120, 3, "#e7b99a"),
        (902, 140, 4, CREAM),
        (1044, 130, 3, OCHRE),
        (1176, 150, 4, "#cfd5c0"),
    ):
        o += p.tube_house(x, 470, w, f, c, x + 9)
    o += n.massif(
        [(480, 420), (580, 350), (650, 310), (720, 370), (800, 420)], 470, "#9fbcb8", "#e3e9d6", 2
    )
    o += n.tree(540, 474, 110, LEAF, 5) + n.tree(740, 474, 120, FOREST, 7)
    o += (
        rect(0, 462, 1280, 30, "#cfc6b2")
        + rect(0, 488, 1280, 312, fade((0, "#8e9190"), (1, "#767a7c")))
        + rect(0, 486, 1280, 7, "#e4ddcb")
    )
    o += poly([(560, 462), (730, 462), (900, 500), (400, 500)], "#8e9190")
    for i in range(11):
        x = 250 + i * 76
        o += poly(
            [
                (x, 560),
                (x + 44, 560),
                (x + 30 + (x - 640) * 0.12, 706),
                (x - 22 + (x - 640) * 0.12, 706),
            ],
            "#f3eee0",
        )
    o += rect(0, 770, 1280, 30, "#d8cfb9") + rect(0, 766, 1280, 8, "#efe8d6")
    # lights
    for x, on in ((196, 0), (1096, 0)):
        o += (
            rect(x - 5, 250, 10, 320, "#5d6467")
            + rect(x - 22, 200, 44, 118, "#3c4447", 8)
            + oval(x, 572, 22, 6, "#22304a", opacity=0.2)
        )
        for i, c in enumerate((RED, "#e2b33c", "#5aa065")):
            o += circ(x, 220 + i * 38, 14, c if i == on else mix(c, "#23292b", 0.72))
        o += circ(x, 220, 34, glow((0, RED, 0.5), (1, RED, 0)))
    o += (
        rect(300, 330, 6, 170, "#8d9395")
        + poly([(260, 350), (303, 276), (346, 350)], "#2f62a0")
        + poly([(268, 346), (303, 286), (338, 346)], WHITE)
        + group(
            person(
                0,
                0,
                44,
                view="side",
                top=INK,
                legs=INK,
                skin=INK,
                feet=((-12, 0), (12, 0)),
                shadow=False,
                face=False,
            ),
            at=(303, 343),
        )
    )

    # waiting motorbikes, right, facing left
    def rider(
        x: float,
        y: float,
        s: float,
        c: str,
        top: str,
        helmet: str,
        flip: bool,
        woman: bool = False,
        two: bool = False,
    ) -> str:
        who = person(
            -14,
            -14,
            128,
            view="side",
            hip=(0, -25),
            lean=6,
            top=top,
            woman=woman,
            hair="tail" if woman else "short",
            hat="helmet",
            hat_colour=helmet,
            hands=((30, -42), (31, -40)),
            feet=((16, -1), (19, -1)),
            shadow=False,
        )
        if two:
            who = (
                person(
                    -38,
                    -16,
                    96,
                    view="side",
                    child=True,
                    hip=(0, -25),
                    top=WHITE,
                    hat="helmet",
                    hat_colour=GOLD,
                    scarf=True,
                    hands=((14, -44), (16, -42)),
                    feet=((14, -4), (16, -4)),
                    shadow=False,
                )
                + who
            )
        return group(p.motorbike(0, 0, 1, c), who, at=(x, y), scale=s, flip=flip)

    o += rider(1060, 596, 1.15, TEAL, CREAM, CLAY, True) + rider(
        1190, 590, 1.15, CLAY, "#6d8aa0", WHITE, True, True
    )
    o += rider(90, 610, 1.2, "#4f6f8f", OCHRE, "#5a8f6a", False)
    # officer with raised baton and pupils crossing
    baton = rect(18, -92, 3, 22, WHITE, 1) + rect(18, -82, 3, 10, "#2f3a42")
    o += officer(
        640,
        600,
        206,
        top="#b9a05e",
        legs="#a8904f",
        hat_colour="#8d7a42",
        hands=((-28, -70), (19, -84)),
        over=baton,
    )
    for i, (x, y, how) in enumerate(
        ((330, 668, {"hair": "tail"}), (412, 674, {"woman": False}), (500, 666, {"hair": "bob"}))
    ):
        c = (RED, NAVY, OCHRE)[i]
        o += pupil(
            x,
            y + 14,
            160 + i * 4,
            view="side",
            feet=((-11, 0), (11, 0)),
            hands=((-8, -50), (11, -50)),
            behind=rect(-13, -66, 11, 20, c, 3),
            **how,
        )
    o += person(
        760,
        690,
        214,
        view="side",
        dress="baba",
        top=PLUM,
        legs=INK,
        woman=True,
        hair="bun",
        tone=GREY,
        lean=8,
        feet=((-8, 0), (9, 0)),
        hands=((8, -48), (14, -50)),
        held=line([(15, -46), (18, 0)], BARK, 2),
    )
    o += pupil(
        826,
        692,
        164,
        view="side",
        flip=True,
        woman=False,
        hands=((12, -52), (18, -54)),
        feet=((-7, 0), (6, 0)),
        behind=rect(-13, -66, 11, 20, TEAL, 3),
    )
    o += rider(1060, 760, 1.5, "#8f5a6a", "#b9583d", TEAL, True, two=True)
    return picture(o, wash("#fff0cc", 0.1))


def cho_hoa_tet() -> str:
    """The flower market before Tết."""
    o = n.sky("#c9d4d6", "#f5e6cc", "#e3dfd2")
    o += n.hills(340, 70, "#b3bfb5", 5, 430, mist="#dfd9c4")
    for x, w, f, c in (
        (-30, 140, 3, "#e3c9a8"),
        (112, 130, 2, CREAM),
        (960, 140, 2, OCHRE),
        (1104, 180, 3, "#cfd5c0"),
    ):
        o += p.tube_house(x, 430, w, f, c, x + 5)
    o += p.rooftops(240, 960, 424, 0.9, 6, "#e9dfc8", 0.35)
    o += rect(0, 424, 1280, 376, fade((0, "#c7b290"), (1, "#dfcba6")))
    o += p.bunting(-10, 120, 660, 150, [RED, GOLD], 20, 50) + p.bunting(
        640, 150, 1290, 110, [GOLD, RED], 20, 50
    )
    for x, y in ((120, 190), (330, 232), (560, 210), (760, 214), (960, 236), (1160, 186)):
        o += p.lantern(x, y, 1)
    o += p.stall(40, 500, 330, (RED, CREAM), 150) + p.stall(930, 500, 330, ("#d99a3a", CREAM), 150)
    for i in range(6):
        o += n.peach(70 + i * 54, 520, 150, i + 1, True)
    for i in range(5):
        o += n.peach(960 + i * 64, 520, 160, i + 20, True, "#efc65a")
    r = rng(4)
    for i in range(8):
        o += person(
            420 + i * 62,
            500 + r.uniform(-8, 8),
            118,
            view=r.choice(["front", "back", "side"]),
            top=r.choice([RED, TEAL, OCHRE, CREAM, PLUM, "#6d8aa0"]),
            woman=bool(i % 2),
            hair="long" if i % 2 else "short",
            dress="aodai" if i % 3 == 0 else "shirt",
            legs=NAVY if i % 3 else WHITE,
        )
    for i in range(6):
        o += n.kumquat(380 + i * 100, 590, 128, i + 2)
    o += farmer(250, 640, 204, top="#6a4a78", hands=((-14, -56), (20, -62)))

    # buckets of cut flowers
    def bucket(x: float, y: float, c: list[str], seed: int) -> str:
        out = path(f"M{x - 32},{y - 54}h64l-8,54h-48z", "#8d9aa0") + rect(
            x - 35, y - 58, 70, 8, light("#8d9aa0", 0.3), 3
        )
        q = rng(seed)
        leaves, heads = "", ""
        for _ in range(26):
            fx, fy = x + q.uniform(-42, 42), y - q.uniform(70, 122)
            leaves += line([(x + (fx - x) * 0.4, y - 54), (fx, fy)], "#5b8257", 2.4)
            k = q.choice(c)
            heads += circ(fx, fy, 9, k) + circ(fx, fy, 4.4, light(k, 0.45))
        return oval(x, y, 34, 6, "#22304a", opacity=0.18) + leaves + out + heads

    for i, c in enumerate(
        (
            ["#efc65a", "#e3ae3c"],
            ["#d3546a", "#c23a55"],
            ["#f3e8ee", "#e3c3d3"],
            ["#e88a4c", "#d9702f"],
            ["#a56aa0", "#8a4f8a"],
        )
    ):
        o += bucket(60 + i * 92, 716 + (i % 2) * 12, c, i)
    # buyer on a motorbike with a kumquat tree
    bike = (
        p.motorbike(0, 0, 1, CLAY)
        + n.kumquat(-46, -42, 118, 8)
        + person(
            -8,
            -14,
            128,
            view="side",
            hip=(0, -25),
            lean=6,
            top="#3f6a86",
            hat="helmet",
            hat_colour=WHITE,
            hands=((28, -42), (29, -40)),
            feet=((16, -1), (19, -1)),
            shadow=False,
        )
    )
    o += group(bike, at=(1060, 744), scale=1.75)
    o += person(
        610,
        764,
        262,
        dress="aodai",
        top=RED,
        legs=WHITE,
        woman=True,
        hair="long",
        hands=((-12, -44), (16, -56)),
        over=group(n.peach(0, 0, 52, 5, False), at=(17, -48), turn=14),
    )
    o += pupil(
        704,
        772,
        176,
        dress="aodai",
        scarf=False,
        bare=False,
        top=GOLD,
        legs=WHITE,
        hands=((-14, -62), (14, -50)),
        hair="bob",
    )
    o += person(
        800,
        768,
        270,
        view="side",
        flip=True,
        top="#5c7f6a",
        feet=((-9, 0), (10, 0)),
        hands=((16, -62), (10, -48)),
    )
    return picture(o, wash("#ffdcae", 0.14))


def the_thao() -> str:
    """Volleyball on the village ground at sundown."""
    o = n.sky("#e9a878", "#fbe6be", "#f4c993")
    o += n.sun(980, 300, 56, "#fff0c4", 5)
    o += n.cloud(140, 130, 330, "#f9d9b4", 0.6) + n.cloud(620, 90, 240, "#f9d9b4", 0.5)
    o += n.hills(420, 110, "#a4846e", 7, 520, mist="#dba980") + n.hills(470, 50, "#8a7a5c", 17, 540)
    for x, h in ((60, 220), (190, 170), (1130, 190), (1240, 240)):
        o += n.tree(x, 530, h, "#6d7a48", x, 0.9)
    o += rect(0, 510, 1280, 290, fade((0, "#c08f5c"), (1, "#dcb47c")))
    # spectators on a low bank
    r = rng(8)
    o += path("M260,520C500,500 800,500 1040,520L1040,540L260,540Z", "#9aa35c")
    for i in range(17):
        x = 280 + i * 45
        who = pupil if i % 5 == 2 else farmer if i % 4 == 3 else person
        o += who(
            x,
            536 + r.uniform(-3, 3),
            84 if who is pupil else 112,
            top=r.choice([WHITE, TEAL, CLAY, OCHRE, PLUM, "#5c7f96"]),
            hands=((-16, -86), (16, -86)) if i % 4 == 0 else None,
        )
    o += p.bunting(150, 250, 1180, 250, [RED, GOLD, TEAL, WHITE], 30, 26)
    # court lines
    o += line([(120, 780), (300, 566), (980, 566), (1160, 780)], WHITE, 5, opacity=0.85) + line(
        [(120, 780), (1160, 780)], WHITE, 6, opacity=0.85
    )
    # net seen at a slant
    o += (
        rect(606, 352, 8, 226, "#5d5148")
        + rect(694, 400, 12, 392, "#5d5148")
        + oval(700, 792, 28, 6, "#22304a", opacity=0.2)
    )
    net = ""
    for i in range(8):
        t = i / 7
        net += line([(614, 366 + 72 * t), (694, 420 + 100 * t)], "#f6efdc", 1.7, opacity=0.9)
    for i in range(10):
        t = i / 9
        net += line(
            [(614 + 80 * t, 366 + 54 * t), (614 + 80 * t, 438 + 82 * t)],
            "#f6efdc",
            1.7,
            opacity=0.9,
        )
    o += net + poly([(612, 360), (696, 412), (696, 426), (612, 370)], WHITE)
    red, blue = "#b9402f", "#2f6680"

    def player(x: float, y: float, h: float, c: str, **how: object) -> str:
        usual: dict[str, object] = {
            "view": "side",
            "top": c,
            "legs": dark(c, 0.35),
            "shorts": True,
            "bare": True,
            "dress": "polo",
        }
        return person(x, y, h, **{**usual, **how})

    # spiker left of the net in the air, blockers right
    o += oval(520, 742, 44, 7, "#22304a", opacity=0.18)
    o += player(
        520,
        676,
        246,
        red,
        lean=-4,
        hands=((10, -84), (20, -112)),
        feet=((-18, -12), (-4, -2)),
        shadow=False,
    )
    o += oval(790, 724, 40, 7, "#22304a", opacity=0.18)
    o += player(
        790,
        690,
        236,
        blue,
        flip=True,
        hands=((12, -112), (18, -110)),
        feet=((-4, -2), (2, 0)),
        shadow=False,
    )
    o += player(
        300,
        742,
        228,
        red,
        hip=(0, -38),
        lean=22,
        hands=((22, -52), (24, -50)),
        feet=((-12, 0), (12, 0)),
    )
    o += player(
        420,
        622,
        190,
        red,
        hip=(0, -42),
        lean=14,
        hands=((20, -58), (22, -60)),
        feet=((-10, 0), (10, 0)),
    )
    o += player(
        900,
        630,
        192,
        blue,
        flip=True,
        hip=(0, -42),
        lean=14,
        hands=((20, -56), (22, -58)),
        feet=((-10, 0), (10, 0)),
    )
    o += player(
        1040,
        758,
        232,
        blue,
        flip=True,
        hip=(0, -37),
        lean=24,
        hands=((24, -46), (26, -44)),
        feet=((-13, 0), (12, 0)),
    )
    o += group(
        circ(0, 0, 19, WHITE),
        curve("M-15,-10q14,8 30,2M-8,18q2,-18 20,-24M-12,10q10,-4 28,4", "#c98a3b", 2.4),
        at=(606, 372),
    )
    o += officer(
        1190,
        690,
        210,
        view="front",
        top=WHITE,
        legs=NAVY,
        hat="cap",
        hat_colour=NAVY,
        hands=((-28, -78), (12, -44)),
        dress="polo",
    )
    return picture(zoom(640, 720, 1.06, o), wash("#f3a25c", 0.14))


def lang_nghe_non() -> str:
    """Hat makers at work on a veranda."""
    o = p.room("#dcb98a", "#b98d63", 520)
    # open side of the veranda: garden light
    o += (
        rect(70, 70, 430, 400, fade((0, "#d9ecdf"), (1, "#f6f1cf")))
        + n.hills(330, 60, "#9dbb8b", 4, 470)[0:0]
    )
    o += (
        path("M70,380C180,340 320,350 500,372L500,470L70,470Z", "#a3bf7c")
        + n.bamboo(160, 430, 300, 9, "#7d9a4e", 5)
        + n.banana(400, 440, 230, LEAF, 3)
        + rect(0, 44, 44, 464, "#e0c195")
    )
    o += (
        rect(40, 40, 40, 480, "#8a5d3c")
        + rect(492, 40, 30, 480, "#8a5d3c")
        + rect(40, 40, 480, 34, "#7a5034")
        + rect(40, 466, 480, 54, "#9c6c46")
        + "".join(rect(60 + i * 36, 474, 14, 44, "#7a5034") for i in range(13))
    )
    o += rect(0, 0, 1280, 44, "#7a5034") + "".join(
        rect(i * 128, 0, 16, 60, "#6a4530") for i in range(11)
    )

    def cone(x: float, y: float, s: float, front: bool = True) -> str:
        h = dark(HAT, 0.22)
        out = path("M-100,0Q0,34 100,0L0,-92Z", HAT) + path(
            "M4,-90Q40,-40 48,14Q84,8 100,0L0,-92Z", mix(HAT, h, 0.5)
        )
        for k in (0.2, 0.38, 0.56, 0.74, 0.9):
            out += curve(
                f"M{-100 * k:.0f},{-92 + 92 * k:.0f}Q0,{-92 + 126 * k:.0f} {100 * k:.0f},{-92 + 92 * k:.0f}",
                h,
                1.6,
                opacity=0.8,
            )
        if front:
            out += "".join(
                line([(0, -92), (-100 + i * 20, 17 - abs(i - 5) * 3.4)], h, 0.8, opacity=0.5)
                for i in range(1, 10)
            )
        return group(out, at=(x, y), scale=s)

    # hats on the wall, stack, frame
    for x, y, s in (
        (640, 190, 0.62),
        (800, 150, 0.62),
        (960, 190, 0.62),
        (1120, 150, 0.62),
        (720, 300, 0.62),
        (880, 300, 0.62),
        (1040, 300, 0.62),
        (1200, 300, 0.62),
    ):
        o += line([(x, y - 62), (x, y - 86)], BARK, 1.6) + cone(x, y, s)
    o += oval(1130, 712, 130, 14, "#22304a", opacity=0.16)
    for i in range(9):
        o += cone(1130 + (i % 2) * 3, 700 - i * 22, 1.05, i == 8)
    o += p.floor_tiles(524, "#9d744d", (640, 60), 8)
    # a mat
    o += poly([(120, 640), (960, 640), (1060, 792), (20, 792)], "#c9a04f") + poly(
        [(150, 650), (932, 650), (1020, 782), (64, 782)], "#dcba6c"
    )
    for i in range(1, 9):
        y = 650 + 132 * (i / 9) ** 1.2
        o += line(
            [(150 - 86 * (y - 650) / 132, y), (932 + 88 * (y - 650) / 132, y)],
            "#b98a45",
            2,
            opacity=0.6,
        )
    # two makers with frames
    frame = "".join(
        line([(24, -62), (24 + dx, -20)], "#9c7442", 1.1) for dx in (-17, -11, -5, 0, 5, 11, 17)
    ) + "".join(
        oval(24, -62 + 42 * k, 17 * k, 3.4 * k, "none", stroke="#9c7442", stroke_width=1)
        for k in (0.3, 0.5, 0.7, 0.9)
    )
    hat = (
        path("M2,-20Q24,-11 46,-20L24,-64Z", HAT)
        + path("M25,-62Q34,-40 36,-17Q42,-18 46,-20L24,-64Z", dark(HAT, 0.12))
        + "".join(
            curve(
                f"M{24 - 22 * k:.1f},{-64 + 44 * k:.1f}Q24,{-64 + 53 * k:.1f} {24 + 22 * k:.1f},{-64 + 44 * k:.1f}",
                dark(HAT, 0.25),
                0.6,
            )
            for k in (0.3, 0.5, 0.7, 0.88)
        )
    )
    stool = rect(-9, -17, 18, 3, WOOD) + rect(-7, -15, 2.4, 15, BARK) + rect(5, -15, 2.4, 15, BARK)
    o += person(
        330,
        760,
        400,
        view="side",
        dress="baba",
        top="#8a4d6b",
        legs=INK,
        woman=True,
        hair="bun",
        hip=(0, -20),
        lean=12,
        nod=8,
        hands=((33, -46), (12, -38)),
        feet=((18, 0), (26, 0)),
        behind=stool,
        held=hat,
        shadow=False,
    )
    o += person(
        800,
        748,
        380,
        view="side",
        flip=True,
        dress="baba",
        top="#3f6f72",
        legs=INK,
        woman=True,
        hair="bun",
        tone=GREY,
        hip=(0, -20),
        lean=12,
        nod=8,
        hands=((33, -46), (12, -40)),
        feet=((18, 0), (26, 0)),
        behind=stool,
        held=frame,
    )
    # leaves, threads
    for i in range(9):
        o += path(
            f"M{470 + i * 12},{772 - i * 2}q40,-24 120,-6q-70,24 -120,6z",
            mix("#dfe0a8", "#a9bd74", (i % 3) / 3),
        )
    for x, c in ((150, RED), (186, PLUM), (168, TEAL)):
        o += circ(x, 764, 15, c) + curve(
            f"M{x - 10},760q10,8 20,0M{x - 11},766q11,7 22,0", light(c, 0.4), 1.4
        )
    return picture(
        zoom(
            640,
            800,
            1.06,
            o,
            poly([(80, 74), (492, 74), (980, 800), (420, 800)], "#fff3cf", opacity=0.13),
        ),
        wash("#f3c98a", 0.18),
    )


def am_thuc_banh() -> str:
    """Cakes of the country on a tray, seen from above."""
    o = rect(0, 0, 1280, 800, "#a5754f")
    for i in range(8):
        y = i * 104
        o += rect(0, y, 1280, 101, mix("#b07d52", "#966542", (i * 37 % 10) / 10))
        for k in range(3):
            o += curve(
                f"M{k * 420 - 60},{y + 30 + k * 20}q160,{-12 + k * 8} 420,4",
                dark("#8a5d3f", 0.25),
                2,
                opacity=0.4,
            )
    # banana leaf
    leaf = (
        path("M-420,0C-300,-170 120,-210 430,0C120,190 -300,170 -420,0Z", "#5f8a4c")
        + path("M-420,0C-300,170 120,190 430,0Z", "#527b43")
        + line([(-420, 0), (430, 0)], "#9dbb70", 7)
    )
    for i in range(13):
        x = -330 + i * 54
        leaf += curve(
            f"M{x},0q40,-60 50,-{130 - abs(i - 6) * 10}M{x},0q40,60 50,{130 - abs(i - 6) * 10}",
            "#4a703e",
            2,
            opacity=0.7,
        )
    o += group(leaf, at=(930, 250), turn=-24, scale=0.95) + group(
        leaf, at=(300, 640), turn=18, scale=0.75
    )
    # round woven tray
    o += (
        circ(640, 418, 352, "#22180f", opacity=0.28)
        + circ(630, 405, 350, "#b98a4c")
        + circ(630, 405, 330, "#d9b475")
        + circ(630, 405, 300, "#e3c48a")
    )
    for i in range(48):
        a = i * math.pi / 24
        o += line(
            [
                (630 + 302 * math.cos(a), 405 + 302 * math.sin(a)),
                (630 + 328 * math.cos(a + 0.06), 405 + 328 * math.sin(a + 0.06)),
            ],
            "#a1763d",
            4,
            opacity=0.7,
        )
    for k in range(-10, 11):
        w = math.sqrt(max(0, 300**2 - (k * 28) ** 2))
        o += line(
            [(630 - w, 405 + k * 28), (630 + w, 405 + k * 28)], "#d1ab68", 2, opacity=0.7
        ) + line([(630 + k * 28, 405 - w), (630 + k * 28, 405 + w)], "#d1ab68", 2, opacity=0.7)

    def plate(x: float, y: float, r: float, rim: str = "#5c86a0") -> str:
        return (
            circ(x + 5, y + 8, r, "#3a2614", opacity=0.25)
            + circ(x, y, r, "#fdf9f0")
            + circ(x, y, r * 0.9, "none", stroke=rim, stroke_width=3)
            + circ(x, y, r * 0.72, "#f3ecdc")
        )

    # bánh bèo: small saucers with shrimp floss
    o += plate(470, 300, 118)
    for i in range(6):
        a = i * math.pi / 3 + 0.3
        x, y = (470 + 60 * math.cos(a), 300 + 60 * math.sin(a))
        o += (
            circ(x, y, 31, "#fffdf6")
            + circ(x, y, 31, "none", stroke="#e3dac4", stroke_width=2)
            + circ(x, y, 17, "#e8a058", opacity=0.85)
            + n.dots((x - 11, y - 11, x + 11, y + 11), 7, ["#5f8a4c", "#d9702f"], 2.6, i)
        )
    o += circ(470, 300, 22, "#fffdf6") + circ(470, 300, 12, "#e8a058")
    # bánh bột lọc: clear parcels with shrimp
    o += plate(800, 300, 120, "#8a6fa0")
    parcels = (
        (-44, -30, 20),
        (30, -42, -30),
        (52, 22, 60),
        (-10, 44, 5),
        (-58, 26, -50),
        (0, 0, 30),
    )
    for dx, dy, t in parcels:
        shape = (
            path("M-36,6C-34,-20 34,-20 36,6C20,18 -20,18 -36,6Z", "#f4d9b4")
            + path("M-18,2C-10,-10 12,-10 18,0C10,8 -8,10 -18,2Z", "#e07a4c")
            + curve("M-12,1q6,-5 8,4M-2,-3q6,0 6,6", "#b9502f", 1.8)
            + curve("M-32,5C-28,-12 20,-16 32,0", WHITE, 2.4, opacity=0.7)
        )
        o += group(shape, at=(800 + dx, 300 + dy), turn=t)
    # bánh gai/bánh ít in leaf squares, opened
    for x, y, t in ((420, 540, 8), (500, 590, -14), (440, 640, 22)):
        o += group(
            rect(-42, -40, 84, 84, "#2e1f12", 4, opacity=0.2)
            + rect(-44, -44, 84, 84, "#4f7a42", 4)
            + poly([(-44, -44), (40, -44), (-2, -2)], "#6b9656")
            + poly([(-44, 40), (40, 40), (-2, -2)], "#446c3a")
            + line([(-44, -2), (40, -2)], "#e3d3a0", 3)
            + line([(-2, -44), (-2, 40)], "#e3d3a0", 3),
            at=(x, y),
            turn=t,
        )
    o += group(
        poly([(-60, -40), (60, -52), (72, 40), (-50, 54)], "#6b9656")
        + path(blob(4, 0, 44, 36, 5, 12, 0.05), "#33363a")
        + path(blob(-6, -10, 24, 14, 6, 12, 0.06), "#5a5e62", opacity=0.8)
        + n.dots((-22, -16, 30, 18), 16, ["#f3e4c6"], 2.2, 4),
        at=(600, 650),
        turn=-8,
    )
    # fish sauce bowl
    o += (
        circ(646, 470, 62, "#3a2614", opacity=0.22)
        + circ(640, 462, 62, "#fdf9f0")
        + circ(640, 462, 60, "none", stroke="#5c86a0", stroke_width=4)
        + circ(640, 462, 48, "#c9742f")
        + oval(628, 448, 20, 9, "#e3a05a", opacity=0.7)
    )
    for x, y in ((652, 474), (630, 480), (660, 454), (618, 462), (642, 440)):
        o += circ(x, y, 6, RED) + circ(x, y, 2.2, "#f6d9a0")
    # herbs and slices
    r = rng(7)
    for _ in range(24):
        x, y = 812 + r.gauss(0, 46), 560 + r.gauss(0, 34)
        o += group(
            path(
                "M0,0C-16,-12 -14,-32 0,-40C14,-32 16,-12 0,0Z", mix("#6fa04f", FOREST, r.random())
            )
            + line([(0, 0), (0, -34)], "#9dc070", 1.4),
            at=(x, y),
            turn=r.uniform(0, 360),
        )
    for x, y in ((742, 640), (700, 600), (760, 590)):
        o += (
            circ(x, y, 26, "#7fae5a")
            + circ(x, y, 21, "#dce8b4")
            + "".join(
                line(
                    [
                        (x, y),
                        (x + 19 * math.cos(i * math.pi / 4), y + 19 * math.sin(i * math.pi / 4)),
                    ],
                    "#b5cf80",
                    2,
                )
                for i in range(8)
            )
        )
    # tea pot and cups, right; chopsticks
    o += (
        circ(1096, 588, 108, "#22180f", opacity=0.28)
        + circ(1086, 576, 104, "#7d4a35")
        + circ(1086, 576, 74, "#8f5940")
        + circ(1086, 576, 62, "#7d4a35")
        + circ(1086, 576, 15, "#a56c4c")
        + path("M990,556q-56,-10 -66,-40l26,-10q20,22 52,22z", "#7d4a35")
        + curve("M1180,540q70,20 20,96", "#6a3d2c", 17)
    )
    for x, y in ((1010, 716), (1150, 722), (200, 170)):
        o += (
            circ(x + 4, y + 6, 50, "#22180f", opacity=0.25)
            + circ(x, y, 48, "#f6efe0")
            + circ(x, y, 39, "#b5a04a")
            + oval(x - 10, y - 10, 14, 8, "#d9cd80", opacity=0.8)
        )
    o += (
        line([(70, 330), (250, 560)], "#c9a070", 11)
        + line([(104, 310), (270, 548)], "#b98d5c", 11)
        + line([(70, 330), (98, 366)], RED, 11)
        + line([(104, 310), (130, 348)], RED, 11)
    )
    o += group(
        path("M0,0C-30,-40 -20,-90 20,-110C40,-60 30,-20 0,0Z", ROSE),
        path("M0,0C-6,-40 30,-80 70,-80C70,-40 40,-6 0,0Z", light(ROSE, 0.25)),
        path("M0,0C30,-16 70,-8 92,24C50,40 16,30 0,0Z", ROSE),
        circ(6, -4, 12, GOLD),
        at=(1150, 130),
    )
    return picture(o, rect(0, 0, 1280, 800, glow((0.55, "#fff0cc", 0.0), (1, "#3a2010", 0.28))))


SCENES = {
    "cho-ha": cho_ha,
    "tru-so-ubnd": tru_so_ubnd,
    "truong-hoc": truong_hoc,
    "tram-y-te": tram_y_te,
    "duong-hoa": duong_hoa,
    "ve-sinh-moi-truong": ve_sinh_moi_truong,
    "giao-thong": giao_thong,
    "cho-hoa-tet": cho_hoa_tet,
    "the-thao": the_thao,
    "lang-nghe-non": lang_nghe_non,
    "am-thuc-banh": am_thuc_banh,
}
