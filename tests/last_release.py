"""The last version that was released, for the tests of what comes after it.

`.ci/last-release` names its commit.
"""

from __future__ import annotations

import functools
import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from django.conf import settings

ROOT: Path = settings.BASE_DIR


def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run git on this checkout, whoever owns it: in CI that is often not who runs the tests."""
    command = ["git", "-c", "safe.directory=*", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False)


def files_as_git_knows_them() -> list[str]:
    """The names of the files of the project: those of git, and new ones that it does not ignore."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    assert listed.returncode == 0, listed.stderr.decode()
    return [name for name in listed.stdout.decode().split("\0") if name]


@functools.cache
def last_release() -> str:
    """The commit of the last version, fetched if need be.

    Fails where the history is whole and lacks it. Skips, for this reason alone, in a shallow clone
    that nothing more can be fetched into.
    """
    commit = (ROOT / ".ci" / "last-release").read_text().split()[0]
    is_here = ("cat-file", "-e", f"{commit}^{{commit}}")
    is_shallow = git("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
    if git(*is_here).returncode and is_shallow:
        git("fetch", "--quiet", "--depth=1", "origin", commit)  # nothing of the rest changes
    if git(*is_here).returncode == 0:
        return commit
    words = f".ci/last-release names {commit}, which this repository does not have"
    if is_shallow:
        pytest.skip(f"NOTHING IS KNOWN OF UPDATES HERE: {words}, and it is a shallow clone.")
    pytest.fail(f"{words}.")


def files_of_last_release(*paths: str) -> dict[str, bytes]:
    """The content of each file of the last version below some paths; without paths, of all."""
    archive = git("archive", "--format=tar", last_release(), "--", *paths)
    assert archive.returncode == 0, archive.stderr.decode()
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as packed:
        return {
            member.name: packed.extractfile(member).read()  # type: ignore[union-attr]
            for member in packed
            if member.isfile()
        }
