"""What the papers and the public page say of the browser's memory is all there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

ROOT: Path = settings.BASE_DIR
# Of the apps: what `make run` has collected holds those of Django too.
APPS = [path.parent for path in ROOT.glob("*/apps.py")]
SCRIPTS = sorted(script for app in APPS for script in app.glob("static/**/*.js"))
_KEPT = re.compile(r"\b(?:localStorage|sessionStorage)\.setItem\(\s*([^,]+),")
_ELSEWHERE = re.compile(r"document\.cookie|cookieStore|indexedDB|\bcaches\.|serviceWorker")


def keys_of(script: Path) -> set[str]:
    """The names under which a script keeps something in the browser."""
    source = script.read_text(encoding="utf-8")
    found = set()
    for name in _KEPT.findall(source):
        value = re.search(rf"const {re.escape(name)} = [\"`]([^\"`]+)", source)
        assert value, f"{script.name}: what is kept as {name}?"
        found.add(re.sub(r"\$\{.*\}", "<article>", value[1]))
    return found


def test_every_name_that_scripts_keep_in_the_browser_is_documented() -> None:
    kept = set().union(*map(keys_of, SCRIPTS))
    assert kept == {"has-rated", "rated-<article>", "text-size", "comments-keys-off"}
    paper = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")
    assert {name for name in kept if f"`{name}`" not in paper} == set()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_keep_nothing_in_other_places(script: Path) -> None:
    assert not _ELSEWHERE.search(script.read_text(encoding="utf-8"))


@pytest.mark.django_db
def test_public_page_tells_what_the_browser_keeps(client: Client) -> None:
    html = client.get("/thong-ke/").content.decode()
    assert "Trình duyệt của bạn lưu những gì" in html
    for kept in (settings.RATER_COOKIE_NAME, "số sao", "Cỡ chữ"):
        assert kept in html
    assert "What your browser keeps" in client.get("/en/thong-ke/").content.decode()
