"""The accounts of a demo site and the file with their passwords."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.demo.staff import ensure_logins
from portal.models import User

pytestmark = pytest.mark.django_db


def test_folder_is_made_for_the_passwords_which_are_told_at_each_start(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    logins = ensure_logins(folder)
    assert len(logins) == 3
    assert (folder / "demo_staff.json").stat().st_mode & 0o777 == 0o600
    assert ensure_logins(folder) == logins


def test_passwords_that_cannot_be_kept_leave_no_accounts(tmp_path: Path) -> None:
    (tmp_path / "demo_staff.new").mkdir()
    with pytest.raises(OSError, match="demo_staff"):
        ensure_logins(tmp_path)
    assert not User.objects.filter(is_active=True).exists()
