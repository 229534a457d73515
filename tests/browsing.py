"""People at a running site: requests as browsers send them, forms as they stand in the page.

Nothing here knows the code of the site, so the same people can visit two versions of it. Only the
answer to a captcha is looked up in the database, by whoever has it.
"""

from __future__ import annotations

import http.client
import json
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import IO, Any

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
# Seconds: longer than the site may ever take, on a machine of tests that starts it anew meanwhile.
TIMEOUT = 300

Value = str | list[str] | IO[bytes]
Fields = Mapping[str, Value]


class UnexpectedAnswerError(Exception):
    """The site did not do what the form or the link promises."""


@dataclass(frozen=True)
class Answer:
    """What came back; `location` is empty unless it was a redirect."""

    status: int
    text: str
    location: str
    asked: str

    def expect(self, *statuses: int) -> Answer:
        """Return this answer. Raises UnexpectedAnswerError if it has none of these statuses."""
        if self.status not in statuses:
            raise UnexpectedAnswerError(f"{self.asked}: {self.status} {self.text[:3000]}")
        return self


class _Forms(HTMLParser):
    """Collects what a browser would send of each form, without its buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Value]] = []
        self._area = self._select = ""
        self._options: list[tuple[str, bool]] = []
        self._is_multiple = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append({})
        elif not self.forms or ("disabled" in given and tag != "option"):
            return
        elif tag == "input" and name:
            self._input(name, given)
        elif tag == "textarea":
            self._area = name
            self.forms[-1][name] = ""
        elif tag == "select":
            self._select, self._options, self._is_multiple = name, [], "multiple" in given
        elif tag == "option" and self._select:
            self._options.append((given.get("value", ""), "selected" in given))

    def _input(self, name: str, given: dict[str, str]) -> None:
        kind, fields = given.get("type", "text"), self.forms[-1]
        if kind in {"submit", "button", "image", "file", "reset"}:
            return
        if kind not in {"checkbox", "radio"}:
            fields[name] = given.get("value", "")
        elif "checked" in given:
            chosen = fields.setdefault(name, [])
            assert isinstance(chosen, list)
            chosen.append(given.get("value", "on"))

    def handle_data(self, data: str) -> None:
        if self._area:
            before = self.forms[-1][self._area]
            # The first line break of a text area is not part of its text.
            self.forms[-1][self._area] = (
                f"{before}{data}" if before else data.removeprefix("\r\n").removeprefix("\n")
            )

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
        elif tag == "select" and self._select:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            if not chosen and not self._is_multiple:
                chosen = [value for value, _ in self._options[:1]]
            self.forms[-1][self._select], self._select = chosen, ""


def fields_of(page: str, having: str) -> dict[str, Value]:
    """What a browser would send of the form of a page that has a field of this name."""
    parser = _Forms()
    parser.feed(page)
    form = next((form for form in parser.forms if having in form), None)
    if form is None:
        raise UnexpectedAnswerError(f"no form with {having} in: {page[:3000]}")
    return form


class Browser:
    """One person's browser, with an address and cookies of its own.

    Args:
        port: tells, before each request, the port of this machine that it goes to. The server
            needs `TRUSTED_PROXIES=1`.
        address: IP address of the person.
    """

    def __init__(self, port: Callable[[], int], address: str = "10.1.1.1") -> None:
        self.port, self.address = port, address
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send one request over a connection of its own.

        Raises:
            OSError, http.client.HTTPException: nobody answered, or not to the end.
        """
        # One host for all of the site, whichever process answers: cookies and Origin say so.
        sent = {"Host": "localhost", "User-Agent": FIREFOX, "X-Forwarded-For": self.address}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method != "GET":
            sent["Origin"] = "http://localhost"
        connection = http.client.HTTPConnection("127.0.0.1", self.port(), timeout=TIMEOUT)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            text = response.read().decode("utf-8", errors="replace")
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        location = response.headers.get("Location", "").removeprefix("http://localhost")
        return Answer(response.status, text, location, f"{method} {path}")

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, fields: Fields, **headers: str) -> Answer:
        """Send a form, with its files if there are any."""
        if any(hasattr(value, "read") for value in fields.values()):
            kind, body = MULTIPART_CONTENT, encode_multipart(BOUNDARY, dict(fields))
        else:
            kind = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode(fields, doseq=True).encode()
        return self.ask("POST", path, body, Content_Type=kind, **headers)

    # --- What readers do ----------------------------------------------------------------------

    def send_comment(self, article: int, text: str, solve: Callable[[str], str]) -> str:
        """Fill in the form of an article; return the address of the comment's private page.

        Args:
            solve: gives the answer to the captcha of a key.
        """
        path = f"/binh-luan/{article}/gui"
        fields = fields_of(self.get(path).expect(200).text, having="captcha_key")
        fields |= {"name": "Nguyễn Văn An", "text": text, "consent": "on"}
        fields["captcha"] = solve(str(fields["captcha_key"]))
        return self.post(path, fields).expect(303).location

    def rate(self, article: int, score: int) -> None:
        """Rate, and confirm with the cookie that the first answer sets."""
        path, score_field = f"/danh-gia/{article}/", {"score": str(score)}
        if self.post(path, score_field, Accept="application/json").expect(200, 202).status == 202:
            self.post(path, score_field, Accept="application/json").expect(200)

    def send_beacon(self, article: int) -> dict[str, Any]:
        """Say that a page is looked at; return the figures that come back."""
        body = str(article or "").encode()
        answer = self.ask("POST", "/thong-ke/luot", body, Content_Type="text/plain").expect(200)
        figures: dict[str, Any] = json.loads(answer.text)
        return figures

    # --- What staff do ------------------------------------------------------------------------

    def sign_in(self, username: str, password: str) -> None:
        path = "/admin/login/"
        fields = fields_of(self.get(path).expect(200).text, having="username")
        self.post(path, fields | {"username": username, "password": password}).expect(302)

    def save_form(self, path: str, having: str, **values: Value) -> Answer:
        """Open a form of the admin, change some fields, and press the button among them."""
        fields = fields_of(self.get(path).expect(200).text, having=having)
        return self.post(path, fields | values).expect(302)
