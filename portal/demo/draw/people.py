"""People: one jointed figure, dressed and posed.

A figure is 100 units high before scaling, its feet at (0, 0), and looks right when seen from the
side. Hands and feet are given as targets; elbows and knees follow from the bone lengths, so a
pose is four points, not a drawing.
"""

# ruff: noqa: E501 – the data of one path is read as one line

import math

from .shapes import (
    BARK,
    CREAM,
    DEEP,
    HAT,
    INK,
    NAVY,
    RED,
    SKIN,
    STAR,
    WHITE,
    Point,
    circ,
    curve,
    dark,
    group,
    light,
    line,
    mix,
    oval,
    path,
    poly,
    rect,
)

HAIR = "#33302f"
GREY = "#b4aea6"


def _joint(a: Point, b: Point, upper: float, lower: float, bend: float) -> Point:
    """Where the elbow or knee lies between `a` and `b`; `bend` ±1 chooses the side."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    far = max(1e-6, math.hypot(dx, dy))
    reach = min(far, upper + lower - 0.01)
    along = (upper**2 - lower**2 + reach**2) / (2 * reach)
    off = math.sqrt(max(0.0, upper**2 - along**2)) * bend
    ux, uy = dx / far, dy / far
    return (a[0] + ux * along - uy * off, a[1] + uy * along + ux * off)


def _elbow(a: Point, b: Point, way: float, side: bool) -> Point:
    """Of the two elbows that fit, the one a body would choose: outwards, backwards, down."""
    bone = 15.0
    if not side:  # seen from the front a bent arm comes towards us, it does not stand out
        bone = min(bone, math.hypot(math.hypot(b[0] - a[0], b[1] - a[1]) / 2, 3.6))
    both = [_joint(a, b, bone, bone, bend) for bend in (1, -1)]
    if side:
        return max(both, key=lambda p: p[1] - 0.8 * p[0])
    return max(both, key=lambda p: p[1] + way * p[0])


def _end(a: Point, b: Point, length: float) -> Point:
    """`b`, drawn back to what the limb can reach."""
    far = math.hypot(b[0] - a[0], b[1] - a[1])
    if far <= length:
        return b
    return (a[0] + (b[0] - a[0]) * length / far, a[1] + (b[1] - a[1]) * length / far)


def _turn(p: Point, degrees: float) -> Point:
    a = math.radians(degrees)
    return (p[0] * math.cos(a) - p[1] * math.sin(a), p[0] * math.sin(a) + p[1] * math.cos(a))


def _limb(
    points: list[Point],
    widths: tuple[float, float, float],
    colours: tuple[str, str],
    cut: bool = False,
) -> str:
    """Two tapering bones with round joints; `cut` leaves the far end straight, as a trouser leg."""
    out = []
    pairs = zip(points, points[1:], widths, widths[1:], colours, strict=False)
    pieces = list(pairs)
    for a, b, wa, wb, colour in reversed(pieces):
        dx, dy = b[0] - a[0], b[1] - a[1]
        far = max(1e-6, math.hypot(dx, dy))
        nx, ny = -dy / far / 2, dx / far / 2
        out.append(
            poly(
                [
                    (a[0] + nx * wa, a[1] + ny * wa),
                    (b[0] + nx * wb, b[1] + ny * wb),
                    (b[0] - nx * wb, b[1] - ny * wb),
                    (a[0] - nx * wa, a[1] - ny * wa),
                ],
                colour,
            )
        )
        out.append(circ(*a, wa / 2, colour))
        if not (cut and b == points[-1]):
            out.append(circ(*b, wb / 2, colour))
    return "".join(out)


def _head(view: str, skin: str, hair: str, tone: str, face: bool) -> tuple[str, str]:
    """(what lies behind the head, the head itself), the chin at about (0, 7.4)."""
    behind, front = "", ""
    if hair == "long":
        behind = path("M-7,-2C-8.5,10 -8,18 -7,21L7,21C8,18 8.5,10 7,-2Z", tone)
    elif hair == "bob":
        behind = path("M-7.4,-2C-9,6 -8.2,9.5 -6,9.5L6,9.5C8.2,9.5 9,6 7.4,-2Z", tone)
    elif hair == "bun":
        behind = circ(-5.6 if view == "side" else 0, -6.5 if view != "side" else -4, 4, tone)
    elif hair == "tail" and view == "side":
        behind = path("M-5,-5C-13,-4 -12,7 -10,12C-8,8 -7,4 -4,2Z", tone)
    elif hair == "tail":
        behind = path("M-3,0C-4.5,10 -2.5,16 0,18C2.5,16 4.5,10 3,0Z", tone)
    if view == "back":
        front = oval(0, 0, 6.3, 7.3, tone if hair != "bald" else skin)
        front += oval(-6.2, 1, 1.2, 1.9, skin) + oval(6.2, 1, 1.2, 1.9, skin)
        if hair in ("long", "tail", "bun", "bob"):
            return "", front + behind
        return behind, front
    if view == "side":
        front = path(
            "M-5.5,-2C-5.5,-8 4.6,-8.4 5.6,-2.2C5.8,-.8 7.4,1.2 7.2,1.9C6.9,2.5 6,2.4 6,3"
            "C6.2,4.4 5.6,6.6 4,7C1,7.6 -3,5.5 -4.4,3Z",
            skin,
        )
        front += path(
            "M5.9,-3C6.4,-8.8 -1,-9.6 -4.8,-6.2C-8,-3 -7,3.4 -4.6,4.8C-3.4,4 -2.6,2 -1.6,1"
            "C-1.2,-1.5 -.8,-3 .4,-4C2.4,-3.4 4.6,-3.2 5.9,-3Z",
            tone,
        )
        front += oval(-1.2, 1.4, 1.2, 1.8, dark(skin, 0.08))
        if face:
            front += circ(4.2, -0.3, 0.62, INK)
            front += curve("M4.2,4.3Q5,4.7 5.8,4", dark(skin, 0.45), 0.55)
        return behind, front
    front = oval(-6.2, 0.8, 1.2, 1.9, dark(skin, 0.06)) + oval(6.2, 0.8, 1.2, 1.9, dark(skin, 0.06))
    front += path(
        "M-6.1,-1C-6.2,-9 6.2,-9 6.1,-1C6.1,3.6 3.4,7.4 0,7.4C-3.4,7.4 -6.1,3.6 -6.1,-1Z", skin
    )
    if face:
        front += circ(-2.3, 0.4, 0.68, INK) + circ(2.3, 0.4, 0.68, INK)
        front += curve("M-1.9,3.7Q0,5.1 1.9,3.7", dark(skin, 0.5), 0.6)
        front += oval(-3.9, 2.8, 1.3, 0.8, "#cf6f5a", opacity=0.28)
        front += oval(3.9, 2.8, 1.3, 0.8, "#cf6f5a", opacity=0.28)
    if hair in ("short", "grey"):
        front += path(
            "M-6.6,.2C-8,-11 8,-11.2 6.6,.2C6,-2.2 5.6,-3.6 4.4,-4.4C1.5,-3.6 -2.5,-3.6 -4.8,-4.6"
            "C-5.8,-3.4 -6.1,-2 -6.6,.2Z",
            tone,
        )
    elif hair != "bald":
        front += path(
            "M-6.8,2C-8.6,-11.4 8.6,-11.4 6.8,2C6.4,-1.6 4.4,-4.4 .8,-5.6C-2.4,-4.4 -6,-2.4 -6.8,2Z",
            tone,
        )
    return behind, front


def _hat(kind: str | None, view: str, colour: str) -> str:
    if kind == "cone":  # nón lá
        c = HAT
        back = dark(c, 0.22)
        out = path("M-15,-1.2Q0,4.6 15,-1.2L0,-15.5Z", c)
        out += path("M1,-14.6Q5,-8 6.5,1.3Q12,.4 15,-1.2L0,-15.5Z", mix(c, back, 0.6))
        out += curve("M-9.8,-5.8Q0,-2.2 9.8,-5.8", back, 0.45, opacity=0.7)
        out += curve("M-5.6,-10Q0,-7.6 5.6,-10", back, 0.45, opacity=0.7)
        if view == "front":
            out = curve("M-6,-1Q-5,6 0,8.2Q5,6 6,-1", "#a8606b", 0.7) + out
        return out
    if kind == "helmet":
        out = path("M-7.6,-1.2C-8,-12.6 8,-12.6 7.6,-1.2Q0,-3.6 -7.6,-1.2Z", colour)
        return out + path("M2,-9.6C5,-8.8 6.6,-5 7.6,-1.2Q5,-2.4 3.6,-2.6Z", dark(colour, 0.15))
    if kind == "cap":
        out = path("M-7,-1.6C-7.6,-11.6 7.4,-11.6 7,-1.8Q0,-4 -7,-1.6Z", colour)
        brim = "M1,-3.4Q9,-3.6 12.5,-.8Q7,-1.4 2,-1.2Z" if view == "side" else ""
        brim = brim or ("M-7,-1.6Q0,-4.4 7,-1.6Q6,1 0,.4Q-6,1 -7,-1.6Z" if view == "front" else "")
        return out + (path(brim, dark(colour, 0.2)) if brim else "")
    if kind == "bucket":  # mũ tai bèo
        out = path("M-6.2,-3C-6,-11.5 6,-11.5 6.2,-3Z", colour)
        return out + path("M-10.5,.6Q-6,-5 0,-5Q6,-5 10.5,.6Q0,-3 -10.5,.6Z", dark(colour, 0.14))
    if kind == "turban":  # khăn đóng
        out = path("M-7.2,-1.4C-8,-7 -6,-9.6 0,-9.6C6,-9.6 8,-7 7.2,-1.4Q0,-5.4 -7.2,-1.4Z", colour)
        for k in (-7.6, -5.6):
            out += curve(f"M-6.6,{k + 3}Q0,{k} 6.6,{k + 3}", light(colour, 0.18), 0.5)
        return out
    if kind == "nurse":
        out = path("M-7,-3C-7.4,-11.6 7.4,-11.6 7,-3Q0,-6 -7,-3Z", colour)
        return out + curve("M-6.4,-4Q0,-6.8 6.4,-4", dark(colour, 0.15), 0.6)
    if kind == "hood" and view == "back":
        return path("M-8.6,10C-11,-14 11,-14 8.6,10Z", colour)
    if kind == "hood":  # raincoat
        return path(
            "M-8.6,9C-11,-14 11,-14 8.6,9C7,9.5 6.4,8 6,5C6.4,-7 -6.4,-7 -6,5C-6.4,8 -7,9.5 -8.6,9Z",
            colour,
        )
    return ""


def _torso(dress: str, view: str, colour: str, woman: bool, skin: str) -> str:
    """The upper clothes, the hip at (0, 0) and the shoulders at -33."""
    shade = dark(colour, 0.13)
    s, w, h = (8.6, 6.4, 8.0) if woman else (10, 7.9, 7.8)
    hem = {"shirt": 3, "polo": 3, "baba": 12, "coat": 22, "aodai": 38, "dress": 20, "rain": 24}
    y = hem.get(dress, 3)
    flare = {"coat": 1.5, "aodai": 2.2, "dress": 5.5, "rain": 6, "baba": 1.2}.get(dress, 0)
    if view == "side":
        body = (
            f"M-4.6,-33C-2,-36.6 3.6,-36.4 5,-32Q7,-24 {5.4 if woman else 5.8},-12"
            f"L{6 + flare},{y}L{-6.4 - flare},{y}L-5.6,-12Q-7,-24 -4.6,-33Z"
        )
        out = path(body, colour)
        if dress == "aodai":
            out += path(f"M-1,2L-{6.4 + flare},{y}L-6.2,-3Z", shade)
        if dress in ("jacket", "uniform"):
            out += path("M2.2,-35L5,-31.4L5,-24Z", WHITE if dress == "jacket" else light(colour))
        return out
    body = (
        f"M{-s},-30Q{-s + 0.4},-34.2 -3.4,-35.8L3.4,-35.8Q{s - 0.4},-34.2 {s},-30"
        f"L{w},-13L{h + flare},{y}L{-h - flare},{y}L{-w},-13Z"
    )
    out = path(body, colour)
    if view == "back":
        if dress in ("aodai", "coat", "jacket"):
            out += curve(f"M0,-12L0,{y - 1}", shade, 0.7)
        return out
    if dress == "aodai":
        out += path(f"M{h - 1.6},0L{h + flare},{y}L{h - 4},{y}Z", shade)
        out += curve("M-2.6,-35.6Q0,-33.8 2.6,-35.6", shade, 1.4)
        out += curve("M1.6,-34.4Q5.6,-31 8.2,-22", shade, 0.7)
    elif dress == "baba":
        out += curve(f"M0,-35L0,{y - 2}", shade, 0.8)
        out += curve("M-3,-35.6L0,-33L3,-35.6", shade, 1)
    elif dress == "jacket":
        out += path("M-3.4,-35.8L0,-20L3.4,-35.8Z", WHITE)
        out += path("M-1.1,-34.6L1.1,-34.6L1.5,-24L0,-21.2L-1.5,-24Z", RED)
        out += path("M-3.4,-35.8L-6,-31L-1.2,-20L0,-20Z", shade)
        out += path("M3.4,-35.8L6,-31L1.2,-20L0,-20Z", shade)
        out += curve(f"M0,-20L0,{y}", shade, 0.7)
    elif dress in ("shirt", "uniform", "coat", "rain"):
        out += path("M-3.2,-35.8L0,-31L3.2,-35.8Z", skin if dress != "rain" else shade)
        out += path("M-3.8,-36L-4.6,-32.4L0,-30.6Z", light(colour, 0.25))
        out += path("M3.8,-36L4.6,-32.4L0,-30.6Z", light(colour, 0.25))
        out += curve(f"M0,-30L0,{y - 1}", shade, 0.7)
        if dress == "uniform":
            out += rect(-8.2, -34, 4, 1.6, STAR, 0.6) + rect(4.2, -34, 4, 1.6, STAR, 0.6)
        if dress == "coat":
            out += rect(2.4, -25, 4.2, 4.6, shade, 0.6) + rect(-6, -3, 4.4, 0.9, shade)
    elif dress == "polo":
        out += path("M-3,-35.8L0,-29.6L3,-35.8Z", dark(colour, 0.2))
        out += path("M-1.8,-35.8L0,-32.2L1.8,-35.8Z", skin)
    else:
        out += path("M-3.2,-35.8Q0,-31.6 3.2,-35.8Z", skin)
    return out


def person(
    x: float,
    y: float,
    h: float,
    *,
    view: str = "front",
    flip: bool = False,
    dress: str = "shirt",
    top: str = CREAM,
    legs: str = NAVY,
    woman: bool = False,
    child: bool = False,
    skin: str = SKIN,
    hair: str = "short",
    tone: str = HAIR,
    hat: str | None = None,
    hat_colour: str = RED,
    bare: bool = False,
    shorts: bool = False,
    hip: Point = (0, -47),
    lean: float = 0,
    nod: float = 0,
    hands: tuple[Point, Point] | None = None,
    feet: tuple[Point, Point] | None = None,
    knees: float = 1,
    vest: str | None = None,
    scarf: bool = False,
    mask: bool = False,
    behind: str = "",
    held: str = "",
    over: str = "",
    shadow: bool = True,
    face: bool = True,
) -> str:
    """A figure `h` units high with its feet at (x, y).

    hands, feet: targets (left on the paper first), relative to the feet, in hundredths of `h`.
    hip: where the hip is; (0, -27) and bent knees make a seated figure. lean, nod: degrees.
    behind, held, over: marks in the figure's own units, drawn behind it, before the near arm,
    and last. bare: short sleeves. vest: a second colour worn over the clothes.
    """
    side = view == "side"
    neck = (hip[0] + _turn((0, -35), lean)[0], hip[1] + _turn((0, -35), lean)[1])
    tilt = lean * 0.6 + nod
    top_of = _turn((1.2 if side else 0, -10.2), tilt)
    head = (neck[0] + top_of[0], neck[1] + top_of[1])
    sx = 2.2 if side else (8.2 if woman else 9.4)
    drop = _turn((0, -31.5), lean)
    across = _turn((sx, 0), lean)
    middle = (hip[0] + drop[0], hip[1] + drop[1])
    shoulders = (
        (middle[0] - across[0], middle[1] - across[1]),
        (middle[0] + across[0], middle[1] + across[1]),
    )
    if hands is None:
        hands = ((-3, -44), (4, -45)) if side else ((-12.5, -43), (12.5, -43))
    if feet is None:
        feet = ((-3.5, 0), (4, 0)) if side else ((-5, 0), (5, 0))

    sleeve = dark(top, 0.07)
    cloth = legs if dress not in ("dress",) else skin
    parts = []
    if shadow:
        cx = (feet[0][0] + feet[1][0]) / 2
        parts.append(oval(cx, 0.6, 15, 2.6, "#22304a", opacity=0.16))
    parts.append(behind)

    def leg(i: int, colour: str) -> str:
        off = (-1 if i == 0 else 1) * (0.8 if side else 3.7)
        root = (hip[0] + off, hip[1] + 1)
        foot = feet[i]
        ankle = _end(root, (foot[0], foot[1] - 3), 44.9)
        bend = -knees if side else (0.25 if i == 0 else -0.25) * knees
        far = math.hypot(ankle[0] - root[0], ankle[1] - root[1])
        bone = min(22.6, math.hypot(far / 2, 3)) if far > 38 else 22.6  # standing, nearly straight
        knee = _joint(root, ankle, bone, bone, bend)
        if not side and hip[1] > -36:  # seated, the thighs coming towards us
            knee = (foot[0] * 1.2, hip[1] + 4)
        lower = skin if shorts or dress == "dress" else colour
        wide = 8.4 if dress in ("aodai", "baba") else 6.2
        out = _limb(
            [root, knee, ankle],
            (9.4, 7.6, wide if lower != skin else 4.6),
            (colour, lower),
            cut=lower != skin,
        )
        shoe = "#4a3d3a" if dress not in ("baba", "dress") else BARK
        toe = 5.2 if side else (-1.4 if i == 0 else 1.4)
        sole = f"M{ankle[0] - 2.6:.1f},{ankle[1] + 0.2:.1f}h5.2l{max(toe - 1.6, 0.6):.1f},1.4"
        if side:
            sole += "q1.4,.8 .8,1.5h-8.4z"
        else:
            lx = ankle[0] - 3.2 + min(toe, 0)
            sole = (
                f"M{ankle[0] - 2.6:.1f},{ankle[1]:.1f}h5.2q1.6,2.2 1,3.2H{lx:.1f}q-.4,-1.4 1,-3.2z"
            )
        return path(sole, shoe) + out

    def arm(i: int, colour: str) -> str:
        hand = _end(shoulders[i], hands[i], 29.5)
        elbow = _elbow(shoulders[i], hand, -1 if i == 0 else 1, side)
        fore = skin if bare else colour
        past = _end(hand, (hand[0] * 2 - elbow[0], hand[1] * 2 - elbow[1]), 1.9)
        out = circ(*past, 2.6, skin)
        return out + _limb([shoulders[i], elbow, hand], (6.8, 5.6, 4.2), (colour, fore))

    body = _torso(dress, view, top, woman, skin)
    if vest:
        shape = "polo" if dress in ("polo", "shirt", "baba") else dress
        body += group(_torso(shape, view, vest, woman, skin), scale=1.03)
        if view == "front":
            body += rect(-8.6, -18, 17.2, 2.2, light(vest, 0.55), opacity=0.9)
    if scarf and view != "back":
        c = RED
        body += path("M-4,-36L4,-36L1.4,-32.6L3.6,-25L0,-27.4L-3.4,-25L-1.4,-32.6Z", c)
    elif scarf:
        body += path("M-6,-35.6L6,-35.6L0,-28Z", RED)
    big = 1.32 if child else 1.08
    back, front = _head(view, skin, hair, tone, face)
    if mask and view == "front":
        front += path("M-5.6,1.4Q0,.4 5.6,1.4Q5.4,6.6 0,7.6Q-5.4,6.6 -5.6,1.4Z", "#dfeaea")
    elif mask and side:
        front += path("M2,1.2L7.4,1.6L6.6,6.4Q4,8 1,6.6Z", "#dfeaea")
    front += _hat(hat, view, hat_colour)
    whole_head = (
        group(back, at=head, turn=tilt, scale=big),
        group(front, at=(head[0], head[1] - (1.2 if child else 0)), turn=tilt, scale=big),
    )
    throat = line(
        [neck, (neck[0] + top_of[0] * 0.5, neck[1] + top_of[1] * 0.5)], dark(skin, 0.1), 5
    )
    far, near = (0, 1)
    if side:
        parts += [
            arm(far, dark(sleeve, 0.14)),
            leg(far, dark(cloth, 0.14)),
            leg(near, cloth),
            whole_head[0],
            throat,
            group(body, at=hip, turn=lean),
            whole_head[1],
            held,
            arm(near, sleeve),
        ]
    elif view == "back":
        parts += [
            leg(0, cloth),
            leg(1, cloth),
            held,
            arm(0, sleeve),
            arm(1, sleeve),
            throat,
            group(body, at=hip, turn=lean),
            whole_head[0],
            whole_head[1],
        ]
    else:
        parts += [
            leg(0, cloth),
            leg(1, cloth),
            whole_head[0],
            throat,
            group(body, at=hip, turn=lean),
            whole_head[1],
            held,
            arm(0, sleeve),
            arm(1, sleeve),
        ]
    return group(*parts, over, at=(x, y), scale=h / 100, flip=flip)


def pupil(x: float, y: float, h: float, **how: object) -> str:
    """A schoolchild: white shirt, dark trousers, red scarf."""
    usual: dict[str, object] = {
        "child": True,
        "top": WHITE,
        "legs": NAVY,
        "scarf": True,
        "bare": True,
        "woman": True,
    }
    return person(x, y, h, **{**usual, **how})  # type: ignore[arg-type]


def farmer(x: float, y: float, h: float, **how: object) -> str:
    """A countrywoman in áo bà ba and conical hat."""
    usual: dict[str, object] = {
        "dress": "baba",
        "hat": "cone",
        "woman": True,
        "hair": "bun",
        "legs": "#3a3f4a",
        "top": "#8a5d72",
    }
    return person(x, y, h, **{**usual, **how})  # type: ignore[arg-type]


def officer(x: float, y: float, h: float, **how: object) -> str:
    """Somebody in green uniform and cap."""
    usual: dict[str, object] = {
        "dress": "uniform",
        "top": "#5d7d55",
        "legs": "#4b6648",
        "hat": "cap",
        "hat_colour": DEEP,
    }
    return person(x, y, h, **{**usual, **how})  # type: ignore[arg-type]


def seat(colour: str) -> str:
    """A stool under a figure seated with its hip at (0, -27); pass it as `behind`."""
    out = rect(-9, -25, 18, 3, colour, 1)
    for x in (-7, 5.4):
        out += rect(x, -23, 1.8, 23, dark(colour, 0.25))
    return out


def crowd_back(
    x: float, y: float, s: float, colour: str, woman: bool = False, tone: str = HAIR
) -> str:
    """Head and shoulders from behind, for rows of an audience; `s` is the shoulder width."""
    k = s / 24
    parts = [
        path("M-12,24C-12.6,10 -9,5.6 -3.4,4.4L3.4,4.4C9,5.6 12.6,10 12,24Z", colour),
        rect(-2.6, -1, 5.2, 7, dark(SKIN, 0.14), 2),
        oval(-6.6, -5, 1.3, 2, SKIN) + oval(6.6, -5, 1.3, 2, SKIN),
        oval(0, -6, 6.6, 7.6, tone),
    ]
    if woman and tone != HAIR:
        parts.append(circ(0, -9, 4.2, dark(tone, 0.1)))
    elif woman:
        parts.append(path("M-6.4,-6C-7,2 -6,9 -5,12L5,12C6,9 7,2 6.4,-6Z", tone))
        parts.append(path("M-3,-12C-4,-6 -4,4 -3,11", light(tone, 0.1), opacity=0.3))
    return group(*parts, at=(x, y), scale=k)
