"""Run the workload and print what became of it; the exit code is 1 if anything is wrong."""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.workload.actions import Results

# Seconds that the processes may take beside those of the actions by chance: to start, to do each
# action once, to end. One that takes longer hangs.
MOST_SECONDS = 900
# How many actions are done by chance in a second at least; on a quiet machine it is dozens.
LEAST_PER_SECOND = 1


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.workload", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--processes", type=int, default=7)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--only", default="", help="a regular expression: the names of actions")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    if arguments.worker is None:
        sys.exit(_run_all(arguments))
    _be_worker(arguments)


# --- The process that starts the others -----------------------------------------------------------


def _run_all(arguments: argparse.Namespace) -> int:
    from django.core.management import call_command
    from django.db import connection

    from news.models import Article
    from tests.workload.actions import Results
    from tests.workload.invariants import broken_invariants, files_without_a_row

    print(
        f"Workload: {arguments.processes} processes, {arguments.seconds:g} s, "
        f"seed {arguments.seed}",
        flush=True,
    )
    call_command("migrate", verbosity=0)
    if Article.objects.exists():
        sys.exit("The workload fills an empty database: this one holds articles.")
    _prepare(arguments.processes)
    deadlocks = _deadlocks()
    connection.close()
    workers = [_start_worker(arguments, number) for number in range(arguments.processes)]
    results, page_views, by_chance = Results(), 0, 0
    for worker, output in _wait_for(workers, arguments.seconds + MOST_SECONDS):
        lines = output.splitlines()
        if worker.returncode != 0 or not lines:
            results.errors.append(f"a process ended with {worker.returncode}:\n{output[-3000:]}")
            continue
        ended = json.loads(lines[-1])
        results.add(ended)
        page_views += ended["page_views"]
        by_chance += ended["by_chance"]
    _print_table(results)
    faults = [*results.errors, *_never_done(results, arguments.only)]
    if by_chance < LEAST_PER_SECOND * arguments.seconds:
        faults.append(f"no more than {by_chance} actions were done by chance")
    faults += [f"broken: {rule}" for rule in broken_invariants(page_views)]
    if deadlocks := _deadlocks() - deadlocks:
        # Whoever met one has done the work again, else it is among the errors. To be looked at.
        print(f"\n--- PostgreSQL has met {deadlocks} deadlocks\n{_deadlocks_in_log()}")
    for fault in faults:
        print(f"\n--- {fault}")
    done = sum(n for name, n in results.counts.items() if name.endswith("\tdone"))
    broken = sum(fault.startswith("broken: ") for fault in faults)
    print(
        f"\n{done} actions done ({by_chance} by chance), {len(results.errors)} errors, "
        f"{deadlocks} deadlocks, {broken} broken invariants, {len(faults)} faults, "
        f"{files_without_a_row()} files without a row (seed {arguments.seed})"
    )
    return 1 if faults else 0


def _prepare(processes: int) -> None:
    """Lay the first rows: the staff, the rules of comments, a few articles."""
    from comments.models import CommentSettings
    from portal.models import User
    from stats.services import set_opening_balance
    from tests.factories import make_article, make_author, make_category, make_image, make_series

    for number in range(processes):
        User.objects.create_superuser(f"worker-{number}")
    CommentSettings.objects.create(
        seconds_to_fill_in=0, seconds_between=0, per_hour_and_network=9999, closes_after_days=999
    )
    set_opening_balance(figure=0)
    above = make_category("Mục 0")
    for number in range(1, 5):
        make_category(f"Mục {number}", parent=above if number % 2 else None)
    make_author("Tác giả 0")
    make_series()
    image = make_image()
    for number in range(20):
        make_article(f"Bài viết {number}", lead_image=image if number % 3 else None)


def _deadlocks() -> int:
    """How many deadlocks PostgreSQL has met in this database."""
    from django.db import connection

    with connection.cursor() as cursor:
        # A session reports its figures when it ends; those of the workers have.
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def _deadlocks_in_log() -> str:
    """What the log of an embedded PostgreSQL tells of them."""
    from django.conf import settings

    log = settings.PORTAL_DATA / "postgres" / "postgres.log"
    if not log.exists():
        return "its log tells between whom"
    _before, *reports = re.split(r"^(?=.*ERROR:  deadlock detected)", log.read_text(), flags=re.M)
    return "\n".join("\n".join(report.splitlines()[:30]) for report in reports)


def _start_worker(arguments: argparse.Namespace, number: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            *(sys.executable, "-X", "faulthandler", "-m", "tests.workload", f"--worker={number}"),
            *(f"--seconds={arguments.seconds}", f"--processes={arguments.processes}"),
            *(f"--seed={arguments.seed}", f"--only={arguments.only}"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )


def _wait_for(
    workers: list[subprocess.Popen[str]], seconds: float
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yield each process with what it has printed; end those that take longer than so many seconds.

    One that is ended so says on its standard error where it hangs.
    """
    until = time.monotonic() + seconds
    try:
        for worker in workers:
            try:
                output, _nothing = worker.communicate(timeout=max(until - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                worker.send_signal(signal.SIGABRT)
                output, _nothing = worker.communicate()
            yield worker, output
    finally:
        for worker in workers:
            worker.kill()


def _print_table(results: Results) -> None:
    by_name: dict[str, dict[str, int]] = defaultdict(dict)
    for key, number in results.counts.items():
        name, ending = key.split("\t")
        by_name[name][ending] = number
    for name in sorted(by_name):
        ends = by_name[name]
        others = ", ".join(f"{n} {end}" for end, n in sorted(ends.items()) if end != "done")
        print(f"{ends.get('done', 0):6} {name}" + (f" ({others})" if others else ""))
    print("\nThe commonest refusals:")
    for sentence, number in results.sentences.most_common(40):
        print(f"{number:6} {sentence}")


def _never_done(results: Results, only: str) -> list[str]:
    from tests.workload.all_actions import ACTIONS

    return [
        f"{name} was never done: {dict(_endings(results, name))}"
        for name in ACTIONS
        if re.search(only, name) and not results.counts[f"{name}\tdone"]
    ]


def _endings(results: Results, name: str) -> Counter[str]:
    ends: Counter[str] = Counter()
    for key, number in results.counts.items():
        action, ending = key.split("\t")
        if action == name:
            ends[ending] += number
    return ends


# --- One of the others ----------------------------------------------------------------------------


class _ErrorLog(logging.Handler):
    """Keeps what the site logs as an error: a thread of its own raises nothing here."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(logging.ERROR)
        self.errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        self.errors.append(f"logged by {record.name}: {self.format(record)}")


def _be_worker(arguments: argparse.Namespace) -> None:
    from django.db import connection
    from django.test.utils import setup_test_environment

    from portal.models import User
    from stats.recorder import recorder
    from tests.workload.actions import Actor, Results, choose, do_each_once
    from tests.workload.all_actions import ACTIONS

    setup_test_environment(debug=False)
    _use_plain_settings()
    results = Results()
    logging.getLogger().addHandler(_ErrorLog(results.errors))
    user = User.objects.get(username=f"worker-{arguments.worker}")
    actor = Actor(arguments.worker, random.Random(arguments.seed * 1000 + arguments.worker), user)
    actor.staff.force_login(user)
    actions = [action for name, action in ACTIONS.items() if re.search(arguments.only, name)]
    # Each action is done once in all; after that chance decides.
    all_of_them = random.Random(arguments.seed).sample(actions, len(actions))
    do_each_once(all_of_them[arguments.worker :: arguments.processes], actions, actor, results)
    by_chance = 0
    until = time.monotonic() + arguments.seconds
    while time.monotonic() < until:
        by_chance += results.run(choose(actor, actions), actor)
    recorder.stop(timeout=60)
    recorder.flush()
    connection.close()
    counts = {"page_views": actor.page_views, "by_chance": by_chance}
    print(json.dumps({**vars(results), **counts}))


def _use_plain_settings() -> None:
    """What the tests use too: quick hashes of passwords, static files as they are."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    storages: dict[str, Any] = settings.STORAGES
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


if __name__ == "__main__":
    main()
