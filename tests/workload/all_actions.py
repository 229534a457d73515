"""All actions of the workload: whoever imports this module has them in `ACTIONS`."""

from tests.workload import desk, jobs, newsroom, readers, tables
from tests.workload.actions import ACTIONS

tables.add_actions()

__all__ = ["ACTIONS", "desk", "jobs", "newsroom", "readers", "tables"]
