"""A command that a timer runs fails: what then stands in the journal."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.processes

MAIL = "teo.nguyen@example.net"


def failing_command(**environment: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if name != "PORTAL_LOCAL"}
    result = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity=0", "--command", f"{{}}['{MAIL}']"],
        cwd=settings.BASE_DIR,
        env=inherited | {"SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "localhost"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stdout == ""
    return result.stderr


@pytest.mark.parametrize("form", ["line", "json"])
def test_journal_is_told_the_place_and_not_what_the_message_quotes(form: str) -> None:
    said = failing_command(LOG_FORMAT=form)
    assert "the command shell failed" in said
    assert "KeyError" in said
    assert "django/core/management" in said
    assert MAIL not in said
    if form == "json":
        assert len(said.splitlines()) == 1


def test_developer_sees_the_whole_message() -> None:
    assert f"KeyError: '{MAIL}'" in failing_command(PORTAL_LOCAL="1")
