"""Functions of deploy/install by themselves: they change nothing on this machine.

Most are those that refuse before anything is changed.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from django.conf import settings

INSTALL = settings.BASE_DIR / "deploy" / "install"
NAME = "tin.example.gov.vn"
# Before the functions run: settings and certificates of the test's own, in the current folder.
OWN = "settings=$PWD/congtin.env certificates=$PWD/portal\n"
CHECK = 'read_arguments --name tin.example.gov.vn "$@"; check_arguments; check_certificate\n'
CHOOSE = """
pg_lsclusters() {
    echo '15 main 5432 online postgres /a /b'
    echo '15 two 5433 online postgres /c /d'
}
cluster=$1 database_url=$2
choose_cluster
"""
REMOTE = "postgres://portal@db.example.gov.vn/portal"


def run(script: str, folder: Path, *arguments: str) -> tuple[int, str]:
    """Run a script in a folder with the functions of deploy/install: all but its last line.

    Returns its exit code and what it printed.
    """
    functions, main = INSTALL.read_text(encoding="utf-8").rstrip().rsplit("\n", 1)
    assert main == 'main "$@"'
    done = subprocess.run(
        ["bash", "-c", f"{functions}\n{OWN}{script}", INSTALL, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two certificates and their keys, and what may be taken for them."""
    folder = tmp_path_factory.mktemp("certificates")
    for name, host in (("good", NAME), ("other", "khac.example.gov.vn")):
        openssl(
            folder,
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={host}"),
            *("-addext", f"subjectAltName=DNS:{host}"),
            *("-keyout", f"{name}.key", "-out", f"{name}.pem"),
        )
    openssl(folder, "x509", "-in", "good.pem", "-outform", "DER", "-out", "good.der")
    locked = ("-aes256", "-passout", "pass:secret", "-out", "locked.key")
    openssl(folder, "pkey", "-in", "good.key", *locked)
    openssl(folder, "req", "-new", "-key", "good.key", "-subj", f"/CN={NAME}", "-out", "good.csr")
    yesterday = ("-signkey", "good.key", "-days", "-1", "-out", "ended.pem")
    openssl(folder, "x509", "-req", "-in", "good.csr", *yesterday)
    (folder / "words").write_text("không phải chứng thư\n")
    (folder / "empty").touch()
    return folder


@pytest.mark.parametrize(
    ("certificate", "key", "sentence"),
    [
        ("god.pem", "good.key", "Không có tệp god.pem."),
        ("good.pem", "god.key", "Không có tệp god.key."),
        ("god.pem", "god.key", "Không có tệp god.pem."),
        (".", "good.key", "Không có tệp .."),
        ("words", "words", "words không phải là chứng thư dạng PEM."),
        ("empty", "empty", "empty không phải là chứng thư dạng PEM."),
        ("good.der", "good.key", "good.der không phải là chứng thư dạng PEM."),
        ("good.key", "good.pem", "good.key không phải là chứng thư dạng PEM."),
        ("good.pem", "words", "words không phải là khóa riêng dạng PEM"),
        (
            "good.pem",
            "locked.key",
            "locked.key không phải là khóa riêng dạng PEM không đặt mật khẩu",
        ),
        ("good.pem", "other.key", "Khóa other.key không phải của chứng thư"),
        ("good.pem", "", "Tùy chọn --key cần một giá trị"),
    ],
)
def test_wrong_certificate_is_refused(
    folder: Path, certificate: str, key: str, sentence: str
) -> None:
    code, printed = run(CHECK, folder, "--certificate", certificate, "--key", key)
    assert (code, sentence in printed) == (1, True), printed


def test_right_certificate_is_taken_and_may_be_named_where_it_is_put(folder: Path) -> None:
    for where in ("good", "other", "good"):
        given = ("--certificate", f"{where}.pem", "--key", f"{where}.key")
        assert run(f"{CHECK}make_certificate", folder, *given)[0] == 0
    put = ("--certificate", "portal/fullchain.pem", "--key", "portal/privkey.pem")
    assert run(f"{CHECK}make_certificate", folder, *put) == (0, "")
    assert (folder / "portal/fullchain.pem").readlink() == folder / "good.pem"
    assert (folder / "portal/privkey.pem").readlink() == folder / "good.key"


@pytest.mark.parametrize(
    ("name", "key", "sentence"),
    [("other", "other", f"không phải của tên miền {NAME}"), ("ended", "good", "đã hết hạn")],
)
def test_certificate_that_browsers_refuse_is_told(
    folder: Path, name: str, key: str, sentence: str
) -> None:
    given = ("--certificate", f"{name}.pem", "--key", f"{key}.key")
    code, printed = run(f'{CHECK}make_certificate; printf "%s\\n" "${{left[@]}}"', folder, *given)
    assert (code, sentence in printed) == (0, True), printed
    assert printed.count("\n") == 1


@pytest.mark.parametrize(
    ("database", "arguments", "sentence"),
    [
        (None, ("--lang", "xx"), "--lang chỉ có vi và en"),
        (None, ("--cluster", "15/main", "--embedded"), "không dùng được với PostgreSQL đi kèm"),
        ("", ("--cluster", "15/main"), "không dùng được với PostgreSQL đi kèm"),
        (REMOTE, ("--cluster", "15/main"), "đang dùng máy chủ PostgreSQL ghi ở DATABASE_URL"),
        (REMOTE, ("--embedded",), "--embedded chỉ dùng được khi cài lần đầu"),
    ],
)
def test_options_that_would_do_nothing_are_refused(
    tmp_path: Path, database: str | None, arguments: tuple[str, ...], sentence: str
) -> None:
    if database is not None:
        lines = f"ALLOWED_HOSTS={NAME}\nDATABASE_URL={database}\n"
        (tmp_path / "congtin.env").write_text(lines)
    code, printed = run(CHECK, tmp_path, *arguments)
    assert (code, sentence in printed) == (1, True), printed


@pytest.mark.parametrize(
    ("cluster", "database", "expected"),
    [
        ("15/two", "", (0, "15 two 5433 online\n")),
        (
            "15/two",
            "postgres:////var/run/postgresql/congtin?port=5433",
            (0, "15 two 5433 online\n"),
        ),
        ("", "postgres:////var/run/postgresql/congtin", (0, "15 main 5432 online\n")),
    ],
)
def test_cluster_is_chosen(
    tmp_path: Path, cluster: str, database: str, expected: tuple[int, str]
) -> None:
    assert run(CHOOSE, tmp_path, cluster, database) == expected


def test_other_cluster_than_the_one_in_use_is_refused(tmp_path: Path) -> None:
    code, printed = run(CHOOSE, tmp_path, "15/two", "postgres:////var/run/postgresql/congtin")
    assert (code, "Không có cụm PostgreSQL 15/two ở cổng 5432" in printed) == (1, True), printed


@pytest.mark.parametrize(
    ("given", "told"), [("quantri2", "--admin và --email không được dùng"), ("", "")]
)
def test_second_administrator_is_told_to_be_left_out(tmp_path: Path, given: str, told: str) -> None:
    script = 'congtin() { echo True; }; admin=$1; make_administrator; printf "%s" "${left[@]:-}"'
    code, printed = run(script, tmp_path, given)
    assert code == 0
    assert (told in printed) if told else "--admin" not in printed


@pytest.mark.parametrize(
    ("line", "embedded"),
    [
        ("DATABASE_URL=postgres://db/tin", "no postgres://db/tin"),
        ("DATABASE_URL_FILE={file}", "no postgres://in-a-file/tin"),
        ("DATABASE_URL_FILE='{file}'", "no postgres://in-a-file/tin"),
        ("# DATABASE_URL=postgres://db/tin", "yes "),
    ],
)
def test_address_of_the_database_may_be_in_a_file(tmp_path: Path, line: str, embedded: str) -> None:
    (tmp_path / "url").write_text("postgres://in-a-file/tin\n")
    variables = f"ALLOWED_HOSTS=a.vn\n{line.format(file=tmp_path / 'url')}\n"
    (tmp_path / "congtin.env").write_text(variables)
    _, printed = run('check_name; echo "$embedded $database_url"', tmp_path)
    assert printed == f"{embedded}\n"


def test_site_that_cannot_tell_its_administrators_stops_the_script(tmp_path: Path) -> None:
    code, printed = run("congtin() { return 3; }; make_administrator; echo done", tmp_path)
    assert (code, "done" in printed) == (3, False)
