"""The system account that the server runs under."""

import contextlib
import os
import pwd
import subprocess
from collections.abc import Sequence
from pathlib import Path

from portal.postgresql import EmbeddedPostgresError
from portal.postgresql.binaries import binary, copy_of_binaries
from portal.postgresql.connection import ROLE
from portal.postgresql.files import change_owner


class Account:
    """The account of a server: our own; where we are root, another, since PostgreSQL refuses root.

    Args:
        folders: whose owner the server runs as where we are root; the first that exists and is not
            root's counts.
    """

    def __init__(self, *folders: Path):
        self.folders = folders

    def ids(self) -> tuple[int, int]:
        """The user id and the group id."""
        if os.geteuid() != 0:
            return os.geteuid(), os.getegid()
        for folder in self.folders:
            if folder.exists() and (owner := folder.stat()).st_uid != 0:
                return owner.st_uid, owner.st_gid
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                account = pwd.getpwnam(name)
                return account.pw_uid, account.pw_gid
        raise EmbeddedPostgresError(
            "PostgreSQL does not run as root, and there is no account postgres or nobody. Run the"
            " site under an ordinary account."
        )

    def pg_ident(self) -> str:
        """The content of pg_ident.conf: root and this account may come in, nobody else."""
        names = {"root"}
        with contextlib.suppress(KeyError):
            names.add(pwd.getpwuid(self.ids()[0]).pw_name)
        return "".join(
            f'portal "{name}" {role}\n' for name in sorted(names) for role in (ROLE, "postgres")
        )

    def run(
        self,
        command: Sequence[str | Path],
        *,
        stdin: str | None = None,
        stderr: int = subprocess.STDOUT,
        timeout: float | None = None,
        pass_fds: Sequence[int] = (),
        start_new_session: bool = False,
    ) -> str:
        """Run a program under this account and return what it prints.

        Raises subprocess.CalledProcessError, subprocess.TimeoutExpired, PermissionError.
        """
        is_root = os.geteuid() == 0
        user, group = self.ids() if is_root else (None, None)
        return subprocess.run(  # noqa: S603 - our own programs and paths
            command,
            check=True,
            text=True,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            timeout=timeout,
            pass_fds=pass_fds,
            start_new_session=start_new_session,
            cwd="/",
            # Nothing of our environment is passed on: PGDATA, PGPORT and the like have an effect.
            env={"PATH": os.defpath, "LC_ALL": "C"},
            umask=0o077,
            user=user,
            group=group,
            extra_groups=[] if is_root else None,
        ).stdout

    def program(self, name: str) -> Path:
        """`binary(name)`, or a copy of it where this account cannot reach the installed one."""
        path = binary(name)
        if os.geteuid() != 0 or self._can_run(path):
            return path
        path = copy_of_binaries() / "bin" / name
        if not self._can_run(path):
            raise EmbeddedPostgresError(f"The account of the server cannot run {path}.")
        return path

    def make_private_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700)
        if os.geteuid() == 0:
            change_owner(path, *self.ids())

    def _can_run(self, program: Path) -> bool:
        try:
            self.run([program, "--version"])
        except (PermissionError, subprocess.CalledProcessError):
            return False
        return True
