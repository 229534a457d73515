"""The process that reads one PDF: file in by the standard input, text out. Started by news.pdf.

pdf_reader.py PAGES CHARACTERS SECONDS MEGABYTES < file
"""

import io
import logging
import sys

try:
    import resource
except ImportError:  # Windows has no such limits; the caller's clock still holds
    resource = None  # type: ignore[assignment]


def limit(seconds: int, megabytes: int) -> None:
    """Let the system end this process at its bounds, and let it write no file."""
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    pages, characters, seconds, megabytes = map(int, sys.argv[1:])
    content = sys.stdin.buffer.read()
    import pypdf

    limit(seconds, megabytes)
    logging.disable(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        # Many official files are locked against changes and open to every reader.
        reader.decrypt("")
    for number, page in enumerate(reader.pages):
        if number >= pages or characters <= 0:
            break
        text = page.extract_text()[:characters]
        characters -= len(text)
        sys.stdout.buffer.write((text + "\n").encode("utf-8", errors="ignore"))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
