"""What a rating costs: statements, and ratings per second of one article and of many.

    .venv/bin/python bench/ratings.py [--raters 64] [--changes 20] [--threads 20]

Makes a scratch database on the configured server, and removes it. The summaries are compared with
the ratings at the end.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("PORTAL_LOCAL", "1")

import django

django.setup()

from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from django.utils import timezone

from news.models import Article, Category
from ratings import services
from ratings.models import Rating, RatingSummary
from ratings.raters import Origin


def make_articles(count: int) -> list[Article]:
    category = Category.objects.create(name="Tin tức", slug="tin-tuc")
    at = timezone.now() - timedelta(hours=1)
    return Article.objects.bulk_create(
        [
            Article(
                title=f"Bài {n}",
                slug=f"bai-{n}",
                body="<p>Nội dung.</p>",
                status=Article.Status.PUBLISHED,
                published_at=at,
                first_published_at=at,
                category=category,
            )
            for n in range(count)
        ]
    )


def statements(article: Article) -> dict[str, int]:
    """What a browser's requests cost the database."""
    client = Client()
    address = f"/danh-gia/{article.pk}/"

    def rate(score: int) -> Any:
        return client.post(address, {"score": score}, headers={"accept": "application/json"})

    rate(5)  # the first try: a cookie, and the page's templates are read
    steps: dict[str, Callable[[], Any]] = {
        "first try, without a cookie": lambda: Client().post(
            address, {"score": 5}, headers={"accept": "application/json"}
        ),
        "new rating": lambda: rate(5),
        "change": lambda: rate(4),
        "own rating": lambda: client.get(f"{address}cua-toi"),
    }
    found = {}
    for name, step in steps.items():
        with CaptureQueriesContext(connection) as captured:
            assert step().status_code in {200, 202}
        found[name] = len([q for q in captured if q["sql"] not in {"BEGIN", "COMMIT"}])
    return found


def per_second(jobs: list[Callable[[], Any]], threads: int) -> float:
    """Run the jobs on so many threads, each with a connection of its own."""
    gate = threading.Barrier(threads + 1)

    def run(mine: list[Callable[[], Any]]) -> None:
        connection.ensure_connection()
        gate.wait()
        for job in mine:
            job()
        connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(run, jobs[n::threads]) for n in range(threads)]
        gate.wait()
        start = time.perf_counter()
        for each in running:
            each.result()
    return len(jobs) / (time.perf_counter() - start)


def rater(article: Article, who: UUID, score: int, network: int | None) -> Callable[[], Any]:
    origin = None if network is None else Origin(UUID(int=network), UUID(int=network))
    return lambda: services.rate_article(article=article, rater=who, score=score, origin=origin)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--raters", type=int, default=64)
    parser.add_argument("--changes", type=int, default=20)
    parser.add_argument("--threads", type=int, default=20)
    options = parser.parse_args()
    setup_test_environment()
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.RATINGS_PER_NETWORK = settings.RATINGS_PER_NETWORK_AND_ARTICLE = 10**9
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        articles = make_articles(200)
        print("statements of a request")
        for step, count in statements(articles[0]).items():
            print(f"  {step:<42}{count:>8}")
        count = options.raters * options.changes
        raters = [uuid4() for _ in range(options.raters)]
        office = 1001
        one = articles[1]
        print(f"ratings per second, {options.threads} connections")
        for words, jobs in {
            "new, all of one article, 1,000 networks": [
                rater(one, uuid4(), n % 5 + 1, n % 1000) for n in range(count)
            ],
            "new, all of one article, one network": [
                rater(one, uuid4(), n % 5 + 1, office) for n in range(count)
            ],
            "new, of 200 articles, 1,000 networks": [
                rater(articles[n % 200], uuid4(), n % 5 + 1, n % 1000) for n in range(count)
            ],
            f"{options.raters} raters change {options.changes} times, one article": [
                rater(one, raters[n % options.raters], n % 5 + 1, None) for n in range(count)
            ],
        }.items():
            print(f"  {words:<42}{per_second(jobs, options.threads):>8.0f}")
        wrong = services.find_wrong_summaries()
        counted = sum(summary.count for summary in RatingSummary.objects.all())
        print(
            f"summaries that are wrong: {len(wrong)} ({counted} ratings, {Rating.objects.count()})"
        )
        assert not wrong
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
