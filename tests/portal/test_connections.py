"""A kept connection is asked for its health once a second, and never trusted after an error."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection, connections

from portal.postgresql import base
from tests.portal.running import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A number for each time that a connection is really asked."""
    times: list[int] = []
    ask = base.base.DatabaseWrapper.is_usable

    def counted(self: Any) -> bool:
        times.append(len(times))
        return ask(self)

    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable", counted)
    monkeypatch.setattr(connection, "healthy_until", 0.0)
    return times


def test_connection_is_asked_once_in_a_second(
    asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert base.HEALTHY_FOR_SECONDS == 1
    monkeypatch.setattr(base, "HEALTHY_FOR_SECONDS", 3600)  # the second of a busy machine
    connection.ensure_connection()
    assert [connection.is_usable() for _ in range(5)] == [True] * 5
    assert len(asked) == 1
    connection.healthy_until -= base.HEALTHY_FOR_SECONDS
    assert connection.is_usable()
    assert len(asked) == 2


def test_connection_that_the_server_ended_is_found_out_after_one_error() -> None:
    connection.ensure_connection()
    assert connection.is_usable()
    pid = connection.connection.info.backend_pid
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, %s)", [pid, PATIENCE * 1000])
    finally:
        other.close()
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.close_if_unusable_or_obsolete()  # as Django does after each request
    assert connection.connection is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert connection.connection.info.backend_pid != pid
