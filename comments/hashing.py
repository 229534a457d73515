"""What stands in the database instead of an address, an e-mail or a secret: keyed hashes.

Without the site's SECRET_KEY nobody can find out whose hash it is; each purpose has a salt of its
own, so that hashes of one purpose tell nothing about those of another.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import ipaddress
import re

from django.conf import settings

from news.text import comparison_key

_WORD = re.compile(r"\w+")


def _keyed(purpose: str, value: str) -> str:
    """Return 128 bits of HMAC-SHA256 as 32 hexadecimal digits.

    The same as `django.utils.crypto.salted_hmac` gives, whose key is made once for each purpose.
    """
    key = _key(purpose, settings.SECRET_KEY)
    return hmac.digest(key, value.encode(errors="replace"), "sha256").hex()[:32]


@functools.cache
def _key(purpose: str, secret: str) -> bytes:
    return hashlib.sha256(f"comments.{purpose}{secret}".encode()).digest()


def network_of(address: str) -> str:
    """Return the network of an address: IPv4 as it is, of IPv6 the /64 that one household has.

    Empty where there is no address, as behind a Unix socket.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)


def network_hash(address: str) -> str:
    return _keyed("network", network_of(address))


def email_hash(email: str) -> str | None:
    """Return the hash of an e-mail address, None for an empty one. Case does not count."""
    email = email.strip().casefold()
    return _keyed("email", email) if email else None


def status_key(nonce: str, comment_fingerprint: str) -> str:
    """Return the secret of a private status link, made from the form and the comment in it.

    So a form sent twice leads to the same link, and no secret is stored.
    """
    return _keyed("status-key", f"{nonce}\0{comment_fingerprint}")


def status_key_hash(key: str) -> str:
    return _keyed("status", key)


def fingerprint(article_id: int, network: str, name: str, text: str) -> str:
    """Return what stays the same if the same sender sends the same text again.

    Case, spaces and punctuation do not count.

    Args:
        network: its hash.
    """
    words = " ".join(_WORD.findall(text.casefold())) or text
    return _keyed("fingerprint", f"{article_id}\0{network}\0{comparison_key(name)}\0{words}")


def sender_key(network: str, name: str, email: str | None) -> str:
    """Return the key under which one sender's pace is counted.

    Args:
        network, email: their hashes; without an e-mail address the name tells senders apart.
    """
    return _keyed("limit-sender", f"{network}\0{email or comparison_key(name)}")


def network_key(network: str) -> str:
    """Return the key under which a whole network's comments are counted."""
    return _keyed("limit-network", network)
