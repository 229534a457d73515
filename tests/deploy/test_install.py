"""deploy/install on a Debian machine: first without systemd, then with it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from tests.deploy.debian import PROJECT, Debian, debian
from tests.portal.running import wait_for

NAME = "tin.yenha.example.gov.vn"
INSTALL = f"{PROJECT}/deploy/install"
# All that the script puts on a machine, but for the folders that the site writes to.
FILES = (
    "find /etc /srv/congtin /usr/local/sbin -path /srv/congtin/data -prune -o -name .venv -prune "
    r"-o '(' -type f -printf '%p %m %u:%g %T@\n' -o -type l -printf '%p %l\n' ')' | sort"
)


@dataclass
class Installed:
    """The machine, and what the first two runs printed and left."""

    machine: Debian
    first: str
    files: str
    second: str
    files_after_second: str


@pytest.fixture(scope="module")
def installed() -> Iterator[Installed]:
    """A site that was installed without systemd, twice."""
    with tempfile.TemporaryDirectory(prefix="congtin-") as folder, debian(Path(folder)) as machine:
        # No cluster yet, as on a fresh machine; none that would take a port of this one.
        machine.run("rm", "-rf", "/etc/postgresql", "/var/lib/postgresql")
        machine.run("mkdir", "-p", "/etc/postgresql-common")
        write(machine, "/etc/postgresql-common/createcluster.conf", "listen_addresses = ''\n")
        options = ("--name", NAME, "--admin", "quantri", "--email", "quantri@example.gov.vn")
        first = machine.run(INSTALL, *options).stdout
        files = machine.run("sh", "-c", FILES).stdout
        second = machine.run(INSTALL).stdout
        yield Installed(machine, first, files, second, machine.run("sh", "-c", FILES).stdout)


@pytest.fixture(scope="module")
def machine(installed: Installed) -> Debian:
    """The same machine, booted, after the script has run once more."""
    installed.machine.boot()
    installed.machine.run(INSTALL)
    return installed.machine


def write(machine: Debian, path: str, text: str) -> None:
    machine.run("sh", "-c", 'printf %s "$1" > "$0"', path, text)


def test_second_run_changes_no_file(installed: Installed) -> None:
    assert installed.files_after_second == installed.files
    assert "/etc/congtin.env 640 root:congtin" in installed.files
    assert "mật khẩu" not in installed.second


def test_what_needs_systemd_is_enabled_and_said_to_be_left_out(installed: Installed) -> None:
    assert "systemd không chạy trên máy này" in installed.first
    assert "/congtin.service /etc/systemd/system/congtin.service" in installed.files
    assert "/congtin-daily.timer /etc/systemd/system/congtin-daily.timer" in installed.files


def test_account_of_the_site_cannot_change_its_code(installed: Installed) -> None:
    writable = installed.machine.run(
        *("setpriv", "--reuid=congtin", "--regid=congtin", "--init-groups"),
        *("find", "/srv/congtin", "/etc/congtin.env", "-writable", "-not", "-type", "l"),
        *("-not", "-path", "/srv/congtin/data*", "-not", "-path", "/srv/congtin/backups*"),
    )
    assert writable.stdout == ""


def test_password_of_the_administrator_is_shown_once_and_works(
    installed: Installed, machine: Debian
) -> None:
    (password,) = re.findall(r"mật khẩu .*: (\S+)$", installed.first, re.M)
    write(machine, "/etc/hosts", f"127.0.0.1 localhost {NAME}\n")
    script = f"{PROJECT}/tests/deploy/publish.py"
    path = machine.run("python3", script, NAME, "quantri", password).stdout.strip()
    assert re.fullmatch(r"/tin-tuc/khanh-thanh-cau-\d+", path)


def test_units_run(machine: Debian) -> None:
    listed = machine.run("systemctl", "list-units", "--state=failed", "--plain", "--no-legend")
    assert "congtin" not in listed.stdout
    units = machine.run("cat", "/srv/congtin/enabled-units").stdout.split()
    assert {"congtin.service", "congtin-daily.timer"} <= set(units)
    assert machine.run("systemctl", "is-active", *units).stdout.split() == ["active"] * len(units)


def test_log_of_postgresql_quotes_no_statement(machine: Debian) -> None:
    asked = ("psql", "-X", "congtin", "-c", "SELECT 'khoa-rieng-cua-teo'::int")
    account = ("setpriv", "--reuid=congtin", "--regid=congtin", "--init-groups")
    assert "khoa-rieng-cua-teo" in machine.run(*account, *asked, check=False).stdout
    logs = machine.run("sh", "-c", "cat /var/log/postgresql/*.log").stdout
    assert "database system is ready" in logs
    assert "khoa-rieng-cua-teo" not in logs


def test_commands_of_the_paper_find_in_the_log_what_they_look_for(machine: Debian) -> None:
    def ask(path: str) -> str:
        url, told = f"http://127.0.0.1:8000{path}", f"-HHost: {NAME}"
        return machine.run("curl", "-sS", told, "-HX-Forwarded-Proto: https", url).stdout

    machine.run("sh", "-c", "printf 'LOG_FORMAT=json\nMETRICS=true\n' >> /etc/congtin.env")
    machine.run("systemctl", "restart", "congtin")
    wait_for(lambda: "<h1" in ask("/"))
    machine.run("systemctl", "stop", "postgresql")
    shown = r"Mã sự cố.*<strong>([0-9a-f]{8})</strong>"
    try:
        (code,) = wait_for(lambda: re.findall(shown, ask("/")))
    finally:
        machine.run("systemctl", "start", "postgresql")

    paper = (settings.BASE_DIR / "docs/operations.md").read_text(encoding="utf-8")
    block = paper.split("## Nhật ký")[1].split("```sh")[1].split("```")[0]
    found = {}
    for part in block.replace("3f9a1c2e", code).strip().split("\n\n"):
        title, _, commands = part.partition("\n")
        found[title] = machine.run("bash", "-euo", "pipefail", "-c", commands).stdout
    failed, by_code, often, slow, average = found.values()
    assert re.search(r"^\S+ home unavailable: .+ \(home\)$", failed, re.M)
    assert by_code.count(code) > 2
    assert re.search(r"^ +\d+ home 200$", often, re.M)
    assert slow == "" or "\t" in slow
    assert re.search(r"^home\t\d+\t\d+$", average, re.M)
    assert "congtin_database_up 1.0" in machine.run(
        "curl", "-sS", "http://127.0.0.1:8000/metrics"
    ).stdout  # fmt: skip


def test_update_keeps_what_the_administrator_changed(machine: Debian) -> None:
    site, service = "/etc/nginx/sites-available/congtin", "/etc/systemd/system/congtin.service"
    edited = machine.run("cat", site).stdout + "# của chúng tôi\n"
    write(machine, site, edited)
    machine.run("systemctl", "disable", "--now", "congtin-daily.timer")
    machine.run("cp", "--archive", PROJECT, "/opt/next")
    machine.run("sh", "-c", "echo '# new' | tee -a /opt/next/deploy/nginx.conf")
    machine.run("sh", "-c", "echo '# new' | tee -a /opt/next/deploy/congtin.service")

    # Behind a proxy that does not answer, and from the folder of the script.
    run = "cd /opt/next/deploy && http_proxy=http://127.0.0.1:9 bash install"
    printed = machine.run("bash", "-c", run).stdout
    is_enabled = machine.run("systemctl", "is-enabled", "congtin-daily.timer", check=False).stdout
    machine.run("systemctl", "enable", "--now", "congtin-daily.timer")

    assert machine.run("cat", site).stdout == edited
    assert machine.run("cat", f"{site}.new").stdout.endswith("# new\n")
    assert f"{site}.new" in printed
    assert "chưa sẵn sàng" not in printed
    assert machine.run("cat", service).stdout.endswith("# new\n")
    assert is_enabled == "disabled\n"
    assert machine.run("cat", "/srv/congtin/app/deploy/nginx.conf").stdout.endswith("# new\n")
    assert not machine.run("cat", "/srv/congtin/app.old/deploy/nginx.conf").stdout.endswith(
        "# new\n"
    )


def test_certificate_is_followed_when_it_is_renewed(machine: Debian) -> None:
    live = "/etc/letsencrypt/live"
    machine.run("install", "--directory", live)
    for name in ("fullchain.pem", "privkey.pem"):
        machine.run("sh", "-c", f"cat /etc/ssl/portal/{name} > /etc/letsencrypt/{name}1")
        machine.run("ln", "--symbolic", f"../{name}1", f"{live}/{name}")

    given = ("--certificate", f"{live}/fullchain.pem", "--key", f"{live}/privkey.pem")
    machine.run(INSTALL, *given)

    assert machine.run("readlink", "/etc/ssl/portal/privkey.pem").stdout == f"{live}/privkey.pem\n"
    typo = ("--certificate", "/etc/hosts", "--key", "/etc/hosts")
    refused = machine.run(INSTALL, *typo, check=False)
    assert (refused.returncode, "không phải là chứng thư" in refused.stdout) == (1, True)
    assert machine.run("readlink", "/etc/ssl/portal/privkey.pem").stdout == f"{live}/privkey.pem\n"
    assert (
        machine.run("readlink", "/etc/ssl/portal/fullchain.pem").stdout == f"{live}/fullchain.pem\n"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--name", "https://tin.example.gov.vn"), "không phải là tên miền"),
        (("--name", "khac.example.gov.vn"), f"đã được cài với tên miền {NAME}"),
        (("--name",), "--name cần một giá trị"),
        (("--nam", "x"), "Không có tùy chọn --nam"),
        (("--embedded",), "--embedded chỉ dùng được khi cài lần đầu"),
        (("--certificate", "/etc/hosts"), "--certificate và --key"),
        (("--certificate", "/etc/none", "--key", "/etc/none"), "Không có tệp /etc/none"),
        (("--email", "quantri"), "không phải là địa chỉ thư điện tử"),
        (("--lang", "en", "--name", "a.vn"), "is installed under the name"),
    ],
)
def test_wrong_argument_is_refused_in_a_sentence(
    installed: Installed, arguments: tuple[str, ...], sentence: str
) -> None:
    refused = installed.machine.run(INSTALL, *arguments, check=False)
    assert refused.returncode == 1
    assert sentence in refused.stdout


def test_ordinary_account_is_refused(installed: Installed) -> None:
    refused = installed.machine.run("setpriv", "--reuid=nobody", INSTALL, check=False)
    assert "Hãy chạy bằng tài khoản root" in refused.stdout


def test_second_run_at_once_is_refused(installed: Installed) -> None:
    refused = installed.machine.run("flock", "/run/congtin-install.lock", INSTALL, check=False)
    assert "đang chạy ở một cửa sổ khác" in refused.stdout
