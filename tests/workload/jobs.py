"""Imports and the commands of the timer, beside everybody else."""

from __future__ import annotations

import json
import tempfile
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from news.models import Article, Category
from portal.models import Page
from portal.redirects.planning import RequestedRedirect
from portal.redirects.services import redirect_earlier_url, save_redirects
from portal.services.backups import record_backup
from ratings.admin.summaries import HOUR_FORMAT
from stats.services import set_article_opening_balance, set_opening_balance
from tests.workload.actions import Actor, action
from tests.workload.browser import send
from tests.workload.newsroom import pick_article
from tests.workload.readers import pick_rating


def _command(name: str, *arguments: Any, **options: Any) -> None:
    call_command(name, *arguments, stdout=StringIO(), stderr=StringIO(), **options)


def _with_file(name: str, text: str, command: str, **options: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_text(text)
        _command(command, file, **options)


@action(weight=3, writes=("command import_articles",))
def import_articles(actor: Actor) -> None:
    """Of the same few records, so that imports meet each other and the staff."""
    names = list(Category.objects.values_list("name", flat=True))
    records = []
    for number in actor.random.sample(range(30), 8):
        category = actor.random.choice([*names, f"Mục {actor.random.randrange(3)}"])
        records.append(
            {
                "id": f"cu-{number}",
                "title": actor.new_words(f"Tin cũ {number}"),
                "body_html": f"<p>{actor.new_words('Nội dung')}</p>",
                "published_at": f"2024-0{actor.random.randint(1, 9)}-05T07:30:00+07:00",
                "category": category,
                "tags": [f"từ khóa {actor.random.randrange(4)}", "lễ hội"],
                "author": f"Tác giả {actor.random.randrange(3)}",
                "url": f"https://cu.example.vn/tin/{number}.html",
            }
        )
    lines = "\n".join(json.dumps(record) for record in records)
    _with_file("tin.jsonl", lines, "import_articles", overwrite=actor.maybe(), strict=True)


def _pairs(actor: Actor) -> list[tuple[str, str]]:
    """Old addresses that lead to articles and, in chains, to each other."""
    pairs = []
    for _line in range(4):
        old = f"/cu/{actor.random.randrange(30)}.html"
        new = f"/cu/{actor.random.randrange(30)}.html"
        pairs.append((old, new if actor.maybe() else str(pick_article(actor).pk)))
    return pairs


@action(save_redirects, weight=2)
def import_redirects(actor: Actor) -> None:
    requests = [RequestedRedirect(n, *pair) for n, pair in enumerate(_pairs(actor), start=1)]
    save_redirects(requests=requests, by=actor.user, skip_refused=actor.maybe())


@action(writes=("command import_redirects",))
def import_redirects_by_command(actor: Actor) -> None:
    lines = "\n".join(map(",".join, _pairs(actor)))
    _with_file("cu.csv", lines, "import_redirects", skip_errors=True)


@action(writes=("portal_redirect_import",))
def import_redirects_by_the_page(actor: Actor) -> None:
    values = {"table": "\n".join(map(",".join, _pairs(actor))), "_write_rest": "1"}
    send(actor, reverse("admin:portal_redirect_import"), values, is_logged=False)


@action(redirect_earlier_url)
def rename_page(actor: Actor) -> None:
    if not Page.objects.exists():
        title = actor.new_words("trang")
        Page.objects.create(title=title, slug=title.replace(" ", "-"), body="<p>Chữ.</p>")
    page = actor.pick(Page)
    redirect_earlier_url(
        earlier_url=f"/trang/cu-{actor.random.randrange(5)}/", target=page, by=actor.user
    )


@action(set_opening_balance)
def take_over_visits(actor: Actor) -> None:
    set_opening_balance(figure=actor.random.randrange(10**6))


@action(set_article_opening_balance)
def take_over_views(actor: Actor) -> None:
    figure = actor.random.randrange(10**4)
    set_article_opening_balance(article=pick_article(actor), figure=figure)


@action(writes=("ratings_ratingsummary_hours",))
def remove_flood_by_its_page(actor: Actor) -> None:
    rating = pick_rating(actor)
    url = reverse("admin:ratings_ratingsummary_hours", args=[rating.article_id])
    hour = timezone.localtime(rating.created_at).strftime(HOUR_FORMAT)
    send(actor, f"{url}?hour={hour}", {"score": rating.score, "reason": "Một người."})


@action(
    writes=(
        *("command purge_personal_data", "command clean_captchas", "command read_attachments"),
        *("command purge_rating_limits", "command purge_missing_addresses"),
        *("command rebuild_rating_summaries", "command purge_unused_files"),
        "command daily",
    )
)
def run_daily_commands(actor: Actor) -> None:
    assert Article.objects.exists()
    _command("purge_personal_data")
    _command("clean_captchas")
    _command("read_attachments")
    _command("purge_rating_limits")
    _command("purge_missing_addresses")
    _command("rebuild_rating_summaries")
    _command("purge_unused_files")
    _command("daily")


@action(record_backup, writes=("command backup",))
def make_backup(actor: Actor) -> None:
    with tempfile.TemporaryDirectory() as folder:
        _command("backup", Path(folder))
