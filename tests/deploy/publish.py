"""What an administrator does first, over HTTPS on the machine itself: log in, publish an article.

    publish.py NAME USERNAME PASSWORD

Prints the address of the article. It needs the standard library only, and trusts the certificate
that deploy/install has put there.
"""

from __future__ import annotations

import http.client
import http.cookies
import re
import ssl
import sys
import urllib.parse
from html.parser import HTMLParser

CERTIFICATE = "/etc/ssl/portal/fullchain.pem"


class Form(HTMLParser):
    """The fields of a page with the values that a browser would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kind, name = given.get("type"), given.get("name")
        if tag == "input" and name and kind not in ("submit", "file", "checkbox", "radio"):
            self.fields[name] = given.get("value") or ""


class Browser:
    """One visitor, who keeps cookies."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cookies: dict[str, str] = {}
        self.trust = ssl.create_default_context(cafile=CERTIFICATE)

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Get a page, or send a form; return the status, the address led to, and the page."""
        connection = http.client.HTTPSConnection(self.name, context=self.trust, timeout=60)
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        headers["Origin"] = headers["Referer"] = f"https://{self.name}"
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode(form)
        connection.request("GET" if form is None else "POST", path, body, headers)
        answer = connection.getresponse()
        for header in answer.headers.get_all("Set-Cookie", []):
            for key, cookie in http.cookies.SimpleCookie(header).items():
                self.cookies[key] = cookie.value
        return answer.status, answer.headers.get("Location", ""), answer.read().decode()

    def fill(self, path: str, **values: str) -> str:
        """Fill in the form of a page and send it; return the address that it leads to."""
        status, _, page = self.ask(path)
        assert status == 200, (path, status)
        status, location, page = self.ask(path, Form(page).fields | values)
        assert status == 302, (path, status, re.findall('class="errorlist.*', page))
        return location


def main(name: str, username: str, password: str) -> None:
    browser = Browser(name)
    browser.fill("/admin/login/", username=username, password=password, next="/admin/")
    browser.fill("/admin/news/category/add/", name="Tin hoạt động")
    article = {"title": "Khánh thành cầu", "body": "<p>Cầu đã thông xe.</p>", "_publish": "1"}
    browser.fill("/admin/news/article/add/", category="1", origin="own", **article)
    reader = Browser(name)
    _, _, page = reader.ask("/tin-tuc/")
    (path,) = set(re.findall(r"/tin-tuc/khanh-thanh-cau-\d+", page))
    status, _, page = reader.ask(path)
    assert (status, "Cầu đã thông xe." in page) == (200, True)
    print(path)


main(*sys.argv[1:])
