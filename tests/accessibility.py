"""What axe-core finds wrong with a page, on phone and desktop, in light and dark."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}

AXE = Axe().axe_script
COLOURS = ["color-contrast", "link-in-text-block"]
# The examiner tries a style of its own, which the policy of our pages forbids.
EXAMINER = "Applying inline style"


def violations(page: Any, within: str = "", rules: list[str] | None = None) -> list[str]:
    """What is wrong with the page as it stands.

    Args:
        within: a selector of the part to look at, else all of it.
        rules: the names of the rules to hold it to, else all of them.
    """
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    before = len(page.problems)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(
        "async ([within, options]) => (await axe.run(within || document, options)).violations",
        [within, options],
    )
    page.problems[before:] = [p for p in page.problems[before:] if EXAMINER not in p]
    return [
        f"{v['id']}: {v['help']} – {node['html'][:160]} – {node.get('failureSummary', '')[:300]}"
        for v in found
        for node in v["nodes"]
    ]


def wrong_with(page: Any, *sizes: dict[str, int], within: str = "") -> dict[str, list[str]]:
    """What is wrong with the page in light and dark, and where it is wider than a screen.

    The style sheets change colours with the scheme and nothing else (`tests/test_guards.py`), so in
    dark these alone are looked at.

    Args:
        sizes: screens to look at it on, PHONE and DESKTOP if none is named.
        within: a selector of the part to look at, else all of it.
    """
    wrong: dict[str, list[str]] = {}
    for size in sizes or (PHONE, DESKTOP):
        page.set_viewport_size(size)
        for scheme, rules in (("light", None), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            wrong[f"{scheme}, {size['width']}"] = violations(page, within, rules)
        has = page.evaluate("document.documentElement.scrollWidth")
        wrong[f"{size['width']}"] = [f"{has} wide"] if has > size["width"] else []
    return {where: found for where, found in wrong.items() if found}
