"""What the log says of a request, and that it says nothing of the visitor."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, quote_plus

import psycopg
import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from portal.logs import (
    JsonLineFormatter,
    LineFormatter,
    describe,
    request_id,
    route_of,
    safe_message,
)
from portal.models import User
from portal.monitoring.middleware import RequestMonitor
from tests.factories import make_article

NAME, MAIL, TELEPHONE = "Nguyễn Văn Tèo", "teo.nguyen@example.net", "0912345678"
ADDRESS, BROWSER, SECRET = "198.51.100.77", "TeoBrowser/7.7", "khoaRiengCuaTeo"
STATUS_KEY = "c0ffee" * 5 + "00"  # of the private page of a comment
PERSONAL = [
    NAME, "Tèo", MAIL, "teo.nguyen", TELEPHONE, ADDRESS, "TeoBrowser", SECRET, STATUS_KEY
]  # fmt: skip

Log = Callable[[], str]


@pytest.fixture(params=[LineFormatter, JsonLineFormatter])
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    """What both formats write, from the loggers that have handlers of their own in LOGGING."""
    yield from _captured(request.param())


@pytest.fixture
def events() -> Iterator[Callable[[], list[dict[str, object]]]]:
    """The events written as JSON."""
    capture = contextlib.contextmanager(_captured)(JsonLineFormatter())
    with capture as written:
        yield lambda: [json.loads(line) for line in written().splitlines()]


def _captured(formatter: logging.Formatter) -> Iterator[Log]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    loggers = [logging.getLogger(name) for name in ("", "django.request")]
    for logger in loggers:
        logger.addHandler(handler)
    yield stream.getvalue
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.fixture
def logging_client(settings: object) -> Client:
    """A client of a site that logs every request; an exception in a view becomes a page."""
    settings.ACCESS_LOG = True
    return Client(raise_request_exception=False)


def view_raises(monkeypatch: pytest.MonkeyPatch, failure: Callable[[], object]) -> None:
    """Let the home page fail."""
    monkeypatch.setattr("portal.views.pages.HomeView.get", lambda *args, **kwargs: failure())


def assert_nothing_personal(text: str) -> None:
    plain = text.encode().decode("unicode_escape", "replace") + text
    forms = {form for word in PERSONAL for form in (word, quote(word), quote_plus(word))}
    forms |= {word.encode("unicode_escape").decode() for word in PERSONAL}
    assert [form for form in forms if form in plain] == []


# --- A visitor who puts personal data wherever one can --------------------------------------------


@pytest.mark.django_db
def test_nothing_that_a_visitor_sends_gets_into_the_log(log: Log, logging_client: Client) -> None:
    article = make_article()
    headers = {
        "User-Agent": BROWSER,
        "Referer": f"http://testserver/?ten={quote(NAME)}",
        "X-Forwarded-For": ADDRESS,
        "X-Request-ID": f"{SECRET}-{TELEPHONE}",
        "Accept-Language": SECRET,
        "Cookie": f"rater={SECRET}; sessionid={SECRET}; {SECRET}={MAIL}",
    }
    ask = logging_client.generic
    body = f"name={quote(NAME)}&email={MAIL}&text={quote(NAME)}+{TELEPHONE}&score={SECRET}"
    form = "application/x-www-form-urlencoded"
    for path in (
        f"/tim-kiem?q={quote(NAME)}+{MAIL}",
        f"/{quote(NAME)}/{MAIL}?{TELEPHONE}",
        f"/binh-luan/trang-thai/{STATUS_KEY}/",
        f"/tin-tuc/{quote(NAME)}-{article.pk}",
        f"/tin-tuc/x-{TELEPHONE}{TELEPHONE}",
        f"/trang/{SECRET}/",
        f"/media/tep/{quote(NAME)}.pdf",
        f"/static/{SECRET}.css",
        f"/thong-ke/luot.gif?bai={SECRET}",
        f"/%00{SECRET}",
        f"/?{SECRET}=%00",
        f"/?{SECRET * 400}",
        f"/api/articles?page={SECRET}",
        "/admin/",
        f"/admin/{SECRET}/",
    ):
        ask("GET", path, headers=headers)
        ask(SECRET, path, headers=headers)
        ask("POST", path, body, form, headers=headers)
    for path in (
        f"/binh-luan/{article.pk}/gui",
        f"/danh-gia/{article.pk}/",
        "/admin/login/",
        "/thong-ke/luot",
    ):
        ask("POST", path, body, form, headers=headers)
        ask("POST", path, body, form, headers=headers | {"Origin": f"https://{MAIL}"})
        ask("POST", path, body, f"multipart/form-data; boundary={SECRET}", headers=headers)
    ask("GET", "/", headers=headers | {"Host": f"{SECRET}.example.net"})
    Client(enforce_csrf_checks=True).post("/admin/login/", {"username": MAIL}, headers=headers)
    text = log()
    assert len(text.splitlines()) > 50
    assert_nothing_personal(text)


def violate_a_constraint() -> None:
    User.objects.create(username=MAIL)
    User.objects.create(username=MAIL)


def ask_wrongly() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::integer", [NAME])


def fail_for_a_reason() -> None:
    try:
        {}[MAIL]
    except KeyError as error:
        raise RuntimeError(NAME) from error


def fail_while_failing() -> None:
    try:
        raise ValueError(MAIL)
    finally:
        Path(f"/khong-co/{SECRET}").read_text()


def refuse() -> None:
    raise SuspiciousOperation(f"{NAME} {MAIL}")


def note() -> None:
    error = ValueError(NAME)
    error.add_note(MAIL)
    raise error


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (violate_a_constraint, "UniqueViolation 23505 portal_user_username_key portal_user"),
        (ask_wrongly, "InvalidTextRepresentation 22P02"),
        (fail_for_a_reason, "KeyError"),
        (fail_while_failing, "FileNotFoundError: No such file or directory"),
        (refuse, "400 Bad Request"),
        (note, "in note"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
@pytest.mark.django_db
def test_exception_is_told_by_its_type_and_place_and_not_by_what_it_quotes(
    log: Log,
    logging_client: Client,
    monkeypatch: pytest.MonkeyPatch,
    failure: Callable[[], object],
    said: str,
) -> None:
    view_raises(monkeypatch, failure)
    logging_client.get("/")
    text = log()
    assert said in text
    assert "test_logs.py" in text
    assert_nothing_personal(text)


@pytest.mark.parametrize(
    ("logger", "arguments", "said"),
    [
        ("pypdf", (f"Illegal character in {NAME}",), "a message of test_logs:7"),
        ("django.utils", ("%d of %s, %r", 7, NAME, MAIL), "7 of …, '…'"),
        ("django.utils", ("%(path)s", {"path": NAME}), "…"),
        ("gunicorn.error", ("WORKER TIMEOUT (pid:%s)", 77), "WORKER TIMEOUT (pid:77)"),
        ("news.images", ("refused: %s", ValueError(NAME)), "refused: ValueError"),
        ("news", ("%d", "x"), "%d"),
    ],
)
def test_message_keeps_what_comes_from_the_code(
    logger: str, arguments: tuple[object, ...], said: str
) -> None:
    message, *args = arguments
    record = logging.LogRecord(
        logger, logging.WARNING, "/x/test_logs.py", 7, message, tuple(args), None
    )
    assert safe_message(record) == said


def test_lost_connection_says_why() -> None:
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect("host=/khong-co port=1 dbname=x connect_timeout=2")
    assert "No such file or directory" in describe(caught.value)


# --- What an event holds --------------------------------------------------------------------------


@pytest.mark.django_db
def test_request_is_one_event_with_its_figures(
    events: Callable[[], list[dict[str, object]]], logging_client: Client
) -> None:
    article = make_article()
    logging_client.get(f"/en{article.get_absolute_url()}?tu-khoa=x")
    (event,) = events()
    told = {name: event[name] for name in ("level", "logger", "route", "method", "status")}
    assert told == {
        "level": "INFO",
        "logger": "portal.access",
        "route": "news:article-detail",
        "method": "GET",
        "status": 200,
    }
    assert event["language"] == "en"
    assert datetime.fromisoformat(str(event["time"])).utcoffset() is not None
    assert float(str(event["milliseconds"])) > 0
    assert int(str(event["statements"])) > 1
    assert re.fullmatch("[0-9a-f]{32}", str(event["request_id"]))


@pytest.mark.django_db
def test_exception_is_a_field_of_one_line_and_bears_the_number_of_its_request(
    events: Callable[[], list[dict[str, object]]],
    logging_client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view_raises(monkeypatch, note)
    response = logging_client.get("/")
    failed, asked = events()
    assert (failed["level"], failed["message"]) == ("ERROR", "500 Internal Server Error")
    assert str(failed["exception"]).endswith("ValueError")
    assert failed["request_id"] == asked["request_id"] == response["X-Request-ID"]
    assert str(failed["request_id"])[:8] in response.content.decode()


@pytest.mark.django_db
def test_quiet_routes_are_logged_only_when_something_is_wrong(
    events: Callable[[], list[dict[str, object]]], logging_client: Client
) -> None:
    for path in ("/healthz", "/readyz", "/thong-ke/luot.gif"):
        logging_client.get(path)
    assert events() == []
    logging_client.post(
        "/thong-ke/luot", b"", "text/plain", headers={"Origin": "https://example.net"}
    )
    (event,) = events()
    assert (event["route"], event["status"]) == ("visit", 403)


@pytest.mark.django_db
def test_no_request_is_logged_where_that_is_off(log: Log, client: Client) -> None:
    client.get("/")
    assert log() == ""


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "home"),
        ("/en/", "home"),
        ("/khong-co/x", "other"),
        ("/thong-ke/luot", "visit"),
        ("/thong-ke/luot.gif", "visit-pixel"),
        ("/healthz", "healthz"),
        ("/readyz", "readyz"),
        ("/static/x.css", "static"),
        ("/admin/khong-co/", "admin:"),
    ],
)
@pytest.mark.django_db
def test_route_is_one_of_a_fixed_set(client: Client, path: str, route: str) -> None:
    response = client.get(path)
    assert route_of(response.wsgi_request).startswith(route)


# --- The number of a request ----------------------------------------------------------------------


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request_id(request), status=int(request.GET.get("s", "200")))


GIVEN = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("behind_proxy", "given", "is_kept"),
    [
        (True, GIVEN, True),
        (True, "01234567-89ab-cdef-0123-456789abcdef", True),
        (False, GIVEN, False),
        (True, GIVEN[:-1], False),
        (True, GIVEN + "0", False),
        (True, GIVEN.replace("a", "g"), False),
        (True, GIVEN + "\n", False),
        (True, "", False),
    ],
)
def test_number_is_taken_from_our_own_proxy_alone(
    settings: object, behind_proxy: bool, given: str, is_kept: bool
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    request = RequestFactory().get("/", headers={"X-Request-ID": given})
    number = RequestMonitor(answer)(request).content.decode()
    assert (number == given) == is_kept
    assert len(number) >= 32


@pytest.mark.parametrize(
    ("path", "is_sent"),
    [("/", False), ("/?s=404", False), ("/?s=500", True), ("/?s=503", True), ("/admin/", True)],
)
def test_number_is_sent_where_no_cache_keeps_it(path: str, is_sent: bool) -> None:
    response = RequestMonitor(answer)(RequestFactory().get(path))
    assert response.get("X-Request-ID") == (response.content.decode() if is_sent else None)
