"""A restart while people read, and a large upload: nginx, congtin.service and PostgreSQL 15."""

from __future__ import annotations

import io
import os
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from itertools import count, repeat

import pytest
from PIL import Image

from tests.browsing import Answer, Browser
from tests.deploy.conftest import HOST
from tests.deploy.nginx import Nginx, running_nginx
from tests.deploy.unit import Service
from tests.portal.running import wait_for

PASSWORD = "mật khẩu của chị Mai"
COUNT = """
from stats.models import DailyTotal
print(sum(day.page_views for day in DailyTotal.objects.all()))
"""


@pytest.fixture
def nginx(site: Service) -> Iterator[Nginx]:
    wait_for(lambda: site.get()[0] == 200)
    machine = site.machine
    with running_nginx(
        machine.folder / "nginx", backend=site.port, data=machine.data, name=HOST
    ) as nginx:
        yield nginx


class Reader:
    """Somebody who asks for one page after the other, and what became of it."""

    def __init__(self, nginx: Nginx, stop: threading.Event) -> None:
        self.nginx, self.stop = nginx, stop
        self.faults: list[str] = []
        self.longest, self.answered = 0.0, 0

    def read(self, addresses: Iterator[str], method: str = "GET") -> None:
        while not self.stop.is_set():
            self.ask(next(addresses), method)

    def ask(self, address: str, method: str) -> None:
        began = time.monotonic()
        try:
            answer = self.nginx.ask(address, method, headers={"User-Agent": "Mozilla/5.0 Firefox"})
            is_ours = method == "POST" or "</html>" in answer.text
            if answer.status != 200 or not is_ours:
                self.faults.append(f"{address}: {answer.status} {answer.text[:80]}")
        except Exception as error:
            self.faults.append(f"{address}: {error!r}")
        self.longest = max(self.longest, time.monotonic() - began)
        self.answered += 1


def test_nobody_notices_a_restart(site: Service, nginx: Nginx) -> None:
    """8 readers, half of them of pages that no cache holds, and a page view after the other."""
    stop, lock, numbers = threading.Event(), threading.Lock(), count()

    def searches() -> Iterator[str]:
        while True:
            with lock:
                number = next(numbers)
            yield f"/tim-kiem?q=nuoc-sach-{number}"

    assert nginx.ask("/tin-tuc/").status == 200
    addresses = [repeat("/tin-tuc/")] * 4 + [searches() for _ in range(4)]
    readers, writer = [Reader(nginx, stop) for _ in addresses], Reader(nginx, stop)
    with ThreadPoolExecutor(9) as pool:
        for reader, asked in zip(readers, addresses, strict=True):
            pool.submit(reader.read, asked)
        pool.submit(writer.read, repeat("/thong-ke/luot"), "POST")
        try:
            wait_for(lambda: writer.answered > 20)
            site.restart()
            before = writer.answered
            wait_for(lambda: writer.answered > before + 20)
        finally:
            stop.set()
    everybody = [*readers, writer]
    print(f"longest wait {max(one.longest for one in everybody):.1f} s of",
          sum(one.answered for one in everybody))  # fmt: skip
    assert [fault for one in everybody for fault in one.faults] == []
    assert site.starts == 2
    site.stop()  # what was counted last is written
    counted = int(site.manage("shell", "--verbosity=0", f"--command={COUNT}"))
    assert counted == writer.answered


class Clerk(Browser):
    """Somebody of the staff, who comes through nginx."""

    def __init__(self, nginx: Nginx) -> None:
        super().__init__(lambda: nginx.https)
        self.nginx = nginx

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent |= {"Origin": f"https://{HOST}", "Referer": f"https://{HOST}{path}"}
        answer = self.nginx.ask(path, method, headers=sent, body=body)
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        where = answer.headers.get("Location", "")
        return Answer(answer.status, answer.text, where, f"{method} {path}")


def test_picture_of_ten_megabytes_is_taken_in_and_shown(site: Service, nginx: Nginx) -> None:
    site.manage("createsuperuser", "--noinput", "--username=mai", "--email=mai@example.gov.vn",
                DJANGO_SUPERUSER_PASSWORD=PASSWORD)  # fmt: skip
    clerk = Clerk(nginx)
    clerk.sign_in("mai", PASSWORD)
    fields = {"form-0-upload": noise(), "form-0-alt": "Nhiễu"}
    clerk.save_form("/admin/news/image/add/", having="form-0-alt", **fields)
    shown = re.search(r"/media/[\w/.-]+\.webp", clerk.get("/admin/news/image/").text)
    assert shown is not None
    served = nginx.ask(shown.group())
    assert (served.status, served.headers["Content-Type"]) == (200, "image/webp")
    assert "Traceback" not in site.journal()


def noise() -> io.BytesIO:
    """A picture that no compression makes smaller, a little below the limit of 10 MB."""
    side, file = 1800, io.BytesIO()
    picture = Image.frombytes("RGB", (side, side), os.urandom(side * side * 3))
    picture.save(file, "PNG", compress_level=0)
    assert 9_500_000 < file.tell() < 10 * 1024 * 1024
    file.name = "nhieu.png"
    file.seek(0)
    return file
