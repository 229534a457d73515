"""Forms of the admin as a browser sends them, and what its answers mean."""

from __future__ import annotations

import re
from collections import defaultdict
from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ObjectDoesNotExist

from tests.workload.actions import Actor, RefusedError

_ERROR = re.compile(r'<ul class="errorlist[^>]*>\s*<li>(.*?)</li>', re.DOTALL)
_NOTE = re.compile(r'<p class="errornote">(.*?)</p>', re.DOTALL)


class _Forms(HTMLParser):
    """The forms of a page: the values that their controls have, and their buttons."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[dict[str, list[str]]] = []
        self.buttons: list[list[str]] = []
        self._select = self._textarea = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append(defaultdict(list))
            self.buttons.append([])
        name = given.get("name") or ""
        if not self.forms:
            return
        if tag in {"input", "button"} and name and "disabled" not in given:
            kind = given.get("type") or ("submit" if tag == "button" else "text")
            if kind == "submit":
                self.buttons[-1].append(name)
            elif kind not in {"file", "button", "reset", "image"} and (
                kind not in {"checkbox", "radio"} or "checked" in given
            ):
                self.forms[-1][name].append(given.get("value") or "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.forms[-1][self._select].append(given.get("value") or "")
        elif tag == "textarea":
            self._textarea, self._text = name, []

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea:
            self.forms[-1][self._textarea].append("".join(self._text).removeprefix("\n"))
            self._textarea = ""
        elif tag == "select":
            self._select = ""


class Form:
    """The largest form of a page."""

    def __init__(self, html: str) -> None:
        parser = _Forms()
        parser.feed(html)
        largest = max(range(len(parser.forms)), key=lambda index: len(parser.forms[index]))
        self.values: dict[str, Any] = dict(parser.forms[largest])
        self.buttons = parser.buttons[largest]


def open_form(actor: Actor, url: str, **query: Any) -> Form:
    """The form at an address of the admin; raises RefusedError if the row is gone."""
    answer = actor.staff.get(url, query)
    if answer.status_code != 200:
        raise_refusal(answer)
    return Form(answer.content.decode())


def send(
    actor: Actor,
    url: str,
    values: dict[str, Any],
    *,
    is_logged: bool = True,
    is_asked: bool = False,
) -> Any:
    """Send a form of the admin as the member of staff; return the answer, a redirect.

    Raises RefusedError where the site refuses with a sentence.

    Args:
        is_logged: whether the history of the admin must tell of it.
        is_asked: whether the answer may be the page that asks before a deletion, which tells what
            is in the way.
    """
    newest = LogEntry.objects.filter(user=actor.user).order_by("-pk").values_list("pk", flat=True)
    before = newest.first() or 0
    try:
        answer = actor.staff.post(url, values)
    except ObjectDoesNotExist as error:
        raise AssertionError(f"an error page at {url}") from error
    if answer.status_code == 200 and is_asked:
        raise RefusedError("not to be deleted")
    if answer.status_code not in {302, 303}:
        raise_refusal(answer)
    if is_asked and not list(_messages_of(answer)):
        raise RefusedError("all that was picked had just been deleted")
    told = [str(m) for m in _messages_of(answer) if m.level >= messages.WARNING]
    if told:
        raise RefusedError(f"told: {told[0]}")
    assert not is_logged or (newest.first() or 0) > before, f"no history of {url}"
    return answer


def raise_refusal(answer: Any) -> None:
    """Raise RefusedError for an answer that says what was wrong, AssertionError for any other."""
    path = answer.wsgi_request.path
    assert answer.status_code < 500, f"{answer.status_code} at {path}"
    told = [str(m) for m in _messages_of(answer) if m.level >= messages.WARNING]
    html = answer.content.decode()
    error = _ERROR.search(html) or _NOTE.search(html)
    if told:
        sentence = f"told: {told[0]}"
    elif answer.status_code >= 400:
        sentence = f"{answer.status_code}"
    else:
        assert error, f"{answer.status_code} without a word at {path}"
        sentence = f"form: {unescape(error[1])}"
    raise RefusedError(sentence)


def _messages_of(answer: Any) -> list[Any]:
    # Not those that an earlier answer left in the cookie: nobody may have looked at a page since.
    return [*answer.wsgi_request._messages._queued_messages]
