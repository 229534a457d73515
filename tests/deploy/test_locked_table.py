"""A table that somebody has locked: ALTER TABLE that waits, LOCK TABLE in a forgotten session."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.deploy.conftest import HOST
from tests.deploy.nginx import Nginx, running_nginx
from tests.deploy.sandbox import Machine
from tests.deploy.unit import Service
from tests.portal.running import wait_for

READERS = 24
# Seconds a reader may wait: 3 on a machine of its own; CI has much else to do. Without limits: 25.
LONGEST = 10.0

ARTICLES = """
from tests.factories import make_article
for name in ("Chợ Hạ họp phiên cuối năm", "Cầu Yên Hạ thông xe"):
    print(make_article(name).get_absolute_url())
"""


@pytest.fixture
def articles(site: Service) -> list[str]:
    """The addresses of two articles; both processes of the site have answered before."""
    made = site.manage("shell", "--verbosity=0", f"--command={ARTICLES}")
    answers = timed(lambda path: site.get(path)[0], ["/", "/tin-tuc/"] * (READERS // 2))
    assert {status for status, _ in answers} == {200}
    return made.split()


@contextlib.contextmanager
def locked(database: str, table: str) -> Iterator[None]:
    with psycopg.connect(database) as holder:
        holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield


def timed(ask: Callable[[str], int], paths: list[str]) -> list[tuple[int, float]]:
    """The status of each path, asked for at once, and the seconds until the answer."""

    def one(path: str) -> tuple[int, float]:
        began = time.monotonic()
        return ask(path), time.monotonic() - began

    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(one, paths))


@pytest.fixture
def before(site: Service, machine: Machine) -> Iterator[Nginx]:
    with running_nginx(
        machine.folder / "nginx", backend=site.port, data=machine.data, name=HOST
    ) as nginx:
        yield nginx


def test_readers_and_monitors_are_answered_soon(
    site: Service, database: str, articles: list[str]
) -> None:
    paths = ["/", "/tin-tuc/", articles[0]] * (READERS // 3)
    with locked(database, "news_article"):
        for _ in range(3):
            answers = timed(lambda path: site.get(path)[0], [*paths, "/healthz"])
            print("longest answer past nginx:", max(seconds for _, seconds in answers))
            assert {status for status, _ in answers[:-1]} == {503}
            assert answers[-1][0] == 200
            assert max(seconds for _, seconds in answers) < LONGEST
    assert site.get()[0] == 200
    assert "Traceback" not in site.journal()


def test_nginx_answers_soon_too(before: Nginx, database: str, articles: list[str]) -> None:
    stored, new = articles
    assert before.ask(stored).status == 200
    with locked(database, "news_article"):
        answers = timed(lambda path: before.ask(path).status, [stored] * 12 + [new] * 12)
        print("longest answer through nginx:", max(seconds for _, seconds in answers))
        assert {status for status, _ in answers[:12]} == {200}
        assert {status for status, _ in answers[12:]} == {503}
        assert max(seconds for _, seconds in answers) < LONGEST
    assert before.ask(new).status == 200


def test_page_views_of_that_time_are_counted_afterwards(
    before: Nginx, database: str, articles: list[str]
) -> None:
    def count() -> int:
        with psycopg.connect(database) as connection:
            row = connection.execute("SELECT sum(page_views)::int FROM stats_dailytotal").fetchone()
            return (row and row[0]) or 0

    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}

    def look(path: str) -> int:
        return before.ask(path, "POST", headers=agent).status

    with locked(database, "stats_dailytotal"):
        for _ in range(3):
            answers = timed(look, ["/thong-ke/luot"] * READERS)
            print("longest answer to a page view:", max(seconds for _, seconds in answers))
            assert {status for status, _ in answers} == {200}
            assert max(seconds for _, seconds in answers) < LONGEST
    wait_for(lambda: count() == 3 * READERS)


def test_migration_lets_others_pass_and_is_tried_again(machine: Machine, database: str) -> None:
    """An update makes triggers on a table that somebody has been writing to for long."""
    site = Service(machine)
    site.manage("migrate", "ratings", "0001", "--verbosity=0")
    try:
        with psycopg.connect(database) as writer:
            writer.execute("LOCK TABLE ratings_rating IN ROW EXCLUSIVE MODE")
            site.start()
            wait_for(lambda: site.journal().count("đang chờ một bảng") >= 2)
            assert site.get()[0] == 503
        wait_for(lambda: site.get()[0] == 200)
        assert site.starts == 1
        assert "Traceback" not in site.journal()
    finally:
        site.close()
