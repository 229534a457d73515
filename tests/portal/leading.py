"""Small verbs for the tests of old addresses."""

from __future__ import annotations

from typing import Any

from django.test import Client

from portal.models import Page
from portal.redirects import services
from portal.redirects.services import Wish, save_redirects


def lead(*pairs: tuple[str, object]) -> list[services.Step]:
    """Write redirects from pairs of old and new."""
    wishes = [Wish(line, old, str(new)) for line, (old, new) in enumerate(pairs, start=1)]
    return save_redirects(wishes=wishes, by=None)


def where(client: Client, path: str) -> tuple[int, str]:
    """The status of an answer, and where it leads."""
    answer = client.get(path)
    return answer.status_code, answer.headers.get("Location", "")


def make_page(slug: str = "lien-he", **fields: Any) -> Page:
    page = Page(title="Liên hệ", slug=slug, body="<p>Nội dung.</p>", **fields)
    page.full_clean()
    page.save()
    return page
