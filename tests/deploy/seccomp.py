"""Run a command with the limits on system calls that a unit names; a program of its own.

It is started inside the sandbox as the account of the unit: `seccomp.py LIMITS COMMAND …`, LIMITS
being the JSON of `limits()`. The filters are made by libseccomp, as those of systemd are.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from typing import Any

ALLOW, ERRNO, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
EPERM, EAFNOSUPPORT = 1, 97
# Comparisons of seccomp_rule_add(3).
EQUAL, MASKED_EQUAL = 4, 7
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}
# CLONE_NEWNS, -CGROUP, -UTS, -IPC, -USER, -PID, -NET of clone(2).
NAMESPACES = [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000]
EXECUTE, WRITE_AND_EXECUTE, SHM_EXEC = 4, 6, 0o100000
SUID, SGID = 0o4000, 0o2000


class Comparison(ctypes.Structure):
    _fields_ = [
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    ]


def limits(filters: list[str], error: str, families: list[str], flags: list[str]) -> str:
    """The argument LIMITS.

    Args:
        filters: the values of SystemCallFilter=, with the sets that systemd-analyze(1) knows.
        error: that of SystemCallErrorNumber=, empty for the end of the process.
        families: the words of RestrictAddressFamilies=.
        flags: those of the names in RESTRICTIONS that are set.
    """
    assert error in {"", "EPERM"}, f"SystemCallErrorNumber={error} is not known"
    allowed: set[str] = set()
    for words in filters:
        names = {name for word in words.lstrip("~").split() for name in _system_calls(word)}
        # The first one decides: what it names is allowed, or all is but that.
        assert allowed or words[0] != "~", "a list of what is forbidden is not known"
        allowed = allowed - names if words[0] == "~" else allowed | names
    return json.dumps(
        {"allowed": sorted(allowed), "error": error, "families": families, "flags": flags}
    )


def _system_calls(word: str) -> set[str]:
    """The calls of a set such as @system-service, or the one that is named."""
    if not word.startswith("@"):
        return {word}
    printed = subprocess.run(
        ["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True
    ).stdout
    inner = [line.strip() for line in printed.splitlines()[1:]]
    return {name for one in inner if one and one[0] != "#" for name in _system_calls(one)}


class Filter:
    """A filter that begins with one answer for every call."""

    def __init__(self, default: int) -> None:
        self.library = ctypes.CDLL("libseccomp.so.2")
        self.library.seccomp_init.restype = ctypes.c_void_p
        self.context = ctypes.c_void_p(self.library.seccomp_init(ctypes.c_uint32(default)))

    def add(self, answer: int, name: str, *comparisons: tuple[int, int, int, int]) -> None:
        number = self.library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:  # not of this architecture
            return
        array = (Comparison * len(comparisons))(*(Comparison(*one) for one in comparisons))
        done = self.library.seccomp_rule_add_array(
            self.context, ctypes.c_uint32(answer), number, len(comparisons), array
        )
        if done:
            raise OSError(-done, f"no rule for {name}")

    def load(self) -> None:
        if done := self.library.seccomp_load(self.context):
            raise OSError(-done, "the filter does not load")


def apply(given: dict[str, Any]) -> None:
    denied = ERRNO | EPERM
    if given["families"]:
        families = Filter(ALLOW)
        for number in set(range(46)) - {FAMILIES[name] for name in given["families"]}:
            families.add(ERRNO | EAFNOSUPPORT, "socket", (0, EQUAL, number, 0))
        families.load()
    flags = Filter(ALLOW)
    if "MemoryDenyWriteExecute" in given["flags"]:
        flags.add(denied, "mmap", (2, MASKED_EQUAL, WRITE_AND_EXECUTE, WRITE_AND_EXECUTE))
        flags.add(denied, "mprotect", (2, MASKED_EQUAL, EXECUTE, EXECUTE))
        flags.add(denied, "pkey_mprotect", (2, MASKED_EQUAL, EXECUTE, EXECUTE))
        flags.add(denied, "shmat", (2, MASKED_EQUAL, SHM_EXEC, SHM_EXEC))
    if "RestrictNamespaces" in given["flags"]:
        flags.add(denied, "setns")
        for bit in NAMESPACES:
            flags.add(denied, "unshare", (0, MASKED_EQUAL, bit, bit))
            flags.add(denied, "clone", (0, MASKED_EQUAL, bit, bit))
    if "RestrictSUIDSGID" in given["flags"]:
        for bit in (SUID, SGID):
            for name, argument in (("chmod", 1), ("fchmod", 1), ("fchmodat", 2), ("mkdir", 1),
                                   ("mkdirat", 2), ("open", 2), ("openat", 3), ("mknod", 1),
                                   ("mknodat", 2)):  # fmt: skip
                flags.add(denied, name, (argument, MASKED_EQUAL, bit, bit))
    if "LockPersonality" in given["flags"]:
        flags.add(denied, "personality")
    if "RestrictRealtime" in given["flags"]:
        for policy in (1, 2, 6):  # SCHED_FIFO, SCHED_RR, SCHED_DEADLINE
            flags.add(denied, "sched_setscheduler", (1, EQUAL, policy, 0))
    flags.load()
    if given["allowed"]:
        calls = Filter(denied if given["error"] else KILL_PROCESS)
        for name in given["allowed"]:
            calls.add(ALLOW, name)
        calls.load()


if __name__ == "__main__":
    apply(json.loads(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the command of the unit
