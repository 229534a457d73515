"""Two tunes of our own: `python -m portal.demo.draw.tunes` writes songs/*.mp3 (needs `lame`).

Both are composed here, note by note, in five-tone modes of the country's folk song, and sounded
by arithmetic alone: a plucked string after Karplus and Strong for the zither, added harmonics
with breath and vibrato for the flute. No recording and no sample is used.
"""

import array
import math
import shutil
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path

from .shapes import rng

SONGS = Path(__file__).resolve().parent.parent / "songs"
RATE = 32_000  # samples a second
PEAK = 0.80  # of full scale, −1.9 dB
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

Track = array.array  # of doubles
Note = tuple[float, float, str]  # beat it starts on, beats it lasts, name or "r"


def hertz(name: str) -> float:
    """The frequency of e.g. `A4` or `F#5`."""
    step = STEPS[name[0]] + name.count("#") + 12 * (int(name[-1]) + 1)
    return 440.0 * 2 ** ((step - 69) / 12)


def melody(bars: str, start: float = 0) -> Iterator[Note]:
    """Read `E5:3 D5:1 | A4:4 r:2`; the bar lines are for the eye."""
    for word in bars.replace("|", " ").split():
        name, beats = word.split(":")
        yield start, float(beats), name
        start += float(beats)


def silence(seconds: float) -> Track:
    return array.array("d", bytes(8 * int(seconds * RATE)))


def pluck(out: Track, at: float, name: str, seconds: float, loud: float, seed: int = 1) -> None:
    """A zither string: a burst of noise going round a damped loop, tuned by an all-pass."""
    f = hertz(name)
    period = RATE / f - 0.5
    n = int(period)
    gap = period - n
    tune = (1 - gap) / (1 + gap)
    r = rng(seed)
    raw = [r.uniform(-1, 1) for _ in range(n)]
    soft = [(raw[i] + raw[i - 1] + raw[i - 2]) / 3 for i in range(n)]
    pick = max(1, n // 7)  # plucked near the bridge
    loop = [soft[i] - 0.7 * soft[i - pick] for i in range(n)]
    damp = 0.5 * math.exp(-6.9 / (f * seconds))  # falls by 60 dB in `seconds`
    first = int(at * RATE)
    count = min(int(seconds * RATE), len(out) - first)
    before = memory_in = memory_out = 0.0
    for i in range(count):
        k = i % n
        now = loop[k]
        mixed = damp * (now + before)
        before = now
        memory_out = tune * (mixed - memory_out) + memory_in
        memory_in = mixed
        loop[k] = memory_out
        fade = 1.0 if count - i > 800 else (count - i) / 800
        out[first + i] += loud * now * fade


def flute(out: Track, at: float, name: str, seconds: float, loud: float, slide: float = 0) -> None:
    """A bamboo flute: five harmonics, a growing vibrato, some breath; `slide` in semitones."""
    f = hertz(name)
    r = rng(int(at * 100))
    phase = breath = 0.0
    first = int(at * RATE)
    attack, release = 0.07, 0.16
    count = min(int((seconds + release * 0.6) * RATE), len(out) - first)
    total = count / RATE
    for i in range(count):
        t = i / RATE
        bend = slide * max(0.0, 1 - t / 0.09)
        sway = 0.0048 * min(1.0, max(0.0, (t - 0.22) / 0.5)) * math.sin(2 * math.pi * 5.1 * t)
        phase += 2 * math.pi * f * (2 ** (bend / 12)) * (1 + sway) / RATE
        swell = min(1.0, t / attack) * min(1.0, (total - t) / release) * (0.86 + 0.14 * min(1, t))
        breath += 0.35 * (r.uniform(-1, 1) - breath)
        tone = (
            math.sin(phase)
            + 0.30 * math.sin(2 * phase)
            + 0.16 * math.sin(3 * phase)
            + 0.05 * math.sin(4 * phase)
            + 0.03 * math.sin(5 * phase)
        )
        puff = 0.10 * math.exp(-t * 18) + 0.022
        out[first + i] += loud * swell * (tone * (1 + 8 * sway) + puff * breath * 3)


def bass(out: Track, at: float, name: str, seconds: float, loud: float) -> None:
    f = hertz(name)
    first = int(at * RATE)
    count = min(int(seconds * RATE), len(out) - first)
    for i in range(count):
        t = i / RATE
        swell = min(1.0, t / 0.02) * math.exp(-2.2 * t / seconds) * min(1.0, (seconds - t) / 0.1)
        angle = 2 * math.pi * f * t
        out[first + i] += loud * swell * (math.sin(angle) + 0.3 * math.sin(2 * angle))


def clapper(out: Track, at: float, loud: float, high: bool = True) -> None:
    """Two pieces of hard wood."""
    f = 1450.0 if high else 980.0
    first = int(at * RATE)
    for i in range(min(int(0.09 * RATE), len(out) - first)):
        t = i / RATE
        out[first + i] += (
            loud * math.exp(-70 * t) * (math.sin(2 * math.pi * f * t) + 0.5 * math.sin(5.3 * f * t))
        )


def drum(out: Track, at: float, loud: float) -> None:
    first = int(at * RATE)
    phase = 0.0
    for i in range(min(int(0.35 * RATE), len(out) - first)):
        t = i / RATE
        phase += 2 * math.pi * (82 + 70 * math.exp(-30 * t)) / RATE
        out[first + i] += loud * math.exp(-11 * t) * min(1, t / 0.003) * math.sin(phase)


def hall(dry: Track, delays: tuple[int, ...]) -> Track:
    """A small room: four damped echoes side by side, then two that only blur (Schroeder)."""
    wet = array.array("d", bytes(8 * len(dry)))
    for delay in delays[:4]:
        line = [0.0] * delay
        low = 0.0
        for i, x in enumerate(dry):
            k = i % delay
            y = line[k]
            low += 0.55 * (y - low)
            line[k] = x + 0.78 * low
            wet[i] += 0.25 * y
    for delay in delays[4:]:
        line = [0.0] * delay
        for i, x in enumerate(wet):
            k = i % delay
            y = line[k]
            line[k] = x + 0.6 * y
            wet[i] = y - 0.6 * line[k]
    return wet


# One letter a bar: the open fifth under the tune.
LULLABY_ROOTS = "AAAADACDAAACAEADGAAA"
RIVERSIDE_ROOTS = "DDDDDDDBDABDEDAADBEDDADBDAADEDAADBEDDDD"
SWEEP_IN_A = ("A3", "C4", "D4", "E4", "G4", "A4", "C5", "D5", "E5", "G5", "A5")
SWEEP_IN_D = ("D4", "E4", "F#4", "A4", "B4", "D5", "E5", "F#5", "A5", "B5", "D6")


def lullaby() -> dict[str, Track]:
    """Yên Hà quê mẹ: 6/8, a slow rocking tune on A C D E G."""
    beat = 60 / 46 / 3  # an eighth
    length = 20 * 6 * beat + 4
    parts = {"flute": silence(length), "zither": silence(length), "low": silence(length)}
    sung = (
        "E5:3 D5:1 C5:2 | A4:4 C5:2 | D5:3 E5:1 G5:2 | E5:5 r:1 |"
        "G5:2 A5:1 G5:2 E5:1 | D5:3 C5:1 D5:2 | E5:2 D5:1 C5:2 A4:1 | A4:5 r:1 |"
        "A5:3 G5:1 E5:2 | G5:2 A5:1 C6:3 | A5:2 G5:1 E5:2 D5:1 | E5:5 r:1 |"
        "E5:3 D5:1 C5:2 | D5:2 E5:1 D5:2 C5:1 | A4:2 C5:1 D5:2 C5:1 | A4:6"
    )
    for start, beats, name in melody(sung, 12):
        if name != "r":
            slide = -2 if beats >= 3 else -0.4
            flute(parts["flute"], start * beat, name, beats * beat * 0.97, 0.145, slide)
    shapes = {
        "A": ("A2", "A3 E4 A4 C5 A4 E4"),
        "C": ("C3", "C4 G4 C5 E5 C5 G4"),
        "D": ("D3", "D4 A4 D5 E5 D5 A4"),
        "G": ("G2", "G3 D4 G4 A4 G4 D4"),
        "E": ("E3", "E3 A3 E4 G4 E4 A3"),
    }
    r = rng(46)
    for bar, root in enumerate(LULLABY_ROOTS):
        low, notes = shapes[root]
        bass(parts["low"], bar * 6 * beat, low, 3.2 * beat, 0.20)
        if bar < 19:
            bass(parts["low"], (bar * 6 + 3) * beat, low, 2.6 * beat, 0.11)
        for i, name in enumerate(notes.split()):
            if bar == 19 and i > 2:
                break
            late = r.uniform(0, 0.018)
            loud = (0.38 if i == 0 else 0.27 if i == 3 else 0.22) * (1.25 if bar < 2 else 1)
            pluck(parts["zither"], (bar * 6 + i) * beat + late, name, 2.6, loud, bar * 6 + i)
    for i, name in enumerate(SWEEP_IN_A):  # the closing sweep
        pluck(parts["zither"], (19 * 6 + 3) * beat + i * 0.07, name, 3.2, 0.2, i)
    for start, _, name in melody("A4:1 C5:1 D5:1 E5:3 | E5:1 G5:1 E5:1 D5:3"):
        pluck(parts["zither"], start * beat, name, 2.4, 0.30, int(start) + 700)
    return parts


def riverside() -> dict[str, Track]:
    """Bên dòng Lam Yên: 2/4, a brisk rowing tune on D E F# A B."""
    beat = 60 / 100 / 2  # an eighth
    length = 40 * 4 * beat + 4
    parts = {k: silence(length) for k in ("flute", "zither", "low", "wood")}
    a1 = "D5:1 E5:1 F#5:2 | A5:1 F#5:1 E5:2 | D5:1 E5:1 F#5:1 E5:1 | B4:3 r:1 |"
    a2 = "F#5:1 A5:1 B5:2 | A5:1 B5:.5 A5:.5 F#5:1 E5:1 | F#5:1 E5:1 D5:1 B4:1 | D5:3 r:1 |"
    b1 = "B4:1 D5:1 E5:2 | F#5:1.5 E5:.5 D5:2 | E5:1 F#5:1 A5:1 B5:1 | A5:3 r:1 |"
    b2 = "D6:1.5 B5:.5 A5:2 | B5:1 A5:1 F#5:2 | E5:1 F#5:1 E5:1 B4:1 | D5:3 r:1 |"
    quick = (  # the zither's own turn through the first strain
        "D5:.5 E5:.5 D5:.5 E5:.5 F#5:1 F#5:1 | A5:.5 B5:.5 A5:.5 F#5:.5 E5:2 |"
        "D5:.5 E5:.5 F#5:.5 A5:.5 F#5:1 E5:1 | B4:2 D5:1 E5:1 |"
        "F#5:.5 A5:.5 B5:.5 A5:.5 B5:1 D6:1 | A5:.5 B5:.5 A5:.5 F#5:.5 E5:1 F#5:1 |"
        "E5:.5 F#5:.5 E5:.5 D5:.5 B4:1 A4:1 | D5:3 r:1 |"
    )
    strains = [
        (4, a1 + a2, True, True),
        (12, b1 + b2, True, False),
        (20, quick, False, True),
        (28, b1 + b2, True, True),
    ]
    for bar, tune, blown, plucked in strains:
        for start, beats, name in melody(tune, bar * 4):
            if name == "r":
                continue
            if blown:
                slide = -0.5 if beats < 2 else -1.6
                flute(parts["flute"], start * beat, name, beats * beat * 0.92, 0.13, slide)
            if plucked:
                loud = 0.36 if not blown else 0.26
                pluck(parts["zither"], start * beat, name, 1.6, loud, int(start * 2) + bar)
    close = "D6:.5 B5:.5 A5:.5 F#5:.5 E5:1 F#5:1 | D5:1 r:1 A4:1 B4:1 | D5:4"
    for start, beats, name in melody(close, 36 * 4):
        if name != "r":
            flute(parts["flute"], start * beat, name, beats * beat * 0.95, 0.13, -0.4)
            pluck(parts["zither"], start * beat, name, 2.2, 0.26, int(start * 2))
    frames = {
        "D": ("D3", "D4 A4 F#4 A4"),
        "B": ("B2", "B3 F#4 D4 F#4"),
        "A": ("A2", "A3 E4 A4 E4"),
        "E": ("E3", "E4 B4 A4 B4"),
    }
    for bar, root in enumerate(RIVERSIDE_ROOTS):
        low, notes = frames[root]
        bass(parts["low"], bar * 4 * beat, low, 1.9 * beat, 0.22)
        if bar < 38:
            bass(parts["low"], (bar * 4 + 2) * beat, low, 1.7 * beat, 0.13)
        for i, name in enumerate(notes.split()):
            if bar == 38 and i:
                break
            pluck(parts["zither"], (bar * 4 + i) * beat, name, 1.2, 0.19 if i == 0 else 0.12, bar)
        if 2 <= bar < 38:
            drum(parts["low"], bar * 4 * beat, 0.20)
            for at, loud in ((1.0, 0.05), (2.0, 0.03), (3.0, 0.05), (3.5, 0.03)):
                if at != 3.5 or bar % 4 == 3:
                    clapper(parts["wood"], (bar * 4 + at) * beat, loud, high=at != 2)
    for i, name in enumerate(SWEEP_IN_D):  # sweeps
        pluck(parts["zither"], i * 0.05, name, 2.4, 0.16, i)
        pluck(parts["zither"], (38 * 4 + 1) * beat + i * 0.06, name, 3.0, 0.18, i)
    return parts


PLACES = {"flute": 0.56, "zither": 0.38, "low": 0.5, "wood": 0.68}  # 0 left … 1 right
HALLS = {"flute": 0.50, "zither": 0.34, "low": 0.06, "wood": 0.25}
ROOMS = ((1087, 1283, 1459, 1621, 379, 113), (1117, 1249, 1487, 1597, 367, 127))


def stereo(parts: dict[str, Track]) -> bytes:
    """Place, put into a room, level, and turn into 16-bit samples."""
    sides = []
    for side, room in enumerate(ROOMS):
        dry = array.array("d", bytes(8 * len(parts["flute"])))
        send = array.array("d", bytes(8 * len(dry)))
        for name, track in parts.items():
            angle = PLACES[name] * math.pi / 2
            gain = math.sin(angle) if side else math.cos(angle)
            echo = HALLS[name]
            for i, x in enumerate(track):
                dry[i] += gain * x
                send[i] += gain * echo * x
        wet = hall(send, room)
        sides.append([a + b for a, b in zip(dry, wet, strict=True)])
    left, right = sides
    top = max(max(map(abs, left)), max(map(abs, right)))
    end = len(left)
    tail = 2 * RATE
    out = array.array("h")
    for i in range(end):
        k = 32767 * PEAK / top * min(1.0, (end - i) / tail)
        out.extend((round(left[i] * k), round(right[i] * k)))
    if sys.byteorder == "big":
        out.byteswap()
    return out.tobytes()


TUNES = {"yen-ha-que-me": lullaby, "ben-dong-lam-yen": riverside}


def main() -> None:
    SONGS.mkdir(exist_ok=True)
    lame = shutil.which("lame") or "lame"
    for name, compose in TUNES.items():
        with tempfile.TemporaryDirectory() as folder:
            sheet = Path(folder) / "tune.wav"
            with wave.open(str(sheet), "wb") as sound:
                sound.setnchannels(2)
                sound.setsampwidth(2)
                sound.setframerate(RATE)
                sound.writeframes(stereo(compose()))
            target = SONGS / f"{name}.mp3"
            order = [lame, "--quiet", "-m", "j", "-b", "96", "-q", "2", str(sheet), str(target)]
            subprocess.run(order, check=True)  # noqa: S603 – our own file names
        print(target.name, target.stat().st_size)


if __name__ == "__main__":
    main()
