"""The life of a challenge: issued, shown, answered once, or thrown away when its time is over.

One clock decides, that of the application (`timezone.now()`): the database is told the time.
"""

from __future__ import annotations

import datetime
import enum
import hmac
import re
import secrets
from dataclasses import dataclass

from captcha.models import CaptchaStore
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from comments.captcha import numerals, pictures, questions, sounds
from comments.captcha.models import Tally
from comments.hashing import network_of

# One issue in so many also sweeps, up to so many rows: more than are added in between.
SWEEP_EVERY = 32
SWEEP_ROWS = 500
_MAX_ANSWER = 200


class Kind(enum.StrEnum):
    """How a challenge is shown; its first letter stands in the key."""

    PICTURE = "picture"
    SOUND = "sound"
    QUESTION = "question"


class Verdict(enum.StrEnum):
    """What became of an answer."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    MISSING = "missing"


SENTENCES = {
    Verdict.WRONG: _("The verification code is not right."),
    Verdict.EXPIRED: _("The verification code has expired, please type the new one."),
    Verdict.MISSING: _("Please type the verification code."),
}


class TooManyChallenges(Exception):  # noqa: N818 - it is a refusal, not an error
    """A network was given as many challenges in this minute as one may have."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge. The seed is secret: the picture, the sound and the question follow from it."""

    key: str
    kind: Kind
    seed: str
    response: str

    @property
    def question(self) -> str:
        """The question in the reader's language; empty for the other kinds."""
        return capfirst(questions.compose(self.seed).text()) if self.kind is Kind.QUESTION else ""


_KINDS = {kind.value[0]: kind for kind in Kind}
# Seconds of the expiry in hexadecimal, so that the index of keys also finds the oldest; the kind;
# 124 random bits.
_KEY = re.compile(r"[0-9a-f]{8}[psq][0-9a-f]{31}")


def kind_of(key: object) -> Kind | None:
    """Return the kind that a key speaks of, or None if it cannot be a key of ours."""
    if not isinstance(key, str) or len(key) != 40 or not _KEY.fullmatch(key):
        return None
    return _KINDS[key[8]]


def library_challenge() -> tuple[str, str]:
    """Return what the library's own fields would show and expect (CAPTCHA_CHALLENGE_FUNCT)."""
    code = pictures.random_code()
    return code, code.lower()


def _response(kind: Kind, seed: str) -> str:
    if kind is Kind.PICTURE:
        return pictures.random_code().lower()
    if kind is Kind.SOUND:
        return sounds.random_digits()
    return questions.compose(seed).response


def network_hash(address: str, day: datetime.date) -> str:
    """Return the keyed hash of the network an address lies in, another one every day.

    `address` is REMOTE_ADDR: an IPv4 host alone, or the /64 that one IPv6 line is given.
    """
    salt = f"comments.captcha.network {day.isoformat()}"
    return salted_hmac(salt, network_of(address), algorithm="sha256").hexdigest()[:32]


_STORE = CaptchaStore._meta.db_table
_TALLY = Tally._meta.db_table
# Counted, given back and issued in one statement: none of the three without the others.
_ISSUE = f"""
WITH tally AS (
    INSERT INTO {_TALLY} AS counted (network, minute, issued) VALUES (%(network)s, %(minute)s, 1)
    ON CONFLICT (minute, network) DO UPDATE SET issued = counted.issued + 1
    RETURNING issued
), allowed AS (
    SELECT issued FROM tally WHERE issued <= %(limit)s
), given_back AS (
    DELETE FROM {_STORE} WHERE hashkey = %(replacing)s AND EXISTS (SELECT FROM allowed)
)
INSERT INTO {_STORE} (challenge, response, hashkey, expiration)
SELECT %(seed)s, %(response)s, %(key)s, %(expiration)s FROM allowed
RETURNING hashkey
"""  # noqa: S608 - the names of two tables


def issue(kind: Kind, address: str, *, replacing: object = "") -> Challenge:
    """Make a new challenge for a visitor at `address` (REMOTE_ADDR), good for CAPTCHA_TIMEOUT.

    The challenge with the key `replacing` can no longer be answered. Raises TooManyChallenges if
    the visitor's network has had CAPTCHA_PER_MINUTE of them in this minute; then nothing changes.
    """
    now = timezone.now()
    expiration = now + datetime.timedelta(minutes=settings.CAPTCHA_TIMEOUT)
    seed = secrets.token_hex(16)
    key = f"{int(expiration.timestamp()):08x}{kind.value[0]}{secrets.token_hex(16)[:31]}"
    response = _response(kind, seed)
    with connection.cursor() as cursor:
        cursor.execute(
            _ISSUE,
            {
                "network": network_hash(address, timezone.localdate(now)),
                "minute": now.replace(second=0, microsecond=0),
                "limit": settings.CAPTCHA_PER_MINUTE,
                "replacing": str(replacing) if kind_of(replacing) else "",
                "seed": seed,
                "response": response,
                "key": key,
                "expiration": expiration,
            },
        )
        issued = cursor.fetchone()
    if secrets.randbelow(SWEEP_EVERY) == 0:
        clean(SWEEP_ROWS)
    if issued is None:
        raise TooManyChallenges
    return Challenge(key, kind, seed, response)


def find(key: str, kind: Kind) -> Challenge | None:
    """Return the challenge of this key and kind, if it can still be answered."""
    if kind_of(key) is not kind:
        return None
    row = (
        CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now())
        .values_list("challenge", "response")
        .first()
    )
    return Challenge(key, kind, *row) if row else None


def canonical(kind: Kind, answer: str) -> str:
    """Return an answer as it is stored: what people type differently is made one."""
    if kind is Kind.PICTURE:
        return pictures.canonical(answer)
    if kind is Kind.SOUND:
        return numerals.read_digits(answer)
    return questions.canonical(answer)


# Takes the key; one of many at the same moment gets the row.
USE_UP = f"DELETE FROM {_STORE} WHERE hashkey = %s RETURNING response, expiration"  # noqa: S608


def used_up_by(key: object, answer: object) -> str | None:
    """Return the key that an answer uses up, for `USE_UP`; None if it uses nothing up.

    An empty answer does not, nor does what is no key of ours.
    """
    if not isinstance(answer, str) or not answer.strip() or kind_of(key) is None:
        return None
    return str(key)


def check(key: object, answer: object) -> Verdict:
    """Use a challenge up and say whether it was answered: one statement, so one of many wins.

    Call it outside a transaction: one that is rolled back would make the challenge good again. Any
    key and any answer are borne, whatever they are.
    """
    row = None
    if (used := used_up_by(key, answer)) is not None:
        with connection.cursor() as cursor:
            cursor.execute(USE_UP, [used])
            row = cursor.fetchone()
    return judge(key, answer, row)


def given(kind: Kind, answer: str) -> str:
    """Return an answer as it would be stored; of one that is too long to be right, nothing."""
    return canonical(kind, answer) if len(answer) <= _MAX_ANSWER else ""


def judge(key: object, answer: object, row: tuple[str, datetime.datetime] | None) -> Verdict:
    """Say whether an answer is right.

    Args:
        row: what `USE_UP` returned for it: the right answer and the end of its time.
    """
    if not isinstance(answer, str) or not answer.strip():
        return Verdict.MISSING
    kind = kind_of(key)
    if kind is None:
        return Verdict.WRONG
    now = timezone.now()
    if row is None:
        # Used up, swept away or made up: only the time in the key can tell.
        is_over = int(str(key)[:8], 16) <= now.timestamp()
        return Verdict.EXPIRED if is_over else Verdict.WRONG
    response, expiration = row
    if expiration <= now:
        return Verdict.EXPIRED
    is_right = hmac.compare_digest(given(kind, answer).encode(errors="replace"), response.encode())
    return Verdict.RIGHT if is_right else Verdict.WRONG


# ARRAY (...) is asked once. After IN, a plan may ask it again for each row, and so pass the limit.
_SWEEP_STORE = f"""
DELETE FROM {_STORE} WHERE id = ANY (ARRAY(
    SELECT id FROM {_STORE} WHERE hashkey < %s AND expiration <= %s
    ORDER BY hashkey LIMIT %s FOR UPDATE SKIP LOCKED
))"""  # noqa: S608
_SWEEP_TALLY = f"""
DELETE FROM {_TALLY} WHERE id = ANY (ARRAY(
    SELECT id FROM {_TALLY} WHERE minute < %s ORDER BY minute LIMIT %s FOR UPDATE SKIP LOCKED
))"""  # noqa: S608


def clean(rows: int | None = None) -> int:
    """Delete challenges whose time is over and tallies of past minutes, at most `rows` of each.

    Returns how many rows were deleted. `issue` calls it now and then, so no timer is needed.
    """
    now = timezone.now()
    deleted = 0
    with connection.cursor() as cursor:
        cursor.execute(_SWEEP_STORE, [f"{int(now.timestamp()) + 1:08x}", now, rows])
        deleted += cursor.rowcount
        # The clocks of several hosts may lie a little apart.
        cursor.execute(_SWEEP_TALLY, [now - datetime.timedelta(minutes=2), rows])
        deleted += cursor.rowcount
    return deleted
