"""What monitors are told: whether the site is ready, and its figures."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from portal.error_pages import write_error_pages
from portal.monitoring import exposition, metrics, readiness
from portal.monitoring.middleware import Probes, RequestMonitor
from portal.monitoring.timed_call import TimedCall
from portal.services.backups import record_backup
from stats.recorder import recorder
from tests.factories import make_article, make_comment
from tests.portal.running import PATIENCE
from tests.stats.visitors import FIREFOX

# The probes read the database on a connection of their own, which sees what was committed.
pytestmark = pytest.mark.django_db(transaction=True)

Answer = Callable[[], dict[str, str]]
Scrape = Callable[[], dict[tuple[str, ...], float]]


# What the code sets, before the fixture below.
SECONDS = {
    call: call.seconds
    for call in (
        readiness._database_checks,
        readiness._file_checks,
        exposition._database_figures,
        exposition._disk_figures,
    )
}


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is late only because the machine is busy."""
    for call in SECONDS:
        monkeypatch.setattr(call, "seconds", PATIENCE)


@pytest.fixture
def ready(client: Client) -> Answer:
    """The checks of /readyz; 503 exactly if one has failed."""

    def ask() -> dict[str, str]:
        response = client.get("/readyz")
        checks: dict[str, str] = response.json()["checks"]
        failed = any(text.startswith("failed") for text in checks.values())
        assert response.status_code == (503 if failed else 200)
        assert response.json()["status"] == ("unavailable" if failed else "ok")
        return checks

    return ask


# --- Who is answered ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_monitor_is_answered_under_any_host_and_by_no_cache(settings: Any, path: str) -> None:
    settings.METRICS = True
    request = RequestFactory().get(path, headers={"Host": "10.1.2.3:8000"})
    response = Probes(_answer)(request)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert Probes(_answer)(RequestFactory().post(path)).status_code == 405
    assert Probes(_answer)(RequestFactory().get(f"{path}/")).content == b"fine"


def test_monitor_that_knows_no_name_of_the_site_is_answered(client: Client) -> None:
    assert client.get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/", headers={"host": "10.0.0.7:8000"}).status_code == 400


def test_process_answers_without_a_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.connect", _fail)
    assert client.get("/healthz").json() == {"status": "ok"}


# --- /readyz --------------------------------------------------------------------------------------


def test_site_that_has_all_it_needs_is_ready(ready: Answer, settings: Any, tmp_path: Path) -> None:
    settings.ERROR_PAGES_ROOT = tmp_path
    assert ready()["error_pages"] == "warning: not written for nginx"
    write_error_pages(tmp_path)
    checks = ready()
    assert set(checks) >= {"database", "migrations", "static_files", "media", "backup"}
    # The disk of a developer may be nearly full.
    assert {text for name, text in checks.items() if name != "free_space"} == {"ok"}


def test_database_that_cannot_be_reached_has_failed(
    ready: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: object) -> None:
        raise OperationalError("connection to 10.0.0.7 failed for user congtin")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.connect", refuse)
    checks = ready()
    assert checks["database"] == "failed: not reachable"
    assert checks["media"] == "ok"


def test_migration_that_was_not_applied_has_failed(
    ready: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = readiness.migrations_of_the_code() | {("news", "9999_tomorrow")}
    monkeypatch.setattr(readiness, "migrations_of_the_code", lambda: known)
    assert ready()["migrations"] == "failed: 1 missing"


def test_migration_of_a_newer_version_beside_this_one_does_not_matter(
    ready: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = readiness.migrations_of_the_code() - {("sessions", "0001_initial")}
    monkeypatch.setattr(readiness, "migrations_of_the_code", lambda: known)
    assert ready()["migrations"] == "ok"


def test_static_files_that_were_not_collected_have_failed(
    ready: Answer, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATIC_ROOT = tmp_path
    storage = SimpleNamespace(manifest_name="staticfiles.json")
    monkeypatch.setattr(readiness, "staticfiles_storage", storage)
    assert ready()["static_files"] == "failed: not collected"
    (tmp_path / "staticfiles.json").touch()
    assert ready()["static_files"] == "ok"


def test_media_folder_that_cannot_be_written_has_failed(
    ready: Answer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(os, "access", lambda path, mode: asked.append(path))
    assert ready()["media"] == "failed: not writable"
    # Before the first upload, the folder above it counts.
    assert asked == [Path(settings.MEDIA_ROOT).parent]


@pytest.mark.parametrize(("less", "text"), [(0, "ok"), (1, "warning: low")])
def test_little_space_is_a_warning(
    ready: Answer, monkeypatch: pytest.MonkeyPatch, less: int, text: str
) -> None:
    monkeypatch.setattr(
        "shutil.disk_usage",
        lambda path: SimpleNamespace(free=readiness.FREE_BYTES - less),
    )
    assert ready()["free_space"] == text


def test_missing_backup_is_a_warning(ready: Answer, settings: Any) -> None:
    settings.BACKUP_WARNING_DAYS = 2
    assert ready()["backup"] == "warning: none lately"
    record_backup(name="x.tar", size=1, seconds=1)
    assert ready()["backup"] == "ok"


@pytest.mark.parametrize(
    ("call", "name"), [("_database_checks", "database"), ("_file_checks", "media")]
)
def test_what_hangs_is_not_waited_for(
    ready: Answer, monkeypatch: pytest.MonkeyPatch, call: str, name: str
) -> None:
    released = threading.Event()

    def hang() -> dict[str, str]:
        released.wait(PATIENCE)
        return {}

    monkeypatch.setattr(readiness, call, TimedCall(hang, seconds=0.01))
    assert ready()[name] == "failed: no answer"
    released.set()


def test_answer_takes_less_than_three_seconds_whatever_hangs() -> None:
    limits = SECONDS[readiness._database_checks] + SECONDS[readiness._file_checks]
    assert limits < 3
    limits = SECONDS[exposition._database_figures] + SECONDS[exposition._disk_figures]
    assert limits < 3


def test_no_second_call_is_begun_while_the_first_one_hangs() -> None:
    released, calls = threading.Event(), []

    def hang() -> str:
        calls.append(threading.current_thread())
        released.wait(PATIENCE)
        return "done"

    call = TimedCall(hang, seconds=0.01)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            call()
    assert len(calls) == 1
    released.set()
    calls[0].join()
    call.seconds = PATIENCE
    assert call() == "done"
    assert len(calls) == 2


# --- /metrics -------------------------------------------------------------------------------------


def parsed(text: str) -> dict[tuple[str, ...], float]:
    """Values by the name of the sample and the values of its labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def scrape(settings: Any) -> Scrape:
    """Ask a site with METRICS for its figures, as Prometheus does."""
    settings.METRICS = True

    def ask() -> dict[tuple[str, ...], float]:
        response = Client().get("/metrics", headers={"Host": "127.0.0.1:8000"})
        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/plain")
        assert "no-store" in response["Cache-Control"]
        return parsed(response.content.decode())

    return ask


@pytest.fixture
def change(
    scrape: Scrape,
) -> Callable[..., float]:
    """By how much a counter has grown since the test began: counters are those of the process."""
    before = scrape()
    return lambda *key: scrape().get(key, 0) - before.get(key, 0)


@pytest.fixture
def visitor(change: object) -> Client:
    """A client of a site that counts; an exception in a view becomes a page."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"],
)
def test_figures_are_not_given_to_whom_a_proxy_brings(settings: Any, header: str) -> None:
    settings.METRICS = True
    response = Client().get("/metrics", headers={header: "198.51.100.7"})
    assert response.status_code == 404
    assert "congtin_" not in response.content.decode()


def test_figures_are_off_by_default(client: Client) -> None:
    response = client.get("/metrics")
    assert response.status_code == 404
    assert "Không tìm thấy trang" in response.content.decode()


def test_request_is_counted_by_route_and_status(
    visitor: Client, change: Callable[..., float]
) -> None:
    article = make_article()
    for path in (article.get_absolute_url(), f"/en{article.get_absolute_url()}", "/khong-co/"):
        visitor.get(path)
    route = "news:article-detail"
    assert change("congtin_http_requests_total", route, "200") == 2
    assert change("congtin_http_requests_total", "other", "404") == 1
    assert change("congtin_http_request_duration_seconds_count", route) == 2
    assert change("congtin_http_request_duration_seconds_bucket", "+Inf", route) == 2
    assert change("congtin_http_request_duration_seconds_sum", route) > 0
    assert change("congtin_db_statements_total", route) >= 2
    assert change("congtin_pages_rendered_total") == 2


def test_scanner_makes_no_new_label(visitor: Client, scrape: Scrape) -> None:
    visitor.get("/khong-co/")
    before = set(scrape())
    for number in range(20):
        visitor.get(f"/khong-co-{number}/wp-login.php?x={number}")
        visitor.generic(f"METHOD{number}", f"/khong-co-{number}/", headers={"Host": "testserver"})
    new = {key for key in scrape() if key not in before and not key[0].endswith("_created")}
    # The page that refuses a method counts its own statements.
    assert {key[1] for key in new if len(key) > 1} <= {"other", "metrics"}
    assert len(new) < 20


def test_error_is_counted_as_a_request_and_as_an_event_of_the_log(
    visitor: Client, change: Callable[..., float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.views.pages.HomeView.get", lambda *args, **kwargs: 1 / 0)
    visitor.get("/")
    logging.getLogger("stats").warning("seen")
    assert change("congtin_http_requests_total", "home", "500") == 1
    assert change("congtin_log_events_total", "error") == 1
    assert change("congtin_log_events_total", "warning") == 1
    assert change("congtin_pages_rendered_total") == 0


def test_page_views_are_counted_when_written_waiting_or_lost(
    visitor: Client,
    change: Callable[..., float],
    scrape: Scrape,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = {"User-Agent": FIREFOX}
    for _ in range(3):
        visitor.post("/thong-ke/luot", b"", "text/plain", headers=browser)
    monkeypatch.setattr("stats.writing.write_batch", _fail)
    assert not recorder._write()
    assert scrape()["congtin_page_views_waiting",] == 3
    monkeypatch.undo()
    assert recorder._write()
    assert change("congtin_page_views_written_total") == 3
    assert scrape()["congtin_page_views_waiting",] == 0
    visitor.post("/thong-ke/luot", b"", "text/plain", headers=browser)
    monkeypatch.setattr("stats.writing.write_batch", _fail)
    assert not recorder._write()
    recorder._write_last()
    assert change("congtin_page_views_lost_total") == 1


def _fail(*args: object) -> None:
    raise OperationalError


def test_figures_of_the_moment_are_read_when_asked(
    scrape: Scrape,
) -> None:
    article = make_article()
    make_article(published_at=timezone.now() + timedelta(days=1))
    make_comment(article, submitted_at=timezone.now() - timedelta(hours=2))
    record_backup(name="x.tar", size=1, seconds=1)
    figures = scrape()
    assert figures["congtin_database_up",] == 1
    assert figures["congtin_comments_waiting",] == 1
    assert 7200 <= figures["congtin_comments_oldest_waiting_seconds",] < 7200 + PATIENCE
    assert figures["congtin_articles_scheduled",] == 1
    assert abs(figures["congtin_last_backup_timestamp_seconds",] - time.time()) < PATIENCE
    assert figures["congtin_media_free_bytes",] > 0
    assert figures["congtin_data_free_bytes",] > 0
    assert figures["congtin_processes",] == 1
    assert figures["congtin_process_resident_memory_bytes",] > 10_000_000
    assert figures["congtin_process_open_fds",] > 3


def test_empty_site_has_figures_too(
    scrape: Scrape,
) -> None:
    figures = scrape()
    assert figures["congtin_comments_oldest_waiting_seconds",] == 0
    assert figures["congtin_last_backup_timestamp_seconds",] == 0


def test_statement_that_fails_keeps_back_its_own_figure_alone(
    scrape: Scrape, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exposition, "waiting_comments", _fail)
    figures = scrape()
    assert ("congtin_comments_waiting",) not in figures
    assert figures["congtin_database_up",] == 1
    assert figures["congtin_articles_scheduled",] == 0


def test_unreachable_database_is_a_figure(scrape: Scrape, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposition, "_database_figures", _fail)
    figures = scrape()
    assert figures["congtin_database_up",] == 0
    assert ("congtin_comments_waiting",) not in figures
    assert figures["congtin_media_free_bytes",] > 0


def test_site_without_figures_measures_nothing(settings: Any) -> None:
    assert RequestMonitor(_answer).observers == []
    settings.METRICS = True
    assert RequestMonitor(_answer).observers == [metrics.count_request]


def _answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse("fine")
