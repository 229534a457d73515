"""Sixteen readers and four who write, at a site of one or two hosts, as long as a test wants."""

from __future__ import annotations

import itertools
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from tests.browsing import Browser, UnexpectedAnswerError, fields_of
from tests.portal.running import PATIENCE, wait_for

READERS = 16
# Seconds between two things that somebody does: the site is in use, not at its limit.
PAUSE = 0.5
SIGN = "Ghi trong khi cập nhật"  # what is written here begins with it
PAGES = [
    "/",
    "/en/",
    "/chuyen-muc/kinh-te/",
    "/tim-kiem?q=ph%C6%B0%E1%BB%9Dng+Y%C3%AAn+H%C3%A0",
    "/rss/tin-moi.xml",
    "/api/articles/",
    "/luu-tru/",
    "/sitemap.xml",
]


class People:
    """Everybody at once, each in a thread; with a record of what the site said it has taken.

    Args:
        database: a connection, autocommit; used to solve captchas, and for the count at the end.
        hosts: the sockets on which the site listens at the beginning.
        username: of a superuser.
        password: of this user.
    """

    def __init__(
        self,
        database: psycopg.Connection[Any],
        hosts: list[socket.socket],
        username: str,
        password: str,
    ) -> None:
        self.database, self.ports = database, [host.getsockname()[1] for host in hosts]
        self.faults: list[str] = []
        self.comments: dict[str, str] = {}  # address of the private page by text
        self.titles: list[str] = []
        self.summaries: dict[str, str] = {}
        self.ratings = self.beacons = 0
        self._number, self._next_port = itertools.count(1), itertools.count()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._turns: dict[str, int] = {}
        self.clerk = self._browser()
        self.clerk.sign_in(username, password)
        self._prepare()

    def _prepare(self) -> None:
        rules = "/admin/comments/commentsettings/1/change/"
        self.clerk.save_form(rules, "seconds_to_fill_in", seconds_to_fill_in="0", _save="")
        home = self._browser().get("/").expect(200).text
        found = dict(re.findall(r'href="(/tin-tuc/[^"]+-(\d+))"', home))
        self.articles = {int(pk): path for path, pk in found.items()}
        self.open = [
            pk
            for pk in self.articles
            if "captcha_key" in self.clerk.get(f"/binh-luan/{pk}/gui").text
        ][:5]
        assert self.open
        self._before = {name: self._one(statement) for name, statement in self.COUNTS.items()}

    # --- Starting, switching, stopping --------------------------------------------------------

    def __enter__(self) -> People:
        jobs = {f"reader {n}": self._reader(n) for n in range(READERS)}
        jobs |= {
            "sender": self._send_comment,
            "rater": self._rate,
            "visitor": self._send_beacon,
            "clerk": self._edit,
        }
        for name, job in jobs.items():
            self._turns[name] = 0
            thread = threading.Thread(target=self._go_round, args=(name, job), name=name)
            self._threads.append(thread)
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(PATIENCE)
        hanging = [thread.name for thread in self._threads if thread.is_alive()]
        assert not hanging, f"still at it after {PATIENCE} s each: {hanging}"

    def _go_round(self, name: str, job: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                job()
            except Exception as error:
                self.faults.append(f"{time.strftime('%X')} {name}: {type(error).__name__} {error}")
            self._turns[name] += 1
            self._stopping.wait(PAUSE)

    def use(self, *hosts: socket.socket) -> None:
        """Send all further requests to these hosts, and wait until those begun have ended."""
        self.ports = [host.getsockname()[1] for host in hosts]
        self.go_on(1)

    def go_on(self, turns: int = 2) -> None:
        """Return when everybody has done so many things more. Fails when anything has failed."""
        until = {name: done + turns for name, done in self._turns.items()}
        wait_for(
            lambda: self.faults or all(self._turns[name] > turn for name, turn in until.items()),
            5 * PATIENCE,
        )
        assert not self.faults, "\n".join(self.faults[:10])

    # --- What they do -------------------------------------------------------------------------

    def _browser(self) -> Browser:
        n = next(self._number)
        return Browser(
            lambda: self.ports[next(self._next_port) % len(self.ports)],
            f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}",
        )

    def _reader(self, number: int) -> Callable[[], None]:
        pages = [*PAGES, *list(self.articles.values())[:4]]
        rounds: Iterator[str] = itertools.islice(itertools.cycle(pages), number % len(pages), None)
        browser = self._browser()

        def read() -> None:
            path = next(rounds)
            page = browser.get(path).expect(200).text
            if "</html>" in page:
                sheet = re.search(r'href="(/static/[^"]+\.css)"', page)
                assert sheet, path
                browser.get(sheet[1]).expect(200)
            elif not page.strip():
                raise UnexpectedAnswerError(f"{path}: nothing")

        return read

    def _solve(self, key: str) -> str:
        return str(self._one("SELECT response FROM captcha_captchastore WHERE hashkey = %s", key))

    def _send_comment(self) -> None:
        number = len(self.comments)
        text = f"{SIGN}: ý kiến thứ {number}, mong phường sớm sửa con đường trước cổng trường."
        article = self.open[number % len(self.open)]
        self.comments[text] = self._browser().send_comment(article, text, self._solve)

    def _rate(self) -> None:
        self._browser().rate(self.open[self.ratings % len(self.open)], self.ratings % 5 + 1)
        self.ratings += 1

    def _send_beacon(self) -> None:
        self._browser().send_beacon(self.open[self.beacons % len(self.open)])
        self.beacons += 1

    def _edit(self) -> None:
        """Publish an article, then correct the one before it."""
        title = f"{SIGN} {len(self.titles)}"
        fields = fields_of(self.clerk.get("/admin/news/article/add/").expect(200).text, "title")
        fields |= {"title": title, "summary": "Tóm tắt.", "body": "<p>Nội dung.</p>"}
        fields |= {"category": self._category(), "_publish": ""}
        self.clerk.post("/admin/news/article/add/", fields).expect(302)
        self.titles.append(title)
        if len(self.titles) > 1:
            earlier = self.titles[-2]
            pk = self._one("SELECT id FROM news_article WHERE title = %s", earlier)
            summary = f"Tóm tắt đã sửa sau bài {title}."
            self.clerk.save_form(
                f"/admin/news/article/{pk}/change/",
                "title",
                summary=summary,
                correction="Sửa tóm tắt.",
                _correct="",
            )
            self.summaries[earlier] = summary

    def _category(self) -> str:
        return str(self._one("SELECT id FROM news_category WHERE slug = 'kinh-te'"))

    # --- What must be there -------------------------------------------------------------------

    COUNTS = {
        "comments": "SELECT count(*) FROM comments_comment",
        "ratings": "SELECT count(*) FROM ratings_rating",
        "rating summaries": "SELECT sum(count) FROM ratings_ratingsummary",
        "page views": "SELECT sum(page_views) FROM stats_dailytotal",
        "articles": "SELECT count(*) FROM news_article",
        "listed in the category": """
            SELECT count(*) FROM news_listing JOIN news_category ON news_category.id = category_id
            WHERE slug = 'kinh-te'
        """,
        "found by search": "SELECT count(*) FROM news_searchentry",
        "in the history": "SELECT count(*) FROM django_admin_log",
    }

    def _one(self, statement: str, *values: object) -> Any:
        row = self.database.execute(statement, values or None).fetchone()
        return row and row[0]

    def expect_everything_is_kept(self) -> None:
        """Compare what the site said it has taken with what the database has."""
        assert not self.faults, "\n".join(self.faults[:10])
        added = {
            "comments": len(self.comments),
            "ratings": self.ratings,
            "rating summaries": self.ratings,
            "page views": self.beacons,
            "articles": len(self.titles),
            "listed in the category": len(self.titles),
            "found by search": len(self.titles),
            # The form and what its button did.
            "in the history": 2 * (len(self.titles) + len(self.summaries)),
        }

        def counted() -> dict[str, int]:
            return {
                name: self._one(statement) - self._before[name]
                for name, statement in self.COUNTS.items()
            }

        # Page views are written within two seconds.
        wait_for(lambda: counted()["page views"] >= added["page views"])
        assert counted() == added, f"{counted()} instead of {added}"
        stored = self.database.execute(
            "SELECT title, summary FROM news_article WHERE title LIKE %s", [f"{SIGN}%"]
        ).fetchall()
        assert {title: summary for title, summary in stored if title in self.summaries} == (
            self.summaries
        )
        texts = self.database.execute(
            "SELECT text FROM comments_comment WHERE text LIKE %s", [f"{SIGN}%"]
        ).fetchall()
        assert sorted(text for (text,) in texts) == sorted(self.comments)
        for text, path in self.comments.items():
            assert text[:60] in self._browser().get(path).expect(200).text
