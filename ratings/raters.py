"""Identify raters and their networks by keyed hashes; neither can be told from what is stored."""

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


def _keyed_hash(purpose: str, text: str) -> UUID:
    """HMAC-SHA256 keyed by SECRET_KEY, cut to 16 bytes."""
    digest = salted_hmac(f"ratings.{purpose}", text, algorithm="sha256").digest()
    return UUID(bytes=digest[:16])


def rater_of_request(request: HttpRequest) -> UUID | None:
    """The rater by the cookie of the request; None if it is missing, forged or expired."""
    token = request.get_signed_cookie(
        settings.RATER_COOKIE_NAME, default=None, salt=_COOKIE_SALT, max_age=COOKIE_AGE
    )
    return _keyed_hash("rater", token) if token else None


def set_rater_cookie(response: HttpResponse) -> None:
    """Give the visitor a new rater cookie: random, signed, valid for `COOKIE_AGE`."""
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
class NetworkHashes:
    """The networks that a rating comes from, as keyed hashes that change every day.

    `network` is one household or office: an IPv4 address or an IPv6 /64. `neighbourhood` is what
    one subscriber may hold: the same IPv4 address, or an IPv6 /48, which is easily had and contains
    65,536 networks.
    """

    network: UUID
    neighbourhood: UUID


def hash_networks(address: str, at: datetime | None = None) -> NetworkHashes:
    """The hashes of the networks of an IP address, on the day of `at` (default: today)."""
    purpose = f"network.{timezone.localdate(at):%Y-%m-%d}"
    return NetworkHashes(
        network=_keyed_hash(purpose, _network_of_address(address, ipv6_prefix=64)),
        neighbourhood=_keyed_hash(purpose, _network_of_address(address, ipv6_prefix=48)),
    )


def _network_of_address(address: str, *, ipv6_prefix: int) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"  # without an address, as behind a Unix socket, all share one limit
    prefix = 32 if ip.version == 4 else ipv6_prefix
    return str(ipaddress.ip_network((ip.packed, prefix), strict=False))
