"""Where a rating comes from, as hashes: who shares one, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ratings.raters import NetworkHashes, hash_networks

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)  # in Việt Nam


def hashes(address: str = "198.51.100.7", at: datetime = NOON) -> NetworkHashes:
    return hash_networks(address, at)


@pytest.mark.parametrize(
    ("one", "other", "same_network", "same_neighbourhood"),
    [
        ("198.51.100.7", "198.51.100.7", True, True),
        ("198.51.100.7", "198.51.100.8", False, False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True, True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False, True),
        ("2001:db8:1:2::1", "2001:db8:2:2::1", False, False),
        ("", "unix:", True, True),
    ],
)
def test_hashes_are_of_a_household_and_of_what_one_holder_may_have(
    one: str, other: str, same_network: bool, same_neighbourhood: bool
) -> None:
    first, second = hashes(one), hashes(other)
    assert (first.network == second.network) is same_network
    assert (first.neighbourhood == second.neighbourhood) is same_neighbourhood


def test_hashes_are_others_on_the_next_day_of_viet_nam() -> None:
    evening = NOON + timedelta(hours=11, minutes=59)
    assert hashes(at=evening) == hashes()
    tomorrow = hashes(at=evening + timedelta(minutes=1))
    assert tomorrow.network != hashes().network
    assert tomorrow.neighbourhood != hashes().neighbourhood


def test_hashes_depend_on_the_secret_of_the_site(settings: Any) -> None:
    before = hashes()
    settings.SECRET_KEY = "another secret of fifty letters, or of some more than that"
    assert hashes() != before
