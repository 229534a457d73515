"""What fails though the code is right: the database or a disk cannot do it at this moment."""

from __future__ import annotations

import errno

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _
from psycopg.errors import (
    DeadlockDetected,
    DiskFull,
    LockNotAvailable,
    QueryCanceled,
    ReadOnlySqlTransaction,
)

RETRY_AFTER_SECONDS = 30
"""When to ask again after an outage: the header Retry-After, in deploy/nginx.conf too."""

# Full, over quota, mounted read-only, not ours to write, failing.
_OF_A_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}


def is_outage(error: BaseException | None) -> bool:
    """Whether an error comes from the database or a disk, so that trying again later may help."""
    if isinstance(error, OSError):
        return error.errno in _OF_A_DISK
    # Django knows no class of its own for a standby or a database that was made read-only.
    return isinstance(error, OperationalError | InterfaceError) or isinstance(
        getattr(error, "__cause__", None), ReadOnlySqlTransaction
    )


def reason_of_system(error: OSError) -> str:
    """What the system says, to be put into a sentence; what is not common stays as it says it."""
    reasons = {
        errno.ENOENT: _("no such file or folder"),
        errno.EACCES: _("permission denied"),
        errno.EPERM: _("permission denied"),
        errno.EISDIR: _("this is a folder"),
        errno.ENOTDIR: _("this is not a folder"),
        errno.ENOSPC: _("the disk is full"),
        errno.EDQUOT: _("the disk is full"),
        errno.EROFS: _("the disk is read-only"),
        errno.EADDRINUSE: _("another program uses it"),
        errno.ECONNREFUSED: _("connection refused"),
    }
    return reasons.get(error.errno or 0) or error.strerror or str(error)


def sentence_of(error: BaseException) -> str:
    """What to tell who wanted to save something when `is_outage` is true of the error."""
    cause = error.__cause__
    if isinstance(cause, LockNotAvailable | QueryCanceled | DeadlockDetected):
        return _(
            "Others are working on the same data, so nothing was saved. Please try again in a "
            "minute."
        )
    if isinstance(error, OSError):
        return _(
            "The server could not store the file: its disk is full or cannot be written to. "
            "Please tell the administrator of the system."
        )
    if isinstance(cause, DiskFull):
        return _(
            "The disk of the database is full, so nothing was saved. Please tell the "
            "administrator of the system."
        )
    return _(
        "The database takes no changes at this moment, so nothing was saved. Please try again in "
        "a few minutes."
    )
