"""Read the demo articles: a small text format with a header, a summary and a body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from django.utils import timezone

FOLDER = Path(__file__).parent
EVENING = time(16, 30)

_PLACEHOLDER = re.compile(r"\{(day|date|year|month)(?::([+-]\d+))?\}")


@dataclass(frozen=True)
class DemoArticle:
    """One article file. `header` holds the lines above the first empty line."""

    name: str
    header: dict[str, str]
    summary: str
    body: str
    published_at: datetime

    def listed(self, key: str) -> list[str]:
        """The comma-separated values of a header line."""
        return [word.strip() for word in self.header.get(key, "").split(",") if word.strip()]


def split_header(text: str) -> tuple[dict[str, str], str]:
    """Separate the header lines of a demo file from what follows them."""
    head, _, rest = text.partition("\n\n")
    header = dict(line.split(": ", 1) for line in head.splitlines())
    return header, rest.strip()


def read_article(path: Path, today: datetime) -> DemoArticle:
    """Read one file; days in its text are counted from the day of its publication.

    Args:
        path: the article's file.
        today: the time that ages are counted from.
    """
    header, rest = split_header(path.read_text(encoding="utf-8"))
    age, clock = header["age"].split()
    day = timezone.localdate(today) - timedelta(days=int(age))
    published_at = timezone.make_aware(datetime.combine(day, time.fromisoformat(clock)))
    if published_at > today:
        # Not in the future: then it was published the evening before.
        published_at = timezone.make_aware(datetime.combine(day - timedelta(days=1), EVENING))
    rest = fill_days(rest, published_at)
    summary, _, body = rest.partition("\n\n")
    return DemoArticle(path.stem, header, summary.strip(), body.strip(), published_at)


def fill_days(text: str, published_at: datetime) -> str:
    """Replace `{day:-3}`, `{date:+10}`, `{month}` and `{year:-1}` by dates."""
    day = timezone.localdate(published_at)

    def replacement(match: re.Match[str]) -> str:
        shift = int(match[2] or 0)
        if match[1] == "day":
            moved = day + timedelta(days=shift)
            return f"{moved.day}/{moved.month}"
        if match[1] == "date":
            return f"{day + timedelta(days=shift):%d/%m/%Y}"
        if match[1] == "year":
            return str(day.year + shift)
        return str((day.month - 1 + shift) % 12 + 1)

    return _PLACEHOLDER.sub(replacement, text)


def read_articles(today: datetime | None = None) -> list[DemoArticle]:
    """All demo articles, oldest first."""
    today = today or timezone.now()
    found = [read_article(path, today) for path in sorted((FOLDER / "articles").glob("*.txt"))]
    return sorted(found, key=lambda article: article.published_at)
