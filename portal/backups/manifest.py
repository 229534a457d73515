"""The table of contents of a backup."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from portal.backups import BackupError

# The members of the tar file. The manifest is written last, as it holds the sums of all others: a
# file that was cut off has none.
DUMP = "database.dump"
SETTINGS = "settings.env"
MEDIA = "media/"
MANIFEST = "manifest.json"

FORMAT = 1
"""Raised when an earlier version of the portal could no longer read the file."""


@dataclass(frozen=True)
class Part:
    """A member of the tar file: its length in bytes and the SHA-256 of its content, in hex."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup holds.

    Args:
        version: of the portal that made it.
        made_at: ISO 8601, the moment whose state it holds.
        postgresql: major version of the server.
        pg_dump: major version of the program that wrote the dump.
        migrations: those applied, as "news.0001_initial".
        counts: rows of each table, sessions left out.
        parts: by the name of the member; the manifest itself left out.
        missing_files: files that a row named, but that were not there.
    """

    version: str
    made_at: str
    postgresql: int
    pg_dump: int
    migrations: list[str]
    counts: dict[str, int]
    parts: dict[str, Part]
    missing_files: list[str]
    format: int = FORMAT

    def to_json(self) -> bytes:
        # ASCII: a file name that is no UTF-8 comes through as well.
        return json.dumps(asdict(self), indent=1).encode("ascii")

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        """Raise BackupError if the text is not the manifest of a backup that we can read."""
        try:
            values = json.loads(text)
            newer = values["format"] > FORMAT
            version = str(values["version"])
        except (ValueError, KeyError, TypeError):
            raise BackupError(_("The manifest of the backup is damaged.")) from None
        if newer:
            raise BackupError(
                _("The backup was made by a newer version of the portal (%(version)s).")
                % {"version": version}
            )
        try:
            values["parts"] = {name: Part(**part) for name, part in values["parts"].items()}
            manifest = cls(**values)
        except (KeyError, TypeError, AttributeError):
            raise BackupError(_("The manifest of the backup is damaged.")) from None
        if {DUMP, SETTINGS} - manifest.parts.keys() or not all(map(_is_safe, manifest.parts)):
            raise BackupError(_("The manifest of the backup is damaged."))
        return manifest

    def media(self) -> dict[str, Part]:
        """The pictures and documents, by the name of the member."""
        return {name: part for name, part in self.parts.items() if name.startswith(MEDIA)}


def _is_safe(name: str) -> bool:
    """Whether a member, written below a folder, stays below it."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and str(path) == name
