"""What the running server tells: figures of two workers, and a log in one format."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from portal.server import metrics_folder
from tests.portal.running import PATIENCE, Site, lay_out_database, wait_for

pytestmark = pytest.mark.processes

SECRET = "khoaRiengCuaTeo"


class TellingSite(Site):
    """A site with figures and JSON logs; `output` are the lines it has written so far."""

    def __init__(self, data: Path) -> None:
        super().__init__(data, "--no-demo", LOG_FORMAT="json", METRICS="true")
        self.output: list[str] = []
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line.decode())

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output if line.startswith("{")]

    def figures(self) -> dict[tuple[str, ...], float]:
        """Values by the name of the sample and the values of its labels."""
        status, text = self.get("/metrics")
        assert status == 200, text
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def workers(self) -> set[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return set(map(int, children.split()))

    def counting(self) -> set[int]:
        """The workers that have counted something."""
        return {
            int(path.stem.rpartition("_")[2])
            for path in metrics_folder(self.data).glob("counter_*")
        }

    def send(self, request: bytes) -> bytes:
        """Send bytes that need not be a request, and return the answer."""
        with contextlib.closing(socket.create_connection(("127.0.0.1", self.port))) as client:
            client.settimeout(PATIENCE)
            client.sendall(request)
            client.shutdown(socket.SHUT_WR)
            return client.makefile("rb").read()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TellingSite]:
    data = tmp_path_factory.mktemp("monitored") / "data"
    lay_out_database(data)
    metrics_folder(data).mkdir()
    # Left by an earlier run of the server.
    (metrics_folder(data) / "gauge_livesum_1.db").write_bytes(b"\0" * 65536)
    site = TellingSite(data)
    site.wait_until_it_answers()
    yield site
    site.process.terminate()
    site.process.wait(PATIENCE)
    assert not metrics_folder(data).exists()
    site.reader.join(PATIENCE)
    site.end()


def test_figures_are_those_of_both_workers(site: TellingSite) -> None:
    before = site.figures().get(("congtin_http_requests_total", "home", "200"), 0)
    asked = 0
    until = time.monotonic() + PATIENCE
    while asked < 20 or len(site.counting()) < 2:
        assert site.get("/")[0] == 200
        assert time.monotonic() < until
        asked += 1
    for _ in range(4):  # whichever worker answers
        figures = site.figures()
        assert figures["congtin_http_requests_total", "home", "200"] - before == asked
        assert figures["congtin_processes",] == 3
        assert figures["congtin_database_up",] == 1
        assert figures["congtin_process_resident_memory_bytes",] > 100_000_000
    assert not (metrics_folder(site.data) / "gauge_livesum_1.db").exists()


def test_figures_are_kept_in_memory_and_from_others(site: TellingSite) -> None:
    folder = metrics_folder(site.data)
    assert folder.parent == Path("/dev/shm")  # noqa: S108
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not (site.data / "metrics").exists()


def test_what_a_dead_worker_counted_stays_and_what_it_was_goes(site: TellingSite) -> None:
    before = site.workers()
    wait_for(lambda: site.get("/") and before <= site.counting())
    counted = site.figures()["congtin_http_requests_total", "home", "200"]
    killed = min(before)
    assert list(metrics_folder(site.data).glob(f"gauge_livesum_{killed}.db"))
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: killed not in site.workers() and len(site.workers()) == 2)
    assert site.figures()["congtin_http_requests_total", "home", "200"] >= counted
    assert not list(metrics_folder(site.data).glob(f"gauge_livesum_{killed}.db"))
    said = wait_for(lambda: [e for e in site.events() if str(killed) in e["message"]])
    assert "gunicorn.error" in {event["logger"] for event in said}


def test_probes_do_not_wait_for_a_database_that_hangs(site: TellingSite) -> None:
    wait_for(lambda: site.get("/readyz")[0] == 200)
    database = site.postmaster()
    assert database is not None
    os.kill(database, signal.SIGSTOP)
    try:
        for _ in range(3):
            began = time.monotonic()
            status, text = site.get("/readyz")
            took = time.monotonic() - began
            print("answer of /readyz:", took)
            assert took < 20  # 3 on a machine of its own
            assert status == 503
            # Who has asked a moment ago is told without asking: see `portal.postgresql.base`.
            assert json.loads(text)["checks"]["database"] in {
                "failed: no answer",
                "failed: not reachable",
            }
        assert site.figures()["congtin_database_up",] == 0
        assert site.get("/healthz")[0] == 200
    finally:
        os.kill(database, signal.SIGCONT)
    wait_for(lambda: site.get("/readyz")[0] == 200)


def test_all_that_the_server_logs_is_json_and_nothing_personal(site: TellingSite) -> None:
    site.get(f"/{SECRET}?q={SECRET}")
    head = f"User-Agent: {SECRET}\r\nX-Forwarded-For: 198.51.100.77\r\nCookie: a={SECRET}\r\n"
    for request in (
        f"{SECRET}\r\n\r\n",
        f"{SECRET} /{SECRET} HTTP/1.1\r\nHost: {SECRET}\r\n{head}\r\n",
        f"GET /{SECRET} HTTP/9.9\r\n{head}\r\n",
        f"GET /{SECRET} HTTP/1.1\r\n{SECRET}\r\n{head}\r\n",
        f"GET /{SECRET * 600} HTTP/1.1\r\nHost: localhost\r\n{head}\r\n",
        f"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: {SECRET}\r\n{head}\r\n{SECRET}",
        f"GET / HTTP/1.1\r\nHost: localhost\r\nExpect: {SECRET}\r\n{head}\r\n",
        f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {SECRET}\r\n{head}\r\n",
        f"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n{head}\r\na",
    ):
        site.send(request.encode())
    wait_for(lambda: [e for e in site.events() if "unparsable request" in e["message"]])
    events = site.events()
    assert {event["logger"] for event in events} >= {"portal.access", "gunicorn.error"}
    assert all({"time", "level", "logger", "message"} <= set(event) for event in events)
    assert [line for line in site.output if SECRET in line or "198.51.100.77" in line] == []
    # What else is written are the steps of the start, for people.
    other = [line for line in site.output if not line.startswith("{")]
    assert [line for line in other if "Traceback" in line or "[ERROR]" in line] == []
