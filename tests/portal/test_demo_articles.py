"""The demo articles: dated as an office works, and never one drawing twice in a row."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest
from django.utils import timezone

from portal.demo.articles import FOLDER, read_articles


@pytest.mark.parametrize("clock", ["00:05", "06:29", "06:31", "23:55"])
def test_newest_article_is_never_dated_at_night_or_in_the_future(clock: str) -> None:
    now = timezone.make_aware(datetime.fromisoformat(f"2026-11-22 {clock}"))
    newest = read_articles(now)[-1]
    assert newest.published_at <= now
    assert 6 <= timezone.localtime(newest.published_at).hour < 18
    assert newest.name == "thoi-su-chinh-tri-1"


def test_neighbours_do_not_share_a_drawing() -> None:
    pictures = [article.header.get("picture") for article in read_articles()]
    assert [name for name, following in pairwise(pictures) if name and name == following] == []


def test_every_drawing_is_used_and_described() -> None:
    drawn = {path.stem for path in (FOLDER / "pictures").glob("*.webp")}
    used = {article.header["picture"] for article in read_articles() if "picture" in article.header}
    lines = (FOLDER / "pictures" / "pictures.txt").read_text(encoding="utf-8").splitlines()
    assert used == drawn == {line.split(": ")[0] for line in lines if line and line[0] != "#"}
