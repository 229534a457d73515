"""Django on the embedded PostgreSQL, in a process of its own with settings of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.portal.running import PATIENCE, lay_out_cluster

pytestmark = pytest.mark.processes

REPOSITORY = Path(__file__).resolve().parents[2]

PRELUDE = """
import json, os, signal, sys, time
from pathlib import Path
import django
from django.conf import settings
from django.db import OperationalError, connection
from portal.postgresql import embedded
from portal.postgresql.connection import database_settings

embedded.RECOVERY_TIMEOUT = 60  # a busy machine takes its time; no request waits here
data = Path(sys.argv[1])
settings.configure(DATABASES={"default": database_settings(data)}, USE_TZ=True)
django.setup()
pid_file = data / "postgres/cluster/postmaster.pid"

def server_pid():
    return int(pid_file.read_text().split()[0])

def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return str(cursor.fetchone()[0])

answer = {}
"""


@pytest.fixture
def run(tmp_path):
    """Runs a script that fills `answer`, and returns that."""

    def run_script(script: str, has_cluster: bool = True) -> dict:
        if has_cluster:
            lay_out_cluster(tmp_path / "data")
        ended = subprocess.run(
            [
                sys.executable,
                *("-W", "error", "-c"),
                PRELUDE + script + "\nprint(json.dumps(answer))",
                tmp_path / "data",
            ],
            stdout=subprocess.PIPE,
            text=True,
            timeout=5 * PATIENCE,
            env=os.environ
            | {
                "PYTHONPATH": os.pathsep.join(filter(None, [str(REPOSITORY), *sys.path])),
                "PORTAL_POSTGRES_FSYNC": "off",
            },
        )
        assert ended.returncode == 0
        assert not (tmp_path / "data/postgres/cluster/postmaster.pid").exists(), "left running"
        return json.loads(ended.stdout.splitlines()[-1])

    return run_script


def test_first_query_starts_the_server(run):
    answer = run(
        """
answer["before"] = data.exists()
answer["database"] = ask("SELECT current_database()")
""",
        has_cluster=False,
    )
    assert answer == {"before": False, "database": "portal"}


def test_test_database_is_made_and_removed(run):
    answer = run("""
connection.creation.create_test_db(verbosity=0, serialize=False)
answer["database"] = ask("SELECT current_database()")
connection.creation.destroy_test_db("portal", verbosity=0)
with connection._nodb_cursor() as cursor:
    cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE '%portal' ORDER BY 1")
    answer["left"] = [row[0] for row in cursor]
""")
    assert answer == {"database": "test_portal", "left": ["portal"]}


def test_next_connection_recovers_from_a_killed_server(run):
    answer = run("""
ask("SELECT 1")
before = server_pid()
os.kill(before, signal.SIGKILL)
connection.close()
answer["query"] = ask("SELECT 'back'")
answer["restarted"] = server_pid() != before
""")
    assert answer == {"query": "back", "restarted": True}


def test_all_threads_recover_through_one_restart(run):
    answer = run("""
from concurrent.futures import ThreadPoolExecutor
ask("SELECT 1")
os.kill(server_pid(), signal.SIGKILL)

def visit(_):
    try:
        return ask("SELECT pg_postmaster_start_time()")
    finally:
        connection.close()

with ThreadPoolExecutor(8) as pool:
    answer["starts"] = len(set(pool.map(visit, range(16))))
""")
    assert answer == {"starts": 1}


def test_refusal_of_the_server_is_not_taken_for_its_absence(run):
    answer = run("""
ask("SELECT 1")
before = server_pid()
connection.close()
connection.settings_dict["NAME"] = "no_such_database"
try:
    ask("SELECT 1")
except OperationalError as error:
    answer["error"] = str(error)
answer["same"] = server_pid() == before
""")
    assert "no_such_database" in answer["error"]
    assert answer["same"]


def test_failing_start_is_an_operational_error_and_waits_for_no_timeout(run):
    answer = run("""
ask("SELECT 1")
connection.close()
embedded.for_folder(str(data)).stop()
control = data / "postgres/cluster/global/pg_control"
control.rename(data / "away")
embedded.RECOVERY_TIMEOUT = embedded.RETRY_AFTER = 3600
answer["errors"] = []
for _ in range(3):
    try:
        ask("SELECT 1")
    except OperationalError as error:
        answer["errors"].append(str(error))
(data / "away").rename(control)
embedded.RETRY_AFTER = 0
answer["query"] = ask("SELECT 'back'")
""")
    first, *later = answer["errors"]
    assert "pg_control" in first
    assert all("a moment ago" in error for error in later)
    assert "DATABASE_URL" in first
    assert answer["query"] == "back"


def test_silent_server_holds_a_request_for_a_bounded_time(run):
    answer = run("""
connection.settings_dict["OPTIONS"]["connect_timeout"] = 2
ask("SELECT 1")
connection.close()
pid = server_pid()
os.kill(pid, signal.SIGSTOP)
embedded.RECOVERY_TIMEOUT = 1
began = time.monotonic()
try:
    ask("SELECT 1")
except OperationalError as error:
    answer["error"] = str(error)
answer["seconds"] = time.monotonic() - began
os.kill(pid, signal.SIGCONT)
connection.settings_dict["OPTIONS"]["connect_timeout"] = 60
answer["query"] = ask("SELECT 'back'")
""")
    assert "does not answer yet" in answer["error"]
    assert answer["seconds"] < 60
    assert answer["query"] == "back"


def test_workers_forked_from_a_user_share_the_server_and_the_master_stops_it(run):
    answer = run("""
ask("SELECT 1")
before = server_pid()
connection.close()
reading, writing = os.pipe()
for _ in range(3):
    if not os.fork():
        os.write(writing, (ask("SELECT 'worker'") + " ").encode())
        os.close(writing)
        sys.exit()
for _ in range(3):
    os.wait()
answer["workers"] = os.read(reading, 100).decode().split()
answer["query"] = ask("SELECT 'master'")
answer["same"] = server_pid() == before
""")
    assert answer == {"workers": ["worker"] * 3, "query": "master", "same": True}
