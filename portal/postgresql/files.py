"""Folders and lock files, opened so that neither another account nor a fork can meddle."""

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from portal.postgresql import EmbeddedPostgresError

POLL = 0.02  # seconds

_locks: set[int] = set()  # the descriptor of every open lock file of this process
_opening = threading.Lock()  # no fork between the opening of a lock file and its being noted


@contextlib.contextmanager
def folder(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_file(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:  # root leaves no file that the owner of the folder cannot open
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def give(path: Path, user: int, group: int) -> None:
    with folder(path) as descriptor:  # not by path, which another account might exchange
        os.fchown(descriptor, user, group)


@contextlib.contextmanager
def locked(path: Path, deadline: float) -> Iterator[int]:
    descriptor = open_lock(path)
    try:
        flock(descriptor, fcntl.LOCK_EX, deadline)
        yield descriptor
    finally:
        close_lock(descriptor)  # and no LOCK_UN: initdb may have inherited the lock and live on


def flock(descriptor: int, kind: int, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    "Another process is starting or stopping the embedded PostgreSQL, and has not"
                    " come to an end."
                ) from None
        time.sleep(POLL)


def open_lock(path: Path) -> int:
    with _opening:
        descriptor = open_file(path)
        _locks.add(descriptor)
    return descriptor


def close_lock(descriptor: int) -> None:
    with _opening:
        _locks.discard(descriptor)
        os.close(descriptor)


def _after_fork_in_child() -> None:
    # flock belongs to an open file, which a forked child shares. The child closes what it
    # inherited, which frees nothing of the parent's.
    for descriptor in _locks:
        os.close(descriptor)
    _locks.clear()
    _opening.release()


os.register_at_fork(
    before=_opening.acquire,
    after_in_parent=_opening.release,
    after_in_child=_after_fork_in_child,
)
