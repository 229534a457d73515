"""What must never stand in the code: found by looking, not by running."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.last_release import ROOT, files_as_git_knows_them


def tracked(*suffixes: str) -> list[Path]:
    """The files of the project with these endings, as git knows them."""
    listed = files_as_git_knows_them()
    return [ROOT / name for name in listed if name.endswith(suffixes) and (ROOT / name).exists()]


def found(pattern: str, paths: list[Path]) -> Iterator[str]:
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if re.search(pattern, line):
                yield f"{path.relative_to(ROOT)}:{number}: {line.strip()}"


def test_only_the_one_filter_for_cleaned_bodies_declares_text_safe() -> None:
    code = [path for path in tracked(".py") if not path.is_relative_to(ROOT / "tests")]
    marked = list(found(r"mark_safe\(|SafeString\(|def __html__", code))
    assert [line.partition(":")[0] for line in marked] == ["news/templatetags/news_tags.py"]
    assert list(found(r"\|\s*safe\b|autoescape off", tracked(".html"))) == []


def test_public_templates_hold_no_inline_code_and_no_foreign_address() -> None:
    templates = [path for path in tracked(".html") if "admin" not in path.parts]
    inline = r"<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)|<style|\sstyle=|\son[a-z]+="
    assert list(found(inline, templates)) == []
    foreign = r"""(src|href)=["'](https?:)?//"""
    lines = [
        line for line in found(foreign, templates)
        # Links that a reader may follow, with nothing loaded from there.
        if "zalo.me" not in line and "facebook.com/sharer" not in line
    ]  # fmt: skip
    assert lines == []


def test_style_sheets_load_nothing_from_elsewhere() -> None:
    sheets = [path for path in tracked(".css") if "static" in path.parts]
    assert list(found(r"url\(\s*[\"']?(https?:)?//|@import", sheets)) == []


def test_dark_changes_colours_and_nothing_else() -> None:
    """So the browser tests look at the colours alone in dark (`tests/accessibility.py`)."""
    colours = r"--[\w-]+|color|background(-color)?|border-color"
    other = []
    for path in tracked(".css"):
        # To the brace that closes the block, past those of the rules in it.
        for block in re.findall(
            r"@media \(prefers-color-scheme: dark\) \{((?:[^{}]|\{[^{}]*\})*)\}", path.read_text()
        ):
            names = re.findall(r"[{;]\s*([\w-]+)\s*:", block)
            assert names, path
            other += [f"{path.name}: {name}" for name in names if not re.fullmatch(colours, name)]
    assert other == []


def test_no_written_statement_limits_a_query_that_a_plan_may_repeat() -> None:
    """After `IN`, PostgreSQL may ask the inner query for each row: it then skips what is gone."""
    code = [path for path in tracked(".py") if not path.is_relative_to(ROOT / "tests")]
    assert [
        f"{path.relative_to(ROOT)}: {inner}" for path in code
        for inner in inner_queries(path.read_text(encoding="utf-8")) if "LIMIT" in inner.upper()
    ] == []  # fmt: skip


def inner_queries(text: str) -> Iterator[str]:
    """What stands in the brackets of each `IN (SELECT …)` and `USING (SELECT …)`."""
    for begun in re.finditer(r"\b(?:IN|USING)\s*\((?=\s*SELECT\b)", text, re.IGNORECASE):
        depth, end = 1, begun.end()
        while depth and end < len(text):
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        yield text[begun.end() : end - 1]


def test_an_inner_query_is_seen_to_the_end_of_its_brackets() -> None:
    statement = "DELETE FROM t WHERE id IN (SELECT id FROM t WHERE a < now() LIMIT 9) RETURNING id"
    assert list(inner_queries(statement)) == ["SELECT id FROM t WHERE a < now() LIMIT 9"]


def test_news_knows_no_other_app() -> None:
    code = [path for path in tracked(".py") if path.is_relative_to(ROOT / "news")]
    assert list(found(r"^\s*(from|import) (portal|stats|comments|ratings)\b", code)) == []


@pytest.mark.parametrize(
    "word", ["/root/", "/work/", "/opt/pypi", "registry.npmjs", "pypi.org", "deb.debian"]
)
def test_no_path_of_a_machine_and_no_registry_is_named(word: str) -> None:
    code = (".py", ".html", ".css", ".js", ".sql", ".toml", ".yml", ".lock", ".po", ".md")
    scripts = [path for path in tracked("") if path.parent.name in {".ci", "deploy"}]
    texts = {*tracked(*code, "Makefile"), *scripts} - {Path(__file__)}
    assert list(found(re.escape(word), sorted(texts))) == []


LOG_LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def logged(path: Path) -> Iterator[tuple[str, list[ast.expr]]]:
    """Where the code of a file writes to the log, and with what."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in LOG_LEVELS
            and ast.unparse(node.func.value) in {"logger", "access_log", "self.log"}
        ):
            yield f"{path.relative_to(ROOT)}:{node.lineno}", node.args


def test_log_is_given_constant_sentences_and_no_text_of_an_exception() -> None:
    """What the formatters of `portal/logs.py` trust; of an exception itself they keep the type."""
    code = [
        path for path in tracked(".py") if path.parts[len(ROOT.parts)] not in {"tests", "bench"}
    ]
    calls = [call for path in code for call in logged(path)]
    assert len(calls) > 10
    for place, (message, *values) in calls:
        assert isinstance(message, ast.Constant), place
        for value in values:
            assert not isinstance(value, ast.JoinedStr), place
            text = ast.unparse(value)
            assert not re.search(r"\b(str|repr)\(|\.(path|path_info|META|GET|POST)\b", text), place


def test_no_line_of_a_template_is_longer_than_160_characters() -> None:
    templates = [path for path in tracked(".html", ".xml", ".txt") if "templates" in path.parts]
    assert list(found(r"^.{161}", templates)) == []


def test_no_template_is_longer_than_120_lines() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in tracked(".html")}
    assert [str(path) for path, lines in lengths.items() if lines > 120] == []


def test_no_python_file_class_or_function_is_too_long_to_be_read_at_once() -> None:
    """Files of 450 lines at the most, classes of 300, functions of 60."""
    most = {ast.Module: 450, ast.ClassDef: 300, ast.FunctionDef: 60, ast.AsyncFunctionDef: 60}
    apps = tuple(ROOT / app for app in ("portal", "stats", "comments", "ratings", "news"))
    too_long = []
    for path in tracked(".py"):
        if "migrations" in path.parts or not any(path.is_relative_to(app) for app in apps):
            continue
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Module):
                lines = text.count("\n")
            elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
            else:
                continue
            if lines > most[type(node)]:
                too_long.append(f"{path}: {getattr(node, 'name', 'file')}, {lines} lines")
    assert too_long == []


def test_annotations_say_any_only_where_there_is_nothing_better() -> None:
    """148 when this was written; 845 before."""
    count = 0
    for path in tracked(".py"):
        if path.relative_to(ROOT).parts[0] in {"tests", "bench"} or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            annotations = [
                getattr(node, "annotation", None),
                getattr(node, "returns", None),
            ]
            count += sum(
                isinstance(part, ast.Name) and part.id == "Any"
                for annotation in annotations
                if annotation is not None
                for part in ast.walk(annotation)
            )
    assert count <= 200
