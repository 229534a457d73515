"""Fixtures of the tests of the whole site."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.db import connections

from portal.postgresql import base, limits


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """New connections, those of other threads, have the limits of a process that serves."""
    entry = connections.settings["default"]
    monkeypatch.setitem(entry, "OPTIONS", copy.copy(entry["OPTIONS"]))
    monkeypatch.setitem(entry, "TRANSACTION_LIMITS", None)
    limits.limit_requests(entry)
    monkeypatch.setattr(base, "_spared_until", 0.0)
    return entry
