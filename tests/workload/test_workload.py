"""The workload runs all there is to run, and its invariants see what is wrong."""

from __future__ import annotations

import pytest

from comments.models import CommentSettings
from tests.workload import coverage


@pytest.mark.django_db
def test_every_service_command_and_page_of_the_admin_is_in_the_workload() -> None:
    CommentSettings.objects.create()
    from tests.workload.all_actions import ACTIONS

    run = {service for action in ACTIONS.values() for service in action.services}
    services = coverage.services()
    assert sorted(name for name, service in services.items() if service not in run) == []
    written = {name for action in ACTIONS.values() for name in action.writes}
    assert (coverage.admin_writes() | coverage.commands()) - written == set()
    assert written - (coverage.admin_writes() | coverage.commands()) == set()
