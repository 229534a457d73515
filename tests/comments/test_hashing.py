"""Keyed hashes: which spellings are one sender, and that nobody can make them without the key."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.utils.crypto import salted_hmac

from comments import hashing


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.113.1.7", "203.113.1.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:0db8:0001:0002::1", "2001:db8:1:2::"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_network_of_an_address(address: str, network: str) -> None:
    assert hashing.network_of(address) == network


@pytest.mark.parametrize("email", ["hong@example.vn", " Hong@Example.VN\n"])
def test_case_and_spaces_of_an_email_address_do_not_count(email: str) -> None:
    assert hashing.email_hash(email) == hashing.email_hash("hong@example.vn") is not None


@pytest.mark.parametrize("email", ["", "  "])
def test_no_email_address_has_no_hash(email: str) -> None:
    assert hashing.email_hash(email) is None


HASHES = {
    "network": lambda: hashing.network_hash("203.113.1.7"),
    "email": lambda: hashing.email_hash("203.113.1.7"),
    "status": lambda: hashing.status_key_hash("203.113.1.7"),
    "limit-network": lambda: hashing.network_key("203.113.1.7"),
}


@pytest.mark.parametrize("purpose", HASHES)
def test_hash_is_the_keyed_one_of_django_for_its_purpose(purpose: str) -> None:
    keyed = salted_hmac(f"comments.{purpose}", "203.113.1.7", algorithm="sha256")
    assert HASHES[purpose]() == keyed.hexdigest()[:32]


@pytest.mark.parametrize("purpose", HASHES)
def test_hash_changes_with_the_secret_key_and_is_no_plain_one(purpose: str, settings: Any) -> None:
    earlier = HASHES[purpose]()
    settings.SECRET_KEY = "another" * 10
    assert HASHES[purpose]() != earlier
    for plain in (hashlib.md5, hashlib.sha256):
        assert earlier not in plain(b"203.113.1.7").hexdigest()


BASE = {"article_id": 7, "network": "n", "name": "Nguyễn An", "text": "Đường hỏng quá!"}


@pytest.mark.parametrize(
    "other",
    [
        {"text": "đường  hỏng, quá"},
        {"name": "NGUYỄN  AN"},
    ],
)
def test_fingerprint_is_the_same_for_the_same_words(other: dict[str, Any]) -> None:
    assert hashing.fingerprint(**BASE | other) == hashing.fingerprint(**BASE)


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Đường tốt quá!"},
        {"text": "Đườnghỏng quá!"},
        {"name": "Nguyễn Ân"},
        {"network": "m"},
        {"article_id": 8},
    ],
)
def test_fingerprint_differs_for_another_comment(other: dict[str, Any]) -> None:
    assert hashing.fingerprint(**BASE | other) != hashing.fingerprint(**BASE)


def test_fingerprint_of_a_text_without_words_is_that_of_its_signs() -> None:
    assert hashing.fingerprint(**BASE | {"text": "!!!"}) != hashing.fingerprint(
        **BASE | {"text": "???"}
    )


def test_status_key_depends_on_the_form_and_on_the_comment() -> None:
    keys = {hashing.status_key(*pair) for pair in (("a", "b"), ("a", "c"), ("b", "b"), ("a", "b"))}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (("n", "An", "e"), ("n", "Bình", "e"), True),
        (("n", "An", None), ("n", "AN", None), True),
        (("n", "An", None), ("n", "Bình", None), False),
        (("n", "An", "e"), ("m", "An", "e"), False),
        (("n", "An", "e"), ("n", "An", "f"), False),
    ],
)
def test_sender_is_known_by_network_and_email_or_else_name(
    one: tuple[str, str, str | None], other: tuple[str, str, str | None], is_same: bool
) -> None:
    assert (hashing.sender_key(*one) == hashing.sender_key(*other)) is is_same
