"""What the site remembers of its backups, and whom it warns when they stop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from portal.models import Backup, User
from portal.services.backups import is_backup_overdue, last_backup_at, record_backup

pytestmark = pytest.mark.django_db


def test_last_backup_is_the_newest_of_all_hosts() -> None:
    assert last_backup_at() is None
    noted = record_backup(name="congtin-20261130-020000.tar", size=10, seconds=1.5)
    Backup.objects.create(
        finished_at=noted.finished_at - timedelta(days=1), name="a", host="b", size=1, seconds=0
    )
    assert last_backup_at() == noted.finished_at


@pytest.mark.parametrize(
    ("age", "overdue"),
    [(None, True), (timedelta(days=2, minutes=1), True), (timedelta(days=1, hours=23), False)],
)
def test_backup_is_overdue_after_the_days_that_are_set(
    settings: Any, age: timedelta | None, overdue: bool
) -> None:
    settings.BACKUP_WARNING_DAYS = 2
    last = age and timezone.now() - age
    assert is_backup_overdue(last) is overdue
    settings.BACKUP_WARNING_DAYS = 0
    assert not is_backup_overdue(last)


# --- The warning on the first page of the admin ---------------------------------------------------


def first_page(client: Client, **rights: bool) -> str:
    user = User.objects.create_user("quantri", is_staff=True, **rights)
    client.force_login(user)
    return client.get("/admin/").content.decode()


def test_administrator_is_warned_that_there_is_no_backup(client: Client, settings: Any) -> None:
    settings.BACKUP_WARNING_DAYS = 2
    page = first_page(client, is_superuser=True)
    assert "Cổng chưa có bản sao lưu nào." in page
    assert "<code>journalctl -u congtin-backup</code>" in page


def test_administrator_is_told_the_day_of_the_last_backup(client: Client, settings: Any) -> None:
    settings.BACKUP_WARNING_DAYS = 2
    row = record_backup(name="a", size=1, seconds=1)
    row.finished_at = datetime(2026, 3, 14, 18, 35, tzinfo=UTC)
    row.save()
    page = first_page(client, is_superuser=True)
    assert "Bản sao lưu gần nhất hoàn thành lúc 01:35, 15/03/2026" in page


def test_administrator_with_a_backup_of_last_night_is_not_warned(
    client: Client, settings: Any
) -> None:
    settings.BACKUP_WARNING_DAYS = 2
    record_backup(name="a", size=1, seconds=1)
    assert "sao lưu" not in first_page(client, is_superuser=True)


def test_editor_who_cannot_make_one_is_not_warned(client: Client, settings: Any) -> None:
    settings.BACKUP_WARNING_DAYS = 2
    assert "sao lưu" not in first_page(client)


def test_demo_on_a_developers_machine_warns_nobody(client: Client) -> None:
    assert "sao lưu" not in first_page(client, is_superuser=True)


# --- Rows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"size": 0}, "portal_backup_file_is_not_empty"),
        ({"seconds": -0.1}, "portal_backup_took_no_negative_time"),
    ],
)
def test_row_of_a_backup_that_cannot_be_is_refused(
    wrong: dict[str, float], constraint: str
) -> None:
    values: dict[str, Any] = {"name": "a", "host": "b", "size": 1, "seconds": 0.0} | wrong
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Backup.objects.create(finished_at=timezone.now(), **values)
