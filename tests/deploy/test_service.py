"""congtin.service as it ships: it starts on a fresh machine, serves, stops, and comes back."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

from tests.deploy.conftest import HOST
from tests.deploy.postgresql import PASSWORD, PostgreSQL, children
from tests.deploy.sandbox import ACCOUNT_ID, Machine
from tests.deploy.unit import PYTHON, Service, kill
from tests.portal.running import wait_for

# Tries to do what the argument says, and tells what came of it.
PROBE = """
import ctypes, mmap, os, pathlib, socket, sys, tempfile
for what, path in (line.split() for line in sys.stdin):
    try:
        if what == "write":
            pathlib.Path(path, "x").write_text("x")
        elif what == "make":
            tempfile.TemporaryFile(dir=path).close()
        elif what == "read":
            list(pathlib.Path(path).iterdir())
        elif what == "family":
            socket.socket(getattr(socket, path), socket.SOCK_DGRAM).close()
        elif what == "map":
            mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        elif what == "call":
            number, argument = (int(word, 0) for word in path.split(":")[1:])
            if ctypes.CDLL(None, use_errno=True).syscall(number, argument, 0, 0) < 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        print("yes", end=" ")
    except OSError as error:
        print(error.errno, end=" ")
print(os.getuid(), open("/proc/self/status").read().split("CapBnd:")[1].split()[0])
"""
COUNT = """
from portal.models import User
from stats.models import DailyTotal
print(User.objects.count(), sum(day.page_views for day in DailyTotal.objects.all()))
"""
READ_ONLY, NOT_PERMITTED, DENIED, NO_FAMILY = "30", "1", "13", "97"


def test_it_writes_into_its_data_and_nowhere_else(site: Service) -> None:
    asked = {
        "write /srv/congtin/data": "yes",
        "write /tmp": "yes",
        "write /var/tmp": "yes",
        "make /dev/shm": "yes",
        "write /srv/congtin": READ_ONLY,
        "write /srv/congtin/app": READ_ONLY,
        "write /etc": READ_ONLY,
        "write /var/lib": READ_ONLY,
        "read /root": DENIED,
        "family AF_INET": "yes",
        "family AF_UNIX": "yes",
        "family AF_NETLINK": NO_FAMILY,
        "map executable": NOT_PERMITTED,
        "call mount:165:0": NOT_PERMITTED,
        "call unshare:272:0x10000000": NOT_PERMITTED,
        "call ptrace:101:0": NOT_PERMITTED,
    }
    done = site.run(PYTHON, "-c", PROBE, with_sandbox=True, stdin="\n".join(asked))
    *answers, user, capabilities = done.stdout.split()
    assert dict(zip(asked, answers, strict=True)) == asked, done.stderr
    assert (user, capabilities) == (str(ACCOUNT_ID), "0" * 16)
    assert not Path("/var/tmp/x").exists()  # noqa: S108 - its own is another


def test_it_waits_for_a_database_that_starts_late(machine: Machine, postgresql: PostgreSQL) -> None:
    service = Service(machine)
    postgresql.stop()
    try:
        service.start()
        asked_at = time.monotonic()
        status, page = service.get("/tin-tuc/")
        took = time.monotonic() - asked_at
        print("answer without a database:", took)
        assert took < 20  # 3 on a machine of its own
        assert (status, "Cổng đang bảo trì" in page, '<html lang="vi"' in page) == (503, True, True)
        assert '<html lang="en"' in service.get("/en/")[1]
        assert service.get("/healthz") == (200, '{"status": "ok"}')
        assert service.get("/readyz")[0] == 503
        assert "not reachable" in service.get("/readyz")[1]
        wait_for(lambda: service.journal().count("Đang chờ cơ sở dữ liệu") >= 3)
        assert "Connection refused" in service.journal()
        postgresql.start()
        back_at = time.monotonic()
        wait_for(lambda: service.get("/readyz")[0] == 200)
        print("ready after the database:", time.monotonic() - back_at)
        assert service.starts == 1
        assert "Traceback" not in service.journal()
    finally:
        if not postgresql.is_running():
            postgresql.start()
        service.close()


def test_a_wrong_password_is_told_and_may_be_mended(
    machine: Machine, postgresql: PostgreSQL
) -> None:
    service = Service(machine)
    postgresql.psql("ALTER ROLE portal PASSWORD 'mat-khau-khac'")
    try:
        service.start()
        wait_for(lambda: 'password authentication failed for user "portal"' in service.journal())
        assert service.get()[0] == 503
        postgresql.psql(f"ALTER ROLE portal PASSWORD '{PASSWORD}'")
        wait_for(lambda: service.get()[0] == 200)
        assert service.starts == 1
        assert PASSWORD not in service.journal()
        assert "Traceback" not in service.journal()
    finally:
        postgresql.psql(f"ALTER ROLE portal PASSWORD '{PASSWORD}'")
        service.close()


def test_what_keeps_it_from_starting_may_be_mended_at_any_time(machine: Machine) -> None:
    """systemd gives up after five starts in ten seconds, unless the limit is off."""
    variables = machine.variables.read_text()
    machine.variables.write_text(re.sub(r"SECRET_KEY=.*\n", "", variables))
    service = Service(machine)
    assert service.unit.seconds("Unit", "StartLimitIntervalSec", "10s") == 0
    try:
        service.start(wait=False)
        wait_for(lambda: "SECRET_KEY is not set" in service.journal() and service.starts > 2)
        machine.variables.write_text(variables)
        wait_for(lambda: service.get()[0] == 200)
    finally:
        service.close()


def test_killed_worker_and_killed_main_process_come_back(site: Service) -> None:
    wait_for(lambda: site.get()[0] == 200)
    kill_and_wait(site, children(site.main_pid)[0])
    assert site.starts == 1
    kill_and_wait(site, site.main_pid)
    assert site.starts == 2


def kill_and_wait(site: Service, victim: int) -> None:
    """End a process of the site, and wait until all are there again and answer."""
    kill(victim, signal.SIGKILL)
    wait_for(lambda: victim not in site.processes())
    wait_for(lambda: site.is_running() and len(children(site.main_pid)) == 2)
    wait_for(lambda: site.get()[0] == 200)


def test_first_start_makes_an_embedded_postgresql_and_the_end_shuts_it_down(folder: Path) -> None:
    """On a machine with nothing but the code and the variables."""
    machine = Machine(folder, SECRET_KEY="k" * 60, ALLOWED_HOSTS=HOST, BEHIND_PROXY="true")
    service = Service(machine)
    try:
        service.start()
        wait_for(lambda: service.get()[0] == 200)
        assert machine.data.stat().st_uid == ACCOUNT_ID
        assert list((machine.data / "static").glob("staticfiles-*.json"))
        assert "Traceback" not in service.journal()
        server = postmaster(machine)
        assert server in service.processes()
        kill(server, signal.SIGKILL)
        wait_for(lambda: service.get("/tin-tuc/")[0] == 200 and postmaster(machine) != server)
        service.manage("createsuperuser", "--noinput", "--username=mai", "--email=m@example.gov.vn",
                       DJANGO_SUPERUSER_PASSWORD="mật khẩu dài lắm")  # fmt: skip
        for _ in range(5):
            assert service.get("/thong-ke/luot.gif")[0] == 200
        service.restart()
        wait_for(lambda: service.get()[0] == 200)
        assert service.manage("shell", "--verbosity=0", f"--command={COUNT}") == "1 5\n"
        log = (machine.data / "postgres" / "postgres.log").read_text()
        service.stop()
        assert service.processes() == set()
        assert not (machine.data / "postgres" / "cluster" / "postmaster.pid").exists()
        last = (machine.data / "postgres" / "postgres.log").read_text().removeprefix(log)
        assert "database system is shut down" in last
        assert "terminating" not in last  # no session was cut off
        assert "SIGKILL" not in service.journal()
    finally:
        service.close()


def postmaster(machine: Machine) -> int:
    words = (machine.data / "postgres" / "cluster" / "postmaster.pid").read_text().split()
    return int(words[0]) if words else 0


def test_one_daily_command_that_fails_keeps_none_back_and_the_unit_is_failed(
    machine: Machine, postgresql: PostgreSQL
) -> None:
    database = machine.environment["DATABASE_URL"].rpartition("/")[2]
    postgresql.psql("ALTER TABLE ratings_networkcount RENAME TO moved", database)
    daily = Service(machine, "congtin-daily.service")
    try:
        daily.start(wait=False)
        wait_for(lambda: daily.state == "failed")
        assert daily.journal().count("python ended with 1") == 1
        assert "the command purge_rating_limits failed" in daily.journal()
        assert "Không có gì đang chờ" in daily.journal()
    finally:
        daily.close()
