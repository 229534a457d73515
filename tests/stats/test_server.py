"""Counting in the running site: real processes, a real database, a real cache, real signals."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings

from portal.postgresql.embedded import EmbeddedPostgres
from stats.recording import visitor_key
from tests.portal.running import PATIENCE, Site, hold_port, lay_out_database, wait_for
from tests.stats.visitors import FIREFOX, bot_agents, people_agents

pytestmark = pytest.mark.processes

TOTALS = """
import json
from django.db.models import Sum
from stats.models import ArticleViews, DailyTotal
names = ["visits", "page_views", "bot_visits", "bot_page_views"]
sums = DailyTotal.objects.aggregate(**{name: Sum(name, default=0) for name in names})
views = ArticleViews.objects.aggregate(n=Sum("views", default=0))["n"]
print(json.dumps(sums | {"views": views}))
"""
ONLINE = """
from datetime import datetime
from stats import figures
print(figures.read_figures(datetime.fromisoformat("%s")).online)
"""
ARTICLE = """
from tests.factories import make_article
print(make_article("Chợ Hạ họp phiên cuối năm").get_absolute_url())
"""


def totals(site: Site) -> dict[str, Any]:
    return json.loads(site.shell(TOTALS))


def online(site: Site, at: datetime) -> int:
    return int(site.shell(ONLINE % at.isoformat()))


class Visitor:
    """A browser with an address of its own: the whole of 127.0.0.0/8 is this machine."""

    def __init__(self, port: int, address: str = "127.0.0.1", agent: str = FIREFOX) -> None:
        self.port, self.address, self.agent = port, address, agent

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> Any:
        headers = {"User-Agent": self.agent, "Host": "localhost", **headers}
        # One for each request: the server closes what rests for two seconds, which on a busy
        # machine is between any two of them.
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=PATIENCE, source_address=(self.address, 0)
        )
        with contextlib.closing(connection):
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            response.text = response.read().decode()  # type: ignore[attr-defined]
        return response

    def beacon(self, article: str = "", **headers: str) -> int:
        return int(self.ask("POST", "/thong-ke/luot", article, **headers).status)


def visits_from_threads(count: int, visit: Callable[[int], None]) -> set[int]:
    """Make so many visits, eight at a time.

    Returns the numbers of those during which the keys of visitors changed, as they do at four in
    the morning: such a visitor may be counted twice.
    """

    def one(number: int) -> bool:
        began = time.time()
        visit(number)
        return visitor_key({}, began) != visitor_key({}, time.time())

    with ThreadPoolExecutor(8) as pool:
        return {number for number, is_one in enumerate(pool.map(one, range(count))) if is_one}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    lay_out_database(tmp_path / "data")
    site = Site(tmp_path / "data", "--no-demo", TRUSTED_PROXIES="1")
    yield site
    site.end()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_two_processes_count_exactly_and_a_stop_writes_what_waits(
    site: Site, number: signal.Signals
) -> None:
    site.wait_until_it_answers()
    article = site.shell(ARTICLE).strip().rpartition("-")[2]

    def look(visitor: int) -> None:
        # Twice at once for the two processes.
        person = Visitor(site.port)
        for _ in range(2):
            forwarded = {"X-Forwarded-For": f"10.0.{visitor // 256}.{visitor % 256}"}
            assert person.beacon(article, **forwarded) == 200

    at_four = visits_from_threads(400, look)
    site.process.send_signal(number)
    site.process.wait(timeout=PATIENCE)
    found = totals(site)
    assert found["page_views"] == 800
    assert 400 <= found["visits"] <= 400 + len(at_four)
    assert found["views"] == found["visits"]


def test_killed_process_takes_along_only_what_came_since_it_wrote(site: Site) -> None:
    site.wait_until_it_answers()
    person = Visitor(site.port)
    for _ in range(40):
        assert person.beacon() == 200
    # Nobody asks for it: the two processes write each second by themselves.
    wait_for(lambda: totals(site)["page_views"] == 40)
    for _ in range(40):
        assert person.beacon() == 200
    os.killpg(site.process.pid, signal.SIGKILL)
    site.process.wait()
    assert 40 <= totals(site)["page_views"] <= 80


def test_page_view_is_written_within_two_seconds(site: Site) -> None:
    """So that no more than two seconds of them are lost with a process that is killed."""
    site.wait_until_it_answers()
    person, sent, waits = Visitor(site.port), 0, []
    with psycopg.connect(
        **EmbeddedPostgres(site.data).connection_parameters(), autocommit=True
    ) as database:

        def are_written() -> bool:
            row = database.execute("SELECT sum(page_views) FROM stats_dailytotal").fetchone()
            return bool(row and row[0] == sent)

        # A machine that is busy elsewhere may keep a process from its turn, but not every time.
        while len(waits) < 20 and min(waits, default=3.0) > 2.0:
            for _ in range(40):
                assert person.beacon() == 200
            sent += 40
            answered = time.monotonic()
            wait_for(are_written)
            waits.append(time.monotonic() - answered)
    assert min(waits) <= 2.0


def test_database_that_is_away_costs_no_page_view_and_no_time(tmp_path: Path) -> None:
    lay_out_database(tmp_path / "server")
    database = EmbeddedPostgres(tmp_path / "server")
    database.start()
    where = database.connection_parameters()
    url = "postgres://{user}@/{dbname}?host={host}&port={port}".format(**where)
    site = Site(tmp_path / "site", "--no-demo", DATABASE_URL=url)

    def written() -> int:
        with psycopg.connect(**where) as connection:
            row = connection.execute("SELECT sum(page_views) FROM stats_dailytotal").fetchone()
        return int(row[0] or 0) if row else 0

    try:
        site.wait_until_it_answers()
        person = Visitor(site.port)
        for _ in range(50):
            assert person.beacon() == 200
        wait_for(lambda: written() == 50)
        database.stop()
        slowest = 0.0
        for _ in range(200):
            began = time.monotonic()
            assert person.beacon() == 200
            slowest = max(slowest, time.monotonic() - began)
        # Whoever waited for the database would have to time out first.
        assert slowest < 20
        database.start()
        wait_for(lambda: written() == 250)
    finally:
        site.end()
        database.stop()


# What the machine of a test has not: certificates, privileged ports, folders of the system.
NGINX = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    proxy_cache_path {folder}/cache keys_zone=congtin:1m;
    add_header X-Cache $upstream_cache_status always;
    server {{
        listen 127.0.0.1:{port};
        {locations}
    }}
}}
"""


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Callable[[int], int]]:
    """Start nginx in front of a site, by the rules of deploy/nginx.conf; gives its port."""
    program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if program is None:
        pytest.fail("nginx is not installed (Debian: apt-get install nginx)")
    folder = tmp_path / "nginx"
    folder.mkdir()
    started: list[subprocess.Popen[bytes]] = []
    held: list[socket.socket] = []

    def start(upstream: int) -> int:
        rules = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text()
        # The last of each: the first `location /` is that of HTTP, which leads to HTTPS.
        found = [
            re.findall(rf"^    location {re.escape(place)} {{.*?^    }}$", rules, re.S | re.M)[-1]
            for place in (r"~ ^/thong-ke/luot(\.gif)?$", "/")
        ]
        found += re.findall(r"^    proxy_set_header .*;$", rules, re.M)
        locations = "\n".join(found)
        assert "X-Forwarded-For" in locations
        held.append(hold_port())
        port = held[-1].getsockname()[1]
        path = folder / "nginx.conf"
        path.write_text(
            NGINX.format(
                folder=folder,
                port=port,
                locations=locations.replace("http://congtin", f"http://127.0.0.1:{upstream}"),
            )
        )
        # As root nginx would change to another account, which may not enter our folder.
        user = ["-g", "user root; daemon off;"] if os.getuid() == 0 else ["-g", "daemon off;"]
        started.append(subprocess.Popen([program, "-c", str(path), *user]))
        return port

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=PATIENCE)
    for port in held:
        port.close()


def test_people_and_bots_on_a_page_out_of_a_cache_are_counted_exactly(
    site: Site, nginx: Callable[[int], int]
) -> None:
    site.wait_until_it_answers()
    path = site.shell(ARTICLE).strip()
    article = path.rpartition("-")[2]
    port = nginx(site.port)
    wait_for(lambda: _answers(port))
    first = Visitor(port)
    assert first.ask("GET", path).headers["X-Cache"] == "MISS"
    agents = people_agents(200) + bot_agents(200)
    out_of_the_cache: list[str] = []

    def look(number: int) -> None:
        visitor = Visitor(port, f"127.1.{number // 250}.{number % 250 + 1}", agents[number])
        # What nginx hears of somebody's address from themselves is not believed.
        page = visitor.ask("GET", path, **{"X-Forwarded-For": "9.9.9.9"})
        out_of_the_cache.append(page.headers["X-Cache"])
        assert f'data-article="{article}"' in page.text
        for _ in range(1 + number % 2):
            answer = visitor.ask(
                "POST", "/thong-ke/luot", article, **{"X-Forwarded-For": "9.9.9.9"}
            )
            assert (answer.status, answer.headers["X-Cache"]) == (200, None)

    began = datetime.now(UTC)
    at_four = visits_from_threads(400, look)
    ended = datetime.now(UTC)
    # A page may be fetched anew when its half minute is over; all the rest is out of the cache.
    assert sum(kind in {"HIT", "STALE", "UPDATING"} for kind in out_of_the_cache) >= 390
    wait_for(lambda: totals(site)["bot_page_views"] == 300)
    found = wait_for(lambda: (row := totals(site))["page_views"] == 300 and row)
    for visits in (found["visits"], found["bot_visits"]):
        assert 200 <= visits <= 200 + len(at_four)
    assert found["views"] == found["visits"]
    # Online is who was seen in the last five minutes, however long all that took.
    assert online(site, began + timedelta(minutes=4)) == found["visits"]
    assert online(site, ended + timedelta(minutes=6)) == 0


def _answers(port: int) -> bool:
    try:
        Visitor(port).ask("GET", "/healthz")
    except OSError:
        return False
    return True
