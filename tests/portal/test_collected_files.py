"""Static files of two versions in one folder: a page of either finds what it refers to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
from django.core.files.storage import storages
from django.templatetags.static import static
from django.test.signals import storages_changed

from portal.management.commands.serve import Command


@pytest.fixture
def source(tmp_path: Path, settings: Any) -> Path:
    """The style sheet of the version that runs."""
    sheet = tmp_path / "source" / "site.css"
    sheet.parent.mkdir()
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [sheet.parent]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "portal.static_files.StaticFilesStorage"}
    }
    return sheet


def start_process() -> Any:
    """The storage of another process: each reads the manifest once."""
    return storages.create_storage(storages.backends["staticfiles"])


def start_version(sheet: Path, content: str) -> Any:
    """Collect, as `serve` of a version with this style sheet does; return its storage."""
    sheet.write_text(content)
    storages_changed(setting="STORAGES")  # a new process has read no manifest yet
    Command().collect_static()
    return start_process()


def content_of(storage: ManifestStaticFilesStorage, name: str) -> str:
    return (Path(storage.location) / name).read_text()


def test_pages_of_each_version_find_their_files_while_both_run_and_after_going_back(
    source: Path,
) -> None:
    last = start_version(source, "a { color: red }")
    name = last.stored_name("site.css")
    following = start_version(source, "a { color: blue }")

    # A page of the last version, kept by a cache or made by a process that still runs.
    assert last.stored_name("site.css") == name
    assert content_of(last, name) == "a { color: red }"
    assert content_of(following, following.stored_name("site.css")) == "a { color: blue }"

    back = start_version(source, "a { color: red }")
    assert back.stored_name("site.css") == name
    assert content_of(back, name) == "a { color: red }"
    assert (Path(back.location) / following.stored_name("site.css")).exists()


def test_process_of_the_last_version_that_starts_later_finds_what_the_next_one_dropped(
    source: Path,
) -> None:
    dropped = source.with_name("old.css")
    dropped.write_text("b { color: red }")
    last = start_version(source, "a { color: red }")
    dropped.unlink()
    following = start_version(source, "a { color: blue }")
    with pytest.raises(ValueError, match=r"old\.css"):
        following.stored_name("old.css")

    # Another host, where the code of the last version still lies.
    dropped.write_text("b { color: red }")
    source.write_text("a { color: red }")
    later = start_process()
    for name in ("site.css", "old.css"):
        assert later.stored_name(name) == last.stored_name(name)


def test_worker_that_is_forked_after_an_update_knows_the_files_of_its_own_version(
    source: Path,
) -> None:
    for _start in ("the first, which collects", "the second"):
        start_version(source, "a { color: red }")
    name = start_process().stored_name("site.css")
    # The code of the next version lies in its place, and nobody but the parent knows the last one.
    source.write_text("a { color: blue }")
    for manifest in Path(staticfiles_storage.location).glob("*.json"):
        manifest.unlink()
    assert static("site.css").endswith(name)


def test_host_whose_files_have_other_times_does_not_collect_again(source: Path) -> None:
    last = start_version(source, "a { color: red }")
    collected = Path(last.location) / last.stored_name("site.css")
    collected.write_text("as the first host has left it")
    os.utime(source, (1, 1))
    start_version(source, "a { color: red }")
    assert collected.read_text() == "as the first host has left it"
