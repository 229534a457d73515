"""The text of a PDF file that has a text layer.

A hostile PDF may have pages that refer to themselves and streams that unpack to gigabytes. So it is
read in a separate process with limits on memory and time, which returns only text.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from news.text import normalize

MOST_CHARACTERS = 70_000
"""About thirty pages; the search index takes no more of one text."""
MOST_PAGES = 100
SECONDS = 8
"""Of processor time; a hundred pages of ordinary text take about two."""
MEGABYTES = 512

_READER = Path(__file__).with_name("pdf_reader.py")


def extract_text(content: bytes) -> str:
    """Return the text of a PDF, normalised, at most MOST_CHARACTERS; "" if it has none.

    A file that cannot be read, or not in time, has no text; this is no error.
    """
    limits = [str(limit) for limit in (MOST_PAGES, MOST_CHARACTERS, SECONDS, MEGABYTES)]
    try:
        done = subprocess.run(  # noqa: S603 – our own program; the file goes in by a pipe
            [sys.executable, "-I", str(_READER), *limits],
            input=content,
            capture_output=True,
            timeout=3 * SECONDS,
            env={},
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError):
        return ""
    # A process that was ended early has written the text of the first pages.
    found = done.stdout.decode("utf-8", errors="ignore")[:MOST_CHARACTERS]
    lines = (" ".join(line.split()) for line in normalize(found).splitlines())
    return "\n".join(line for line in lines if line)
