"""What stands around every page: where its links lead, and what reading it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from portal import frame
from portal.models import AlertBanner, MenuItem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "in_vietnamese", "in_english"),
    [
        ("/luu-tru/", "/luu-tru/", "/en/luu-tru/"),
        ("/luu-tru/2025/?page=2", "/luu-tru/2025/?page=2", "/en/luu-tru/2025/?page=2"),
        (
            "/tim-kiem?q=ch%E1%BB%A3#results",
            "/tim-kiem?q=ch%E1%BB%A3#results",
            "/en/tim-kiem?q=ch%E1%BB%A3#results",
        ),
        ("/", "/", "/en/"),
        ("/en/luu-tru/", "/en/luu-tru/", "/en/luu-tru/"),
        ("/media/tep.pdf", "/media/tep.pdf", "/media/tep.pdf"),
        ("/khong-co-trang-nay/", "/khong-co-trang-nay/", "/khong-co-trang-nay/"),
        (
            "https://example.vn/luu-tru/",
            "https://example.vn/luu-tru/",
            "https://example.vn/luu-tru/",
        ),
    ],
)
def test_typed_path_leads_on_in_the_language_of_the_page(
    typed: str, in_vietnamese: str, in_english: str
) -> None:
    MenuItem.objects.create(label="Lối đi", address=typed)
    found = []
    for language in ("vi", "en", "vi"):
        with translation.override(language):
            found += [entry.url for entry in frame.load_frame().menu]
    assert found == [in_vietnamese, in_english, in_vietnamese]


def test_frame_is_read_as_of_the_moment_asked_for() -> None:
    now = timezone.now()
    AlertBanner.objects.create(
        text="Bão gần bờ.", starts_at=now, ends_at=now + timedelta(hours=1), level="warning"
    )
    for minutes, shown in ((-1, []), (0, ["Bão gần bờ."]), (59, ["Bão gần bờ."]), (60, [])):
        alerts = frame.load_frame(now + timedelta(minutes=minutes)).alerts
        assert [alert["text"] for alert in alerts] == shown


def test_labels_of_one_page_do_not_stay_for_the_next_in_another_language() -> None:
    MenuItem.objects.create(label="Lưu trữ", label_en="Archive", address="/luu-tru/")
    found = []
    for language in ("en", "vi", "en"):
        with translation.override(language):
            found += [entry.label for entry in frame.load_frame().menu]
    assert found == ["Archive", "Lưu trữ", "Archive"]


def test_statement_of_the_frame_is_compiled_once() -> None:
    now = timezone.now()
    frame.load_frame(now)
    compiled = frame._statement.cache_info().misses
    with CaptureQueriesContext(connection) as captured:
        frame.load_frame(now)
        frame.load_frame(now + timedelta(days=1))
    assert len(captured) == 2
    assert frame._statement.cache_info().misses == compiled


def test_statement_of_the_frame_is_prepared_once_on_a_connection() -> None:
    frame.load_frame()
    frame.load_frame(timezone.now() + timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans >= 2 FROM pg_prepared_statements"
            " WHERE statement LIKE 'SELECT json_build_object(''identity''%'"
        )
        assert cursor.fetchall() == [(True,)]
