"""Read a unit file of systemd, and refuse what the imitation in this folder does not know.

The syntax is that of systemd.syntax(7); what a directive means stands in systemd.unit(5),
systemd.service(5), systemd.exec(5), systemd.kill(5) and systemd.socket(5).
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = {"": 1, "s": 1, "sec": 1, "ms": 0.001, "m": 60, "min": 60, "h": 3600}

# What the imitation does as systemd would: `sandbox` the folders, the account and the limits of a
# process, `seccomp` its system calls, `service` its start, end and restart.
IMITATED = {
    "Unit": {"StartLimitIntervalSec", "StartLimitBurst"},
    "Service": {
        *("Type", "User", "Group", "WorkingDirectory", "Environment", "EnvironmentFile", "UMask"),
        *("ExecStartPre", "ExecStart", "Restart", "RestartSec", "KillMode", "TimeoutStopSec"),
        *("TimeoutStartSec", "ReadWritePaths", "RuntimeDirectory", "ProtectSystem", "ProtectHome"),
        *("PrivateTmp", "PrivateDevices", "ProtectProc", "ProtectKernelTunables"),
        *("ProtectControlGroups", "NoNewPrivileges", "CapabilityBoundingSet", "LimitNOFILE"),
        *("SystemCallFilter", "SystemCallErrorNumber", "RestrictAddressFamilies"),
        *("MemoryDenyWriteExecute", "RestrictNamespaces", "RestrictSUIDSGID", "LockPersonality"),
        *("RestrictRealtime",),
    },
    "Socket": {"ListenStream"},
}
# What needs systemd as the first process, or a kernel of its own, with the reason why the site
# cannot notice that it is missing.
NOT_IMITATED = {
    "Unit": {
        "Description": "words",
        "Documentation": "words",
        "After": "an order at boot: the site waits for what is late",
        "Requires": "the tests open the socket of a service before they start it",
        "Wants": "other units are started by the tests",
        "RequiresMountsFor": "an order at boot",
    },
    "Service": {
        "ProtectKernelModules": "an account other than root loads none",
        "ProtectKernelLogs": "an account other than root reads none",
        "ProtectClock": "an account other than root sets none",
        "ProtectHostname": "an account other than root sets none",
        "SystemCallArchitectures": "all programs are of one architecture",
        "Nice": "an order among programs that compete",
        "IOSchedulingClass": "as Nice",
        "IOSchedulingPriority": "as Nice",
        "OOMPolicy": "no test takes all memory of the machine",
    },
    "Socket": {},
    "Timer": {
        "OnCalendar": "systemd-analyze verifies it; the tests start what it would",
        "Persistent": "as OnCalendar",
        "RandomizedDelaySec": "as OnCalendar",
        "AccuracySec": "as OnCalendar",
    },
    "Install": {"WantedBy": "the tests start units themselves", "Also": "as WantedBy"},
}


@dataclass(frozen=True)
class Command:
    """A line of ExecStartPre= or ExecStart=."""

    arguments: list[str]
    failure_is_ignored: bool  # by the prefix "-"
    has_full_privileges: bool  # by the prefix "+": as root, and with none of the sandbox


@dataclass
class UnitFile:
    """The directives of a unit, in order; a directive may be given more than once."""

    path: Path
    directives: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def every(self, section: str, name: str) -> list[str]:
        """All values of a directive that makes a list; an empty one forgets those before it."""
        values: list[str] = []
        for given, value in self.directives.get(section, []):
            if given == name:
                values = [*values, value] if value else []
        return values

    def last(self, section: str, name: str, default: str) -> str:
        """The value of a directive of which the last one counts."""
        given = [v for n, v in self.directives.get(section, []) if n == name]
        return given[-1] if given else default

    def flag(self, name: str) -> bool:
        value = self.last("Service", name, "no")
        assert value in {"yes", "true", "on", "1", "no", "false", "off", "0"}, f"{name}={value}"
        return value in {"yes", "true", "on", "1"}

    def seconds(self, section: str, name: str, default: str) -> float:
        """A span of time as systemd.time(7) writes it; `infinity` is infinite."""
        value = self.last(section, name, default)
        if value == "infinity":
            return float("inf")
        parts = re.findall(r"([\d.]+)\s*([a-z]*)", value)
        return float(sum(float(number) * SECONDS[unit] for number, unit in parts))

    def commands(self, name: str) -> list[Command]:
        return [_command(line) for line in self.every("Service", name)]


def _command(line: str) -> Command:
    found = re.match(r"[-+]*", line)
    prefix = found.group() if found else ""
    arguments = shlex.split(line[len(prefix) :])
    assert line[len(prefix) :].startswith("/"), f"not a full path: {line}"
    assert not re.search(r"[$%;]", line), f"variables and specifiers are not known here: {line}"
    return Command(arguments, "-" in prefix, "+" in prefix)


def read_unit(path: Path) -> UnitFile:
    """Read a unit file.

    Raises AssertionError for a line that is no directive, and for a directive that the imitation
    neither follows nor leaves out for a reason that stands above.
    """
    unit, section = UnitFile(path), ""
    text = re.sub(r"\\\n", " ", path.read_text())
    for number, line in enumerate((line.strip() for line in text.splitlines()), start=1):
        where = f"{path.name}, line {number}: {line}"
        if not line or line[0] in "#;":
            continue
        if header := re.fullmatch(r"\[(\w+)\]", line):
            section = header.group(1)
            continue
        name, equals, value = (part.strip() for part in line.partition("="))
        assert equals, f"{where} is no directive"
        known = IMITATED.get(section, set()) | NOT_IMITATED.get(section, {}).keys()
        assert name in known, f"{where}: not imitated, see IMITATED in {__file__}"
        unit.directives.setdefault(section, []).append((name, value))
    return unit


def read_environment(path: Path) -> dict[str, str]:
    """The variables of an EnvironmentFile=: one a line, values quoted or not, no expansion."""
    variables = {}
    for line in path.read_text().splitlines():
        if line.strip() and line.lstrip()[0] not in "#;":
            name, equals, value = line.strip().partition("=")
            assert equals, f"{path}: {line} is no variable"
            quoted = re.fullmatch(r"""(["']).*\1""", value)
            variables[name] = shlex.split(value)[0] if quoted and len(value) > 2 else value
    return variables
