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

    # The figures are for callers on the machine.
    url = f"http://127.0.0.1:{monitored.port}/metrics"
    text = urllib.request.urlopen(url, timeout=PATIENCE).read().decode()
    assert 'congtin_http_requests_total{route="admin:login",status="200"} 1.0' in text
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
