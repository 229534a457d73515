"""Clients of the admin, signed in as the groups that the portal comes with."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.news.newsroom import sign_in


@pytest.fixture
def editor(client: Client, db: None) -> Any:
    return sign_in(client, "Biên tập viên")


@pytest.fixture
def writer(client: Client, db: None) -> Any:
    return sign_in(client, "Cộng tác viên")


@pytest.fixture
def newcomer(client: Client, db: None) -> Any:
    """A member of staff without any permission."""
    return sign_in(client)
