"""Static files of two versions in one folder: a page of either finds what it refers to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import storages

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
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    return sheet


def start_version(sheet: Path, content: str) -> Any:
    """Collect, as `serve` of a version with this style sheet does; return its storage."""
    sheet.write_text(content)
    Command().collect_static()
    # Each process reads the manifest once.
    return storages.create_storage(storages.backends["staticfiles"])


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
