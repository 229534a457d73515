"""Who rates, and from which network, without knowing either: keyed hashes only."""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

COOKIE_AGE = timedelta(days=365)
_COOKIE_SALT = "ratings.cookie"


def _keyed(purpose: str, text: str) -> UUID:
    digest = salted_hmac(f"ratings.{purpose}", text, algorithm="sha256").digest()
    return UUID(bytes=digest[:16])


def rater_of(request: HttpRequest) -> UUID | None:
    """Who sent the request; None without a cookie of ours that is whole and not outdated."""
    token = request.get_signed_cookie(
        settings.RATER_COOKIE_NAME, default=None, salt=_COOKIE_SALT, max_age=COOKIE_AGE
    )
    return _keyed("rater", token) if token else None


def introduce(response: HttpResponse) -> None:
    """Give the visitor a cookie by which a later rating is known as theirs."""
    response.set_signed_cookie(
        settings.RATER_COOKIE_NAME,
        secrets.token_urlsafe(16),
        salt=_COOKIE_SALT,
        max_age=COOKIE_AGE,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


@dataclass(frozen=True)
class Origin:
    """Where a rating comes from, as hashes that tomorrow are others.

    `network` is one household or office: an IPv4 address, a /64 of IPv6. `neighbourhood` is what
    one holder may have of such networks: of IPv6 a /48, which anybody is given for nothing and in
    which there are 65,536 of them; of IPv4 no more than the address.
    """

    network: UUID
    neighbourhood: UUID


def origin_of(address: str, at: datetime | None = None) -> Origin:
    """The origin of an address on the day of `at` (now)."""
    day = f"{timezone.localdate(at):%Y-%m-%d}"
    return Origin(
        *(_keyed(f"network.{day}", _network(address, v4, v6)) for v4, v6 in ((32, 64), (32, 48)))
    )


def _network(address: str, v4: int, v6: int) -> str:
    """The network in which an address lies, with a prefix of so many bits."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"  # a socket file in front: whoever comes that way shares one limit
    prefix = v4 if ip.version == 4 else v6
    return str(ipaddress.ip_network((ip.packed, prefix), strict=False))
