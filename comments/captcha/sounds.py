"""The sound of a challenge: Vietnamese digits, mixed anew from files that the project ships.

No two mixtures have a stretch in common that a program could look for: each digit is said by one of
several voices, a little higher or lower, at its own loudness, after a pause of its own, over a
murmur of backward speech and a hiss. `digits/make.sh` tells how the files were made.
"""

from __future__ import annotations

import array
import functools
import io
import math
import random
import secrets
import sys
import wave
from pathlib import Path

LENGTH = 6  # digits
RATE = 11025  # samples in a second
_FOLDER = Path(__file__).parent / "digits"
_VOICES = sorted({path.name.rpartition("-")[0] for path in _FOLDER.glob("*.wav")})
# Loudness as the root of the mean square, of 32767: speech lies some 20 dB above what disturbs it.
_SPEECH, _MURMUR, _HISS = 4600, 380, 220
_PEAK = 25000  # what is added to speech must not run over
_SPEEDS = [0.82, 0.85, 0.88, 0.91, 0.94, 0.97, 1.0]
# Seconds before the first digit: a screen reader has just said where the reader is.
_LEAD = 1.2


def random_digits() -> str:
    """Return new digits for a sound."""
    return "".join(str(secrets.randbelow(10)) for _place in range(LENGTH))


def _samples(content: bytes) -> array.array[int]:
    """Return the samples of sound data as a WAV holds it, or the reverse of that."""
    samples = array.array("h", content)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


@functools.lru_cache(maxsize=512)
def _spoken(voice: str, digit: str, speed: float, loudness: float) -> array.array[int]:
    """Return a digit as one voice says it, slower and lower where `speed` is below 1."""
    with wave.open(str(_FOLDER / f"{voice}-{digit}.wav"), "rb") as file:
        samples = _samples(file.readframes(file.getnframes()))
    gain = loudness / math.sqrt(sum(sample * sample for sample in samples) / len(samples))
    places = (number * speed for number in range(int((len(samples) - 1) / speed)))
    moved = (
        samples[left] + (samples[left + 1] - samples[left]) * (place - left)
        for place in places
        for left in (int(place),)
    )
    return array.array("h", [max(-_PEAK, min(_PEAK, int(gain * sample))) for sample in moved])


def _pause(dice: random.Random, least: float, most: float) -> bytes:
    """Return silence of so many seconds."""
    return bytes(2 * int(RATE * dice.uniform(least, most)))


# A phone asks for a sound in several parts.
@functools.lru_cache(maxsize=8)
def render(digits: str, seed: str) -> bytes:
    """Return spoken digits as a WAV (mono, 16 bits): always the same one from the same seed."""
    dice = random.Random(seed)  # noqa: S311 - the seed is a secret of 128 bits
    speech = array.array("h", _pause(dice, _LEAD, _LEAD + 0.4))
    for digit in digits:
        spoken = _spoken(dice.choice(_VOICES), digit, dice.choice(_SPEEDS), _SPEECH)
        gain = dice.randrange(200, 290)
        speech.extend([sample * gain >> 8 for sample in spoken])
        speech.frombytes(_pause(dice, 0.45, 0.85))
    murmur = array.array("h")
    while len(murmur) < len(speech):  # backward speech of nobody in particular
        voice, digit = dice.choice(_VOICES), str(dice.randrange(10))
        murmur.extend(_spoken(voice, digit, 1.0, _MURMUR)[::-1])
    # Even numbers from 0 to 255 have a deviation of 74.
    loud = _HISS / 74
    noise = [int((level - 127.5) * loud) for level in range(256)]
    hiss = dice.randbytes(len(speech))
    mixed = [
        said + murmured + noise[level]
        for said, murmured, level in zip(speech, murmur, hiss, strict=False)
    ]
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(_samples(array.array("h", mixed).tobytes()).tobytes())
    return out.getvalue()
