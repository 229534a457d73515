"""deploy/nginx.conf in the nginx that is installed, before an application that a test plays."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from portal.error_pages import STATUSES_OF_NGINX
from tests.deploy.backend import Backend, Reply
from tests.deploy.nginx import Answer, Nginx, exchange, installed, write_configuration
from tests.portal.running import wait_for

pytestmark = pytest.mark.deploy

HTTP2 = 'the "listen ... http2" directive is deprecated'


def test_shipped_file_loads_and_warns_of_nothing_but_the_parameter_of_http2(tmp_path: Path) -> None:
    """With its own name and ports; 1.22 knows no other way to turn HTTP/2 on."""
    program = installed()
    main = write_configuration(tmp_path, data=tmp_path, etc=program.etc)
    said = program.check(main).splitlines()
    assert [line for line in said if "[warn]" in line and HTTP2 not in line] == []


def test_site_is_passed_on_with_its_name_and_the_address_of_the_reader(
    nginx: Nginx, backend: Backend
) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Request-ID": "a"}
    answer = nginx.ask("/tin-tuc/?page=2", headers=headers)
    assert (answer.status, answer.text) == (200, "trang")
    asked = backend.requests[-1]
    assert asked.path == "/tin-tuc/?page=2"
    assert asked.headers["host"] == "localhost"
    assert asked.headers["x-forwarded-for"] == "127.0.0.1"
    assert asked.headers["x-forwarded-proto"] == "https"
    assert re.fullmatch("[0-9a-f]{32}", asked.headers["x-request-id"])


# --- Error pages ---------------------------------------------------------------------------------

CLOSE = b"Host: localhost\r\nConnection: close\r\n"
LONG = b"a" * 20_000
REFUSED = {
    "not HTTP": (b"FOO\x00\r\n\r\n", 400),
    "a NUL": (b"GET /%00 HTTP/1.1\r\n" + CLOSE + b"\r\n", 400),
    "above the root": (b"GET /../x HTTP/1.1\r\n" + CLOSE + b"\r\n", 400),
    "two lengths": (
        b"POST / HTTP/1.1\r\n" + CLOSE + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        400,
    ),
    "long header": (b"GET /en/ HTTP/1.1\r\n" + CLOSE + b"X: " + LONG + b"\r\n\r\n", 431),
    "long address": (b"GET /" + LONG + b" HTTP/1.1\r\n" + CLOSE + b"\r\n", 414),
    "large form": (
        b"POST /en/ HTTP/1.1\r\n" + CLOSE + b"Content-Length: 300000\r\n\r\n" + b"a" * 300_000,
        413,
    ),
    "trace": (b"TRACE / HTTP/1.1\r\n" + CLOSE + b"\r\n", 405),
    "trace of a large form": (
        b"TRACE / HTTP/1.1\r\n" + CLOSE + b"Content-Length: 300000\r\n\r\n" + b"a" * 300_000,
        405,
    ),
    "unknown coding": (b"POST / HTTP/1.1\r\n" + CLOSE + b"Transfer-Encoding: x\r\n\r\n", 501),
    "unknown version": (b"GET / HTTP/2.5\r\n" + CLOSE + b"\r\n", 505),
    "missing static file": (b"GET /static/x.css HTTP/1.1\r\n" + CLOSE + b"\r\n", 404),
    "missing picture": (b"GET /en/../media/x.webp HTTP/1.1\r\n" + CLOSE + b"\r\n", 404),
    "folder": (b"GET /media/anh/ HTTP/1.1\r\n" + CLOSE + b"\r\n", 403),
    "form to a static file": (b"POST /static/site.css HTTP/1.1\r\n" + CLOSE + b"\r\n", 405),
    "method of others": (b"PROPFIND /static/ HTTP/1.1\r\n" + CLOSE + b"\r\n", 405),
    "impossible range": (
        b"GET /static/site.css HTTP/1.1\r\n" + CLOSE + b"Range: bytes=900000-\r\n\r\n",
        416,
    ),
    "unmet condition": (
        b'GET /static/site.css HTTP/1.1\r\n' + CLOSE + b'If-Match: "x"\r\n\r\n',
        412,
    ),
    "figures of the operator": (b"GET //metrics?x HTTP/1.1\r\n" + CLOSE + b"\r\n", 404),
    "error page itself": (b"GET /error-pages/vi/404.html HTTP/1.1\r\n" + CLOSE + b"\r\n", 404),
}  # fmt: skip
HEADERS = {
    "Server": "nginx",  # no version
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def assert_is_our_page(answer: Answer | None, status: int, language: str = "vi") -> None:
    assert answer is not None
    assert answer.status == status
    for name, value in HEADERS.items():
        # The range of a file is looked at after the file has its headers: there may be two.
        assert answer.headers.get_all(name, [])[-1:] == [value], name
    assert "default-src 'none'; style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert f'<html lang="{language}">' in answer.text
    assert f"{'Error' if language == 'en' else 'Lỗi'} {status}<" in answer.text


@pytest.mark.parametrize("case", REFUSED)
def test_what_nginx_refuses_gets_our_page(nginx: Nginx, case: str) -> None:
    request, status = REFUSED[case]
    answer = nginx.raw(request)
    assert_is_our_page(answer, status, "en" if b" /en/" in request else "vi")


@pytest.mark.parametrize("case", ["long header", "trace", "trace of a large form"])
def test_so_does_what_is_refused_before_it_is_sent_to_https(nginx: Nginx, case: str) -> None:
    request, status = REFUSED[case]
    answer = nginx.raw(request, secure=False)
    assert answer is not None
    assert answer.status == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert f" {status}</p>" in answer.text


def test_plain_http_on_the_port_of_https_gets_our_page(nginx: Nginx) -> None:
    assert_is_our_page(exchange(nginx.https, REFUSED["folder"][0]), 400)


def test_limit_is_named_to_whoever_exceeds_it(nginx: Nginx) -> None:
    answer = nginx.ask("/binh-luan/", "POST", body=b"a" * 1_000_000)
    assert_is_our_page(answer, 413)
    assert "256 KB" in answer.text
    assert "60 MB" in answer.text


@pytest.mark.parametrize("path", ["/admin/news/image/add/", "/en/admin/"])
def test_staff_may_send_sixty_megabytes(nginx: Nginx, backend: Backend, path: str) -> None:
    assert nginx.ask(path, "POST", body=b"a" * 60_000_000).status == 200
    assert len(backend.requests[-1].body) == 60_000_000
    answer = nginx.ask(path, "POST", body=b"a" * 70_000_000)
    assert_is_our_page(answer, 413, "en" if path.startswith("/en/") else "vi")


@pytest.mark.parametrize("secure", [True, False])
def test_another_name_gets_no_answer(nginx: Nginx, backend: Backend, secure: bool) -> None:
    before = len(backend.requests)
    requests = [
        b"GET / HTTP/1.1\r\nHost: other.example\r\n\r\n",
        b"GET http://other.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
    ]
    if not secure:  # by TLS the name is known before the request is
        requests += [REFUSED[case][0] for case in ("not HTTP", "long address")]
    for request in requests:
        assert nginx.raw(request, secure=secure) is None
    assert len(backend.requests) == before


def test_handshake_for_another_name_is_refused(nginx: Nginx) -> None:
    with pytest.raises(OSError, match="UNRECOGNIZED_NAME"):
        nginx.ask(name="other.example")
    assert exchange(nginx.https, b"GET / HTTP/1.1\r\nHost: other.example\r\n\r\n") is None


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_old_tls_is_refused(nginx: Nginx, version: str) -> None:
    said = subprocess.run(
        [
            *("openssl", "s_client", "-connect", f"127.0.0.1:{nginx.https}", version),
            *("-servername", nginx.name, "-cipher", "DEFAULT@SECLEVEL=0"),
        ],
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    assert "alert protocol version" in said.stderr


def test_reader_who_comes_back_needs_no_full_handshake(nginx: Nginx) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_TICKET

    def connect(session: ssl.SSLSession | None) -> tuple[ssl.SSLSession | None, bool | None]:
        with (
            socket.create_connection(("127.0.0.1", nginx.https)) as plain,
            context.wrap_socket(plain, server_hostname=nginx.name, session=session) as client,
        ):
            return client.session, client.session_reused

    session, reused = connect(None)
    assert not reused
    assert connect(session)[1]


def test_list_of_statuses_is_the_same_in_both_places() -> None:
    site = (settings.BASE_DIR / "deploy/nginx.conf").read_text(encoding="utf-8")
    listed = {
        int(n) for n in re.findall(r"\b[45]\d\d\b", "".join(re.findall(r"error_page[^;]*;", site)))
    }
    assert listed - {494, 497} == set(STATUSES_OF_NGINX)


# --- The application is away ----------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "path", ["/moi", "/en/moi", "/admin/", "/thong-ke/luot", "/media/tep/a.pdf"]
)
def test_application_that_is_away_gets_our_page(down: Nginx, path: str, method: str) -> None:
    answer = down.ask(path, method)
    assert_is_our_page(answer, 502, "en" if path.startswith("/en/") else "vi")
    assert answer.headers["Retry-After"] == "30"
    assert ("try again" if path.startswith("/en/") else "thử lại") in answer.text


def broken_greeting() -> bytes:
    """The first message of TLS, with a key of another length than it says."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    sent = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), sent, server_hostname="localhost").do_handshake()
    greeting = sent.read()
    key = b"\x00\x1d\x00\x20"  # X25519 and its 32 bytes
    assert greeting.count(key) == 1
    return greeting.replace(key, b"\x00\x1d\x00\x1f")


def test_failure_is_logged_without_addresses(down: Nginx) -> None:
    down.ask("/binh-luan/bi-mat?q=ten-nguoi")
    down.ask("/binh-luan/bi-mat/", "PATCH")  # by nobody else
    # What nginx holds for critical, with the address of whoever sent it.
    with socket.create_connection(("127.0.0.1", down.https)) as client:
        client.sendall(broken_greeting())
        assert client.recv(100).startswith(b"\x15\x03")  # an alert
        assert client.recv(100) == b""
    log = down.folder / "log/congtin.log"
    # The line is written after the answer.
    wait_for(lambda: " PATCH 502 upstream=502 cache=- seconds=" in log.read_text())
    assert " GET 502 upstream=502 cache=MISS seconds=" in log.read_text()
    logs = "".join(path.read_text() for path in (down.folder / "log").iterdir())
    for secret in ("127.0.0.1", "bi-mat", "ten-nguoi"):
        assert secret not in logs


def test_before_the_first_start_there_is_a_sentence(down: Nginx, files: Path) -> None:
    pages = files / "error-pages"
    pages.rename(files / "away")
    try:
        answer = down.ask("/moi")
    finally:
        (files / "away").rename(pages)
    assert answer.status == 502
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Cổng chưa sẵn sàng" in answer.text


# --- Addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/static/../secret", "/static/..%2fsecret", "/static/%2e%2e/secret", "/static../secret",
     "/media/../secret", "/media/anh/..%2f..%2fsecret", "/media../secret",
     "/media/tep/%2e%2e/%2e%2e/secret",
     "/error-pages/../secret", "/error-pages../secret"],
)  # fmt: skip
def test_nothing_beside_the_folders_is_read(nginx: Nginx, backend: Backend, path: str) -> None:
    backend.answer = lambda request: Reply(404, body=b"app")
    answer = nginx.ask(path)
    assert answer.status == 404
    assert b"mat khau" not in answer.body


@pytest.mark.parametrize(
    "path",
    ["/media/tep/a.pdf", "/media//tep/a.pdf", "/media/./tep/a.pdf", "/media/anh/../tep/a.pdf",
     "//media/tep/a.pdf",
     "/media/%74ep/a.pdf", "/media%2ftep%2fa.pdf", "/media/tep%2fa.pdf",
     "/static/../media/tep/a.pdf",
     "http://localhost/media/tep/a.pdf"],
)  # fmt: skip
def test_no_spelling_takes_a_document_past_the_application(
    nginx: Nginx, backend: Backend, path: str
) -> None:
    backend.answer = lambda request: Reply(body=b"app")
    assert nginx.ask(path).text == "app"


# --- Requests that two servers may read differently -----------------------------------------------


def test_chunked_form_reaches_the_application_with_its_length(
    nginx: Nginx, backend: Backend
) -> None:
    head = b"POST /binh-luan/1/ HTTP/1.1\r\n" + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n"
    answer = nginx.raw(head + b"3\r\nabc\r\n4\r\nGET \r\n0\r\n\r\n")
    assert answer is not None
    assert answer.status == 200
    asked = backend.requests[-1]
    assert (asked.headers["content-length"], asked.body) == ("7", b"abcGET ")
    assert "transfer-encoding" not in asked.headers


@pytest.mark.parametrize(
    "fields",
    [
        b"Content-Length: 3\r\nContent-Length: 30\r\n",
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Content-Length: +3\r\n",
        b"Content-Length: -3\r\n",
        b"Content-Length : 3\r\n",
        b"Content-Length: 3, 30\r\n",
        b"Host: other.example\r\n",
    ],
    ids=str,
)
def test_ambiguous_request_does_not_reach_the_application(
    nginx: Nginx, backend: Backend, fields: bytes
) -> None:
    before = len(backend.requests)
    hidden = b"0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = nginx.raw(b"POST / HTTP/1.1\r\n" + CLOSE + fields + b"\r\n" + hidden)
    assert answer is not None
    assert answer.status in {400, 501}
    assert len(backend.requests) == before


def test_spellings_of_what_nginx_says_itself_are_dropped(nginx: Nginx, backend: Backend) -> None:
    """In WSGI, X_Forwarded_For would be the same as X-Forwarded-For."""
    nginx.ask("/x", headers={"X_Forwarded_For": "203.0.113.9", "X_Forwarded_Proto": "http"})
    names = [name for name in backend.requests[-1].headers if "forwarded" in name]
    assert sorted(names) == ["x-forwarded-for", "x-forwarded-proto"]


@pytest.mark.parametrize("host", ["LOCALHOST", "localhost:443", "localhost."])
def test_host_is_told_to_the_application_in_one_spelling(
    nginx: Nginx, backend: Backend, host: str
) -> None:
    answer = nginx.raw(f"GET /{host} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert answer is not None
    assert (answer.status, backend.requests[-1].headers["host"]) == (200, "localhost")


def test_old_clients_are_answered(nginx: Nginx, backend: Backend) -> None:
    answer = nginx.raw(b"GET /old HTTP/1.0\r\nHost: localhost\r\n\r\n")
    assert answer is not None
    assert (answer.status, answer.text) == (200, "trang")
    assert backend.requests[-1].path == "/old"
