"""Which live processes are a PostgreSQL server.

A process id alone does not show it: another program may have it by now, or it is of a zombie.
"""

import os
from pathlib import Path


def is_alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"  # zombie, dead: proc_pid_stat(5)


def postgres_processes(cluster: Path, cluster_name: str) -> set[int]:
    """The ids of the live PostgreSQL processes that work in a cluster: server and children.

    `cluster` is the folder of the cluster; `cluster_name` is the server's setting of that name.
    """
    try:
        folder = cluster.stat()
    except FileNotFoundError:
        return set()
    entries = (Path("/proc") / name for name in os.listdir("/proc") if name.isdigit())
    return {int(entry.name) for entry in entries if _works_in(entry, folder, cluster_name)}


def _works_in(process: Path, cluster: os.stat_result, cluster_name: str) -> bool:
    try:
        if (process / "comm").read_text() != "postgres\n":
            return False
        try:
            return os.path.samestat((process / "cwd").stat(), cluster)
        except PermissionError:
            # Root of a container often may not look there. The name of the cluster stands in the
            # command line of the server and in the titles of its children.
            title = (process / "cmdline").read_bytes()
            return cluster_name.encode() in title and process.stat().st_uid == cluster.st_uid
    except (FileNotFoundError, ProcessLookupError):
        return False  # ended meanwhile, or a zombie, which has neither folder nor title
