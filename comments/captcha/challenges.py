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
from django.db import transaction
from django.db.models import Model, QuerySet
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


def kind_of_key(key: object) -> Kind | None:
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


def issue_challenge(kind: Kind, address: str, *, replacing: object = "") -> Challenge:
    """Make a new challenge for a visitor at `address` (REMOTE_ADDR), good for CAPTCHA_TIMEOUT.

    The challenge with the key `replacing` can no longer be answered. Raises TooManyChallenges if
    the visitor's network has had CAPTCHA_PER_MINUTE of them in this minute; then nothing changes.
    """
    now = timezone.now()
    expiration = now + datetime.timedelta(minutes=settings.CAPTCHA_TIMEOUT)
    seed = secrets.token_hex(16)
    key = f"{int(expiration.timestamp()):08x}{kind.value[0]}{secrets.token_hex(16)[:31]}"
    challenge = Challenge(key, kind, seed, _response(kind, seed))
    with transaction.atomic():
        _count_issue(address, now)
        if kind_of_key(replacing) is not None:
            CaptchaStore.objects.filter(hashkey=str(replacing)).delete()
        CaptchaStore.objects.create(
            challenge=seed, response=challenge.response, hashkey=key, expiration=expiration
        )
    if secrets.randbelow(SWEEP_EVERY) == 0:
        delete_some_expired()
    return challenge


def _count_issue(address: str, now: datetime.datetime) -> None:
    """Count a challenge for the network of an address; the row is locked until the commit."""
    tally, _is_new = Tally.objects.select_for_update().get_or_create(
        network=network_hash(address, timezone.localdate(now)),
        minute=now.replace(second=0, microsecond=0),
        defaults={"issued": 0},
    )
    if tally.issued >= settings.CAPTCHA_PER_MINUTE:
        raise TooManyChallenges
    tally.issued += 1
    tally.save(update_fields=["issued"])


def find_challenge(key: str, kind: Kind) -> Challenge | None:
    """Return the challenge of this key and kind, if it can still be answered."""
    if kind_of_key(key) is not kind:
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


def check_answer(key: object, answer: object) -> Verdict:
    """Use a challenge up and say whether it was answered. Any key and any answer are borne.

    An empty answer uses nothing up. Call it outside a transaction: one that is rolled back would
    make the challenge good again.
    """
    if not isinstance(answer, str) or not answer.strip():
        return Verdict.MISSING
    kind = kind_of_key(key)
    if kind is None:
        return Verdict.WRONG
    now = timezone.now()
    stored = CaptchaStore.objects.filter(hashkey=str(key)).first()
    # Of many who answer at the same moment one deletes the row.
    if stored is None or not stored.delete()[0]:
        # Used up, swept away or made up: only the time in the key can tell.
        is_over = int(str(key)[:8], 16) <= now.timestamp()
        return Verdict.EXPIRED if is_over else Verdict.WRONG
    if stored.expiration <= now:
        return Verdict.EXPIRED
    is_right = len(answer) <= _MAX_ANSWER and hmac.compare_digest(
        canonical(kind, answer).encode(errors="replace"), stored.response.encode()
    )
    return Verdict.RIGHT if is_right else Verdict.WRONG


def delete_expired() -> int:
    """Delete all challenges whose time is over and all tallies of past minutes; return how many."""
    total = 0
    while deleted := delete_some_expired():
        total += deleted
    return total


def delete_some_expired() -> int:
    """Delete up to SWEEP_ROWS of each; each SWEEP_EVERYth challenge does, so no timer is needed."""
    now = timezone.now()
    expired = CaptchaStore.objects.filter(
        hashkey__lt=f"{int(now.timestamp()) + 1:08x}", expiration__lte=now
    )
    # The clocks of several hosts may lie a little apart.
    past = Tally.objects.filter(minute__lt=now - datetime.timedelta(minutes=2))
    return _delete_some(expired.order_by("hashkey")) + _delete_some(past.order_by("minute"))


def _delete_some(rows: QuerySet[Model]) -> int:
    with transaction.atomic():
        # Those that another process is deleting are left to it.
        locked = rows.select_for_update(skip_locked=True)[:SWEEP_ROWS]
        return rows.model._base_manager.filter(pk__in=[row.pk for row in locked]).delete()[0]
