"""Pictures of public life: offices, meetings, health, help."""

# One letter serves for many measures here, whole and broken:
# mypy: disable-error-code="assignment,arg-type,misc"
# ruff: noqa: E501 – the data of one path is read as one line

from . import nature as n
from . import places as p
from .people import GREY, crowd_back, farmer, person, pupil, seat
from .shapes import (
    BARK,
    CLAY,
    CREAM,
    FOREST,
    GOLD,
    INK,
    LEAF,
    NAVY,
    OCHRE,
    PLUM,
    RED,
    ROSE,
    SKIN,
    SLATE,
    STONE,
    TAN,
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

GILT = "#fbe7a8"


def papers(x: float, y: float) -> str:
    """A few sheets in the hand, in a figure's units."""
    return group(
        rect(-5, -7, 11, 14, "#d8dfdc", 0.6, transform="rotate(8)"),
        rect(-5.5, -7, 11, 14, WHITE, 0.6),
        *(line([(-3.5, k), (3.5, k)], "#a9b6b4", 0.6) for k in (-4, -1.5, 1, 3.5)),
        at=(x, y),
    )


def mot_cua() -> str:
    """The one-stop counter."""
    o = p.room("#f1e3c4", "#c9b590", 560, "#b98a5a")
    o += p.floor_tiles(560, "#ad9770", (640, 260), 10)
    # back wall: red board, clock, windows to the offices
    o += rect(330, 60, 620, 74, "#a8362b", 4) + rect(
        330, 60, 620, 74, "none", 4, stroke=GOLD, stroke_width=3
    )
    o += text(640, 92, "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG", 25, GILT, 700) + text(
        640, 122, "PHƯỜNG YÊN HÀ", 22, GILT, 700
    )
    o += (
        circ(1120, 110, 46, WHITE)
        + circ(1120, 110, 46, "none", stroke=WOOD, stroke_width=6)
        + line([(1120, 110), (1120, 80)], INK, 4)
        + line([(1120, 110), (1142, 118)], INK, 4)
        + circ(1120, 110, 4, RED)
    )
    o += (
        rect(60, 70, 190, 120, "#2f3f4a", 6)
        + rect(70, 80, 170, 100, "#3f5a66", 3)
        + text(155, 122, "MỜI SỐ", 20, "#dfeaea", 600)
        + text(155, 166, "0 2 6", 40, GILT, 700)
    )
    # partitions
    for x in (40, 440, 840, 1240):
        o += rect(x - 5, 200, 10, 290, "#b98a5a")
    for i, x in enumerate((45, 445, 845)):
        o += rect(x, 200, 390, 36, TEAL) + text(
            x + 195,
            225,
            ("Hộ tịch – Chứng thực", "Đất đai – Xây dựng", "Lao động – Xã hội")[i],
            20,
            WHITE,
            600,
        )
        o += rect(x, 236, 390, 250, fade((0, "#e3d3b0"), (1, "#d6c39c")))
        for k in range(3):
            sx = x + 230 + k * 46
            o += rect(sx, 262, 38, 92, "#b58a5c", 2) + "".join(
                rect(
                    sx + 4 + j * 8,
                    270 + (j % 2) * 4,
                    6,
                    80 - (j % 2) * 4,
                    [RED, TEAL, OCHRE, NAVY][(j + k + i) % 4],
                )
                for j in range(4)
            )
    # clerks
    o += person(
        190,
        606,
        330,
        dress="aodai",
        top="#8a4d6b",
        woman=True,
        hair="long",
        hands=((-8, -58), (8, -58)),
        shadow=False,
    )
    o += person(
        590,
        610,
        340,
        top="#cfe0e6",
        hands=((-8, -57), (9, -57)),
        shadow=False,
        over=rect(3, -72, 4.5, 3, RED, 0.5),
    )
    o += person(
        990,
        606,
        330,
        top="#f0e2d0",
        woman=True,
        hair="bob",
        hands=((-8, -58), (8, -58)),
        shadow=False,
        over=rect(3, -70, 4.5, 3, RED, 0.5),
    )
    # counter
    o += p.desk(-20, 620, 1320, 144, "#a97145")
    o += rect(-20, 470, 1320, 16, "#d9ae7c", 3)
    for x in (204, 604, 1004):
        o += p.laptop(x, 470, 104)
    for x in (72, 466, 866):
        o += (
            rect(x, 452, 62, 18, WHITE, 2)
            + rect(x + 4, 446, 56, 10, "#e8e2d2", 2)
            + plant_small(x + 344 if x < 800 else 1240, 470)
        )
    for i, x in enumerate((225, 500, 900)):
        o += circ(x, 548, 25, GILT) + text(x, 558, str(i + 1), 28, "#8f412f", 700)
    # citizens
    o += person(
        330,
        742,
        390,
        view="back",
        top=OCHRE,
        legs=NAVY,
        hands=((-15, -50), (10, -64)),
        held=papers(12, -64),
    )
    o += person(
        690,
        760,
        384,
        view="back",
        dress="baba",
        top="#6a4a78",
        legs=INK,
        woman=True,
        hair="bun",
        tone=GREY,
        hands=((-13, -44), (9, -62)),
    )
    o += pupil(
        790,
        762,
        230,
        view="back",
        scarf=False,
        top=CLAY,
        legs=NAVY,
        hands=((-14, -58), (12, -42)),
        hair="tail",
    )
    o += person(
        1130,
        756,
        400,
        view="side",
        flip=True,
        top="#5d8f8a",
        hat=None,
        feet=((-7, 0), (7, 0)),
        hands=((8, -62), (18, -66)),
        held=rect(14, -74, 6, 11, INK, 1.2) + rect(14.8, -73, 4.4, 9, "#bfe0dc", 0.5),
    )
    o += p.plant(70, 780, 300)
    return picture(o, wash("#fff0cc", 0.12))


def plant_small(x: float, y: float) -> str:
    out = path(f"M{x - 13},{y - 22}h26l-4,22h-18z", CLAY)
    for a in (-40, -15, 15, 40):
        out += group(
            path("M0,0C-8,-12 -6,-28 0,-34C6,-28 8,-12 0,0Z", LEAF if a > 0 else FOREST),
            at=(x, y - 20),
            turn=a,
        )
    return out


def chuyen_doi_so() -> str:
    """A hand with a telephone, services around it, the town behind."""
    o = n.sky("#2f5f6d", "#f3cf9c", "#8fb3a8")
    o += n.sun(300, 400, 60, "#fbe3ae", 5)
    o += n.massif(
        [
            (-40, 520),
            (150, 430),
            (300, 490),
            (460, 400),
            (640, 510),
            (860, 460),
            (1100, 510),
            (1330, 440),
        ],
        610,
        "#5f8a8a",
        "#cfc7a0",
        6,
    )
    o += p.rooftops(0, 1280, 612, 1.0, 7, "#b9b795", 0.3)
    for x in (160, 420, 980, 1210):
        o += n.tree(x, 622, 120, "#4f7a58", x, 0.8)
    o += rect(0, 604, 1280, 196, fade((0, "#7d9a78"), (1, "#48756a")))
    o += path(
        "M-10,690C300,650 520,700 760,680C980,662 1120,690 1290,672L1290,810L-10,810Z", "#3d6762"
    )
    # links
    icons = [(180, 230), (250, 520), (420, 120), (880, 110), (1070, 250), (1040, 540)]
    for x, y in icons:
        o += curve(
            f"M640,370Q{(x + 640) / 2:.0f},{y:.0f} {x},{y}",
            "#fdf3dc",
            3,
            stroke_dasharray="2 12",
            opacity=0.9,
        )
    # hand
    skin = TAN
    o += path("M520,812C500,720 500,650 520,600L760,600C790,640 800,720 776,812Z", skin)
    o += path("M500,812L510,748L790,748L800,812Z", WHITE) + rect(484, 770, 330, 60, "#3f6f8a", 8)
    for i in range(4):
        y = 420 + i * 54
        o += rect(752, y, 70, 48, dark(skin, 0.05), 24)
    o += path(
        "M528,640C470,600 452,520 470,470C478,446 512,452 512,478C512,520 530,548 548,560Z", skin
    )
    # phone
    o += rect(508, 116, 264, 540, "#223038", 34) + rect(520, 130, 240, 512, "#fbf6e8", 24)
    o += (
        rect(520, 130, 240, 118, TEAL, 24)
        + rect(520, 190, 240, 58, TEAL)
        + rect(600, 136, 80, 14, "#223038", 7)
    )
    o += (
        circ(562, 196, 22, GILT)
        + p.star(562, 197, 13, RED)
        + text(668, 192, "Dịch vụ công", 22, WHITE, 700)
        + text(668, 218, "phường Yên Hà", 17, "#d6eae6", 600)
    )
    cells = [(560, RED), (640, OCHRE), (720, TEAL)]
    for row in range(2):
        for i, (x, c) in enumerate(cells):
            y = 296 + row * 92
            o += rect(x - 30, y - 30, 60, 60, mix((c, light(c, 0.25))[row], WHITE, 0.1), 15)
            k = row * 3 + i
            o += (
                rect(x - 12, y - 16, 24, 32, WHITE, 3)
                + "".join(
                    line([(x - 7, y - 8 + j * 8), (x + 7, y - 8 + j * 8)], c, 2) for j in range(3)
                ),
                poly([(x - 18, y - 2), (x, y - 18), (x + 18, y - 2)], WHITE)
                + rect(x - 13, y - 3, 26, 19, WHITE),
                rect(x - 18, y - 13, 36, 26, WHITE, 4)
                + circ(x - 8, y - 2, 5, c)
                + rect(x, y - 6, 13, 3, c)
                + rect(x, y + 1, 13, 3, c),
                circ(x, y - 8, 8, WHITE) + path(f"M{x - 15},{y + 16}q15,-24 30,0z", WHITE),
                rect(x - 4, y - 16, 8, 32, WHITE, 2) + rect(x - 16, y - 4, 32, 8, WHITE, 2),
                path(f"M{x - 17},{y - 13}h34v22h-18l-9,9v-9h-7z", WHITE),
            )[k]
            o += rect(x - 24, y + 36, 48, 6, "#d8cfb9", 3)
    r = rng(11)
    o += rect(568, 470, 144, 144, WHITE, 10, stroke="#d8cfb9", stroke_width=2)
    for i in range(13):
        for j in range(13):
            corner = (i < 4 and j < 4) or (i > 8 and j < 4) or (i < 4 and j > 8)
            if not corner and r.random() < 0.5:
                o += rect(575 + i * 10, 477 + j * 10, 10, 10, INK)
    for cx, cy in ((575, 477), (675, 477), (575, 577)):
        o += (
            rect(cx, cy, 30, 30, INK, 3)
            + rect(cx + 6, cy + 6, 18, 18, WHITE)
            + rect(cx + 10, cy + 10, 10, 10, RED)
        )
    # thumb over the edge
    o += path(
        "M528,650C486,620 464,560 474,506C480,480 510,482 514,506C518,540 540,566 566,590C584,610 560,660 528,650Z",
        skin,
    ) + path(
        "M478,508C482,490 504,490 510,508C512,520 510,528 506,532C494,534 484,528 478,508Z",
        light(skin, 0.35),
        opacity=0.8,
    )

    # service badges
    def badge(x: float, y: float, c: str, *inner: str) -> str:
        return (
            circ(x + 4, y + 6, 58, "#22304a", opacity=0.2)
            + circ(x, y, 58, WHITE)
            + circ(x, y, 50, c)
            + group(*inner, at=(x, y))
        )

    o += badge(
        180,
        230,
        CLAY,
        poly([(-30, 0), (0, -28), (30, 0)], WHITE),
        rect(-22, -2, 44, 30, WHITE),
        rect(-7, 8, 14, 20, CLAY),
    )
    o += badge(
        250,
        520,
        TEAL,
        path("M0,-32L26,-22L26,2Q24,24 0,34Q-24,24 -26,2L-26,-22Z", WHITE),
        line([(-11, 0), (-2, 10), (14, -10)], TEAL, 6),
    )
    o += badge(
        420,
        120,
        OCHRE,
        rect(-20, -28, 40, 56, WHITE, 4),
        *(line([(-11, y), (11, y)], OCHRE, 4) for y in (-14, -2, 10)),
    )
    o += badge(
        880,
        110,
        "#4f7f9a",
        path(
            "M-32,-16C-10,-34 10,-34 32,-16",
            "none",
            stroke=WHITE,
            stroke_width=7,
            stroke_linecap="round",
        ),
        path(
            "M-20,0C-8,-11 8,-11 20,0", "none", stroke=WHITE, stroke_width=7, stroke_linecap="round"
        ),
        circ(0, 17, 7, WHITE),
    )
    o += badge(1070, 250, RED, rect(-9, -28, 18, 56, WHITE, 3), rect(-28, -9, 56, 18, WHITE, 3))
    o += badge(
        1040,
        540,
        "#6a7f4c",
        path("M-32,-8L0,-24L32,-8L0,8Z", WHITE),
        path("M-18,2v16q18,14 36,0v-16l-18,10z", WHITE),
        line([(30, -6), (30, 14)], WHITE, 3),
    )
    return picture(o)


def to_cong_nghe() -> str:
    """Two young volunteers teach an old couple on their porch."""
    o = n.sky("#cfe3d8", "#f8f0d4", h=420)
    o += n.hills(330, 80, "#a9c49a", 5, 470)
    o += (
        n.banana(120, 500, 300, LEAF, 3)
        + n.palm(1190, 520, 420, 20, 0.1, "#5b8a58")
        + n.tree(1080, 500, 220, FOREST, 5)
    )
    o += rect(0, 470, 1280, 330, fade((0, "#cdb48c"), (1, "#e3cfa6")))
    # house front with porch
    o += rect(220, 150, 800, 390, fade((0, "#d9a95c"), (0.3, "#eec27a"), (1, "#efc985")))
    o += (
        p.door(560, 540, 130, 300, "#7b4c34")
        + p.window(330, 270, 150, 170, "#5f7f7a")
        + p.window(780, 270, 150, 170, "#5f7f7a")
    )
    o += p.tiles(160, 50, 920, 130, CLAY, 60)
    for x in (214, 500, 740, 1010):
        o += rect(x, 176, 22, 370, light(CREAM, 0.4)) + rect(x - 6, 530, 34, 16, STONE)
    o += rect(190, 540, 860, 22, "#c9b994") + rect(180, 560, 880, 14, dark("#c9b994", 0.12))
    o += p.flag(1110, 210, 74, 226)
    # hanging plants
    for x in (280, 1000):
        o += (
            line([(x - 14, 180), (x - 14, 210)], BARK, 2)
            + path(blob(x - 14, 226, 28, 18, x, 10), FOREST)
            + n.dots((x - 34, 214, x + 6, 236), 8, [ROSE, RED], 4, x)
        )
    # table
    o += p.table(440, 748, 400, 150, WOOD)
    blue = "#2f6aa0"
    o += person(
        720,
        716,
        410,
        dress="polo",
        top=blue,
        bare=True,
        nod=6,
        lean=4,
        hands=((-9, -50), (23, -53)),
        shadow=False,
        over=p.star(8, -72, 2),
    )
    o += person(
        236,
        748,
        400,
        view="side",
        dress="polo",
        top=blue,
        bare=True,
        woman=True,
        hair="tail",
        lean=24,
        nod=2,
        hip=(-2, -46),
        hands=((31, -52), (37, -48)),
        feet=((-10, 0), (6, 0)),
    )
    o += person(
        350,
        770,
        360,
        view="side",
        hip=(0, -27),
        dress="baba",
        top="#8a5d72",
        legs=INK,
        woman=True,
        hair="bun",
        tone=GREY,
        lean=6,
        nod=10,
        hands=((22, -48), (25, -46)),
        feet=((16, 0), (22, 0)),
        behind=seat(WOOD),
        over=rect(24, -55, 5.4, 10, INK, 1) + rect(24.9, -54, 3.6, 7.6, "#c9e6e2", 0.5),
    )
    o += person(
        930,
        768,
        364,
        view="side",
        flip=True,
        hip=(0, -27),
        top="#e6dcc2",
        legs=SLATE,
        tone=GREY,
        lean=6,
        nod=10,
        hands=((22, -48), (26, -47)),
        feet=((16, 0), (22, 0)),
        behind=seat(WOOD),
        over=rect(25, -55, 5.4, 10, INK, 1) + rect(25.9, -54, 3.6, 7.6, "#c9e6e2", 0.5),
    )
    o += p.table(440, 748, 400, 150, WOOD)
    # things on the table: tablet on a stand, tea
    o += (
        poly([(590, 594), (690, 594), (676, 530), (604, 530)], INK)
        + poly([(597, 588), (683, 588), (671, 536), (609, 536)], "#bfe0dc")
        + rect(616, 546, 44, 6, TEAL, 2)
        + rect(612, 560, 56, 5, "#8fb5b0", 2)
        + rect(610, 570, 40, 5, "#8fb5b0", 2)
    )
    for x in (500, 770):
        o += path(f"M{x - 15},570h30l-4,24h-22z", WHITE) + oval(x, 570, 15, 4, "#c9a85c")
    o += pupil(
        1120,
        770,
        220,
        view="side",
        flip=True,
        scarf=False,
        top=GOLD,
        hands=((12, -54), (14, -54)),
        feet=((-7, 0), (7, 0)),
        hair="bob",
        legs=TEAL,
    )
    o += n.banana(60, 800, 200, "#7da05a", 8)
    return picture(zoom(640, 760, 1.04, o), wash("#ffe9b8", 0.16))


def hoi_nghi() -> str:
    """The meeting hall from the back rows."""
    o = p.room("#ecd9b4", "#a9825c", 520, "#8d5d3c")
    for x in (30, 1130):
        o += (
            p.pane(x, 120, 120, 250, "#bcd6d4")
            + p.curtain(x - 16, 100, 44, 300, "#d9b27a")
            + p.curtain(x + 94, 100, 44, 300, "#d9b27a")
        )
    # stage
    o += p.curtain(200, 40, 880, 420, "#a52f2a") + rect(186, 26, 908, 30, "#8d2620")
    for i in range(18):
        o += path(f"M{186 + i * 50.4:.1f},56q25,34 50.4,0z", "#b93a32")
    o += p.star(330, 190, 52) + rect(420, 120, 560, 150, "none")
    o += text(750, 190, "HỘI NGHỊ", 58, GILT, 700) + text(750, 246, "PHƯỜNG YÊN HÀ", 36, GILT, 600)
    # presidium
    for x, how in (
        (640, {"dress": "jacket", "top": NAVY}),
        (750, {"dress": "aodai", "top": "#8a4d6b", "woman": True, "hair": "long"}),
        (860, {"dress": "jacket", "top": "#4a5560", "tone": GREY}),
        (970, {"top": "#d9e3e3"}),
    ):
        o += person(x, 520, 216, shadow=False, hands=((-6, -56), (7, -56)), **how)
    o += rect(170, 452, 940, 22, "#c79a68") + rect(170, 474, 940, 60, dark("#a9754a", 0.12))
    for i in range(12):
        o += rect(190 + i * 78, 478, 56, 52, "#a9754a", 2)
    o += p.table(580, 456, 460, 66, WOOD, "#2f6f62")
    for x in (640, 750, 860, 970):
        o += rect(x - 22, 376, 44, 16, WHITE, 2) + rect(x + 30, 366, 8, 24, "#bfe0e6", 2)
    for i in range(9):
        o += circ(600 + i * 10, 440 - (i % 3) * 5, 6, [RED, GOLD, ROSE][i % 3]) + circ(
            930 + i * 10, 440 - (i % 3) * 5, 6, [GOLD, ROSE, RED][i % 3]
        )
    o += person(
        400, 452, 216, dress="jacket", top="#3a4f6a", hands=((-8, -60), (14, -64)), shadow=False
    ) + p.podium(400, 456, 104, 106)
    o += (
        n.dots((358, 430, 442, 452), 22, [RED, GOLD, ROSE, WHITE], 6, 3)
        + p.plant(250, 460, 150)
        + p.plant(1075, 462, 150)
    )
    # audience
    r = rng(5)
    tops = [WHITE, "#cfdde2", TEAL, PLUM, "#e6dcc2", "#6d8aa0", CLAY, "#7d8f6c", "#b7746f", NAVY]
    for row, (y, s, gap) in enumerate(((560, 56, 76), (624, 74, 98), (706, 98, 130))):
        o += rect(0, y + s * 0.5, 1280, 800 - y, dark("#a9825c", 0.12 + row * 0.03))
        k = 0
        x = -20 + row * 26.0
        while x < 1300:
            if not 600 < x < 690:
                o += crowd_back(
                    x,
                    y + r.uniform(-3, 3),
                    s,
                    tops[(k * 7 + row * 3) % 10],
                    k % 3 == 1,
                    GREY if (k * 5 + row) % 7 == 3 else "#33302f",
                )
                o += rect(
                    x - gap * 0.42,
                    y + s * 0.62,
                    gap * 0.84,
                    s * 1.2,
                    mix(WOOD, "#7a4a35", row / 3),
                    8,
                ) + rect(x - gap * 0.42, y + s * 0.62, gap * 0.84, 8, light(WOOD, 0.2), 4)
            x += gap
            k += 1
    o += poly([(614, 534), (676, 534), (720, 800), (570, 800)], "#b9544a") + poly(
        [(622, 534), (668, 534), (704, 800), (586, 800)], "#c4655a"
    )
    return picture(o, rect(0, 0, 1280, 800, glow((0.55, "#fff3d0", 0.0), (1, "#2a1810", 0.2))))


def tiep_xuc_cu_tri() -> str:
    """A voter speaks; the delegates listen and write."""
    o = p.room("#dfe3cf", "#b99a72", 470, "#8fa38a")
    for x in (70, 300):
        o += rect(x - 12, 70, 184, 250, WHITE, 3) + rect(
            x, 82, 160, 226, fade((0, "#bfe0e0"), (1, "#f0f0d2"))
        )
        o += (
            path(f"M{x},270q60,-50 160,-20v58h-160z", "#9dbb83")
            + (
                n.palm(x + 110, 290, 120, 8, 0.1, "#5b8a58", False)
                if x < 200
                else n.tree(x + 50, 284, 110, "#5b8a58", 3)
            )
            + rect(x + 77, 82, 6, 226, WHITE)
            + rect(x, 176, 160, 5, WHITE)
        )
    o += (
        rect(560, 54, 680, 96, "#a8362b", 4)
        + p.star(625, 102, 30)
        + text(930, 92, "HỘI NGHỊ TIẾP XÚC CỬ TRI", 32, GILT, 700)
        + text(930, 130, "Nhà văn hóa tổ dân phố số 5", 23, GILT, 600)
    )
    o += p.floor_tiles(470, "#a5855c", (900, 120), 9)
    # delegates at a long table, facing us to the right
    for x, how in (
        (740, {"top": "#cfdde2"}),
        (870, {"dress": "aodai", "top": "#7a4a78", "woman": True, "hair": "long"}),
        (1000, {"dress": "jacket", "top": NAVY, "tone": GREY}),
        (1130, {"top": "#e6dcc2"}),
    ):
        o += person(x, 550, 264, shadow=False, nod=-4, hands=((-6, -55), (8, -55)), **how)
    o += p.table(660, 560, 570, 142, WOOD, "#3f7468")
    for x in (740, 870, 1000, 1130):
        o += (
            rect(x - 30, 398, 60, 20, WHITE, 2)
            + rect(x + 38, 388, 10, 30, "#bfe0e6", 3)
            + poly([(x - 26, 420), (x + 14, 420), (x + 20, 412), (x - 20, 412)], "#f6f0e0")
        )
    o += "".join(
        circ(690 + i * 12, 404 - (i % 2) * 7, 8, [RED, GOLD, ROSE, WHITE][i % 4]) for i in range(4)
    )
    # seated voters, from behind, left and front; one standing with microphone
    tops = [CREAM, PLUM, TEAL, "#b7746f", "#6d8aa0", OCHRE, "#7d8f6c"]

    def chair(x: float, y: float, s: float) -> str:
        return rect(x - 0.42 * s, y + s * 0.55, 0.84 * s, s * 1.3, "#9c6440", 7) + rect(
            x - 0.42 * s, y + s * 0.55, 0.84 * s, 7, "#c48a5c", 4
        )

    for i in range(5):
        o += crowd_back(60 + i * 104, 480, 68, tops[i], i % 2 == 1) + chair(60 + i * 104, 480, 78)
    mic = line([(13, -74), (17, -79)], INK, 2.6) + circ(18, -80, 2.2, "#55585a")
    o += person(
        470,
        800,
        440,
        view="side",
        dress="baba",
        top="#8a4d4a",
        legs=INK,
        woman=True,
        hair="bun",
        tone="#5c5654",
        hands=((22, -64), (14, -73)),
        feet=((-6, 0), (6, 0)),
        held=mic,
        shadow=False,
    )
    for i in range(3):
        o += crowd_back(
            40 + i * 150, 640, 104, tops[(i + 3) % 7], i == 0, GREY if i == 2 else "#33302f"
        ) + chair(40 + i * 150, 640, 118)
    for i in range(5):
        o += crowd_back(
            640 + i * 148,
            672,
            104,
            tops[(i + 1) % 7],
            i % 2 == 0,
            GREY if i in (2, 3) else "#33302f",
        ) + chair(640 + i * 148, 672, 118)
    return picture(o, wash("#fff0cc", 0.14))


def tap_huan_pccc() -> str:
    """Fire drill in a yard."""
    o = n.sky("#a9cdd6", "#f6eed6", "#d3e3dc")
    o += n.cloud(700, 90, 220, WHITE, 0.8)
    for x, w, f, c in (
        (-30, 170, 3, "#e3c9a8"),
        (142, 150, 2, CREAM),
        (980, 150, 3, "#cfd5c0"),
        (1130, 180, 4, "#e7b99a"),
    ):
        o += p.tube_house(x, 480, w, f, c, x + 4)
    o += n.tree(360, 486, 210, LEAF, 3) + n.tree(900, 486, 180, FOREST, 6)
    # fire engine
    e = (
        rect(0, -120, 300, 92, "#c0392b", 8)
        + path("M300,-28v-104q0,-8 8,-8h52q10,0 18,18l14,40v54z", "#d04a38")
        + path("M318,-128h36q6,0 10,10l12,30h-58z", "#bfdce0")
    )
    e += (
        rect(0, -80, 392, 10, WHITE)
        + "".join(rect(14 + i * 56, -66, 46, 32, dark("#c0392b", 0.2), 3) for i in range(5))
        + rect(300, -152, 40, 14, "#3f7fb0", 4)
    )
    e += (
        rect(20, -140, 260, 8, "#8d9395")
        + rect(20, -152, 260, 6, "#8d9395")
        + "".join(rect(30 + i * 27, -152, 5, 20, "#8d9395") for i in range(10))
    )
    e += p.wheel(70, -24, 27) + p.wheel(320, -24, 27)
    o += rect(0, 476, 1280, 324, fade((0, "#b9b2a2"), (1, "#d6cdb8")))
    o += oval(640, 524, 220, 10, "#22304a", opacity=0.18) + group(e, at=(440, 526), scale=1.05)
    # onlookers
    r = rng(3)
    tops = [WHITE, TEAL, OCHRE, PLUM, "#6d8aa0", CLAY, CREAM, ROSE]
    for i in range(8):
        o += person(
            60 + i * 46 + (i % 2) * 8,
            560 + (i % 2) * 16,
            150,
            top=tops[i],
            woman=bool(i % 2),
            hair="tail" if i % 2 else "short",
            legs=r.choice([NAVY, INK, SLATE]),
            tone=GREY if i == 5 else "#33302f",
            hands=((-12, -43), (8, -62)) if i % 3 == 0 else None,
        )
    for i in range(4):
        o += pupil(
            920 + i * 60,
            566 + (i % 2) * 10,
            122,
            hair="bob" if i % 2 else "short",
            hands=((-14, -60), (14, -60)) if i == 2 else None,
        )
    # burning tray
    o += (
        oval(800, 722, 150, 20, "#22304a", opacity=0.25)
        + poly([(676, 690), (924, 690), (900, 724), (700, 724)], "#5d6166")
        + rect(670, 682, 260, 12, "#7d8286", 4)
    )
    for x, y, k in ((840, 420, 60), (800, 340, 84), (860, 260, 100), (780, 200, 80)):
        o += path(blob(x, y, k, k * 0.7, int(x), 12), "#5d6468", opacity=0.32)
    o += n.fire(740, 688, 110) + n.fire(860, 688, 120) + n.fire(800, 690, 190)
    # the learner with extinguisher
    jet = path(
        "M34,-56C54,-62 78,-58 104,-42C112,-34 112,-26 106,-24C84,-34 60,-46 34,-53Z",
        WHITE,
        opacity=0.85,
    ) + "".join(
        circ(60 + i * 9, -50 + i * 4 + (i % 2) * 5, 4 + i * 1.1, WHITE, opacity=0.8)
        for i in range(6)
    )
    can = (
        rect(8, -52, 9, 24, "#c0392b", 4)
        + rect(10, -57, 5, 6, INK, 1)
        + curve("M14,-56q12,-8 20,1", INK, 2)
        + rect(9, -44, 7, 7, WHITE, 1)
    )
    o += person(
        500,
        764,
        300,
        view="side",
        dress="baba",
        top="#6a5a8a",
        legs=INK,
        woman=True,
        hair="tail",
        lean=10,
        hands=((13, -56), (30, -55)),
        feet=((-14, 0), (12, 0)),
        held=jet + can,
    )

    # instructor in orange-brown uniform
    def fire(x: float, y: float, h: float, **how: object) -> str:
        usual: dict[str, object] = {
            "dress": "uniform",
            "top": "#54657a",
            "legs": "#46566a",
            "hat": "helmet",
            "hat_colour": "#d9a036",
        }
        return person(x, y, h, **{**usual, **how})

    stripes = rect(-9, -66, 18, 2, GOLD)
    o += fire(350, 776, 316, hands=((-13, -44), (24, -70)), over=stripes)
    o += fire(
        1090, 730, 270, view="side", flip=True, hands=((14, -58), (18, -56)), feet=((-7, 0), (7, 0))
    )
    for x in (210, 160, 110):
        o += (
            oval(x, 774, 20, 5, "#22304a", opacity=0.2)
            + rect(x - 15, 704, 30, 70, "#c0392b", 12)
            + rect(x - 7, 690, 14, 16, INK, 2)
            + rect(x - 12, 726, 24, 20, WHITE, 2)
            + curve(f"M{x + 4},694q24,4 22,40", INK, 4)
        )
    return picture(o, wash("#fff0cc", 0.1))


def hien_mau() -> str:
    """Blood donation day in the hall."""
    o = p.room("#f3dcc8", "#c9ad8c", 520, "#b9685a")
    o += (
        rect(360, 50, 560, 92, "#b9352c", 6)
        + path("M420,72c-18,26 -22,38 0,48c22,-10 18,-22 0,-48z", WHITE)
        + text(680, 92, "NGÀY HỘI HIẾN MÁU TÌNH NGUYỆN", 28, WHITE, 700)
        + text(680, 126, "Một giọt máu cho đi, một cuộc đời ở lại", 20, GILT, 600)
    )
    for x in (70, 1030):
        o += p.pane(x, 110, 180, 220, "#bfdcdc")
    o += path(
        "M640,430C520,360 480,300 500,246C520,196 600,190 640,250C680,190 760,196 780,246C800,300 760,360 640,430Z",
        "#e9b9a6",
        opacity=0.6,
    ) + path("M640,262c-44,62 -50,88 0,112c50,-24 44,-50 0,-112z", "#cf5a4c", opacity=0.75)
    o += p.bunting(0, 30, 360, 60, [RED, WHITE, ROSE], 10, 20) + p.bunting(
        920, 60, 1280, 30, [RED, WHITE, ROSE], 10, 20
    )
    o += p.floor_tiles(520, "#b39572", (640, 200), 10)
    # registration table behind
    o += person(
        180,
        560,
        236,
        dress="polo",
        top=RED,
        bare=True,
        woman=True,
        hair="tail",
        shadow=False,
        hands=((-8, -54), (8, -54)),
    ) + person(
        290, 556, 244, dress="polo", top=RED, bare=True, shadow=False, hands=((-8, -54), (8, -54))
    )
    o += p.table(90, 580, 300, 118, WOOD, "#e6dcc2")
    o += rect(150, 446, 40, 12, WHITE) + rect(260, 446, 40, 12, WHITE)
    o += person(
        430,
        600,
        248,
        view="side",
        flip=True,
        top="#6d8aa0",
        hands=((16, -58), (20, -56)),
        feet=((-7, 0), (7, 0)),
    ) + person(
        500,
        606,
        240,
        view="side",
        flip=True,
        top=OCHRE,
        woman=True,
        hair="long",
        feet=((-7, 0), (7, 0)),
    )

    # second donor far right
    def donor(x: float, y: float, s: float, top: str, woman: bool, flip: bool = False) -> str:
        bed = (
            rect(-150, -66, 250, 20, "#5f9485", 9)
            + path("M-150,-62L-196,-136q-4,-12 10,-12q8,0 14,10l46,76z", "#5f9485")
            + rect(-196, -152, 60, 24, WHITE, 10, transform="rotate(-58 -166 -140)")
        )
        bed += (
            rect(-120, -46, 10, 46, "#8d9395")
            + rect(70, -46, 10, 46, "#8d9395")
            + rect(-40, -46, 10, 46, "#8d9395")
            + oval(-20, 0, 150, 8, "#22304a", opacity=0.15)
        )
        who = person(
            -70,
            -20,
            240,
            view="side",
            hip=(-14, -26),
            lean=-38,
            nod=12,
            top=top,
            bare=True,
            woman=woman,
            hair="long" if woman else "short",
            hands=((-4, -32), (-7, -42)),
            feet=((52, -14), (58, -16)),
            knees=0.2,
            shadow=False,
        )
        arm_rest = rect(-128, -115, 100, 11, "#e6dcc2", 5) + rect(-80, -106, 8, 44, "#8d9395")
        tube = curve("M-104,-118q-6,30 20,30h60q16,0 16,20v24", "#b9352c", 3)
        bag = rect(-22, -52, 30, 38, "#b9352c", 6) + rect(-18, -47, 22, 10, WHITE, 2)
        return group(
            bed,
            who,
            arm_rest,
            tube,
            bag,
            rect(-112, -124, 12, 9, WHITE, 2),
            at=(x, y),
            scale=s,
            flip=flip,
        )

    o += donor(980, 600, 0.72, "#7d9a8f", False)
    o += person(
        1130,
        606,
        236,
        view="side",
        flip=True,
        dress="coat",
        top=WHITE,
        legs=TEAL,
        woman=True,
        hair="bun",
        hat="nurse",
        hat_colour=WHITE,
        mask=True,
        lean=10,
        hands=((20, -54), (22, -52)),
        feet=((-8, 0), (8, 0)),
    )
    # near donor
    o += person(
        636,
        726,
        340,
        view="side",
        flip=True,
        dress="coat",
        top=WHITE,
        legs="#5f9485",
        hair="short",
        mask=True,
        lean=16,
        nod=6,
        hands=((24, -44), (27, -41)),
        feet=((-9, 0), (8, 0)),
    )
    o += donor(600, 776, 1.3, "#c7873f", True)
    # gift table
    o += p.table(1020, 780, 240, 110, WOOD)
    for x, c in ((1070, RED), (1140, TEAL), (1210, RED)):
        o += p.gift(x, 666, 54, c)
    o += p.plant(60, 780, 250)
    return picture(o, wash("#fff0d8", 0.1))


def ho_tieu_ngheo() -> str:
    """A family receives a breeding cow before their new house."""
    o = n.sky("#f0cf9a", "#fdf2d8", "#f7e3ba")
    o += n.sun(1080, 170, 44, "#f7bd63", 5)
    o += n.cloud(180, 110, 240, "#fff6e0", 0.8)
    o += n.massif(
        [(-40, 400), (140, 300), (300, 380), (480, 280), (660, 390), (900, 350), (1330, 400)],
        470,
        "#a9b8a0",
        "#ece0b8",
        5,
    )
    o += n.hills(440, 40, "#93ad72", 9, 500)
    o += (
        n.bamboo(60, 500, 330, 11, "#7d9a4e", 2)
        + n.palm(640, 500, 330, 20, 0.1, "#5f8a52")
        + n.banana(690, 500, 180, LEAF, 4)
    )
    o += rect(0, 480, 1280, 320, fade((0, "#b3ad6c"), (1, "#d1bd86")))
    o += (
        p.cottage(120, 530, 480, "#f3dfb4", CLAY)
        + rect(318, 366, 84, 24, RED, 2)
        + p.star(360, 378, 8)
    )
    # fence and field
    o += p.rooftops(860, 1240, 480, 0.6, 5, "#eadfb8", 0.3)
    for i in range(14):
        o += rect(760 + i * 40, 470, 6, 44, "#a9825c")
    o += line([(760, 482), (1290, 482)], "#a9825c", 4) + line(
        [(760, 500), (1290, 500)], "#a9825c", 4
    )
    o += path(
        "M280,536C320,600 380,700 420,810L700,810C600,700 460,600 420,536Z", "#dcc9a0", opacity=0.8
    )
    # cow: a calf-coloured cow
    cow = oval(0, 0, 88, 8, "#22304a", opacity=0.18)
    c = "#b9733f"
    for lx in (-44, 36):
        cow += path(f"M{lx},-50l13,0l-2,50h-9z", dark(c, 0.2))
    cow += path(
        "M-70,-86C-64,-98 -40,-98 0,-96C26,-96 44,-102 56,-104C66,-90 62,-56 50,-46C20,-36 -40,-36 -58,-46C-70,-56 -74,-74 -70,-86Z",
        c,
    )
    for lx in (-60, 26):
        cow += path(f"M{lx},-56l17,0l-4,56h-10z", c) + rect(lx + 3, -6, 11, 6, INK, 1)
    cow += curve("M-70,-84C-82,-78 -80,-52 -78,-40", c, 4) + path(
        "M-82,-42l8,0l-3,16z", dark(c, 0.4)
    )
    cow += path(
        "M46,-104C56,-122 74,-130 86,-126C98,-120 108,-104 106,-98C102,-90 90,-92 82,-96C74,-84 60,-78 52,-74Z",
        c,
    ) + path("M96,-110C104,-106 109,-100 106,-96C102,-90 92,-92 90,-96Z", "#e8c8a0")
    cow += (
        path("M66,-124C54,-130 46,-124 44,-118C54,-114 62,-116 68,-118Z", dark(c, 0.2))
        + path("M72,-128q-2,-14 8,-18q-4,10 2,18z", "#e8dcc0")
        + circ(84, -113, 2.6, INK)
        + path("M56,-84q-4,12 -14,40q-8,-10 -4,-40z", dark(c, 0.1))
    )
    rope = curve("M96,-100Q120,-60 146,-76", "#d8b878", 3)
    o += group(cow, rope, at=(790, 724), scale=1.7)
    # people
    o += person(
        1050,
        768,
        300,
        view="side",
        flip=True,
        dress="baba",
        top="#7a5a6b",
        legs=INK,
        woman=True,
        hair="bun",
        tone="#6b6460",
        hands=((14, -56), (16, -46)),
        feet=((-7, 0), (7, 0)),
    )
    o += pupil(1130, 776, 196, scarf=True, hands=((-14, -58), (10, -44)), hair="bob")
    o += person(1214, 772, 310, top="#6d8a6a", tone=GREY, legs=SLATE, hands=((-10, -48), (12, -43)))
    o += person(
        560,
        756,
        310,
        top="#d9e3e3",
        legs=NAVY,
        hands=((-12, -44), (14, -58)),
        over=p.star(4.6, -72, 2, RED),
    ) + person(
        470,
        764,
        300,
        dress="aodai",
        top="#a8455a",
        legs=WHITE,
        woman=True,
        hair="long",
        hands=((-6, -54), (6, -54)),
        over=group(p.gift(0, 0, 16), at=(0, -52)),
    )
    o += farmer(330, 770, 290, top="#4f7a6d", hands=((-10, -62), (10, -62)))
    o += n.grass(0, 280, 806, 44, "#8a9c4c", 3, 50)
    for x, y in ((80, 720), (140, 746), (196, 712)):
        o += hen(x, y, 1 if x != 140 else 0.9, x == 140)
    return picture(o, wash("#ffd79a", 0.16))


def hen(x: float, y: float, s: float, flip: bool) -> str:
    c = "#b9583d"
    return group(
        oval(0, 0, 22, 4, "#22304a", opacity=0.18),
        line([(-3, -8), (-4, 0)], OCHRE, 2),
        line([(4, -8), (5, 0)], OCHRE, 2),
        path(
            "M-26,-34C-22,-20 -16,-8 0,-7C14,-7 20,-18 20,-28C22,-36 18,-42 14,-40C8,-38 8,-28 0,-26C-10,-24 -16,-30 -26,-34Z",
            c,
        ),
        path("M-10,-22C-4,-14 6,-14 10,-22C2,-24 -4,-24 -10,-22Z", dark(c, 0.2)),
        path("M11,-40q2,-7 5,-3q3,-5 5,1l-3,5z", RED),
        poly([(20, -36), (27, -33), (20, -31)], OCHRE),
        circ(16.5, -35, 1.4, INK),
        at=(x, y),
        scale=s,
        flip=flip,
    )


def tiem_chung() -> str:
    """A child is vaccinated on the mother's lap."""
    o = p.room("#d5e6dd", "#c9b793", 560, "#8fb5a5")
    o += (
        rect(90, 90, 300, 300, WHITE, 4)
        + rect(104, 104, 272, 272, fade((0, "#bfe0e6"), (1, "#f3f1d3")))
        + path("M104,320q90,-70 272,-30v86h-272z", "#9dbb83")
        + n.tree(300, 350, 150, LEAF, 4, 0.9)
        + rect(236, 104, 8, 272, WHITE)
        + rect(104, 230, 272, 7, WHITE)
    )
    o += (
        p.curtain(60, 76, 60, 340, "#e8b9a0")
        + p.curtain(360, 76, 60, 340, "#e8b9a0")
        + rect(50, 68, 380, 12, WOOD, 5)
    )
    # posters
    o += (
        rect(500, 110, 210, 150, WHITE, 4)
        + rect(500, 110, 210, 34, TEAL, 4)
        + text(605, 134, "TIÊM CHỦNG", 20, WHITE, 700)
    )
    o += (
        group(
            circ(0, 0, 26, SKIN),
            circ(-9, -3, 3, INK),
            circ(9, -3, 3, INK),
            curve("M-8,9q8,7 16,0", dark(SKIN, 0.5), 2.4),
            path("M-6,-26q6,-10 12,0z", INK),
            at=(556, 204),
        )
        + path("M640,176l22,8v24q-2,20 -22,28q-20,-8 -22,-28v-24z", "#5f9485")
        + line([(630, 206), (638, 215), (652, 196)], WHITE, 5)
    )
    o += (
        rect(980, 90, 230, 250, "#e6eee8", 6)
        + rect(990, 100, 210, 112, "#f8fbf6", 4)
        + rect(990, 220, 210, 112, "#f8fbf6", 4)
        + "".join(
            rect(1006 + i * 30, 136 + j * 120, 18, 40, [ROSE, "#9cc2c0", OCHRE][(i + j) % 3], 3)
            + rect(1009 + i * 30, 128 + j * 120, 12, 9, STONE, 2)
            for i in range(6)
            for j in range(2)
        )
        + rect(990, 176, 210, 5, STONE)
        + rect(990, 296, 210, 5, STONE)
    )
    o += p.floor_tiles(560, "#ad9770", (640, 240), 10)
    # mother seated, child on lap
    o += oval(560, 776, 130, 12, "#22304a", opacity=0.16)
    kid = pupil(
        592,
        640,
        210,
        view="side",
        scarf=False,
        top=GOLD,
        legs="#5c88a8",
        hip=(-4, -12),
        hands=((8, -34), (14, -30)),
        feet=((16, 6), (20, 6)),
        shadow=False,
        hair="short",
        woman=False,
    )
    o += person(
        520,
        776,
        430,
        view="side",
        dress="baba",
        top="#a8606b",
        legs=INK,
        woman=True,
        hair="tail",
        hip=(0, -27),
        nod=10,
        hands=((20, -40), (14, -44)),
        feet=((18, 0), (22, 0)),
        behind=rect(-12, -26, 24, 3, TEAL, 1)
        + rect(-12, -54, 3, 30, TEAL, 1)
        + rect(-11, -24, 2.4, 24, SLATE)
        + rect(9, -24, 2.4, 24, SLATE),
        shadow=False,
    )
    o += kid
    o += curve("M530,552Q566,600 628,572", dark("#a8606b", 0.07), 26) + circ(636, 570, 12, SKIN)
    needle = (
        rect(26, -58.6, 10, 3.2, "#cfe8ea", 0.8)
        + rect(29, -58.6, 4, 3.2, "#6fb0b4")
        + line([(36, -57), (42, -56.8)], "#8d9395", 0.6)
        + rect(22, -57.5, 4, 1, "#8d9395")
        + rect(21.4, -59, 1, 4, "#8d9395")
    )
    o += person(
        800,
        784,
        440,
        view="side",
        flip=True,
        dress="coat",
        top=WHITE,
        legs="#5f9485",
        woman=True,
        hair="bun",
        hat="nurse",
        hat_colour=WHITE,
        mask=True,
        lean=12,
        nod=8,
        hands=((30, -52), (24, -56)),
        feet=((-9, 0), (8, 0)),
        held=needle,
    )
    # trolley
    o += (
        rect(1010, 590, 200, 12, "#c8d3d0", 3)
        + rect(1010, 690, 200, 10, "#c8d3d0", 3)
        + "".join(
            rect(x, 596, 7, 170, "#8d9c9a") + circ(x + 3, 772, 9, "#4a5254") for x in (1018, 1196)
        )
    )
    o += (
        rect(1030, 552, 60, 38, WHITE, 4)
        + rect(1052, 560, 16, 22, "#5f9485", 2)
        + rect(1104, 566, 18, 24, "#9cc2c0", 3)
        + rect(1128, 560, 18, 30, ROSE, 3)
        + rect(1152, 566, 40, 24, "#e6dcc2", 3)
        + rect(1040, 654, 70, 36, OCHRE, 4)
    )
    # waiting family
    o += person(
        270,
        760,
        350,
        top="#7d9a8f",
        legs=NAVY,
        hands=((-12, -46), (9, -58)),
        over=path("M-2,-66C-2,-76 14,-76 15,-66L13,-52Q5,-48 -1,-54Z", "#f3e4c6")
        + circ(10, -70, 5, SKIN)
        + curve("M6,-74q4,-3 8,0", "#33302f", 1.6),
    )
    o += pupil(
        170,
        768,
        216,
        scarf=False,
        top=CLAY,
        legs=TEAL,
        hair="bob",
        hands=((-12, -44), (12, -50)),
        over=circ(13, -50, 5, OCHRE) + circ(10, -55, 2, OCHRE) + circ(16, -55, 2, OCHRE),
    )
    o += p.plant(60, 770, 230)
    return picture(o, wash("#fff3d8", 0.1))


def khuyen_hoc() -> str:
    """Scholarships on the stage of the cultural house."""
    o = p.room("#b9453a", "#b98a5c", 500, "#8a5638")
    o += p.curtain(0, 0, 1280, 490, "#2f6272")
    o += (
        p.curtain(0, 0, 150, 560, "#8f3a35")
        + p.curtain(1130, 0, 150, 560, "#8f3a35")
        + rect(0, 0, 1280, 36, "#7d302c")
    )
    for i in range(16):
        o += path(f"M{i * 80},36q40,44 80,0z", "#a3443d")
    o += text(640, 150, "TRAO HỌC BỔNG KHUYẾN HỌC", 46, GILT, 700) + text(
        640, 204, "Chắp cánh ước mơ học sinh Yên Hà", 28, WHITE, 600
    )
    # an open book with a rising bird
    o += group(
        path("M0,0C-30,-18 -70,-18 -96,-6L-96,44C-70,32 -30,32 0,50Z", WHITE),
        path("M0,0C30,-18 70,-18 96,-6L96,44C70,32 30,32 0,50Z", "#f0e6cc"),
        *(
            curve(f"M-84,{10 + i * 11}q36,-10 72,4M84,{10 + i * 11}q-36,-10 -72,4", "#c9bb98", 2.4)
            for i in range(3)
        ),
        path(
            "M-10,-30C10,-60 40,-66 66,-64C46,-52 40,-40 22,-30C34,-28 40,-24 44,-18C24,-16 2,-16 -10,-30Z",
            GOLD,
        ),
        at=(640, 290),
        scale=1.1,
    )
    o += rect(0, 500, 1280, 60, fade((0, "#d1a06c"), (1, "#c08d5c"))) + rect(
        0, 560, 1280, 240, fade((0, "#c99a68"), (1, "#e0b988"))
    )
    for i in range(9):
        o += line(
            [(640 + (i - 4) * 150, 500), (640 + (i - 4) * 330, 800)], "#ab7c4e", 2, opacity=0.6
        )

    def cert(x: float, y: float) -> str:
        return group(
            rect(-13, -9, 26, 18, "#c0392b", 0.8),
            rect(-11.6, -7.6, 23.2, 15.2, "#fdf6e2", 0.5),
            p.star(0, -3.6, 2.2, "#c0392b"),
            *(line([(-7, k), (7, k)], "#c9a85c", 0.8) for k in (1, 3.6)),
            at=(x, y),
        )

    # row of pupils with certificates; the givers hand over
    xs = [250, 400, 880, 1030]
    for i, x in enumerate(xs):
        o += pupil(
            x,
            700,
            262,
            hair=("tail", "short", "bob", "short")[i],
            woman=i % 2 == 0,
            hands=((-10, -50), (10, -50)),
            over=cert(0, -46),
        )
    o += person(
        560,
        752,
        380,
        view="side",
        dress="aodai",
        top="#b5456a",
        legs=WHITE,
        woman=True,
        hair="long",
        lean=6,
        nod=6,
        hands=((22, -54), (24, -52)),
        feet=((-8, 0), (8, 0)),
        held=group(p.gift(0, 0, 17, TEAL), at=(27, -50)),
    )
    o += pupil(
        724,
        760,
        270,
        view="side",
        flip=True,
        hair="tail",
        hands=((20, -58), (22, -56)),
        feet=((-6, 0), (6, 0)),
    )
    o += person(1150, 752, 384, dress="jacket", top=NAVY, hands=((-6, -62), (6, -60)))
    o += person(120, 752, 376, top="#d9e3e3", tone=GREY, hands=((-6, -62), (6, -60)))
    r = rng(4)
    for x0 in (40, 1180):
        for _ in range(26):
            o += circ(
                x0 + r.uniform(-60, 80),
                776 + r.uniform(-34, 10),
                r.uniform(7, 13),
                r.choice([RED, GOLD, ROSE, WHITE, LEAF, FOREST]),
            )
    return picture(o, rect(0, 0, 1280, 800, glow((0.5, "#fff0c0", 0.06), (1, "#241510", 0.14))))


SCENES = {
    "mot-cua": mot_cua,
    "chuyen-doi-so": chuyen_doi_so,
    "to-cong-nghe": to_cong_nghe,
    "hoi-nghi": hoi_nghi,
    "tiep-xuc-cu-tri": tiep_xuc_cu_tri,
    "tap-huan-pccc": tap_huan_pccc,
    "hien-mau": hien_mau,
    "ho-tieu-ngheo": ho_tieu_ngheo,
    "tiem-chung": tiem_chung,
    "khuyen-hoc": khuyen_hoc,
}
