"""deploy/nginx.conf loads in the nginx that is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from tests.portal.running import hold_port

pytestmark = pytest.mark.processes

# What Debian's /etc/nginx/nginx.conf has around the file of a site.
MAIN = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def make_certificate(folder: Path) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"),
            *("-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )


def test_shipped_nginx_configuration_loads(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    assert nginx is not None, "nginx is not installed (Debian: apt-get install nginx)"
    make_certificate(tmp_path)
    site = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text()
    with hold_port() as http, hold_port() as https:
        for socket, number in ((http, "80"), (https, "443")):
            port = socket.getsockname()[1]
            site, count = re.subn(
                rf"^(    listen (?:\[::\]:)?){number}\b", rf"\g<1>{port}", site, flags=re.M
            )
            assert count == 4
        for path in ("/etc/ssl/portal", "/var/log/nginx", "/var/cache/nginx"):
            assert path in site
            site = site.replace(path, str(tmp_path))
        (tmp_path / "site.conf").write_text(site)
        (tmp_path / "nginx.conf").write_text(MAIN.format(folder=tmp_path))
        result = subprocess.run(
            [nginx, "-t", "-c", tmp_path / "nginx.conf"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert result.returncode == 0, result.stderr
