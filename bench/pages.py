"""What the public pages cost with few articles and with many; ratios within one run.

    .venv/bin/python bench/pages.py [--few 10] [--many 10000] [--rounds 40]

Makes a scratch database on the configured server, and removes it.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("PORTAL_LOCAL", "1")

import django

django.setup()

from django.conf import settings
from django.core.paginator import Paginator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from django.utils import timezone

from news.models import Article, Category, Series, Tag
from news.models.listings import ListedArticles


def fill(categories: list[Category], tags: list[Tag], series: Series, count: int) -> None:
    """Add articles over fifteen years, in all categories."""
    chance = random.Random(count)  # noqa: S311 – a bench wants the same articles each time
    now = timezone.now()
    have = Article.objects.count()
    for start in range(have, count, 2000):
        batch = [
            Article(
                title=f"Bài viết số {n} về công tác của phường",
                slug=f"bai-viet-so-{n}",
                summary="Tóm tắt của bài viết, vừa đủ dài cho một thẻ trong danh sách.",
                body="<p>Nội dung của bài viết.</p>" * 20,
                status=Article.Status.PUBLISHED,
                published_at=now - timedelta(minutes=1 + n * 788_400 * 10 // count),
                first_published_at=now,
                category=chance.choice(categories),
                series=series if chance.random() < 0.01 else None,
            )
            for n in range(start, min(start + 2000, count))
        ]
        Article.objects.bulk_create(batch)
        through = Article.tags.through
        through.objects.bulk_create(
            [through(article=a, tag=t) for a in batch for t in chance.sample(tags, 2)]
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def median(action: Callable[[], object], rounds: int) -> float:
    """Milliseconds of the middle run, after two that warm up."""
    times = []
    for number in range(rounds + 2):
        start = time.perf_counter()
        action()
        if number >= 2:
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def measure(client: Client, root: Category, rounds: int) -> dict[str, tuple[int, float]]:
    """Statements and milliseconds of each page."""
    article = Article.objects.filter(series__isnull=False).first() or Article.objects.first()
    assert article is not None
    pages = Paginator(ListedArticles(root), 20).num_pages
    addresses = {
        "article": article.get_absolute_url(),
        "home": "/",
        "category, first page": root.get_absolute_url(),
        "category, middle page": f"{root.get_absolute_url()}?page={max(1, pages // 2)}",
        "category, last page": f"{root.get_absolute_url()}?page={pages}",
        "newest, last page": f"/tin-tuc/?page={Paginator(ListedArticles(None), 20).num_pages}",
        "tag": article.tags.all()[0].get_absolute_url(),
    }
    found = {}
    for name, address in addresses.items():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200, address
        found[name] = (len(captured), median(lambda a=address: client.get(a), rounds))
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--few", type=int, default=10)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    setup_test_environment()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        root = Category.objects.create(name="Tin tức", slug="tin-tuc")
        categories = [
            Category.objects.create(name=f"Mục {n}", slug=f"muc-{n}", parent=root, is_on_home=True)
            for n in range(8)
        ]
        tags = [Tag.objects.create(name=f"từ khóa {n}", slug=f"tu-khoa-{n}") for n in range(200)]
        series = Series.objects.create(name="Mùa mưa", slug="mua-mua")
        client = Client()
        fill(categories, tags, series, options.few)
        few = measure(client, root, options.rounds)
        started = time.perf_counter()
        fill(categories, tags, series, options.many)
        print(f"{options.many} articles written in {time.perf_counter() - started:.1f} s")
        many = measure(client, root, options.rounds)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    print(f"{'page':<24}{'statements':>14}{'ms with few':>14}{'ms with many':>14}{'ratio':>8}")
    for page, (statements, ms) in many.items():
        before = few[page]
        print(
            f"{page:<24}{f'{before[0]} → {statements}':>14}{before[1]:>14.1f}{ms:>14.1f}"
            f"{ms / before[1]:>8.2f}"
        )
    first = many["category, first page"][1]
    for page in ("category, middle page", "category, last page"):
        print(f"{page} / first page: {many[page][1] / first:.2f}")


if __name__ == "__main__":
    main()
