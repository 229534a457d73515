"""What one process has counted and not yet written, in memory."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date

from stats import recording
from stats.recording import Kind

# Visitors that a batch remembers one by one, some 60 MB. A batch is written every second; only
# while the database is away does it grow, and the one that failed stays beside it. Beyond this,
# page views are counted on, visits are not.
MAX_KEYS = 200_000
MAX_ARTICLES = 20_000


@dataclass(slots=True)
class Seen:
    """One key, from its first to its last sign of life within the batch."""

    kind: Kind
    article: int
    first_at: float
    last_at: float


@dataclass
class Batch:
    """The sums of a moment. Whether a key's first sign begins a visit, the database decides."""

    number: int
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    seen: dict[bytes, Seen] = field(default_factory=dict)
    # Per day: visits, page views, and both of bots.
    totals: dict[date, list[int]] = field(default_factory=dict)
    # Per article and beginning of the hour: views, and those of bots.
    views: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    left_out: int = 0

    def __bool__(self) -> bool:
        return bool(self.totals)

    def add(self, kind: Kind, visitor: bytes, at: float, article: int, reader: bytes) -> None:
        """Count one page view.

        Args:
            kind: person or bot.
            visitor: the key of the visitor.
            at: when, in seconds since 1970.
            article: id of the article, or 0.
            reader: the key of the visitor at this article; without meaning where there is none.
        """
        total = self._total(at)
        is_person = kind is Kind.PERSON
        total[1 if is_person else 3] += 1
        if self._begins(visitor, kind, 0, at):
            total[0 if is_person else 2] += 1
        if not article:
            return
        if not is_person:
            self._view(article, at, 1)
        elif self._begins(reader, Kind.READER, article, at):
            self._view(article, at, 0)

    def _begins(self, key: bytes, kind: Kind, article: int, at: float) -> bool:
        """Note a sign of life; say whether it begins a visit for certain."""
        seen = self.seen.get(key)
        if seen is None:
            if len(self.seen) < MAX_KEYS:
                self.seen[key] = Seen(kind, article, at, at)
            else:
                self.left_out += 1
            return False
        begins = recording.begins_visit(seen.last_at, at)
        seen.last_at = max(seen.last_at, at)
        return begins

    def _total(self, at: float) -> list[int]:
        return self.totals.setdefault(recording.day_of(at), [0, 0, 0, 0])

    def _view(self, article: int, at: float, column: int) -> None:
        place = (article, int(at // 3600) * 3600)
        if place in self.views or len(self.views) < MAX_ARTICLES:
            self.views.setdefault(place, [0, 0])[column] += 1
