"""What is due each day: one command runs all, and tells by its end whether all succeeded."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from news.management.commands import purge_unused_files
from portal.management.commands.daily import COMMANDS
from ratings import services as ratings

pytestmark = pytest.mark.django_db(transaction=True)


def daily() -> tuple[str, str, str]:
    """Run it; return what it prints, its errors, and the sentence with which it fails."""
    out, errors, sentence = StringIO(), StringIO(), ""
    try:
        call_command("daily", stdout=out, stderr=errors)
    except CommandError as error:
        sentence = str(error)
    return out.getvalue(), errors.getvalue(), sentence


def test_all_are_run_in_order() -> None:
    out, errors, sentence = daily()
    said = ["Bình luận đã xóa", "mạng", "địa chỉ không tìm thấy", "tệp tải lên", "Không có gì"]
    places = [out.index(words) for words in said]
    assert len(said) == len(COMMANDS)
    assert places == sorted(places)
    assert (errors, sentence) == ("", "")


def test_those_that_fail_keep_none_back_and_are_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(**options: object) -> int:
        raise RuntimeError

    def refuse(**options: object) -> int:
        raise OSError(30, "Read-only file system", "/srv/media")

    monkeypatch.setattr(ratings, "purge_network_counts", break_down)
    monkeypatch.setattr(purge_unused_files, "purge_unused_files", refuse)
    out, errors, sentence = daily()
    assert "the command purge_rating_limits failed" in caplog.text
    assert "purge_unused_files: " in errors
    assert "/srv/media" in errors
    assert "địa chỉ không tìm thấy" in out
    assert "Không có gì đang chờ" in out
    assert sentence == "Không thực hiện được: purge_rating_limits, purge_unused_files."
