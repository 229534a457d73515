"""The rules of counting, without a database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from stats import recording
from stats.batch import MAX_KEYS, Batch
from stats.recording import Kind
from tests.stats.visitors import FIREFOX, GOOGLEBOT, bot_agents, people_agents

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def moment(day: int, hour: int, minute: int = 0, second: int = 0) -> float:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=VIETNAM).timestamp()


@pytest.mark.parametrize(
    ("meta", "kind"),
    [
        ({}, Kind.BOT),
        ({"HTTP_USER_AGENT": ""}, Kind.BOT),
        ({"HTTP_USER_AGENT": "   "}, Kind.BOT),
        ({"HTTP_USER_AGENT": FIREFOX}, Kind.PERSON),
        ({"HTTP_USER_AGENT": GOOGLEBOT}, Kind.BOT),
        ({"HTTP_USER_AGENT": "curl/8.5.0"}, Kind.BOT),
        ({"HTTP_USER_AGENT": "python-requests/2.31"}, Kind.BOT),
        ({"HTTP_USER_AGENT": "Mozilla/5.0 HeadlessChrome/120.0"}, Kind.BOT),
        ({"HTTP_USER_AGENT": FIREFOX, "HTTP_SEC_PURPOSE": "prefetch;prerender"}, None),
        ({"HTTP_USER_AGENT": FIREFOX, "HTTP_SEC_PURPOSE": "prefetch"}, None),
        ({"HTTP_USER_AGENT": FIREFOX, "HTTP_SEC_PURPOSE": "prerender"}, None),
        ({"HTTP_USER_AGENT": FIREFOX, "HTTP_PURPOSE": "prefetch"}, None),
        ({"HTTP_USER_AGENT": FIREFOX, "HTTP_X_PURPOSE": "preview"}, None),
        ({"HTTP_USER_AGENT": FIREFOX, "HTTP_X_MOZ": "Prefetch"}, None),
        ({"HTTP_USER_AGENT": FIREFOX, "HTTP_PURPOSE": "reading"}, Kind.PERSON),
        ({"HTTP_USER_AGENT": FIREFOX, "HTTP_COOKIE": "sessionid=abc"}, None),
        ({"HTTP_USER_AGENT": FIREFOX, "HTTP_COOKIE": "a=1; sessionid=abc; b=2"}, None),
        ({"HTTP_USER_AGENT": FIREFOX, "HTTP_COOKIE": "a=1;sessionid=abc;b=2"}, None),
        ({"HTTP_USER_AGENT": GOOGLEBOT, "HTTP_COOKIE": "sessionid=abc"}, None),
        ({"HTTP_USER_AGENT": FIREFOX, "HTTP_COOKIE": "mysessionid=abc; rater=x"}, Kind.PERSON),
    ],
)
def test_request_is_counted_as_what_it_is(meta: dict[str, Any], kind: Kind | None) -> None:
    assert recording.kind_of(meta) is kind


def test_thousand_bots_are_told_from_a_thousand_people() -> None:
    assert all(recording.is_bot(agent) for agent in bot_agents(1000))
    assert not any(recording.is_bot(agent) for agent in people_agents(1000))


@pytest.mark.parametrize(
    ("written", "article"),
    [
        ("", 0),
        ("12", 12),
        ("0", 0),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("١٢", None),
        (" 12", None),
        ("12\n", None),
        ("abc", None),
        ("\0", None),
    ],
)
def test_article_is_an_id_or_nothing(written: str, article: int | None) -> None:
    assert recording.parse_article_id(written) == article


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (moment(22, 0), date(2026, 11, 22)),
        (moment(22, 23, 59, 59), date(2026, 11, 22)),
        (moment(22, 23, 59, 59) + 0.999, date(2026, 11, 22)),
        (moment(23, 0), date(2026, 11, 23)),
        (moment(22, 7) - 1, date(2026, 11, 22)),  # before midnight of Greenwich
    ],
)
def test_midnight_in_viet_nam_ends_the_day(at: float, day: date) -> None:
    assert recording.day_of(at) == day


def key(address: str = "10.0.0.1", agent: str = FIREFOX, at: float = 0, article: int = 0) -> bytes:
    meta = {"REMOTE_ADDR": address, "HTTP_USER_AGENT": agent}
    return recording.visitor_key(meta, at or moment(22, 12), article)


def test_visitors_differ_by_address_and_by_user_agent() -> None:
    keys = [key(), key(address="10.0.0.2"), key(agent=GOOGLEBOT), key(article=1), key(article=2)]
    assert len(set(keys)) == 5
    assert {len(k) for k in keys} == {16}


def test_same_visitor_is_known_over_midnight_and_unknown_the_next_day() -> None:
    evening = key(at=moment(22, 23, 59))
    assert evening == key(at=moment(22, 4)) == key(at=moment(23, 3, 59, 59))
    assert evening != key(at=moment(23, 4))


def test_keys_depend_on_the_secret_of_the_site(settings: Any) -> None:
    before = key()
    settings.SECRET_KEY = "another secret of fifty letters, or of some more than that"
    assert key() != before


def test_only_the_beginning_of_a_user_agent_tells_visitors_apart() -> None:
    longest = "x" * recording.MAX_AGENT
    assert key(agent=longest + "1") == key(agent=longest + "2")
    assert key(agent=longest[1:] + "1") != key(agent=longest[1:] + "2")


def test_user_agent_that_no_encoding_holds_is_a_visitor_all_the_same() -> None:
    assert len(key(agent="\udcff\udc80\x00" + "x" * 100_000)) == 16


@pytest.mark.parametrize(
    ("gap", "begins"), [(None, True), (0, False), (1799.9, False), (1800, True), (86400, True)]
)
def test_half_an_hour_without_activity_ends_a_visit(gap: float | None, begins: bool) -> None:
    at = moment(22, 12)
    assert recording.begins_visit(None if gap is None else at - gap, at) is begins


def test_batch_knows_further_visits_for_certain_and_leaves_the_first_to_the_table() -> None:
    batch = Batch(1)
    for at in (moment(22, 10), moment(22, 10, 20), moment(22, 10, 50), moment(22, 23, 59)):
        batch.add(Kind.PERSON, b"a", at, 7, b"b")
    assert batch.counted.totals == {date(2026, 11, 22): [2, 4, 0, 0]}
    assert sum(views for views, _ in batch.counted.article_views.values()) == 2
    assert len(batch.seen) == 2


def test_page_view_that_is_counted_late_does_not_begin_a_visit() -> None:
    """Threads may add page views in another order than that of their moments."""
    batch = Batch(1)
    for minute in (20, 0, 40):
        batch.add(Kind.PERSON, b"a", moment(22, 10, minute), 0, b"")
    assert batch.counted.totals == {date(2026, 11, 22): [0, 3, 0, 0]}


def test_day_ends_inside_a_batch() -> None:
    batch = Batch(1)
    batch.add(Kind.PERSON, b"a", moment(22, 23, 59, 59), 0, b"")
    batch.add(Kind.BOT, b"b", moment(23, 0), 0, b"")
    assert batch.counted.totals == {
        date(2026, 11, 22): [0, 1, 0, 0],
        date(2026, 11, 23): [0, 0, 0, 1],
    }


def test_memory_of_a_batch_is_bounded_and_page_views_are_counted_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert MAX_KEYS >= 100_000
    monkeypatch.setattr("stats.batch.MAX_KEYS", 10)
    monkeypatch.setattr("stats.batch.MAX_ARTICLES", 10)
    batch = Batch(1)
    for n in range(100):
        batch.add(Kind.BOT, n.to_bytes(2, "big"), moment(22, 12), n + 1, b"")
    assert (len(batch.seen), len(batch.counted.article_views), batch.keys_left_out) == (10, 10, 90)
    assert batch.counted.totals == {date(2026, 11, 22): [0, 0, 0, 100]}
