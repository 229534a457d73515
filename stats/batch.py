"""What one process has counted and not yet written, in memory."""

from __future__ import annotations

import uuid
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import date

from stats import recording
from stats.recording import Kind

# Keys of visitors that a batch remembers, about 60 MB. A batch is written every second and grows
# only while the database is unavailable; the batch that failed is kept beside it. Beyond this
# limit page views are still counted, visits are not.
MAX_KEYS = 200_000
MAX_ARTICLES = 20_000


@dataclass(slots=True)
class Seen:
    """The first and the last page view of one key within the batch."""

    kind: Kind
    article: int
    first_at: float
    last_at: float


@dataclass
class Sums:
    """Counts by day, and by article and hour."""

    # By day in Việt Nam: visits, page views, visits of bots, page views of bots.
    totals: dict[date, list[int]] = field(default_factory=dict)
    # By article and beginning of the hour: views, views of bots.
    article_views: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    def add_visit(self, kind: Kind, at: float) -> None:
        self._total(at)[0 if kind is Kind.PERSON else 2] += 1

    def add_page_view(self, kind: Kind, at: float) -> None:
        self._total(at)[1 if kind is Kind.PERSON else 3] += 1

    def add_article_view(self, article: int, at: float, *, by_bot: bool = False) -> None:
        place = (article, int(at // 3600) * 3600)
        if place in self.article_views or len(self.article_views) < MAX_ARTICLES:
            self.article_views.setdefault(place, [0, 0])[int(by_bot)] += 1

    def _total(self, at: float) -> list[int]:
        return self.totals.setdefault(recording.day_of(at), [0, 0, 0, 0])


@dataclass
class Batch:
    """The page views of about one second.

    Whether the first page view of a key begins a visit is not known here: the database decides
    (`stats.writing`). Every further visit of a key within the batch is counted at once.
    """

    number: int
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    seen: dict[bytes, Seen] = field(default_factory=dict)
    counted: Sums = field(default_factory=Sums)
    # Keys that were not remembered because the batch was full.
    keys_left_out: int = 0

    def __bool__(self) -> bool:
        return bool(self.counted.totals)

    @property
    def page_views(self) -> int:
        """Page views of people and bots."""
        return sum(total[1] + total[3] for total in self.counted.totals.values())

    def add(self, kind: Kind, visitor: bytes, at: float, article: int, reader: bytes) -> None:
        """Count one page view.

        Args:
            kind: person or bot.
            visitor: the key of the visitor.
            at: when, in seconds since 1970.
            article: id of the article, or 0.
            reader: the key of the visitor at this article; ignored where there is none.
        """
        self.counted.add_page_view(kind, at)
        if self._begins_visit(visitor, kind, 0, at):
            self.counted.add_visit(kind, at)
        if not article:
            return
        if kind is Kind.BOT:
            self.counted.add_article_view(article, at, by_bot=True)
        elif self._begins_visit(reader, Kind.ARTICLE_READER, article, at):
            self.counted.add_article_view(article, at)

    def _begins_visit(self, key: bytes, kind: Kind, article: int, at: float) -> bool:
        """Remember when a key was seen; True if another visit of it begins for certain."""
        seen = self.seen.get(key)
        if seen is None:
            if len(self.seen) < MAX_KEYS:
                self.seen[key] = Seen(kind, article, at, at)
            else:
                self.keys_left_out += 1
            return False
        begins = recording.begins_visit(seen.last_at, at)
        seen.last_at = max(seen.last_at, at)
        return begins

    def sums(self, new_visits: Iterable[bytes], articles: Container[int]) -> Sums:
        """What to add to the tables.

        Args:
            new_visits: the keys whose first page view in this batch began a visit.
            articles: the articles that are counted; views of others are left out.
        """
        sums = Sums(
            {day: [*counts] for day, counts in self.counted.totals.items()},
            {
                place: [*counts]
                for place, counts in self.counted.article_views.items()
                if place[0] in articles
            },
        )
        for key in new_visits:
            seen = self.seen[key]
            if seen.kind is Kind.ARTICLE_READER:
                sums.add_article_view(seen.article, seen.first_at)
            else:
                sums.add_visit(seen.kind, seen.first_at)
        return sums
