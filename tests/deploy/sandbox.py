"""The folders, account and limits of a service, by the kernel's own means instead of systemd.

A service gets a mount namespace of its own in which the checkout is /srv/congtin/app, the folder of
the test /srv/congtin, and all that its unit does not name read-only, as systemd.exec(5) says of
ProtectSystem=strict. The machine outside stays as it is.
"""

from __future__ import annotations

import os
import resource
import shlex
import sys
from pathlib import Path

from django.conf import settings

from tests.deploy.unit_file import UnitFile

ACCOUNT, ACCOUNT_ID = "congtin", 64901
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
# Where systemd keeps what is writable at all, and what it hides.
KERNEL_TUNABLES = ["/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/sys"]
DEVICES = {"null": "1 3", "zero": "1 5", "full": "1 7", "random": "1 8", "urandom": "1 9",
           "tty": "5 0"}  # fmt: skip


class Machine:
    """What a server has beside the units: the account, the folders, the file of variables.

    Args:
        folder: an empty folder that every account may pass through. `folder/srv` is /srv/congtin.
        variables: those of /etc/congtin.env.
    """

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.srv, self.data = folder / "srv", folder / "srv" / "data"
        self.variables = folder / "etc" / "congtin.env"
        for path in (self.srv / "app", folder / "etc", folder / "run"):
            path.mkdir(parents=True)
        for name, line in (
            ("passwd", f"{ACCOUNT}:x:{ACCOUNT_ID}:{ACCOUNT_ID}::/srv/congtin:/usr/sbin/nologin\n"),
            ("group", f"{ACCOUNT}:x:{ACCOUNT_ID}:\n"),
        ):
            there = Path("/etc", name).read_text().splitlines(keepends=True)
            others = "".join(one for one in there if not one.startswith(f"{ACCOUNT}:"))
            (folder / "etc" / name).write_text(others + line)
        self.set(**{"PORTAL_DATA": "/srv/congtin/data"} | variables)

    def set(self, **variables: str) -> None:
        """Write the file of variables anew."""
        self.environment = variables
        lines = (f"{name}={value}\n" for name, value in variables.items())
        self.variables.write_text("".join(lines))

    def lay_out_data(self) -> None:
        """Make the data folder, as the first start would have."""
        self.data.mkdir(exist_ok=True)
        self.own(self.data)

    def own(self, folder: Path) -> None:
        """Give a folder and all in it to the account of the site."""
        for path in (folder, *folder.rglob("*")):
            os.chown(path, ACCOUNT_ID, ACCOUNT_ID)


def script(machine: Machine, unit: UnitFile, *, with_sandbox: bool) -> str:
    """The lines of bash that turn a fresh mount namespace into that of a process of the unit.

    They end in the working directory, and expect the command to be executed next.
    """
    lines = ["set -euo pipefail", *_folders(machine)]
    if with_sandbox:
        lines += _read_only(unit) + _writable(machine, unit) + _private(machine, unit)
    lines += _kept_interpreter()
    umask = unit.last("Service", "UMask", "0022")
    soft, _, hard = unit.last("Service", "LimitNOFILE", "").partition(":")
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]  # a container may be given less
    files = ":".join(str(min(int(number), most)) for number in (soft, hard or soft) if number)
    working = unit.last("Service", "WorkingDirectory", "/")
    return "\n".join(
        [
            *lines,
            "umount /mnt",
            f"umask {umask}",
            f"prlimit --nofile={files} --pid $$" if files else ":",
            f"cd {shlex.quote(working)}",
        ]
    )


def privileges(unit: UnitFile) -> list[str]:
    """The words that run a command as the account of a unit, with the rights that it keeps."""
    user = unit.last("Service", "User", "root")
    group = unit.last("Service", "Group", user)
    words = ["setpriv", f"--reuid={user}", f"--regid={group}", "--init-groups", "--inh-caps=-all"]
    if any(name == "CapabilityBoundingSet" for name, _ in unit.directives["Service"]):
        assert not unit.last("Service", "CapabilityBoundingSet", ""), "only the empty set is known"
        words.append("--bounding-set=-all")
    if unit.flag("NoNewPrivileges"):
        words.append("--no-new-privs")
    return words


def _folders(machine: Machine) -> list[str]:
    """The machine that the site is installed on: its folders, its account, an empty /run."""
    folder = shlex.quote(str(machine.folder))
    checkout = shlex.quote(str(settings.BASE_DIR))
    keep = [f"mkdir /mnt/{n}; mount --bind {shlex.quote(p)} /mnt/{n}" for n, p in _interpreter()]
    return [
        "mount -t tmpfs -o mode=755 kept /mnt",
        *keep,
        "mount -t tmpfs -o mode=755 srv /srv",
        "mkdir /srv/congtin",
        f"mount --bind {folder}/srv /srv/congtin",
        f"mount --bind {checkout} /srv/congtin/app",
        "mount -o remount,bind,ro /srv/congtin/app",
        f"mount --bind {folder}/etc/passwd /etc/passwd",
        f"mount --bind {folder}/etc/group /etc/group",
        f"mount --bind {folder}/run /run",
    ]


def _interpreter() -> list[tuple[int, str]]:
    """The folders of the Python of these tests, which may be below the home of somebody."""
    return list(
        enumerate(sorted({os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix)}))
    )


def _kept_interpreter() -> list[str]:
    """Where the Python of the tests was hidden, as ProtectHome= does below /root, show it again."""
    return [
        f"[ -e {path}/bin/python3 ] || {{ mkdir -p {path}; mount --bind /mnt/{number} {path}; }}; "
        f"umount /mnt/{number}"
        for number, path in ((n, shlex.quote(p)) for n, p in _interpreter())
    ]


def _read_only(unit: UnitFile) -> list[str]:
    if unit.last("Service", "ProtectSystem", "no") == "no":
        return []
    assert unit.last("Service", "ProtectSystem", "no") == "strict", "only strict is known"
    return [
        'while read -r _ _ _ _ at _; do at=$(printf %b "$at"); case $at in',
        "/dev | /dev/* | /proc | /proc/* | /sys | /sys/* | /mnt | /mnt/*) ;;",
        # What lies below a mount that came later cannot be reached, and needs no lock.
        '*) [ ! -e "$at" ] || mount -o remount,bind,ro "$at" ;;',
        'esac; done <<< "$(cat /proc/self/mountinfo)"',
    ]


def _writable(machine: Machine, unit: UnitFile) -> list[str]:
    lines = []
    for path in " ".join(unit.every("Service", "ReadWritePaths")).split():
        name = shlex.quote(path.removeprefix("-"))
        bind = f"mount --bind {name} {name}; mount -o remount,bind,rw {name}"
        lines.append(f"if [ -e {name} ]; then {bind}; fi" if path[0] == "-" else bind)
    for name in " ".join(unit.every("Service", "RuntimeDirectory")).split():
        made = machine.folder / "run" / name
        made.mkdir(exist_ok=True)
        os.chown(made, ACCOUNT_ID, ACCOUNT_ID)
        lines.append(f"mount --bind /run/{name} /run/{name}; mount -o remount,bind,rw /run/{name}")
    return lines


def _private(machine: Machine, unit: UnitFile) -> list[str]:
    lines = []
    if unit.flag("ProtectControlGroups"):
        lines.append("mount -o bind,ro /sys/fs/cgroup /sys/fs/cgroup")
    if unit.last("Service", "ProtectProc", "default") != "default":
        hidden = unit.last("Service", "ProtectProc", "default")
        lines.append(f"mount -t proc -o hidepid={hidden} proc /proc")
    if unit.flag("ProtectKernelTunables"):
        lines += [
            f"[ ! -e {path} ] || {{ mount --bind {path} {path}; mount -o remount,bind,ro {path}; }}"
            for path in KERNEL_TUNABLES
        ]
    if unit.flag("PrivateDevices"):
        lines += [
            "mkdir /mnt/dev; mount -t tmpfs -o mode=755,nosuid,noexec dev /mnt/dev",
            "mkdir /mnt/dev/shm /mnt/dev/pts",
            *(f"mknod -m 666 /mnt/dev/{name} c {numbers}" for name, numbers in DEVICES.items()),
            "ln -s /proc/self/fd /mnt/dev/fd; ln -s fd/0 /mnt/dev/stdin",
            "ln -s fd/1 /mnt/dev/stdout; ln -s fd/2 /mnt/dev/stderr",
            "mount --bind /dev/shm /mnt/dev/shm; mount --bind /dev/pts /mnt/dev/pts",
            "mount --rbind /mnt/dev /dev; umount -R /mnt/dev",
        ]  # fmt: skip
    if unit.flag("PrivateTmp"):
        private = shlex.quote(str(machine.folder / "private-tmp"))
        lines += [
            f"mount --bind {private} /tmp; mount -o remount,bind,rw /tmp",
            "mount --bind /tmp /var/tmp",
        ]
    if unit.flag("ProtectHome"):
        lines += [f"mount -t tmpfs -o mode=711 home {home}" for home in ("/home", "/root")]
    return lines
