"""The project's papers tell the truth about the files and commands they name."""

from __future__ import annotations

import pkgutil
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT: Path = settings.BASE_DIR
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])

_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
_PATH = re.compile(
    r"`((?:portal|news|ratings|comments|stats|templates|tests|bench|deploy|docs|locale|\.ci)/[\w./-]*|Makefile|manage\.py)`"
)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_a_paper_names_exist(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    missing = [name for name in _LINK.findall(text) if not (paper.parent / name).exists()]
    paths = [*_PATH.findall(text), *_NODE.findall(text)]
    missing += [name for name in paths if not (ROOT / name).exists()]
    assert missing == []


# A box of a diagram, as `urls["portal/urls.py"]`.
_NODE = re.compile(r'\["([a-z]+/[\w./-]+)"\]')
# A dotted name of ours, as `stats.recording.begins_visit`.
_DOTTED = re.compile(r"`((?:portal|news|ratings|comments|stats)(?:\.\w+)+)(?:\(\))?`")


def _exists(dotted: str) -> bool:
    """Whether a name is a module, or something that a module holds."""
    try:
        pkgutil.resolve_name(dotted)
    except (ImportError, AttributeError):
        return False
    return True


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_names_of_the_code_that_a_paper_says_exist(paper: Path) -> None:
    named = set(_DOTTED.findall(paper.read_text(encoding="utf-8")))
    assert [name for name in sorted(named) if not (_exists(name) or _is_label(name))] == []


def _is_label(name: str) -> bool:
    """Whether a name is a permission (`stats.view_dailytotal`), written like one."""
    app, _dot, rest = name.partition(".")
    models = {model._meta.model_name for model in apps.get_app_config(app).get_models()}
    return rest.partition("_")[2] in models


def test_every_decision_is_in_the_index() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    decisions = {path.name for path in ROOT.glob("docs/adr/[0-9]*.md")}
    assert set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", index)) == decisions


def test_every_setting_from_the_environment_is_documented() -> None:
    settings_file = (ROOT / "portal" / "settings.py").read_text(encoding="utf-8")
    named = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings_file))
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/settings.md").read_text()))
    assert named - documented == set()


def test_commands_that_the_papers_name_exist() -> None:
    commands = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    commands |= {"check", "migrate", "pgtrigger", "createsuperuser", "shell", "collectstatic"}
    for paper in PAPERS:
        named = set(re.findall(r"manage\.py (\w+)", paper.read_text(encoding="utf-8")))
        assert named - commands == set(), paper.name


def test_make_targets_that_the_papers_name_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    for paper in PAPERS:
        named = set(re.findall(r"`(?:\w+=\S+ )*make ([a-z-]+)", paper.read_text(encoding="utf-8")))
        assert named - targets == set(), paper.name


def test_every_verb_of_make_has_a_rule_and_a_line_of_help() -> None:
    text = (ROOT / "Makefile").read_text()
    rules = set(re.findall(r"^([a-z-]+):", text, re.M))
    explained = set(re.findall(r"^([a-z-]+):.*## \S", text, re.M))
    phony = {verb for line in re.findall(r"^\.PHONY: (.+)", text, re.M) for verb in line.split()}
    assert phony == rules == explained
