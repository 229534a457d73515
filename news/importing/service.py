"""Writes records as articles: in batches, each in one transaction, so that no half record is left.

Locks are taken in one order, so that an import waits for a clerk, and a clerk for an import, but
never both for each other: imports one at a time, then the articles, then the categories, then the
listings (the lock of `news_relist`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from django.core.exceptions import ValidationError
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import DeadlockDetected

from news.importing.records import (
    LONGEST_NAME,
    CheckedRecord,
    Entry,
    Record,
    RefusedError,
    Remark,
    checked,
    written_digest,
)
from news.markup import first_words
from news.models import Article, Author, Category, OldAddress, Tag
from news.old_addresses import old_path
from news.text import comparison_key

BATCH = 200  # records
BATCH_CHARACTERS = 4_000_000
MOST_ATTEMPTS = 5
# The name is content of this site, like that of any other category, so it is not translated.
UNSORTED = "Chưa phân loại"

OUTCOMES = ("created", "updated", "unchanged", "skipped", "refused")


class Report(Protocol):
    def __call__(self, line: int, import_id: str, outcome: str, reason: str) -> None: ...


@dataclass(frozen=True)
class Options:
    """How to import: `undated` is the moment at which records without a date are published."""

    is_dry_run: bool = False
    undated: datetime | None = None
    category: Category | None = None
    as_drafts: bool = False
    overwrite: bool = False


@dataclass
class _Plan:
    """What is to be done for one record."""

    checked: CheckedRecord
    existing: Article | None = None
    outcome: str = "created"
    reason: str = ""
    paths: list[str] = field(default_factory=list)  # old addresses to add
    notes: list[str] = field(default_factory=list)

    @property
    def article(self) -> Article:
        return self.checked.article


class Importer:
    """Takes in the records of one run; `counts` holds how many had each of `OUTCOMES`."""

    def __init__(self, options: Options, report: Report) -> None:
        self.options = options
        self.report = report
        self.counts: Counter[str] = Counter()
        # Hashes, not the ids themselves: a run may have very many.
        self._lines: dict[int, int] = {}

    def run(self, entries: Iterable[Entry]) -> Iterator[int]:
        """Import the entries; yields the number of entries done after each batch."""
        for batch in _batches(entries):
            records = []
            for entry in batch:
                if isinstance(entry, Remark):
                    self._count(entry.line, entry.import_id, entry.outcome, entry.reason)
                elif self._is_first(entry):
                    records.append(self._decided(entry))
            self._import(records)
            yield len(batch)

    def _count(self, line: int, import_id: str, outcome: str, reason: str = "") -> None:
        self.counts[outcome] += 1
        if reason:
            self.report(line, import_id, outcome, reason)

    def _refuse(self, record: Record, reason: str) -> None:
        self._count(record.line, record.import_id, "refused", reason)

    def _is_first(self, record: Record) -> bool:
        key = hash(record.import_id)
        if key in self._lines:
            reason = _("The id stands already in line %(line)d of this import.")
            self._refuse(record, reason % {"line": self._lines[key]})
            return False
        self._lines[key] = record.line
        return True

    def _decided(self, record: Record) -> Record:
        """Apply the rules of this run: what has no date is a draft, or dated as told."""
        status = record.status
        published_at = record.published_at
        if status == Article.Status.PUBLISHED:
            published_at = published_at or self.options.undated
            if published_at is None or self.options.as_drafts:
                status = Article.Status.DRAFT
        elif self.options.as_drafts:
            status = Article.Status.DRAFT
        return replace(record, status=status, published_at=published_at)

    def _import(self, records: list[Record]) -> None:
        stored = _stored_digests([record.import_id for record in records])
        changed = []
        for record in records:
            if stored.get(record.import_id) == record.digest():
                self.counts["unchanged"] += 1
                continue
            # Cleaning takes most of the time: it is done before anything is locked.
            try:
                changed.append(checked(record))
            except RefusedError as error:
                self._refuse(record, str(error))
        if not changed:
            return
        if self.options.is_dry_run:
            with transaction.atomic():
                self._tell(_Batch(self.options).planned(changed))
        else:
            self._write(changed)

    def _write(self, batch: list[CheckedRecord]) -> None:
        """Write a batch; if the database refuses it, record by record, to refuse that one only."""
        try:
            plans = _written(self.options, batch)
        except (DatabaseError, ValidationError) as error:
            if isinstance(error, OperationalError):
                raise
            if len(batch) > 1:
                for one in batch:
                    self._write([one])
            else:
                self._refuse(batch[0].record, _reason(error))
        else:
            self._tell(plans)

    def _tell(self, plans: list[_Plan]) -> None:
        for plan in plans:
            record = plan.checked.record
            self._count(record.line, record.import_id, plan.outcome, plan.reason)
            if plan.outcome in ("created", "updated"):
                for note in [*plan.checked.warnings, *plan.notes]:
                    self.report(record.line, record.import_id, "warning", note)


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Cut the entries into batches that are bounded in number and in text."""
    batch: list[Entry] = []
    characters = 0
    try:
        for entry in entries:
            batch.append(entry)
            characters += len(entry.body) if isinstance(entry, Record) else 0
            if len(batch) >= BATCH or characters >= BATCH_CHARACTERS:
                yield batch
                batch, characters = [], 0
    except (RefusedError, OSError):
        # The file breaks off here; what stood before is whole.
        yield batch
        raise
    yield batch


def _stored_digests(import_ids: list[str]) -> dict[str | None, str]:
    rows = Article.objects.filter(import_id__in=import_ids)
    return {i: digest[:32] for i, digest in rows.values_list("import_id", "import_digest")}


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    diagnostic = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostic, "constraint_name", None) or getattr(
        diagnostic, "message_primary", str(error)
    )
    return _("The database does not take it: %(name)s.") % {"name": name}


def _written(options: Options, batch: list[CheckedRecord]) -> list[_Plan]:
    for attempt in range(1, MOST_ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return _Batch(options).written(batch)
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected) or attempt == MOST_ATTEMPTS:
                raise
    raise AssertionError("unreachable")


class _Batch:
    """One transaction: what is known at its beginning, the plans, the writing."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.categories: dict[tuple[int | None, str], Category] = {}
        self.authors: dict[str, Author] = {}
        self.tags: dict[str, Tag] = {}

    def planned(self, batch: list[CheckedRecord], *, for_update: bool = False) -> list[_Plan]:
        """Decide for each record what becomes of it; writes nothing."""
        articles = Article.objects.filter(import_id__in=[one.record.import_id for one in batch])
        if for_update:
            articles = articles.select_for_update(of=("self",))
        existing = {
            article.import_id: article
            for article in articles.order_by("pk").prefetch_related("tags", "more_categories")
        }
        plans = []
        for one in batch:
            plan = _Plan(one, existing.get(one.record.import_id))
            if plan.existing:
                self._plan_update(plan, plan.existing)
            plans.append(plan)
        _plan_addresses(plans)
        return plans

    def _plan_update(self, plan: _Plan, article: Article) -> None:
        plan.outcome = "updated"
        if article.import_digest[:32] == plan.checked.digest:
            plan.outcome = "unchanged"  # another import was faster
        elif article.import_digest[32:] != _digest_of(article):
            if self.options.overwrite:
                plan.notes.append(_("Changes made by staff since the import were overwritten."))
            else:
                plan.outcome = "skipped"
                plan.reason = _(
                    "The article was changed by staff since the import; it was left as it is."
                )
        if plan.outcome == "updated" and _is_public(article) and not _is_public(plan.article):
            plan.notes.append(_("The article is published already and stays so."))

    def written(self, batch: list[CheckedRecord]) -> list[_Plan]:
        _lock("news_import")
        plans = self.planned(batch, for_update=True)
        to_write = [plan for plan in plans if plan.outcome in ("created", "updated")]
        if not to_write:
            return plans
        self._load_names(to_write)
        tags, more = {}, {}
        for plan in to_write:
            article = plan.article
            shelves = self._shelves(plan)
            article.category = shelves[0]
            article.author = self._author(plan.checked.record.author)
            more[id(plan)] = [shelf.pk for shelf in shelves[1:]]
            tags[id(plan)] = [self._tag(name).pk for name in plan.checked.tags]
        _lock("news_listing")
        for plan in to_write:
            if plan.existing:
                _keep_what_is_not_imported(plan.article, plan.existing)
            else:
                plan.article.pk = None  # it has one from an attempt that was rolled back
            plan.article.import_digest = plan.checked.digest + written_digest(
                plan.article, tags[id(plan)], more[id(plan)]
            )
        created = [plan for plan in to_write if not plan.existing]
        Article.objects.bulk_create([plan.article for plan in created])
        _link(Article.tags.through, "tag_id", {p.article.pk: tags[id(p)] for p in created})
        _link(
            Article.more_categories.through,
            "category_id",
            {p.article.pk: more[id(p)] for p in created},
        )
        for plan in to_write:
            if plan.existing:
                plan.article.save(update_fields=_WRITTEN)
                plan.article.tags.set(tags[id(plan)])
                plan.article.more_categories.set(more[id(plan)])
        OldAddress.objects.bulk_create(
            OldAddress(path=path, article_id=plan.article.pk)
            for plan in to_write
            for path in plan.paths
        )
        return plans

    def _load_names(self, plans: list[_Plan]) -> None:
        with connection.cursor() as cursor:
            # What refers to them locks them at the commit; so late, a clerk who moves a category
            # and waits for the listings would wait for us while we wait for him.
            cursor.execute("SELECT id FROM news_category ORDER BY id FOR KEY SHARE")
        for category in Category.objects.order_by("depth", "pk"):
            key = (category.parent_id, comparison_key(category.name))
            self.categories.setdefault(key, category)
        keys = {comparison_key(name) for plan in plans for name in plan.checked.tags}
        self.tags = {tag.key: tag for tag in Tag.objects.filter(key__in=keys)}
        if any(plan.checked.record.author for plan in plans):
            for author in Author.objects.order_by("pk"):
                self.authors.setdefault(comparison_key(author.name), author)

    def _shelves(self, plan: _Plan) -> list[Category]:
        """Return the categories of a record, the main one first; made where they are missing."""
        record = plan.checked.record
        if record.categories:
            found = [
                self._category_at(path) if record.categories_are_paths else self._named(path[0])
                for path in record.categories
            ]
            return list({category.pk: category for category in found}.values())
        if plan.existing:
            return [plan.existing.category]
        return [self.options.category or self._category_at((UNSORTED,))]

    def _named(self, name: str) -> Category:
        """Return a category of that name on any level, the highest first; else a new one."""
        key = comparison_key(first_words(name, LONGEST_NAME))
        for (_parent_id, other), category in self.categories.items():
            if other == key:
                return category
        return self._category_at((name,))

    def _category_at(self, path: tuple[str, ...]) -> Category:
        parent: Category | None = None
        for name in path:
            name = first_words(name, LONGEST_NAME)
            key = (parent.pk if parent else None, comparison_key(name))
            category = self.categories.get(key)
            if category is None:
                category = Category(name=name, parent=parent)
                category.full_clean()
                category.save()
                self.categories[key] = category
            parent = category
        assert parent is not None, "a path has at least one name"  # noqa: S101
        return parent

    def _author(self, name: str) -> Author | None:
        name = first_words(name, LONGEST_NAME)
        key = comparison_key(name)
        if key and key not in self.authors:
            author = Author(name=name)
            author.full_clean()
            author.save()
            self.authors[key] = author
        return self.authors.get(key)

    def _tag(self, name: str) -> Tag:
        key = comparison_key(name)
        if key not in self.tags:
            tag = Tag(name=name)
            tag.full_clean()
            tag.save()
            self.tags[key] = tag
        return self.tags[key]


_WRITTEN = [
    *("title", "slug", "summary", "body", "status", "published_at", "first_published_at"),
    *("category", "author", "origin", "source_name", "source_url", "import_digest"),
]


def _keep_what_is_not_imported(article: Article, existing: Article) -> None:
    """Make the new form of an article out of what the record says and what it cannot say."""
    article.pk = existing.pk
    article._state.adding = False
    article.first_published_at = existing.first_published_at or article.first_published_at
    is_taken_back = existing.status in (Article.Status.WITHDRAWN, Article.Status.UNPUBLISHED)
    would_vanish = existing.has_been_public and (not _is_public(article) or article.is_scheduled)
    if is_taken_back or would_vanish or (_is_public(existing) and not _is_public(article)):
        # No import brings back what was taken back, or takes back what readers have seen.
        article.status = existing.status
        article.published_at = existing.published_at


def _is_public(article: Article) -> bool:
    return article.status == Article.Status.PUBLISHED


def _digest_of(article: Article) -> str:
    tags = [tag.pk for tag in article.tags.all()]
    return written_digest(article, tags, [shelf.pk for shelf in article.more_categories.all()])


def _plan_addresses(plans: list[_Plan]) -> None:
    """Plan an old address for each article; one that leads elsewhere already is not stolen."""
    wanted = [
        (plan, path)
        for plan in plans
        if plan.outcome in ("created", "updated")
        for path in dict.fromkeys(filter(None, map(old_path, plan.checked.record.addresses)))
    ]
    known = OldAddress.objects.filter(path__in=[path for _plan, path in wanted])
    owners: dict[str, object] = dict(known.values_list("path", "article_id"))
    for plan, path in wanted:
        me = plan.existing.pk if plan.existing else plan.checked
        if path not in owners:
            owners[path] = me
            plan.paths.append(path)
        elif owners[path] != me:
            reason = _("The old address %(path)s leads to another article already.")
            plan.notes.append(reason % {"path": path})


def _lock(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


def _link(through: type, column: str, linked: dict[int, list[int]]) -> None:
    through.objects.bulk_create(  # type: ignore[attr-defined]
        through(article_id=article, **{column: other})
        for article, others in linked.items()
        for other in others
    )
