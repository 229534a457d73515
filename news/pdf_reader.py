"""The process that reads one PDF from standard input and writes its text. Started by news.pdf.

pdf_reader.py PAGES CHARACTERS SECONDS MEGABYTES < file
"""

import io
import logging
import sys

try:
    import resource
except ImportError:  # not on Windows; there only the timeout of the caller applies
    resource = None  # type: ignore[assignment]


def set_limits(seconds: int, megabytes: int) -> None:
    """Limit processor time and memory of this process, and forbid it to write files."""
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    pages, characters, seconds, megabytes = map(int, sys.argv[1:])
    content = sys.stdin.buffer.read()
    import pypdf

    set_limits(seconds, megabytes)
    logging.disable(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        # Many official files are protected against changes, with an empty user password.
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
