"""How to connect to the embedded server. Nothing here starts a server or makes a folder."""

import hashlib
import os
from pathlib import Path

PORT = 5432  # part of the socket's file name; nothing listens on the network
DATABASE = "portal"
ROLE = "portal"  # owns the database, may create others for the tests, and is no superuser

SOCKET_PATH_MAX = 107  # bytes: sun_path of unix(7) without its closing zero


def path_digest(path: Path) -> str:
    """Twelve hexadecimal digits that stand for a path in names of limited length."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def socket_folder(data_folder: Path) -> Path:
    """The folder of the server's socket: the HOST of a connection.

    It lies in the data folder. Where the path would be too long for a socket, or has the comma that
    separates hosts in a connection string, it is a short one named after the data folder's path.
    It depends on nothing else, so every process finds it, whatever its account and environment.
    """
    path = data_folder.resolve() / "postgres" / "socket"
    if len(os.fsencode(path / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_MAX and "," not in str(path):
        return path
    return Path("/tmp") / f"cong-tin-{path_digest(path)}"  # noqa: S108 - owner is checked at start


def database_settings(data_folder: Path) -> dict[str, str]:
    """The entry of Django's DATABASES for the embedded server."""
    return {
        "ENGINE": "portal.postgresql",
        "NAME": DATABASE,
        "USER": ROLE,
        "HOST": str(socket_folder(data_folder)),
        "DATA_FOLDER": str(data_folder),  # read by portal.postgresql.base; Django ignores it
    }
