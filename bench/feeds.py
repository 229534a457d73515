"""What feeds, sitemaps, the archive and the API cost at both ends of an archive; ratios in one run.

    .venv/bin/python bench/feeds.py [--few 3000] [--many 200000] [--rounds 30]

Articles are as dense in the small archive as in the large one, so that a sitemap of a month holds
the same number in both. Makes a scratch database on the configured server, and removes it. The
search entries of 200,000 articles take some minutes to write.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import pages  # also sets Django up
from django.conf import settings
from django.core.paginator import Paginator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from django.utils import timezone

from news.api_schemas import write_cursor
from news.models import Article, Category, Image, Tag
from news.models.listings import ListedArticles, months

# 200,000 articles in fifteen years.
MINUTES_APART = 39.4


def fill(have: int, count: int, categories: list[Category], image: Image, tag: Tag) -> None:
    """Write the articles of these numbers, the newest first, as copies of one article.

    In SQL, since cleaning the same body 200,000 times would tell nothing. One article of a hundred
    was corrected, two of three have a picture. The newest ones carry the tag: its list stays short.
    """
    now = timezone.now()
    article, _made = Article.objects.get_or_create(
        slug="khuon-mau",
        title="Khuôn mẫu",
        category=categories[0],
        summary="Tóm tắt của bài viết, vừa đủ dài cho một thẻ trong danh sách.",
        body="<p>Nội dung của bài viết.</p>" * 60,
    )
    at = f"(%(now)s::timestamptz - interval '1 minute' * (1 + {MINUTES_APART} * n))"
    own = {
        "title": "'Bài viết số ' || n || ' về công tác của phường'",
        "slug": "'bai-viet-so-' || n",
        "status": "'published'",
        "published_at": at,
        "first_published_at": at,
        "updated_at": f"CASE WHEN n %% 100 = 0 THEN {at} + interval '1 hour' END",
        "category_id": "(%(categories)s::bigint[])[1 + n %% cardinality(%(categories)s::bigint[])]",
        "lead_image_id": "CASE WHEN n %% 3 > 0 THEN %(image)s::bigint END",
    }
    fields = [f for f in Article._meta.concrete_fields if not (f.primary_key or f.generated)]
    columns = [field.column for field in fields]
    values = [own.get(column, f"t.{column}") for column in columns]
    sql = (
        f"INSERT INTO news_article ({', '.join(columns)}) SELECT {', '.join(values)}"  # noqa: S608
        " FROM news_article t, generate_series(%(first)s, %(last)s) n WHERE t.id = %(template)s"
    )
    same = {
        "now": now, "image": image.pk, "template": article.pk,
        "categories": [category.pk for category in categories],
    }  # fmt: skip
    with connection.cursor() as cursor:
        for first in range(have, count, 10_000):
            cursor.execute(sql, same | {"first": first, "last": min(first + 10_000, count) - 1})
        cursor.execute("VACUUM ANALYZE")
    newest = Article.objects.published().newest_first()[:500]
    through = Article.tags.through
    rows = [through(article=article, tag=tag) for article in newest]
    through.objects.bulk_create(rows, ignore_conflicts=True)


def measure(client: Client, addresses: dict[str, str], rounds: int) -> dict[str, tuple[int, float]]:
    """Statements and median milliseconds of each address."""
    found = {}
    for name, address in addresses.items():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200, address
        found[name] = (len(captured), pages.median(lambda a=address: client.get(a), rounds))
    return found


def addresses(root: Category, tag: Tag) -> dict[str, str]:
    """What both archives have; the month is the newest whole one."""
    month = months(None)[1].month
    with_cursor = Client().get("/api/articles/?limit=20").json()["next"]
    return {
        "rss, site": "/rss/tin-moi.xml",
        "rss, category": f"/rss/{root.slug}.xml",
        "rss, tag": f"/rss/the/{tag.slug}.xml",
        "atom, site": "/atom/tin-moi.xml",
        "sitemap, page 1": f"/sitemap/{month:%Y-%m}.xml",
        "sitemap, news": "/sitemap/tin-moi.xml",
        "sitemap, list": "/sitemap.xml",
        "api, first page": "/api/articles/?limit=20",
        "api, second page": with_cursor.removeprefix("http://testserver"),
        "home": "/",
        "newest, page 1": "/tin-tuc/",
        "category, page 1": root.get_absolute_url(),
        "archive, newest month": f"/luu-tru/{month:%Y/%m}/",
    }


def deep(root: Category) -> dict[str, str]:
    """What stands far down in a large archive; 2019 where there is one."""
    counted = months(None)
    year = next((m.month for m in counted if m.month == date(2019, 3, 1)), counted[-2].month)
    since = datetime(year.year, year.month, 15, 12, tzinfo=timezone.get_current_timezone())
    page = min(200, Paginator(ListedArticles(root), 20).num_pages)
    return {
        "category, page 200": f"{root.get_absolute_url()}?page={page}",
        "archive, 2019": f"/luu-tru/{year.year}/",
        "archive, March 2019": f"/luu-tru/{year:%Y/%m}/",
        "sitemap, March 2019": f"/sitemap/{year:%Y-%m}.xml",
        "api, March 2019": f"/api/articles/?limit=20&cursor={write_cursor(since, 0)}",
    }


# Against which page of the same archive a deep one is held.
FIRST = {
    "category, page 200": "category, page 1",
    "archive, 2019": "archive, newest month",
    "archive, March 2019": "archive, newest month",
    "sitemap, March 2019": "sitemap, page 1",
    "api, March 2019": "api, first page",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--few", type=int, default=3_000)
    parser.add_argument("--many", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=30)
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
            Category.objects.create(name=f"Mục {n}", slug=f"muc-{n}", parent=root) for n in range(8)
        ]
        tag = Tag.objects.create(name="lũ lụt", slug="lu-lut")
        image = Image.objects.create(
            file="images/2026/11/cho-ha-3f9a2c1b-1280x800.webp", alt="Chợ Hạ", width=1280,
            height=800, size=90_000, sha256="0" * 64,
        )  # fmt: skip
        client = Client()
        fill(0, options.few, categories, image, tag)
        few = measure(client, addresses(root, tag), options.rounds)
        started = time.perf_counter()
        fill(options.few, options.many, categories, image, tag)
        print(f"{options.many} articles written in {time.perf_counter() - started:.0f} s")
        many = measure(client, addresses(root, tag), options.rounds)
        below = measure(client, deep(root), options.rounds)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    print(f"{'':<24}{'statements':>12}{'ms with few':>14}{'ms with many':>14}{'ratio':>8}")
    for page, (statements, ms) in many.items():
        before = few[page]
        print(
            f"{page:<24}{f'{before[0]} → {statements}':>12}{before[1]:>14.1f}{ms:>14.1f}"
            f"{ms / before[1]:>8.2f}"
        )
    print(f"\n{'deep in the archive':<24}{'statements':>12}{'ms':>14}{'against':>24}{'ratio':>8}")
    for page, (statements, ms) in below.items():
        first = FIRST[page]
        print(f"{page:<24}{statements:>12}{ms:>14.1f}{first:>24}{ms / many[first][1]:>8.2f}")


if __name__ == "__main__":
    main()
