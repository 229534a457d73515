"""Who rates, and from which network, without knowing either: keyed hashes only."""

from __future__ import annotations

import ipaddress
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

COOKIE = "rater"
COOKIE_AGE = timedelta(days=365)
_COOKIE_SALT = "ratings.cookie"


def _keyed(purpose: str, text: str) -> UUID:
    digest = salted_hmac(f"ratings.{purpose}", text, algorithm="sha256").digest()
    return UUID(bytes=digest[:16])


def rater_of(request: HttpRequest) -> UUID | None:
    """Who sent the request; None without a cookie of ours that is whole and not outdated."""
    token = request.get_signed_cookie(COOKIE, default=None, salt=_COOKIE_SALT, max_age=COOKIE_AGE)
    return _keyed("rater", token) if token else None


def introduce(response: HttpResponse) -> None:
    """Give the visitor a cookie by which a later rating is known as theirs."""
    response.set_signed_cookie(
        COOKIE,
        secrets.token_urlsafe(16),
        salt=_COOKIE_SALT,
        max_age=COOKIE_AGE,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def network_of(address: str, at: datetime | None = None) -> UUID:
    """The network of an address on the day of `at` (now), as a hash that tomorrow is another.

    An IPv4 address is a network by itself; of IPv6 one household or office has a whole /64.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        network = "unknown"  # a socket file in front: whoever comes that way shares one limit
    else:
        ip = getattr(ip, "ipv4_mapped", None) or ip
        prefix = 32 if ip.version == 4 else 64
        network = str(ipaddress.ip_network((ip.packed, prefix), strict=False))
    day = timezone.localdate(at)
    return _keyed(f"network.{day:%Y-%m-%d}", network)
