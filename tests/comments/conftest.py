"""What holds for every test of comments."""

import pytest

from comments.captcha import challenges


@pytest.fixture(autouse=True)
def _no_sweep_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """One captcha in 32 sweeps away those that are over; which one is left to chance."""
    monkeypatch.setattr(challenges, "SWEEP_EVERY", 10**9)
