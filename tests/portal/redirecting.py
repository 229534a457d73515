"""Short functions for the tests of redirects."""

from __future__ import annotations

from typing import Any

from django.test import Client

from portal.models import Page
from portal.redirects.planning import PlannedRedirect, RequestedRedirect
from portal.redirects.services import save_redirects


def make_redirects(*pairs: tuple[str, object]) -> list[PlannedRedirect]:
    """Write redirects from pairs of old and new."""
    requests = [
        RequestedRedirect(line, old, str(new)) for line, (old, new) in enumerate(pairs, start=1)
    ]
    return save_redirects(requests=requests, by=None)


def get_location(client: Client, path: str) -> tuple[int, str]:
    """The status of an answer, and where it redirects to."""
    answer = client.get(path)
    return answer.status_code, answer.headers.get("Location", "")


def make_page(slug: str = "lien-he", **fields: Any) -> Page:
    page = Page(title="Liên hệ", slug=slug, body="<p>Nội dung.</p>", **fields)
    page.full_clean()
    page.save()
    return page
