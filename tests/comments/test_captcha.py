"""The life of a challenge: one attempt, one clock, a bounded number for each network."""

from __future__ import annotations

import datetime
import itertools
import random
from typing import Any

import pytest
import time_machine
from captcha.conf import settings as library
from captcha.models import CaptchaStore
from django.core.management import call_command
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from comments.captcha import challenges, pictures
from comments.captcha.challenges import (
    SENTENCES,
    Challenge,
    Kind,
    TooManyChallenges,
    Verdict,
    check_answer,
    delete_expired,
    issue_challenge,
)
from comments.captcha.models import Tally
from tests.contention import at_once, result_of, threads

# Challenges are counted by the minute, and the counts of past minutes are swept away.
pytestmark = pytest.mark.usefixtures("middle_of_an_hour")

HERE = "203.0.113.7"
KINDS = pytest.mark.parametrize("kind", list(Kind))


@pytest.fixture
def challenge(db: None) -> Challenge:
    return issue_challenge(Kind.PICTURE, HERE)


@KINDS
@pytest.mark.django_db
def test_right_answer_is_right_once(kind: Kind) -> None:
    challenge = issue_challenge(kind, HERE)
    assert check_answer(challenge.key, challenge.response) is Verdict.RIGHT
    assert check_answer(challenge.key, challenge.response) is Verdict.WRONG


@KINDS
@pytest.mark.django_db
def test_wrong_answer_uses_the_challenge_up(kind: Kind) -> None:
    challenge = issue_challenge(kind, HERE)
    assert check_answer(challenge.key, "00000000") is Verdict.WRONG
    assert check_answer(challenge.key, challenge.response) is Verdict.WRONG


def test_empty_answer_uses_nothing_up(challenge: Challenge) -> None:
    assert [check_answer(challenge.key, empty) for empty in ("", "  ", None)] == [
        Verdict.MISSING
    ] * 3
    assert check_answer(challenge.key, challenge.response) is Verdict.RIGHT


def test_answer_is_read_as_people_type_it(challenge: Challenge) -> None:
    wide = "".join(chr(ord(sign.upper()) + 0xFEE0) for sign in challenge.response)
    assert check_answer(challenge.key, f" {wide[:3]} {wide[3:]}\t") is Verdict.RIGHT


@KINDS
@pytest.mark.django_db
def test_challenge_is_over_after_its_time(kind: Kind, settings: Any) -> None:
    settings.CAPTCHA_TIMEOUT = 10
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        early, late = issue_challenge(kind, HERE), issue_challenge(kind, HERE)
    with time_machine.travel(start + datetime.timedelta(minutes=9, seconds=59), tick=False):
        assert check_answer(early.key, early.response) is Verdict.RIGHT
    with time_machine.travel(start + datetime.timedelta(minutes=10), tick=False):
        assert challenges.find_challenge(late.key, kind) is None
        assert check_answer(late.key, late.response) is Verdict.EXPIRED


def test_challenge_that_was_swept_away_is_still_told_as_expired(challenge: Challenge) -> None:
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=1)):
        assert delete_expired() >= 1
        assert check_answer(challenge.key, challenge.response) is Verdict.EXPIRED


@pytest.mark.parametrize(("length", "verdict"), [(200, Verdict.RIGHT), (201, Verdict.WRONG)])
def test_answer_is_read_up_to_two_hundred_signs(
    challenge: Challenge, length: int, verdict: Verdict
) -> None:
    assert check_answer(challenge.key, challenge.response.ljust(length)) is verdict


def test_sentences_are_those_of_the_portal() -> None:
    assert {str(verdict): str(words) for verdict, words in SENTENCES.items()} == {
        "wrong": "Mã xác thực không đúng.",
        "expired": "Mã xác thực đã hết hạn, vui lòng nhập mã mới.",
        "missing": "Vui lòng nhập mã xác thực.",
    }


HOSTILE = {
    "nul": "\0",
    "nul inside": f"{'f' * 8}p{'0' * 30}\0",
    "ten megabytes": "f" * 10_000_000,
    "other signs": "мã" * 20,
    "lone surrogate": "\ud800" * 40,
    "quotes": "'; DROP TABLE captcha_captchastore; --00",
    "full-width hexadecimal": "ｆ" * 8 + "p" + "0" * 31,
    "no kind": "f" * 40,
    "newline": f"{'f' * 8}p{'0' * 31}\n",
    "not a text": ["a", "b"],
    "nothing": None,
}


@pytest.mark.django_db
@pytest.mark.parametrize("key", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_key_is_wrong_and_harms_nothing(key: Any) -> None:
    assert check_answer(key, "abc") is Verdict.WRONG
    assert issue_challenge(Kind.PICTURE, HERE, replacing=key).key


@KINDS
@pytest.mark.django_db
@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_answer_is_never_right(kind: Kind, answer: Any) -> None:
    assert check_answer(issue_challenge(kind, HERE).key, answer) in {Verdict.WRONG, Verdict.MISSING}


@pytest.mark.django_db(transaction=True)
def test_of_forty_replays_at_once_one_is_right() -> None:
    challenge = issue_challenge(Kind.PICTURE, HERE)
    verdicts = at_once([lambda: check_answer(challenge.key, challenge.response)] * 40)
    assert sorted(verdicts) == [Verdict.RIGHT] + [Verdict.WRONG] * 39


@pytest.mark.django_db(transaction=True)
def test_challenges_of_many_threads_are_distinct(settings: Any) -> None:
    """The library's view seeds the global generator: 4,324 challenges had 88 answers there."""
    settings.CAPTCHA_PER_MINUTE = 10_000

    def work() -> list[Challenge]:
        made = []
        for turn in range(100):
            random.seed(1)
            made.append(issue_challenge(Kind.PICTURE, HERE))
            if turn % 10 == 0:
                pictures.render(made[-1].response, made[-1].seed)
        return made

    made = list(itertools.chain(*at_once([work] * 4)))
    assert len({challenge.key for challenge in made}) == 400
    assert len({challenge.seed for challenge in made}) == 400
    # Of 4.8 million possible answers, a pair may be the same by chance.
    assert len({challenge.response for challenge in made}) > 395


def test_codes_hold_nothing_that_a_typing_method_takes_for_an_accent() -> None:
    assert not set(pictures.ALPHABET) & set("AEIOUYDW")
    assert len(pictures.ALPHABET) ** pictures.LENGTH > 4_000_000
    assert set(pictures.random_code()) <= set(pictures.ALPHABET)


def test_the_librarys_own_ways_are_shut() -> None:
    for name in ("captcha-image", "captcha-image-2x", "captcha-audio", "captcha-refresh"):
        with pytest.raises(NoReverseMatch):
            reverse(name, args=["a"])
    assert not library.CAPTCHA_2X_IMAGE
    assert not library.CAPTCHA_FLITE_PATH
    assert not library.CAPTCHA_TEST_MODE
    assert library.get_challenge() is challenges.library_challenge


@pytest.mark.django_db
def test_a_challenge_given_back_is_no_longer_answered() -> None:
    old = issue_challenge(Kind.PICTURE, HERE)
    new = issue_challenge(Kind.SOUND, HERE, replacing=old.key)
    assert check_answer(old.key, old.response) is Verdict.WRONG
    assert check_answer(new.key, new.response) is Verdict.RIGHT


@pytest.fixture
def three_a_minute(db: None, settings: Any) -> Any:
    settings.CAPTCHA_PER_MINUTE = 3
    with time_machine.travel("2026-11-22 10:00:05+07:00", tick=False) as clock:
        yield clock


def test_network_gets_so_many_challenges_a_minute(three_a_minute: Any) -> None:
    last = [issue_challenge(Kind.PICTURE, HERE) for _turn in range(3)][-1]
    with pytest.raises(TooManyChallenges):
        issue_challenge(Kind.PICTURE, HERE, replacing=last.key)
    # Who is refused keeps what is in hand.
    assert check_answer(last.key, last.response) is Verdict.RIGHT
    assert issue_challenge(Kind.PICTURE, "203.0.113.8")
    three_a_minute.shift(60)
    assert issue_challenge(Kind.PICTURE, HERE)


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.7", "203.0.113.8", False),
        ("", "unix:", True),
    ],
)
def test_line_of_one_subscriber_is_one_network(one: str, other: str, are_one: bool) -> None:
    day = datetime.date(2026, 11, 22)
    hashes = challenges.network_hash(one, day), challenges.network_hash(other, day)
    assert (hashes[0] == hashes[1]) is are_one


def test_network_is_kept_under_another_hash_every_day(db: None) -> None:
    today = challenges.network_hash(HERE, datetime.date(2026, 11, 22))
    assert today != challenges.network_hash(HERE, datetime.date(2026, 11, 23))
    issue_challenge(Kind.PICTURE, HERE)
    assert HERE not in str(Tally.objects.values())


@pytest.mark.django_db(transaction=True)
def test_limit_holds_when_all_come_at_once(settings: Any) -> None:
    settings.CAPTCHA_PER_MINUTE = 10

    def work() -> bool:
        try:
            return bool(issue_challenge(Kind.QUESTION, HERE))
        except TooManyChallenges:
            return False

    with time_machine.travel("2026-11-22 10:00:05+07:00", tick=False):
        assert sum(at_once([work] * 40)) == 10
    assert CaptchaStore.objects.count() == 10


@pytest.mark.django_db
def test_issuing_sweeps_what_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    old = [issue_challenge(Kind.PICTURE, HERE) for _turn in range(5)]
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        monkeypatch.setattr(challenges, "SWEEP_EVERY", 1)
        monkeypatch.setattr(challenges, "SWEEP_ROWS", 3)
        issue_challenge(Kind.SOUND, HERE)
        left = CaptchaStore.objects.filter(hashkey__in=[each.key for each in old])
        assert left.count() == 2
        newest = issue_challenge(Kind.QUESTION, HERE)
        assert left.count() == 0
        assert CaptchaStore.objects.count() == 2
        assert Tally.objects.count() == 1
        assert check_answer(newest.key, newest.response) is Verdict.RIGHT


@pytest.mark.django_db
def test_command_sweeps_everything_that_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    issue_challenge(Kind.PICTURE, HERE)
    issue_challenge(Kind.SOUND, HERE)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        kept = issue_challenge(Kind.QUESTION, HERE)
        call_command("clean_captchas")
        assert capsys.readouterr().out.strip() == "3"
        assert [store.hashkey for store in CaptchaStore.objects.all()] == [kept.key]


@pytest.mark.django_db(transaction=True)
def test_sweep_waits_for_nothing_that_another_process_is_deleting() -> None:
    for minute in range(3):
        with time_machine.travel(f"2026-11-22 10:0{minute}:05+07:00", tick=False):
            issue_challenge(Kind.PICTURE, HERE)
    with (
        time_machine.travel("2026-11-22 10:30:00+07:00", tick=False),
        threads() as start,
        transaction.atomic(),
    ):
        challenge = CaptchaStore.objects.select_for_update().order_by("hashkey")[0]
        tally = Tally.objects.select_for_update().order_by("minute")[0]
        assert result_of(start(delete_expired)) == 4
        assert CaptchaStore.objects.get() == challenge
        assert Tally.objects.get() == tally
