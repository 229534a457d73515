"""What a search costs in the view, by kinds of words, with few articles and with many.

    .venv/bin/python bench/search.py [--articles 10000] [--rounds 20] [--keep]

Makes a scratch database on the configured server, fills it with the articles of
`bench/generator.py` and removes it; with --keep it stays, and the next run finds it filled.

One connection, one request after another. Milliseconds on the clock depend on what else the machine
does; so the processor time of this process and of its database backend is printed beside them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("PORTAL_LOCAL", "1")

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from generator import Generator

from news.models import Article, Category
from portal.server import tune_garbage_collection

KINDS = {
    # What the page costs without any search.
    "no words": [""],
    "common": [
        "phường",
        "người",
        "tổ dân phố",
        "ủy ban nhân dân phường",
        "thong bao",
        "đất",
        "năm",
    ],
    "rare": ["sắc phong", "hũ gạo", "vẩn quiêu", "nguyễn văn thắng", "mạch sủi", "phuong an ve"],
    "phrase": ['"tổ dân phố"', '"nhà văn hóa"', '"chợ hạ"', '"đăng ký khai sinh"', '"mái chèo"'],
    "excluding": ["phường -hội", "trường -học", 'chợ -"chợ hạ"', "lũ -bão", "khai sinh -giấy"],
    "no hit": ["khongcotunay", "phường xyzt", '"nhân dân chèo thuyền tết"', "vắc-xin covid qqq"],
    "begun": ["tổ dân p", "khai si", "tiêm ch", "thu"],
    "number": ["15/2023", "12 /QD-UBND", "2023/NQ-HĐND"],
    "filtered": [
        "phường&chuyen-muc=muc-1",
        "phường&tu-ngay=01/01/2015&den-ngay=31/01/2015",
        "người&den-ngay=31/12/2014",
        "chợ&sap-xep=moi-nhat",
        "chợ&page=50",
    ],
    "mistyped": ["tiem chug", "khai shin", "phuog"],
}


def fill(count: int) -> None:
    """Add the generator's articles through the ORM: triggers, indexes and all."""
    root = Category.objects.create(name="Tin tức", slug="tin-tuc")
    categories = [
        Category.objects.create(name=f"Mục {n}", slug=f"muc-{n}", parent=root) for n in range(8)
    ]
    made = Generator(datetime.now(UTC)).articles(count)
    with connection.cursor() as cursor:
        # An index made at the end takes a third of the time of one that grows.
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname IN"
            " ('news_searchentry_keys', 'news_searchentry_title')"
        )
        indexes = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP INDEX news_searchentry_keys, news_searchentry_title")
        while batch := list(islice(made, 1000)):
            Article.objects.bulk_create(
                Article(
                    title=article.title,
                    slug="bai-viet",
                    summary=article.summary,
                    body=article.body,
                    status=Article.Status.PUBLISHED,
                    published_at=article.published_at,
                    first_published_at=article.published_at,
                    category=categories[article.number % 8],
                )
                for article in batch
            )
        cursor.execute("SET maintenance_work_mem = '256MB'")
        for index in indexes:
            cursor.execute(index)
        cursor.execute("VACUUM ANALYZE")


def backend_seconds(pid: int) -> float:
    """Processor time of a process on this machine so far; 0 where it cannot be read."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(client: Client, kind: str, rounds: int) -> list[float]:
    addresses = [f"/tim-kiem?q={words}".replace(" ", "%20") for words in KINDS[kind]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    statements = 0
    for address in addresses * 2:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200, address
        asked = [q for q in captured.captured_queries if q["sql"] not in {"BEGIN", "COMMIT"}]
        statements = max(statements, len(asked))
    own, database = time.process_time(), backend_seconds(pid)
    times = []
    for address in addresses * rounds:
        start = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - start) * 1000)
    own, database = time.process_time() - own, backend_seconds(pid) - database
    times.sort()
    print(
        f"{kind:<12}{statements:>11}{times[0]:>9.1f}{statistics.median(times):>9.1f}"
        f"{times[int(len(times) * 0.95)]:>9.1f}{times[-1]:>9.1f}"
        f"{own * 1000 / len(times):>13.1f}{database * 1000 / len(times):>11.1f}"
    )
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    # Not the environment of tests: it copies the context of every template that is rendered.
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(
        verbosity=0, autoclobber=True, serialize=False, keepdb=options.keep
    )
    try:
        if Article.objects.count() != options.articles:
            Article.objects.all().delete()
            Category.objects.filter(parent__isnull=False).delete()
            Category.objects.all().delete()
            started = time.perf_counter()
            fill(options.articles)
            print(f"{options.articles} articles in {time.perf_counter() - started:.0f} s")
        print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        print(
            f"{'words':<12}{'statements':>11}{'least':>9}{'median':>9}{'95 %':>9}{'most':>9}"
            f"{'cpu, python':>13}{'database':>11}   (ms)"
        )
        tune_garbage_collection()  # as each worker of the server does
        client = Client()
        measured = {kind: measure(client, kind, options.rounds) for kind in KINDS}
        everything = sorted(ms for kind in KINDS if kind != "no words" for ms in measured[kind])
        print(
            f"{'all':<20}{everything[0]:>12.1f}{statistics.median(everything):>9.1f}"
            f"{everything[int(len(everything) * 0.95)]:>9.1f}{everything[-1]:>9.1f}"
        )
    finally:
        connection.creation.destroy_test_db(name, verbosity=0, keepdb=options.keep)


if __name__ == "__main__":
    main()
