"""Whether memory and connections stay as they are under half an hour of mixed use.

    .venv/bin/python bench/soak.py [--minutes 30] [--warm-up 10] [--rate 10] [--report FILE]

Starts a site with the demo ward in a scratch folder, as `manage.py serve` ships. Readers, searches,
feeds, captchas, comments, ratings, beacons, corrections of articles and uploads come at a steady
rate. The first minute after the warm-up and the last one are printed, and the first five minutes
and the last five: more than 5 % more of anything in the latter is a failure, and so is an answer
that was not the expected one. The five minutes decide because a minute alone may hold an upload
(35 MB) or more new connections than another, so that what is flat seems to grow by more than 5 %,
and what grows seems flat. The warm-up lasts until each process has met every page, and has memory
of its own where it shared that of the process it came from. Needs Linux with taskset.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import random
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("PORTAL_LOCAL", "1")
os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # as deploy/congtin.service has it

import psycopg
from PIL import Image
from running_site import Site

from portal.postgresql.embedded import EmbeddedPostgres
from tests.browsing import Browser

SAMPLE_SECONDS = 2
# What is compared: printed only, and what decides.
MINUTE, FIVE_MINUTES = 60, 5 * 60
THREADS = 8
TOLERANCE = 1.05
# Of a hundred things that are done.
MIX = {
    "page": 38,
    "beacon": 22,
    "search": 13,
    "feed": 8,
    "captcha": 6,
    "rating": 5,
    "comment": 4,
    "correction": 3,
    "upload": 1,
}
FEEDS = ["/rss/tin-moi.xml", "/atom/tin-moi.xml", "/api/articles/", "/sitemap.xml"]
LISTS = [
    "/",
    "/en/",
    "/tin-tuc/",
    "/chuyen-muc/kinh-te/",
    "/luu-tru/",
    "/so-do-cong/",
    "/thong-ke/",
]


class Use:
    """Everybody who uses the site, and what went wrong for them."""

    def __init__(self, site: Site, database: psycopg.Connection[Any], logins: list[Any]) -> None:
        self.site, self.database = site, database
        self.chance = random.Random(0)  # noqa: S311 – the same use each time
        self.numbers = itertools.count(1)
        self.faults: list[str] = []
        self.done = dict.fromkeys(MIX, 0)
        self.clerk = self.browser()
        self.clerk.sign_in(logins[0]["username"], logins[0]["password"])
        self.clerk_lock = threading.Lock()
        rules = "/admin/comments/commentsettings/1/change/"
        self.clerk.save_form(rules, "seconds_to_fill_in", seconds_to_fill_in="0", _save="")
        page = self.browser().get("/tin-tuc/").expect(200).text
        self.articles = dict(re.findall(r'href="(/tin-tuc/[^"]+-(\d+))"', page))
        self.paths = list(self.articles)
        text = " ".join(self.browser().get(path).expect(200).text for path in self.paths[:10])
        self.words = re.findall(r"\b[^\W\d_]{2,7} [^\W\d_]{2,7}\b", re.sub(r"<[^>]*>", " ", text))
        self.open = [
            int(pk)
            for pk in self.articles.values()
            if "captcha_key" in self.browser().get(f"/binh-luan/{pk}/gui").text
        ]

    def browser(self) -> Browser:
        n = next(self.numbers)
        return Browser(lambda: self.site.port, f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}")

    def run(self, until: float, rate: float) -> None:
        """Do `rate` things a second, evenly, until a moment of `time.monotonic`.

        A machine that cannot keep up does fewer.
        """
        turns, lock, began = itertools.count(), threading.Lock(), time.monotonic()
        kinds = [kind for kind, share in MIX.items() for _ in range(share)]

        def go_on() -> None:
            while True:
                with lock:
                    at = began + next(turns) / rate
                    kind = self.chance.choice(kinds)
                if max(at, time.monotonic()) > until:
                    return
                time.sleep(max(0.0, at - time.monotonic()))
                try:
                    getattr(self, f"do_{kind}")()
                    self.done[kind] += 1
                except Exception as error:
                    self.faults.append(f"{time.strftime('%X')} {kind}: {error!r}"[:1000])

        threads = [threading.Thread(target=go_on) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def do_page(self) -> None:
        pages = self.paths if self.chance.random() < 0.7 else LISTS
        self.browser().get(self.chance.choice(pages)).expect(200)

    def do_beacon(self) -> None:
        self.browser().send_beacon(int(self.chance.choice([0, *self.articles.values()])))

    def do_search(self) -> None:
        words = quote(self.chance.choice(self.words))
        self.browser().get(f"/tim-kiem?q={words}").expect(200)

    def do_feed(self) -> None:
        self.browser().get(self.chance.choice(FEEDS)).expect(200)

    def do_captcha(self) -> None:
        browser = self.browser()
        form = browser.get(f"/binh-luan/{self.chance.choice(self.open)}/gui").expect(200).text
        picture = re.search(r'src="(/binh-luan/ma/[^"]+\.png[^"]*)"', form)
        assert picture, form[:2000]
        browser.get(picture[1]).expect(200)

    def do_rating(self) -> None:
        self.browser().rate(self.chance.choice(self.open), self.chance.randint(1, 5))

    def do_comment(self) -> None:
        words = ", ".join(self.chance.choice(self.words) for _ in range(12))
        text = f"Ý kiến thứ {next(self.numbers)}: {words}."
        self.browser().send_comment(self.chance.choice(self.open), text, self.solve)

    def solve(self, key: str) -> str:
        statement = "SELECT response FROM captcha_captchastore WHERE hashkey = %s"
        row = self.database.execute(statement, [key]).fetchone()
        assert row, "no such captcha"
        return str(row[0])

    def do_correction(self) -> None:
        with self.clerk_lock:  # two who correct one article at once are told so
            self.clerk.save_form(
                f"/admin/news/article/{self.chance.choice(self.open)}/change/",
                "title",
                summary=f"Tóm tắt, sửa lần thứ {next(self.numbers)}.",
                correction="Sửa tóm tắt.",
                _correct="",
            )

    def do_upload(self) -> None:
        picture = io.BytesIO()
        Image.effect_noise((1600, 1000), self.chance.randint(20, 90)).convert("RGB").save(
            picture, "JPEG", quality=80
        )
        picture.seek(0)
        picture.name = "anh.jpg"
        with self.clerk_lock:
            self.clerk.save_form(
                "/admin/news/image/add/",
                "form-TOTAL_FORMS",
                **{"form-0-upload": picture, "form-0-alt": "Đường làng buổi sáng"},
            )


# --- What is watched ------------------------------------------------------------------------------


def memory(pid: int) -> tuple[float, float]:
    """Megabytes of a process, with its share of what it shares (PSS): its own, and shared memory.

    The shared memory of PostgreSQL is its cache of the database, whose size is a setting: it fills
    as the database is read. So it is watched apart.
    """
    fields = dict(
        re.findall(r"^(\w+): +(\d+) kB$", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
    )
    shared = int(fields.get("Pss_Shmem", 0))
    return (int(fields["Pss"]) - shared) / 1024, shared / 1024


def sample(site: Site, database: psycopg.Connection[Any]) -> dict[str, float]:
    found = site.processes()
    figures: dict[str, float] = {}
    own: dict[str, list[float]] = {name: [] for name in found}
    cache = 0.0
    for name, pids in found.items():
        for pid in pids:
            try:
                mine, shared = memory(pid)
            except OSError:
                continue  # it has just ended
            own[name].append(mine)
            cache += shared if name == "PostgreSQL" else 0
    for number, megabytes in enumerate(own["server"], start=1):
        figures[f"server, process {number}, MB"] = megabytes
    figures["server, all, MB"] = sum(own["server"])
    figures["PostgreSQL, all, MB"] = sum(own["PostgreSQL"])
    figures["PostgreSQL, its cache, MB"] = cache
    server = [Path(f"/proc/{pid}") for pid in found["server"]]
    figures["server, open files"] = sum(len(list((path / "fd").iterdir())) for path in server)
    figures["server, threads"] = sum(len(list((path / "task").iterdir())) for path in server)
    row = database.execute(
        "SELECT count(*), pg_database_size(current_database()) / 1048576.0 FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    ).fetchone()
    assert row
    figures["database connections"], figures["database, on disk, MB"] = map(float, row)
    return figures


# Not compared: what grows with what people write, or until it has its full size; and the share of
# one process in what all share, which grows as the others come to have pages of their own.
PRINTED_ONLY = re.compile("database, on disk|PostgreSQL, its cache|server, process")


def watch(
    site: Site, database: psycopg.Connection[Any], until: float, report: Callable[[str], None]
) -> list[tuple[float, dict[str, float]]]:
    """Sample until a moment of `time.monotonic`; return each sample with the second it is from."""
    samples, began = [], time.monotonic()
    while time.monotonic() < until:
        figures = sample(site, database)
        samples.append((time.monotonic() - began, figures))
        report(
            json.dumps({"at": round(samples[-1][0])} | {k: round(v, 1) for k, v in figures.items()})
        )
        time.sleep(SAMPLE_SECONDS)
    return samples


def level(values: list[float]) -> float:
    """The mean of the lower half: what is held between requests that need much for a moment.

    A picture needs 35 MB while it is stored. And each thread replaces its connection once a minute,
    so that what PostgreSQL needs rises and falls by a quarter: a minute alone says nothing of it.
    """
    return statistics.mean(sorted(values)[: (len(values) + 1) // 2])


def compare(samples: list[tuple[float, dict[str, float]]], warm_up: float) -> list[str]:
    """Print the first time after the warm-up and the last one; return what grew too much.

    Of a minute it is the mean, of five minutes their level.
    """
    print("One minute, the mean:")
    print_change(samples, warm_up, MINUTE, statistics.mean)
    print("Five minutes, the mean of the lower half:")
    levels = print_change(samples, warm_up, FIVE_MINUTES, level)
    return [
        f"{name}: {before:.1f} → {after:.1f}"
        for name, (before, after) in levels.items()
        if not PRINTED_ONLY.match(name) and after > before * TOLERANCE
    ]


def print_change(
    samples: list[tuple[float, dict[str, float]]],
    warm_up: float,
    seconds: float,
    measure: Callable[[list[float]], float],
) -> dict[str, tuple[float, float]]:
    """Print and return what is measured in so many seconds after the warm-up and at the end."""
    end = samples[-1][0]
    first = [figures for at, figures in samples if warm_up <= at < warm_up + seconds]
    last = [figures for at, figures in samples if at > end - seconds]
    measured = {}
    print(f"{'':32}{'first':>14}{'last':>14}{'change':>10}")
    for name in last[-1]:
        before, after = (measure([f.get(name, 0) for f in figures]) for figures in (first, last))
        measured[name] = before, after
        change = f"{100 * (after / before - 1):+.1f} %" if before else "new"
        print(f"{name:32}{before:>14.1f}{after:>14.1f}{change:>10}")
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--warm-up", type=float, default=10, help="minutes")
    parser.add_argument("--rate", type=float, default=10, help="things done in a second")
    parser.add_argument("--report", type=Path, help="file for all samples")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    folder.chmod(0o711)  # the database's own account must be able to pass through
    cores = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    site = Site(folder, workers=2, with_demo=True, cores=cores)
    try:
        where = EmbeddedPostgres(folder).connection_parameters()
        with (
            psycopg.connect(**where, autocommit=True) as database,
            open(options.report or os.devnull, "w") as report,
        ):
            logins = json.loads((folder / "demo_staff.json").read_text())
            use = Use(site, database, logins)
            until = time.monotonic() + (options.warm_up + options.minutes) * 60
            people = threading.Thread(target=use.run, args=(until, options.rate))
            people.start()
            samples = watch(
                site, database, until, lambda line: print(line, file=report, flush=True)
            )
            people.join()
    finally:
        site.stop()
        shutil.rmtree(folder)
    print(", ".join(f"{kind} {count}" for kind, count in use.done.items()))
    grown = compare(samples, options.warm_up * 60)
    for fault in use.faults[:20]:
        print(fault)
    if use.faults or grown:
        sys.exit("\n".join([f"{len(use.faults)} faults", *grown]))
    print(f"flat: nothing grew by more than {100 * (TOLERANCE - 1):.0f} %, and no fault")


if __name__ == "__main__":
    main()
