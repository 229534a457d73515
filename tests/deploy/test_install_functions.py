"""Functions of deploy/install by themselves, on this machine: they change nothing here."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from django.conf import settings

INSTALL = settings.BASE_DIR / "deploy" / "install"


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a script that has the functions of deploy/install: all but its last line, `main`."""
    lines = INSTALL.read_text(encoding="utf-8").splitlines()
    assert lines[-1] == 'main "$@"'
    functions = "\n".join(lines[:-1])
    return subprocess.run(
        ["bash", "-c", f"{functions}\n{script}", INSTALL, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


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
    variables = tmp_path / "congtin.env"
    variables.write_text(f"ALLOWED_HOSTS=a.vn\n{line.format(file=tmp_path / 'url')}\n")
    done = run('settings=$1; check_name; echo "$embedded $database_url"', variables)
    assert done.stdout == f"{embedded}\n", done.stderr


def test_site_that_cannot_tell_its_administrators_stops_the_script() -> None:
    done = run("congtin() { return 3; }; make_administrator; echo done")
    assert (done.returncode, "done" in done.stdout) == (3, False)
