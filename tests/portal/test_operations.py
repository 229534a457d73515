"""The paper for the administrator and the alarms name what there is, and all of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client

from portal.monitoring import readiness

ROOT: Path = settings.BASE_DIR
PAPER = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
ALERTS: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / "deploy/prometheus-alerts.yml").read_text(encoding="utf-8")
)["groups"][0]["rules"]


@pytest.fixture
def figures(transactional_db: None, settings: Any) -> set[str]:
    """The names of all figures that /metrics gives."""
    settings.METRICS = True
    text = Client().get("/metrics").content.decode()
    names = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    return {name for name in names if not name.endswith("_created")}


def test_alarms_ask_for_figures_that_exist(figures: set[str]) -> None:
    for alert in ALERTS:
        asked = set(re.findall(r"\bcongtin_\w+", alert["expr"]))
        asked = {re.sub(r"_(bucket|sum|count)$", "", name) for name in asked}
        assert asked <= figures, alert["alert"]
        assert asked or "up{" in alert["expr"]


def test_paper_explains_each_alarm_and_names_no_other() -> None:
    named = set(re.findall(r"`(CongTin\w+)`", PAPER))
    assert named == {alert["alert"] for alert in ALERTS}


def test_paper_explains_each_figure_and_names_no_other(figures: set[str]) -> None:
    named = set(re.findall(r"`(congtin_\w+)", PAPER))
    named |= {"congtin_page_views_lost_total"} if "`…_lost_total`" in PAPER else set()
    assert named == figures


@pytest.mark.django_db
def test_paper_explains_each_thing_that_readyz_looks_at() -> None:
    checks = readiness.check_database() | readiness.check_files()
    table = PAPER.split("## Nhật ký")[0]
    assert {name for name in checks if f"| `{name}` |" not in table} == set()


def test_links_within_the_paper_lead_to_a_heading() -> None:
    headings = re.findall(r"^#+ (.+)$", PAPER, re.MULTILINE)
    anchors = {re.sub(r"[^\w\s-]", "", text.lower()).replace(" ", "-") for text in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAPER)) <= anchors
