"""Imports records in batches, each in one transaction, so that no half record is ever stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from django.core.exceptions import ValidationError
from django.db import DatabaseError, OperationalError, transaction
from django.utils.translation import gettext as _

from news.importing.batch import Batch, Options, Plan
from news.importing.records import (
    CheckedRecord,
    Entry,
    Record,
    RefusedError,
    Remark,
    check_record,
)
from news.models import Article
from news.transactions import retry_on_deadlock

BATCH_RECORDS = 200
BATCH_CHARACTERS = 4_000_000

OUTCOMES = ("created", "updated", "unchanged", "skipped", "refused")


class Report(Protocol):
    def __call__(self, line: int, import_id: str, outcome: str, reason: str) -> None: ...


class Importer:
    """One run of the import; `counts` says how many records had each of `OUTCOMES`."""

    def __init__(self, options: Options, report: Report) -> None:
        self.options = options
        self.report = report
        self.counts: Counter[str] = Counter()
        # By the hash of the id, which takes less memory than the id.
        self._line_of_id: dict[int, int] = {}

    def run(self, entries: Iterable[Entry]) -> Iterator[int]:
        """Import the entries; after each batch, yield the number of its entries."""
        for batch in _split_into_batches(entries):
            records = []
            for entry in batch:
                if isinstance(entry, Remark):
                    self._count(entry.line, entry.import_id, entry.outcome, entry.reason)
                elif self._is_first_with_id(entry):
                    records.append(self._with_options(entry))
            self._import(records)
            yield len(batch)

    def _count(self, line: int, import_id: str, outcome: str, reason: str = "") -> None:
        self.counts[outcome] += 1
        if reason:
            self.report(line, import_id, outcome, reason)

    def _refuse(self, record: Record, reason: str) -> None:
        self._count(record.line, record.import_id, "refused", reason)

    def _is_first_with_id(self, record: Record) -> bool:
        key = hash(record.import_id)
        if key in self._line_of_id:
            reason = _("The id stands already in line %(line)d of this import.")
            self._refuse(record, reason % {"line": self._line_of_id[key]})
            return False
        self._line_of_id[key] = record.line
        return True

    def _with_options(self, record: Record) -> Record:
        """Apply the options: a record without a date becomes a draft or gets the given date."""
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
        stored = _stored_record_digests([record.import_id for record in records])
        changed = []
        for record in records:
            if stored.get(record.import_id) == record.digest():
                self.counts["unchanged"] += 1
                continue
            # Cleaning the HTML takes most of the time, so it is done before anything is locked.
            try:
                changed.append(check_record(record))
            except RefusedError as error:
                self._refuse(record, str(error))
        if not changed:
            return
        if self.options.is_dry_run:
            with transaction.atomic():
                self._report_plans(Batch(self.options).plan(changed))
        else:
            self._write(changed)

    def _write(self, batch: list[CheckedRecord]) -> None:
        """Write a batch; if the database refuses it, write its records one by one."""
        try:
            plans = _write_batch(self.options, batch)
        except (DatabaseError, ValidationError) as error:
            if isinstance(error, OperationalError):
                raise
            if len(batch) > 1:
                for record in batch:
                    self._write([record])
            else:
                self._refuse(batch[0].record, _refusal_reason(error))
        else:
            self._report_plans(plans)

    def _report_plans(self, plans: list[Plan]) -> None:
        for plan in plans:
            record = plan.checked.record
            self._count(record.line, record.import_id, plan.outcome, plan.reason)
            if plan.outcome in ("created", "updated"):
                for note in [*plan.checked.warnings, *plan.notes]:
                    self.report(record.line, record.import_id, "warning", note)


def _split_into_batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Split the entries into batches of limited number and size."""
    batch: list[Entry] = []
    characters = 0
    try:
        for entry in entries:
            batch.append(entry)
            characters += len(entry.body) if isinstance(entry, Record) else 0
            if len(batch) >= BATCH_RECORDS or characters >= BATCH_CHARACTERS:
                yield batch
                batch, characters = [], 0
    except (RefusedError, OSError):
        # The rest of the file cannot be read; import what comes before it.
        yield batch
        raise
    yield batch


def _stored_record_digests(import_ids: list[str]) -> dict[str | None, str]:
    rows = Article.objects.filter(import_id__in=import_ids)
    return {i: digest[:32] for i, digest in rows.values_list("import_id", "import_digest")}


def _refusal_reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    diagnostic = getattr(error.__cause__, "diag", None)
    name = getattr(diagnostic, "constraint_name", None) or getattr(
        diagnostic, "message_primary", str(error)
    )
    return _("The database does not take it: %(name)s.") % {"name": name}


@retry_on_deadlock
@transaction.atomic
def _write_batch(options: Options, batch: list[CheckedRecord]) -> list[Plan]:
    return Batch(options).write(batch)
