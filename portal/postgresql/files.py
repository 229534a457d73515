"""Folders and lock files, opened so that neither another account nor a fork can interfere."""

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from portal.postgresql import EmbeddedPostgresError

POLL_SECONDS = 0.02

_locks: set[int] = set()  # the descriptor of every open lock file of this process
_opening = threading.Lock()  # no fork between opening a lock file and adding it to _locks


@contextlib.contextmanager
def open_folder(path: Path) -> Iterator[int]:
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


def change_owner(path: Path, user: int, group: int) -> None:
    with open_folder(path) as descriptor:  # not by path, which another account could replace
        os.fchown(descriptor, user, group)


@contextlib.contextmanager
def exclusive_lock(path: Path, deadline: float) -> Iterator[int]:
    """Hold an exclusive lock on a lock file; gives its descriptor."""
    descriptor = open_lock(path)
    try:
        flock(descriptor, fcntl.LOCK_EX, deadline)
        yield descriptor
    finally:
        close_lock(descriptor)  # no LOCK_UN: initdb may have inherited the lock and still run


def flock(descriptor: int, kind: int, deadline: float) -> None:
    """flock(2) that waits until `deadline` on the clock of `time.monotonic`."""
    while True:
        try:
            return fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    "Another process is still starting or stopping the embedded PostgreSQL."
                ) from None
        time.sleep(POLL_SECONDS)


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
    # A lock belongs to the open file, which a forked child shares with its parent. The child
    # closes its copies; the parent keeps its locks.
    for descriptor in _locks:
        os.close(descriptor)
    _locks.clear()
    _opening.release()


os.register_at_fork(
    before=_opening.acquire,
    after_in_parent=_opening.release,
    after_in_child=_after_fork_in_child,
)
