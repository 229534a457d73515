"""A database host that vanishes: no packet of it comes back, and nobody says so."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

from tests.deploy.postgresql import PostgreSQL
from tests.deploy.sandbox import Machine
from tests.deploy.test_locked_table import LONGEST, READERS, timed
from tests.deploy.unit import Service
from tests.portal.running import PATIENCE, wait_for

# The networks of RFC 2544, which are for tests of devices: of four addresses each.
NETWORKS = list(ipaddress.ip_network("198.18.0.0/15").subnets(new_prefix=30))
# Listens in a network of its own, and leads to the database of this one.
FORWARD = """
import ctypes, os, socket, sys, threading
server = socket.create_server(("", 5432))
ours = os.open(f"/proc/{sys.argv[1]}/ns/net", os.O_RDONLY)
def pass_on(one, other):
    while data := one.recv(65536):
        other.sendall(data)
    other.shutdown(socket.SHUT_WR)
def connect(client):
    assert ctypes.CDLL(None).setns(ours, 0) == 0
    database = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
    threading.Thread(target=pass_on, args=[database, client], daemon=True).start()
    pass_on(client, database)
while True:
    threading.Thread(target=connect, args=[server.accept()[0]], daemon=True).start()
"""


def ip(*words: str, inside: int = 0) -> str:
    """Run `ip`, in the network of a process if one is given. Not `ip netns`: it leaves a mount."""
    enter = ["nsenter", f"--net=/proc/{inside}/ns/net"] if inside else []
    done = subprocess.run([*enter, "ip", *words], check=True, capture_output=True, text=True)
    return done.stdout


@contextlib.contextmanager
def other_host(port: int) -> Iterator[tuple[str, Callable[[str], None]]]:
    """A host with the database; a port of this one stands behind it.

    Yields its address, and what gives (`add`) and takes (`del`) it that address. Its network is
    that of a process, whose id goes into all names: several tests may run on one machine.
    """
    forward = [sys.executable, "-c", FORWARD, str(os.getpid()), str(port)]
    process = subprocess.Popen(["unshare", "--net", *forward])
    pid, own = process.pid, os.readlink("/proc/self/ns/net")
    ours, theirs = (str(address) for address in NETWORKS[pid % len(NETWORKS)].hosts())
    here, there = f"ct{pid}a", f"ct{pid}b"

    def change(how: str) -> None:
        ip("addr", how, f"{theirs}/30", "dev", there, inside=pid)

    try:
        wait_for(lambda: os.readlink(f"/proc/{pid}/ns/net") != own)
        ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", str(pid))
        ip("addr", "add", f"{ours}/30", "dev", here)
        ip("link", "set", here, "up")
        change("add")
        ip("link", "set", there, "up", inside=pid)
        # Known for ever: a host that has vanished is then silent, and not "unreachable".
        [link] = json.loads(ip("-json", "link", "show", there, inside=pid))
        known = ("lladdr", link["address"], "dev", here, "nud", "permanent")
        ip("neigh", "replace", theirs, *known)
        yield theirs, change
    finally:
        process.kill()  # and its network goes with it
        process.wait()


def test_readers_are_told_soon_and_it_comes_back(
    machine: Machine, database: str, postgresql: PostgreSQL
) -> None:
    paths = ["/", "/tin-tuc/"] * (READERS // 2)
    with other_host(postgresql.port) as (address, change):
        url = re.sub(r"@127\.0\.0\.1:\d+/", f"@{address}:5432/", database)
        with machine.variables.open("a") as file:
            file.write(f"DATABASE_URL={url}\n")
        site = Service(machine)
        try:
            site.start()
            wait_for(lambda: site.get()[0] == 200)
            for _ in range(2):
                answers = timed(lambda path: site.get(path)[0], paths)
                assert {status for status, _ in answers} == {200}
            change("del")
            for _ in range(3):
                answers = timed(lambda path: site.get(path)[0], [*paths, "/healthz"])
                print("longest answer:", max(seconds for _, seconds in answers))
                assert {status for status, _ in answers[:-1]} == {503}
                assert answers[-1][0] == 200
                assert max(seconds for _, seconds in answers) < LONGEST
            change("add")
            wait_for(lambda: site.get()[0] == 200, PATIENCE)
            assert "Traceback" not in site.journal()
        finally:
            site.close()
