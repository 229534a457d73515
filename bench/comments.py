"""How many comments the site takes in a second, and what a page costs below 10,000 comments.

    .venv/bin/python bench/comments.py [--comments 4000] [--connections 8] [--apart] [--rounds 60]
                                       [--no-pages]

Starts a site of its own in a scratch folder; site, PostgreSQL and this client share the first core
(`--apart` puts the client on the second). Codes are issued beforehand. Every comment is posted with
its own right code from an address of its own, as a browser posts the form, and answered by the
redirect to its status page. Needs Linux with taskset.
"""

from __future__ import annotations

import argparse
import http.client
import ipaddress
import itertools
import json
import os
import selectors
import shutil
import socket
import statistics
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from running_site import Site

# An article of each kind, the rules of a busy office, and codes with their answers.
PREPARE = """
import json
from django.utils import timezone
from comments import forms
from comments.captcha.challenges import Kind, issue_challenge
from comments.models import CommentSettings, ListedPhrase
from news.models import Article, Category
category, _ = Category.objects.get_or_create(name="Tin", slug="tin")
now = timezone.now()
article = Article.objects.create(
    title="Tin", slug="tin", category=category, status="published", published_at=now,
    first_published_at=now, body="<p>Nội dung của bài viết.</p>" * 20)
CommentSettings.objects.create(seconds_to_fill_in=0)
ListedPhrase.objects.bulk_create(ListedPhrase(phrase=f"cụm từ số {n}") for n in range(200))
codes = [issue_challenge(Kind.PICTURE, f"10.0.{n // 250}.{n % 250}") for n in range(COUNT)]
print(json.dumps({"article": article.pk, "codes": [
    [str(forms.new_token(article.pk)), code.key, code.response] for code in codes]}))
"""

COUNT = """
from comments.models import Comment
print(Comment.objects.filter(status="pending").count())
"""

# Two articles that differ in nothing but the number of their comments.
FILL = """
import json
from django.db import connection
from django.utils import timezone
from comments.models import Comment, ConsentText
from news.models import Article, Category
category, _ = Category.objects.get_or_create(name="Tin", slug="tin")
now = timezone.now()
consent, _ = ConsentText.objects.get_or_create(
    version=1, defaults={"text": "Tôi đồng ý.", "valid_from": now})
pks = []
for count in (20, 10000):
    article = Article.objects.create(
        title="Tin dài", slug="tin-dai", category=category, status="published", published_at=now,
        first_published_at=now, body="<p>Nội dung của bài viết.</p>" * 20)
    pks.append(article.pk)
    Comment.objects.bulk_create([Comment(
        article=article, name=f"Người dân {n}", text=f"Ý kiến thứ {n} về công việc của phường.",
        status="approved", submitted_at=now, published_at=now, consent=consent, consented_at=now,
    ) for n in range(count)], batch_size=1000)
with connection.cursor() as cursor:
    cursor.execute("VACUUM ANALYZE")
print(json.dumps(pks))
"""

TEXT = (
    "Ý kiến thứ {n}: tôi đồng ý với bài viết, mong phường sớm sửa con đường trước cổng trường cho "
    "các cháu đi học an toàn hơn, và lắp thêm đèn ở đầu ngõ vì buổi tối rất khó đi lại. "
)


def requests(article: int, codes: list[list[str]]) -> list[bytes]:
    """What browsers send, byte for byte."""
    found = []
    for n, (token, key, answer) in enumerate(codes):
        body = urlencode(
            {
                "token": token,
                "parent": "",
                "name": f"Nguyễn Văn {n}",
                "email": f"nguoi{n}@example.vn",
                "text": TEXT.format(n=n),
                "captcha_key": key,
                "captcha": answer,
                "consent": "on",
                "website": "",
            }
        ).encode()
        head = (
            f"POST /binh-luan/{article}/gui HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"X-Forwarded-For: 10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}\r\n"
            "Origin: http://127.0.0.1\r\nUser-Agent: Mozilla/5.0\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        found.append(head.encode() + body)
    return found


def post_all(port: int, waiting: list[bytes], connections: int) -> tuple[float, list[float]]:
    """Post everything over so many kept connections; return the seconds it took, and each time."""
    selector = selectors.DefaultSelector()
    times: list[float] = []
    queue = iter(waiting)
    sent: dict[socket.socket, float] = {}

    def next_one(connection: socket.socket) -> None:
        request = next(queue, None)
        if request is None:
            selector.unregister(connection)
            connection.close()
            return
        sent[connection] = time.perf_counter()
        connection.sendall(request)

    began = time.perf_counter()
    for _number in range(connections):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(connection, selectors.EVENT_READ)
        next_one(connection)
    while selector.get_map():
        for key, _events in selector.select():
            connection = key.fileobj
            assert isinstance(connection, socket.socket)
            answer = connection.recv(65536)
            assert answer.startswith(b"HTTP/1.1 303 "), answer[:2000].decode(errors="replace")
            times.append(time.perf_counter() - sent[connection])
            next_one(connection)
    return time.perf_counter() - began, times


VISITORS = itertools.count()


def milliseconds(port: int, path: str, rounds: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times = []
    for number in range(rounds + 5):
        # One network is given so many captchas a minute.
        headers = {"X-Forwarded-For": str(ipaddress.IPv4Address(0x0A010000 + next(VISITORS)))}
        began = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        assert response.status == 200, (path, response.status)
        if number >= 5:
            times.append((time.perf_counter() - began) * 1000)
    connection.close()
    return times


def compare_pages(site: Site, rounds: int) -> None:
    few, many = json.loads(site.shell(FILL).splitlines()[-1])
    pages = {
        "article": "/tin-tuc/tin-dai-{pk}",
        "list of comments": "/binh-luan/{pk}/",
        "form": "/binh-luan/{pk}/gui",
    }
    print(f"{'page':<20}{'ms with 20':>12}{'ms with 10,000':>16}{'ratio':>8}")
    for name, path in pages.items():
        times: dict[int, list[float]] = {few: [], many: []}
        for _turn in range(4):  # in turns, so that a busy moment meets both
            for pk, found in times.items():
                found += milliseconds(site.port, path.format(pk=pk), rounds // 4)
        before, after = (statistics.median(times[pk]) for pk in (few, many))
        print(f"{name:<20}{before:>12.2f}{after:>16.2f}{after / before:>8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--comments", type=int, default=4000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--apart", action="store_true", help="this client on the second core")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--no-pages", action="store_true", help="measure no pages")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="comments-"))
    site = Site(folder)
    try:
        prepared = json.loads(
            site.shell(PREPARE.replace("COUNT", str(options.comments))).splitlines()[-1]
        )
        waiting = requests(prepared["article"], prepared["codes"])
        os.sched_setaffinity(0, {1 if options.apart else 0})
        warm = len(waiting) // 10
        post_all(site.port, waiting[:warm], options.connections)
        used, own = sum(site.processor_seconds().values()), time.process_time()
        took, times = post_all(site.port, waiting[warm:], options.connections)
        used = sum(site.processor_seconds().values()) - used
        own = time.process_time() - own
        stored = int(site.shell(COUNT).split()[-1])
        count = len(times)
        print(f"{count / took:,.0f} comments/s over {options.connections} connections")
        total = used + (0 if options.apart else own)
        print(
            f"{total / count * 1e3:.2f} ms of the core each (site and PostgreSQL "
            f"{used / count * 1e3:.2f}, client {own / count * 1e3:.2f}): "
            f"{count / total:,.0f}/s on a core of their own"
        )
        times.sort()
        middle, slow = (times[count * part // 100] * 1e3 for part in (50, 99))
        print(f"median {middle:.1f} ms, 99 % below {slow:.1f} ms")
        print(f"stored {stored} of {len(waiting)}")
        assert stored == len(waiting)
        if not options.no_pages:
            compare_pages(site, options.rounds)
    finally:
        site.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
