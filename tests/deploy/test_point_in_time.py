"""The steps of docs/backup.md that bring PostgreSQL back to a moment, run as they stand there.

Only paths are others, the moment and the day of the base backup; two scripts, which act on a
cluster of this test, stand in for `runuser` and `systemctl`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings

from tests.deploy.postgresql import PROGRAMS, PostgreSQL
from tests.portal.running import wait_for

# The account of the site is that of the tests.
RUNUSER = """#!/bin/sh
[ "$2" != congtin ] || { shift 3; exec "$@"; }
exec /usr/sbin/runuser "$@"
"""
SYSTEMCTL = """#!/bin/sh
case "$*" in
"restart postgresql") set -- restart ;;
"start postgresql") set -- start ;;
"stop congtin.socket congtin.service congtin-daily.timer congtin-backup.timer") exit ;;
"stop congtin-daily.service congtin-backup.service postgresql") set -- stop ;;
"start congtin.socket congtin.service") exit ;;
"start congtin-daily.timer congtin-backup.timer") exit ;;
*) echo "systemctl $* is not known here" >&2; exit 1 ;;
esac
exec /usr/sbin/runuser -u postgres -- {programs}/pg_ctl "$1" --silent -w -D {data} -l {log} \
    -o "-k {folder} -p {port} -c listen_addresses=127.0.0.1 -c fsync=off" </dev/null
"""


@pytest.fixture
def server(folder: Path) -> Iterator[PostgreSQL]:
    server = PostgreSQL(folder / "postgresql")
    server.start()
    yield server
    server.remove()


@pytest.fixture
def run(folder: Path, server: PostgreSQL) -> Callable[..., None]:
    """Run the step of that name in docs/backup.md, with some words in place of others."""
    text = (settings.BASE_DIR / "docs" / "backup.md").read_text(encoding="utf-8")
    steps = dict(re.findall(r"^```sh\n# pitr: (.+)\n((?:.*\n)*?)```$", text, re.MULTILINE))
    scripts = folder / "scripts"
    scripts.mkdir()
    values = {
        "programs": PROGRAMS,
        "data": server.folder / "data",
        "log": server.folder / "log",
        "folder": server.folder,
        "port": server.port,
    }
    for name, script in (("runuser", RUNUSER), ("systemctl", SYSTEMCTL.format(**values))):
        (scripts / name).write_text(script)
        (scripts / name).chmod(0o755)

    def run_step(name: str, **words: str) -> None:
        script = steps[name]
        replaced = {
            "/var/backups": f"{folder}/disk",
            "/var/lib/postgresql/15/main": f"{server.folder}/data",
            "/srv/congtin": f"{folder}/srv",
        } | words
        for old, new in replaced.items():
            script = script.replace(old, new)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            env={
                "PATH": f"{scripts}:{PROGRAMS}:{os.defpath}",
                "PGHOST": str(server.folder),
                "PGPORT": str(server.port),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"

    return run_step


def test_database_comes_back_as_it_was_at_a_moment(
    folder: Path, server: PostgreSQL, run: Callable[..., None]
) -> None:
    def rows() -> str:
        return server.psql("SELECT string_agg(what, ' ') FROM work")

    run("set up")
    server.psql("CREATE TABLE work (what text)")
    server.psql("INSERT INTO work VALUES ('before')")
    run("base backup")
    (base,) = (folder / "disk" / "congtin-base").iterdir()  # named by its date
    server.psql("INSERT INTO work VALUES ('archived')")
    server.psql("SELECT pg_switch_wal()")
    archived = "SELECT archived_count > 0 AND failed_count = 0 FROM pg_stat_archiver"
    wait_for(lambda: server.psql(archived) == "t")
    server.psql("INSERT INTO work VALUES ('fresh')")
    moment = server.psql("SELECT clock_timestamp()")
    server.psql("TRUNCATE work")

    files = folder / "srv" / "data" / "media"
    files.mkdir(parents=True)
    (files / "kept.pdf").write_text("of today")
    backup = folder / "srv" / "backups" / "congtin-20261130-013000.tar"
    backup.parent.mkdir()
    with tarfile.open(backup, "w") as archive:
        for name, content in (
            ("media/kept.pdf", b"night"),
            ("media/tep/deleted.pdf", b"ni"),  # caught half-written, and copied again
            ("media/tep/deleted.pdf", b"night"),
            ("database.dump", b"night"),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))

    run("restore", **{"2026-11-29": base.name, "2026-11-30 14:05:00+07": moment})
    wait_for(lambda: server.psql("SELECT pg_is_in_recovery()") == "f")
    assert rows() == "before archived fresh"
    run("afterwards")
    assert server.psql("SHOW recovery_target_time") == ""
    assert (files / "kept.pdf").read_text() == "of today"
    assert (files / "tep" / "deleted.pdf").read_text() == "night"
    assert not (files / "database.dump").exists()
    assert [path.name for path in files.parent.iterdir()] == ["media"]

    # A new base backup takes the place of the first, whose log is then deleted.
    shutil.rmtree(base)
    server.psql("INSERT INTO work VALUES ('after')")
    run("base backup")
    before = len(list((folder / "disk" / "congtin-wal").iterdir()))
    run("delete what is older")
    assert len(list((folder / "disk" / "congtin-wal").iterdir())) < before
