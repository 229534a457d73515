"""Debian's nginx with deploy/nginx.conf as it ships, in a folder of a test.

Nothing is substituted but the name of the site, ports, paths and certificate. The file of the site
stands in Debian's own /etc/nginx/nginx.conf, and the workers run under Debian's account.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tests.portal.running import PATIENCE, hold_port, wait_for

NAME = "portal.example.gov.vn"  # in the shipped file


@dataclass(frozen=True)
class Answer:
    """What came back for a request."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class _TLSConnection(http.client.HTTPConnection):
    """A connection to this machine that asks for another name in its handshake."""

    def __init__(self, port: int, name: str) -> None:
        super().__init__("127.0.0.1", port, timeout=PATIENCE)
        self.name = name

    def connect(self) -> None:
        super().connect()
        self.sock = tls(self.sock, self.name)


def tls(plain: socket.socket, name: str) -> ssl.SSLSocket:
    """Begin TLS on a connection. The certificate of a test is nobody's, so it is not checked."""
    # Not create_default_context(): it reads the certificates of all authorities, which takes longer
    # than the answer that some tests measure.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(plain, server_hostname=name)


@dataclass(frozen=True)
class Nginx:
    """A running nginx.

    Args:
        name: under which the site is asked for.
        folder: its cache is below `cache`, its logs below `log`.
        http, https: ports on 127.0.0.1.
        process: the master.
    """

    name: str
    folder: Path
    http: int
    https: int
    process: subprocess.Popen[bytes]

    def ask(
        self,
        path: str = "/",
        method: str = "GET",
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        name: str = "",
    ) -> Answer:
        """Send one request by HTTPS and return the answer.

        Raises OSError, http.client.HTTPException if there is none.
        """
        connection = _TLSConnection(self.https, name or self.name)
        try:
            connection.request(
                method, path, body, {"Host": name or self.name} | dict(headers or {})
            )
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def raw(self, request: bytes, *, secure: bool = True, name: str = "") -> Answer | None:
        """Send bytes as they are and return the answer; None if the connection is just closed.

        Args:
            secure: by TLS to the port of HTTPS; else in plain to that of HTTP.
            name: to begin TLS with, if it is not the site's.
        """
        return exchange(
            self.https if secure else self.http, request, (name or self.name) if secure else ""
        )


def exchange(port: int, request: bytes, name: str = "") -> Answer | None:
    """Send bytes to a port of this machine, by TLS if a name is given."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    with tls(plain, name) if name else plain as client:
        with contextlib.suppress(OSError):  # nginx may have answered and closed already
            client.sendall(request)
        answer = http.client.HTTPResponse(client)
        try:
            answer.begin()
            return Answer(answer.status, answer.headers, answer.read())
        except (http.client.RemoteDisconnected, ConnectionResetError):
            return None


@dataclass(frozen=True)
class Program:
    """An nginx: how it is called, and where Debian's files of it are."""

    command: tuple[str | Path, ...]
    etc: Path

    def check(self, main: Path) -> str:
        """Check a configuration (`nginx -t`) and return what nginx says, warnings too."""
        command = [*self.command, "-t", "-c", main]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        return result.stderr


def installed() -> Program:
    """The nginx that is installed; that of the folder NGINX_TREE, if this is set.

    Fails with a sentence where it is missing.
    """
    assert os.geteuid() == 0, "the tests of deploy/ need root, as nginx has it on a server"
    if tree := os.environ.get("NGINX_TREE"):
        return unpacked(Path(tree))
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    assert nginx is not None, "nginx is not installed (Debian: apt-get install nginx)"
    return Program((nginx,), Path("/etc/nginx"))


def unpacked(tree: Path) -> Program:
    """An nginx that .ci/newest-nginx has unpacked, with the libraries beside it."""
    [loader] = tree.glob("usr/lib/*-linux-gnu/ld-linux-*.so.*")
    libraries = f"{loader.parent}:{tree / 'lib' / loader.parent.name}"
    nginx = tree / "usr/sbin/nginx"
    return Program((loader, "--library-path", libraries, nginx), tree / "etc/nginx")


def substitute(pattern: str, by: str, text: str, count: int) -> str:
    """Replace a pattern, which must occur so often: else the rig tests another file."""
    text, found = re.subn(pattern, by, text, flags=re.MULTILINE)
    assert found == count, f"{pattern} occurs {found} times, not {count}"
    return text


def make_certificate(folder: Path, name: str) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"),
            *("-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )


def write_configuration(
    folder: Path,
    *,
    http: int = 80,
    https: int = 443,
    backend: int = 8000,
    data: Path,
    static: Path | None = None,
    name: str = NAME,
    lock: str = "",
    etc: Path,
) -> Path:
    """Write the shipped file and Debian's around it into a folder; return the path of the latter.

    Args:
        http, https, backend: ports.
        data: PORTAL_DATA of the site.
        static: its STATIC_ROOT, if that lies elsewhere.
        name: under which the site is asked for.
        lock: how long readers wait for the first who asks for a page, if not as shipped.
        etc: where Debian's files of nginx are.
    """
    for part in ("log", "temp", "tls"):
        (folder / part).mkdir(exist_ok=True)
    make_certificate(folder / "tls", name)
    site = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for number, port in ((80, http), (443, https)):
        site = substitute(rf"^(    listen (?:\[::\]:)?){number}\b", rf"\g<1>{port}", site, 4)
    site = substitute(r"127\.0\.0\.1:8000\b", f"127.0.0.1:{backend}", site, site.count(":8000"))
    paths = {"/srv/congtin/data/static": static or data / "static", "/srv/congtin/data": data}
    paths |= {"/etc/ssl/portal": folder / "tls", "/var/log/nginx": folder / "log"}
    paths |= {"/var/cache": folder}
    for shipped, path in paths.items():
        assert shipped in site
        site = site.replace(shipped, str(path))
    if lock:
        lasting = f"proxy_cache_lock_timeout {lock}; proxy_cache_lock_age {lock};"
        site = substitute(r"proxy_cache_lock_timeout \S+;", lasting, site, 1)
    assert NAME in site
    (folder / "site.conf").write_text(site.replace(NAME, name), encoding="utf-8")

    main = (etc / "nginx.conf").read_text(encoding="utf-8")
    main = substitute(r"^pid .*;", f"pid {folder}/nginx.pid;", main, 1)
    main = main.replace("/var/log/nginx", str(folder / "log")).replace("/etc/nginx", str(etc))
    main = substitute(r"^\s*include \S+/conf\.d/\*\.conf;", "", main, 1)
    temporary = "".join(
        f"    {kind}_temp_path {folder}/temp/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    included = f"{temporary}    include {folder}/site.conf;"
    main = substitute(r"^\s*include \S+/sites-enabled/\*;", included, main, 1)
    (folder / "nginx.conf").write_text(main, encoding="utf-8")
    return folder / "nginx.conf"


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that every account may pass through; those of pytest are root's alone."""
    with tempfile.TemporaryDirectory(prefix="congtin-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


def check_open(folder: Path) -> None:
    """Fail with a sentence if nginx's account cannot reach a folder."""
    for place in [folder, *folder.parents]:
        assert place.stat().st_mode & 0o001, f"nginx cannot pass through {place}: use open_folder()"


@contextlib.contextmanager
def running_nginx(
    folder: Path,
    *,
    backend: int,
    data: Path,
    static: Path | None = None,
    name: str = "localhost",
    lock: str = "",
) -> Iterator[Nginx]:
    """Run nginx in front of an application, and end it.

    Args:
        folder: of this nginx alone, in one that every account may pass through.
        backend: port on 127.0.0.1 where the application listens, now or later.
        data, static: PORTAL_DATA and STATIC_ROOT of the site; nginx's account can enter them.
        name: under which the site is asked for.
        lock: see write_configuration().
    """
    program = installed()
    folder.mkdir(parents=True, exist_ok=True)
    for place in (folder, data, *([static] if static else [])):
        check_open(place)
    with hold_port() as plain, hold_port() as secure:
        http, https = plain.getsockname()[1], secure.getsockname()[1]
        main = write_configuration(
            folder,
            http=http,
            https=https,
            backend=backend,
            data=data,
            static=static,
            name=name,
            lock=lock,
            etc=program.etc,
        )
        errors = folder / "log" / "error.log"
        process = subprocess.Popen(
            [*program.command, "-e", errors, "-c", main, "-g", "daemon off;"],
            stdin=subprocess.DEVNULL,
        )
        try:
            wait_for(lambda: process.poll() is not None or _listens(https))
            assert process.poll() is None, errors.read_text()
            yield Nginx(name, folder, http, https, process)
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
