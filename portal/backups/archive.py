"""The tar file of a backup: written once, read back, and read again to restore it."""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import IO, cast

from django.utils.translation import gettext as _

from portal.backups import BackupError, Progress
from portal.backups.manifest import MANIFEST, Manifest, Part

MEGABYTE = 1024 * 1024


class _Summed:
    """A file that is summed while tarfile reads it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.sum = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.sum.update(data)
        return data


class Writer:
    """Writes a new archive, which only its owner can read."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb", buffering=MEGABYTE)
        # PAX: names of any length in UTF-8, files of any size.
        self._tar = tarfile.TarFile(  # `finish` closes it
            fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT, copybufsize=MEGABYTE
        )
        self.parts: dict[str, Part] = {}

    def add(self, name: str, file: IO[bytes]) -> None:
        """Add an open file of the disk, as long as it is now.

        A name that is added again takes the place of the earlier one. Raises OSError.
        """
        found = os.fstat(file.fileno())
        self._add(name, file, found.st_size, int(found.st_mtime))

    def add_text(self, name: str, content: bytes, mtime: int) -> None:
        self._add(name, BytesIO(content), len(content), mtime)

    def _add(self, name: str, file: IO[bytes], size: int, mtime: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = size, mtime, 0o644
        summed = _Summed(file)
        self._tar.addfile(member, summed)
        self.parts[name] = Part(size, summed.sum.hexdigest())

    def finish(self, manifest: Manifest, mtime: int) -> None:
        """Add the manifest, and return when everything is on the disk. Raises OSError."""
        self.add_text(MANIFEST, manifest.to_json(), mtime)
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        # What is read back then comes from the disk, not from memory.
        os.posix_fadvise(self._file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def close(self) -> None:
        self._file.close()


class Archive:
    """An archive that is open for reading; `open_archive` gives one."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        # Of members of one name the last counts: see `Writer.add`.
        self._tar, self._members = tar, {member.name: member for member in tar}
        if MANIFEST not in self._members:
            raise BackupError(_("The file is not a backup of the portal, or its end is missing."))
        self.manifest = Manifest.from_json(self.open(MANIFEST).read())

    def open(self, name: str) -> BufferedReader:
        """Raise BackupError if there is no such member, or if it is not a plain file."""
        member = self._members.get(name)
        file = self._tar.extractfile(member) if member and member.isfile() else None
        if file is None:
            raise BackupError(_("The backup lacks “%(name)s”.") % {"name": name})
        return cast(BufferedReader, file)

    def modified_at(self, name: str) -> float:
        """The time of the file, in seconds since 1970."""
        return float(self._members[name].mtime)

    def check(self, step: str, progress: Progress) -> None:
        """Read everything and compare it with the manifest. Raises BackupError."""
        parts = self.manifest.parts
        done, total = 0, sum(part.size for part in parts.values())
        order = self._members
        for name in sorted(parts, key=lambda name: order[name].offset if name in order else 0):
            with self.open(name) as file:
                found = Part(
                    self._members[name].size, hashlib.file_digest(file, "sha256").hexdigest()
                )
            if found != parts[name]:
                raise BackupError(
                    _("“%(name)s” in the backup is not what was written: the file is damaged.")
                    % {"name": name}
                )
            done += found.size
            progress(step, done, total)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a backup. Raises BackupError, also for what is found to be damaged later."""
    try:
        with tarfile.open(path, "r:") as tar:
            yield Archive(tar)
    except tarfile.TarError:
        raise BackupError(_("The file is not a backup of the portal, or it is damaged.")) from None
