"""What there is to be run: the services of all apps, the commands, and what the admin can write."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from django.contrib import admin
from django.core.management import find_commands
from django.test import RequestFactory

import portal.urls  # noqa: F401 – registers the admin
from comments.captcha import challenges
from comments.services import deciding, erasing, sending
from portal.models import User
from portal.redirects import services as redirects
from portal.services import backups, merging
from ratings import services as ratings

# The modules that write, beside all that are called `services`.
WRITING = [
    *("stats.writing", "news.search.words_log"),
    *("portal.redirects.missing_addresses", "comments.captcha.challenges"),
]
PACKAGES = ["news", "comments", "ratings", "stats", "portal"]

# Public functions of these modules that write nothing by themselves.
NO_SERVICES = {
    *(deciding.changed_meanwhile, deciding.lock_comment, deciding.record_decision),
    *(deciding.refuse, deciding.set_status),
    *(erasing.export_sender, erasing.exported, erasing.months_before),
    *(sending.may_be_amended, ratings.find_wrong_summaries),
    *(challenges.kind_of_key, challenges.library_challenge, challenges.network_hash),
    *(challenges.find_challenge, challenges.canonical),
    *(redirects.set_target, redirects.delete_missing_addresses, redirects.lock_redirects),
    merging.lock_for_merging,
    backups.last_backup_at,
}
_PURE_PREFIXES = ("check_", "is_", "report_name", "referrer_host", "signed_note", "search_report")


def services() -> dict[str, Callable[..., Any]]:
    """Every public function of the services, by module and name."""
    return {
        f"{module.__name__}.{name}": function
        for module in _modules()
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and not name.startswith(_PURE_PREFIXES)
        and function not in NO_SERVICES
    }


def _modules() -> Iterator[ModuleType]:
    for package in PACKAGES:
        root = importlib.import_module(package)
        for found in pkgutil.walk_packages(root.__path__, f"{package}."):
            parts = found.name.split(".")
            if "services" in parts or found.name in WRITING:
                yield importlib.import_module(found.name)


# Commands that start the site, fill an empty one, or write no rows.
NO_COMMANDS = {
    *("serve", "migrate", "load_demo", "restore", "send_comment_digest", "write_error_pages"),
}


def commands() -> set[str]:
    """The commands that write."""
    found = {
        f"command {name}"
        for package in PACKAGES
        for name in find_commands(f"{importlib.import_module(package).__path__[0]}/management")
        if name not in NO_COMMANDS
    }
    assert found, "no commands"
    return found


# Addresses of the admin that only show something.
_ONLY_SHOW = {
    *("news_image_pick", "news_article_preview", "stats_article", "comments_comment_sender"),
    *("ratings_export", "ratings_days", "ratings_days_export"),
}
# Of Django's own pages.
_USUAL = {"changelist", "add", "history", "delete", "change"}


def admin_writes() -> set[str]:
    """What the admin can write: "add news.Tag", "news.Tag: merge_tags", names of addresses."""
    request = RequestFactory().get("/admin/")
    request.user = User(is_active=True, is_staff=True, is_superuser=True)
    found = set()
    for model, model_admin in admin.site._registry.items():
        label = model._meta.label
        for verb in ("add", "change", "delete"):
            if getattr(model_admin, f"has_{verb}_permission")(request):
                found.add(f"{verb} {label}")
        found |= {f"{label}: {name}" for name in model_admin.get_actions(request)}
        if model_admin.list_editable:
            found.add(f"edit the list of {label}")
        names = {url.name for url in model_admin.get_urls() if url.name}
        found |= {n for n in names - _ONLY_SHOW if n.rpartition("_")[2] not in _USUAL}
    return found
