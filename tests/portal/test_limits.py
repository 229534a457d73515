"""A table that somebody has locked, or a server that is silent, holds no reader up for long."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client

from portal.postgresql import base, limits
from tests.contention import at_once, locked, result_of, threads, wait_until_blocked
from tests.factories import make_article, make_rating
from tests.portal.running import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


def ask(path: str) -> Callable[[], tuple[int, float, str]]:
    def get() -> tuple[int, float, str]:
        began = time.monotonic()
        response = Client(raise_request_exception=False).get(path)
        return response.status_code, time.monotonic() - began, response.get("Retry-After", "")

    return get


@pytest.mark.parametrize("table", ["news_article", "news_category", "portal_menuitem"])
@pytest.mark.usefixtures("limited")
def test_reader_of_a_locked_table_is_told_to_come_back(table: str) -> None:
    path = make_article().get_absolute_url()
    with locked(table):
        answers = at_once([ask(path)] * 4)
    assert {(status, retry) for status, _seconds, retry in answers} == {(503, "30")}


def settings_shown(names: list[str]) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY (%s)", [list(names)])
        return dict(cursor.fetchall())


@pytest.mark.usefixtures("limited")
def test_lone_statement_and_transaction_have_limits_of_their_own() -> None:
    def shown(within: bool) -> dict[str, str]:
        if not within:
            return settings_shown(list(limits.STATEMENT_LIMITS))
        with transaction.atomic():
            return settings_shown(list(limits.TRANSACTION_LIMITS))

    def text(numbers: dict[str, int]) -> dict[str, str]:
        return {name: str(number) for name, number in numbers.items()}

    before, within, after = at_once([lambda: [shown(False), shown(True), shown(False)]])[0]
    assert before == after == text(limits.STATEMENT_LIMITS)
    assert within == text(limits.TRANSACTION_LIMITS)


def test_command_waits_as_long_as_it_takes() -> None:
    assert settings_shown(["lock_timeout", "statement_timeout"]) == {
        "lock_timeout": "0",
        "statement_timeout": "0",
    }
    with transaction.atomic():
        assert settings_shown(["lock_timeout"]) == {"lock_timeout": "0"}


def test_what_the_address_of_the_database_says_has_precedence() -> None:
    database = {"OPTIONS": {"options": "-c lock_timeout=7", "keepalives_idle": 60}}
    limits.limit_requests(database)
    assert database["OPTIONS"]["options"].endswith(" -c lock_timeout=7")
    assert database["OPTIONS"]["keepalives_idle"] == 60


def test_transaction_waits_for_a_row_longer_than_a_lone_statement(
    limited: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine may let even three seconds pass.
    monkeypatch.setitem(limited, "TRANSACTION_LIMITS", {"lock_timeout": PATIENCE * 1000})
    article = make_article()

    def change() -> None:
        with transaction.atomic():
            type(article).objects.filter(pk=article.pk).update(title="Tin đã sửa")

    with threads() as start:
        with transaction.atomic():
            type(article).objects.select_for_update().get(pk=article.pk)
            job = start(change)
            wait_until_blocked(job, past_deadlock_check=True)  # 1.5 s
        result_of(job)
    article.refresh_from_db()
    assert article.title == "Tin đã sửa"


def test_connection_whose_transaction_cannot_begin_goes_on_committing(
    limited: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limited, "TRANSACTION_LIMITS", {"no_such_limit": 1})

    def begin() -> bool:
        with pytest.raises(DatabaseError), transaction.atomic():
            pass
        return bool(connection.get_autocommit())

    assert at_once([begin]) == [True]


EXPORTS = {
    "/admin/stats/dailytotal/?export={}": "stats_dailytotal",
    "/admin/stats/dailyarticleviews/?export={}": "stats_dailyarticleviews",
    "/admin/stats/dailyarticleviews/article/{{}}/?export={}": "stats_dailyarticleviews",
    "/admin/ratings/ratingsummary/export/{}/": "ratings_ratingsummary",
    "/admin/ratings/ratingsummary/days/{}/": "ratings_rating",
}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("address", EXPORTS)
def test_table_as_a_file_is_read_with_the_time_of_a_transaction(
    admin_client: Client, address: str, kind: str
) -> None:
    article = make_article()
    make_rating(article)
    within = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if f'FROM "{EXPORTS[address]}"' in sql:
            within.append(connection.in_atomic_block)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        answer = admin_client.get(address.format(kind).format(article.pk))
        assert answer.status_code == 200
        b"".join(answer)
    assert within
    assert all(within)


# --- A server that is silent ----------------------------------------------------------------------


@pytest.fixture
def silent(limited: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A host that takes connections and never says a word, as behind a broken firewall."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = {"HOST": "127.0.0.1", "PORT": str(server.getsockname()[1])}
        for name, value in address.items():
            monkeypatch.setitem(limited, name, value)
        if "DATA_FOLDER" in limited:
            monkeypatch.delitem(limited, "DATA_FOLDER")
        yield


@pytest.mark.usefixtures("silent")
def test_silent_server_holds_up_the_first_readers_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "SPARED_SECONDS", 60.0)

    def connect() -> str:
        with pytest.raises(OperationalError) as caught:
            connection.ensure_connection()
        return str(caught.value)

    first, later = at_once([connect])[0], at_once([connect] * 8)
    assert "a moment ago" not in first
    assert all("a moment ago" in answer for answer in later)


def test_server_that_refuses_is_asked_again_at_once(
    limited: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setitem(limited, "HOST", "127.0.0.1")
        monkeypatch.setitem(limited, "PORT", str(closed.getsockname()[1]))
        monkeypatch.delitem(limited, "DATA_FOLDER", raising=False)

        def connect() -> str:
            with pytest.raises(OperationalError) as caught:
                connection.ensure_connection()
            return str(caught.value)

        answers = at_once([connect]) + at_once([connect])
    assert not any("a moment ago" in answer for answer in answers)
