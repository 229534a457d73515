"""What holds for every test of comments."""

from collections.abc import Iterator
from typing import Any

import pytest

from comments import signals
from comments.captcha import challenges


@pytest.fixture(autouse=True)
def _no_sweep_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """One captcha in 32 sweeps away those that are over; which one is left to chance."""
    monkeypatch.setattr(challenges, "SWEEP_EVERY", 10**9)


@pytest.fixture
def told() -> Iterator[list[set[int]]]:
    """The articles that were said to have changed, sending after sending."""
    heard: list[set[int]] = []

    def listen(article_ids: set[int], **_kwargs: Any) -> None:
        heard.append(article_ids)

    signals.comments_changed.connect(listen)
    yield heard
    signals.comments_changed.disconnect(listen)
