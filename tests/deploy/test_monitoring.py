"""What monitors see of the site as it ships: the unit in its sandbox, behind nginx."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.deploy.conftest import HOST
from tests.deploy.nginx import Nginx, running_nginx
from tests.deploy.sandbox import Machine
from tests.deploy.unit import Service
from tests.portal.running import PATIENCE, wait_for


@pytest.fixture
def monitored(machine: Machine) -> Iterator[Service]:
    machine.set(**machine.environment, METRICS="true", LOG_FORMAT="json")
    service = Service(machine)
    try:
        service.start()
        yield service
    finally:
        service.close()


@pytest.fixture
def proxy(monitored: Service, machine: Machine) -> Iterator[Nginx]:
    with running_nginx(
        machine.folder, name=HOST, backend=monitored.port, data=machine.data
    ) as nginx:
        yield nginx


def events(service: Service) -> list[dict[str, Any]]:
    lines = service.journal().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


SECRET = "khoaRiengCuaTeo"
HEADERS = {"User-Agent": SECRET, "Referer": f"https://{HOST}/?{SECRET}", "Cookie": f"a={SECRET}"}


def be_indiscreet(proxy: Nginx) -> None:
    """Put a secret wherever a visitor can."""
    form = HEADERS | {"Content-Type": "application/x-www-form-urlencoded"}
    body = f"name={SECRET}&username={SECRET}&text={SECRET}".encode()
    for path in (f"/{SECRET}", f"/tim-kiem?q={SECRET}", f"/%00{SECRET}", f"/?{SECRET * 500}"):
        proxy.ask(path, headers=HEADERS)
        proxy.ask(path, SECRET, headers=HEADERS)
    for path in ("/admin/login/", "/binh-luan/1/gui", f"/danh-gia/1/?{SECRET}", "/thong-ke/luot"):
        proxy.ask(path, "POST", headers=form, body=body)
        proxy.ask(path, "POST", headers=form | {"Origin": f"https://{SECRET}.example"}, body=body)
    proxy.ask("/danh-gia/1/", "POST", headers=form, body=body * 10_000)
    proxy.raw(f"GET /{SECRET} HTTP/1.1\r\n{SECRET}\r\n\r\n".encode())


def test_what_monitors_see_on_the_machine_and_through_nginx(
    monitored: Service, proxy: Nginx, machine: Machine
) -> None:
    # One test, as each start of the service takes seconds. A visitor's number of a request is
    # replaced by that of nginx, and stands in the log.
    answer = proxy.ask("/admin/login/", headers={"X-Request-ID": "a" * 32})
    number = answer.headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", number)
    assert number != "a" * 32
    (event,) = wait_for(
        lambda: [event for event in events(monitored) if event.get("route") == "admin:login"]
    )
    assert (event["request_id"], event["status"]) == (number, 200)
    be_indiscreet(proxy)
    wait_for(lambda: [event for event in events(monitored) if event.get("status") == 403])
    logs = [machine.folder / "congtin.service.log", *(proxy.folder / "log").iterdir()]
    assert len(logs) > 2
    assert [path for path in logs if SECRET in path.read_text()] == []

    # The figures are for callers on the machine.
    url = f"http://127.0.0.1:{monitored.port}/metrics"
    text = urllib.request.urlopen(url, timeout=PATIENCE).read().decode()
    assert 'congtin_http_requests_total{route="admin:login",status="200"}' in text
    assert "congtin_database_up 1.0" in text
    assert "congtin_processes 3.0" in text
    for path in ("/metrics", "//metrics", "/%6detrics", "/x/../metrics", "/metrics?x"):
        answer = proxy.ask(path)
        assert (answer.status, "congtin_" in answer.text) == (404, False), path
    assert proxy.ask("/readyz").status == 200

    # They are kept in memory, and nobody else reads them.
    folder = machine.folder / "run/congtin/metrics"
    assert list(folder.glob("counter_*.db"))
    assert folder.stat().st_mode & 0o777 == 0o700
