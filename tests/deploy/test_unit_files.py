"""The unit files in deploy/, as files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.deploy.sandbox import Machine
from tests.deploy.unit import UNITS, Service
from tests.deploy.unit_file import read_environment, read_unit

FILES = sorted(
    path.name for kind in ("service", "socket", "timer") for path in UNITS.glob(f"*.{kind}")
)
SERVICES = [name for name in FILES if name.endswith(".service")]


@pytest.mark.parametrize("name", FILES)
def test_the_tests_know_what_each_line_of_a_unit_does(name: str) -> None:
    assert read_unit(UNITS / name).directives


def test_a_directive_that_is_not_imitated_fails(tmp_path: Path) -> None:
    unit = tmp_path / "other.service"
    unit.write_text("[Service]\nExecStart=/bin/true\nDynamicUser=yes\n")
    with pytest.raises(AssertionError, match="line 3: DynamicUser=yes: not imitated"):
        read_unit(unit)


def test_units_are_read_as_systemd_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "other.service"
    path.write_text(
        "[Unit]\nStartLimitIntervalSec=1min 30s\n[Service]\n# words\nReadWritePaths=/a \\\n  /b\n"
        "ReadWritePaths=/c\nExecStart=/forgotten\nExecStart=\nExecStart=-/bin/echo 'a b'\n"
        "RestartSec=infinity\n"
    )
    unit = read_unit(path)
    assert " ".join(unit.every("Service", "ReadWritePaths")).split() == ["/a", "/b", "/c"]
    (command,) = unit.commands("ExecStart")
    assert (command.arguments, command.failure_is_ignored) == (["/bin/echo", "a b"], True)
    assert unit.seconds("Unit", "StartLimitIntervalSec", "10s") == 90
    assert unit.seconds("Service", "RestartSec", "1s") == float("inf")


def test_variables_are_read_as_systemd_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "congtin.env"
    path.write_text('# words\nA=b c\nURL=postgres://u:a#$b@h/n\nQUOTED="d e"\nEMPTY=\n')
    assert read_environment(path) == {
        "A": "b c", "URL": "postgres://u:a#$b@h/n", "QUOTED": "d e", "EMPTY": ""
    }  # fmt: skip


def test_systemd_accepts_all_units(machine: Machine) -> None:
    """It looks for the programs too, so it runs on the machine of the site."""
    service = Service(machine)
    try:
        paths = (f"/srv/congtin/app/deploy/{name}" for name in FILES)
        done = service.run("/usr/bin/systemd-analyze", "verify", *paths, as_root=True)
    finally:
        service.close()
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", SERVICES)
def test_systemd_finds_a_service_little_exposed(name: str) -> None:
    """Of 10: without any limit it says 9.6. The network, which the site needs, costs 0.8."""
    printed = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", UNITS / name],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", printed)
    assert found is not None, printed
    assert float(found.group(1)) <= 2.0
