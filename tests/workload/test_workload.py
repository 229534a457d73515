"""The workload runs all there is to run, and its invariants see what is wrong."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import connection

from comments.models import CommentSettings
from comments.services import approve_comment
from news.models import Article, Category, Image
from portal.models import User
from tests.factories import make_article, make_category, make_comment, make_image, make_rating
from tests.workload import coverage
from tests.workload.actions import (
    MOST_TRIES,
    Action,
    Actor,
    NothingThereError,
    RefusedError,
    Results,
    do_each_once,
)
from tests.workload.invariants import STATEMENTS, broken_invariants


@pytest.mark.django_db
def test_every_service_command_and_page_of_the_admin_is_in_the_workload() -> None:
    CommentSettings.objects.create()
    from tests.workload.all_actions import ACTIONS

    run = {service for action in ACTIONS.values() for service in action.services}
    services = coverage.services()
    assert sorted(name for name, service in services.items() if service not in run) == []
    written = {name for action in ACTIONS.values() for name in action.writes}
    assert (coverage.admin_writes() | coverage.commands()) - written == set()
    assert written - (coverage.admin_writes() | coverage.commands()) == set()


def actor() -> Actor:
    return Actor(number=1, random=random.Random(1), user=None)


def raising(error: Exception) -> Action:
    def perform(actor: Actor) -> None:
        raise error

    return Action("x", perform)


def test_a_refusal_is_no_error_and_anything_else_is() -> None:
    results = Results()
    results.run(raising(ValidationError("Đã có người khác sửa.")), actor())
    results.run(raising(RefusedError("form: Đã có người khác sửa.")), actor())
    results.run(raising(Article.DoesNotExist("gone")), actor())
    results.run(raising(AssertionError("500 at /admin/")), actor())
    assert results.counts == {"x\trefused": 2, "x\tgone": 1, "x\terror": 1}
    assert len(results.errors) == 1


def test_each_action_is_done_once_when_another_has_left_what_it_needs() -> None:
    left: list[str] = []

    def need(actor: Actor) -> None:
        if not left:
            raise NothingThereError

    needing, leaving = Action("needing", need), Action("leaving", lambda actor: left.append("row"))
    results = Results()
    do_each_once([needing], [leaving], actor(), results)
    assert results.counts == {"needing\tnothing there": 1, "leaving\tdone": 1, "needing\tdone": 1}


def test_an_action_that_is_never_possible_is_given_up() -> None:
    results, other = Results(), Action("other", lambda actor: None)
    do_each_once([raising(RefusedError())], [other], actor(), results)
    assert results.counts == {"x\trefused": MOST_TRIES, "other\tdone": MOST_TRIES}


# What breaks each rule, past the triggers that keep it. The first words name the rule.
BROKEN = {
    "a published article stands": "DELETE FROM news_listing WHERE category_id IS NULL",
    "the counts of a month": "UPDATE news_listingmonth SET count = count + 1",
    "the search has an entry": "UPDATE news_searchentry SET title = 'tên cũ'",
    "an entry of the search": "UPDATE news_searchentry SET labels = ''",
    "the depth of a category": "UPDATE news_category SET depth = depth + 1 WHERE depth = 2",
    "the dates of an article": "UPDATE news_article SET published_at = NULL",
    "the summary of an article's": "UPDATE ratings_rating SET score = 1",
    "the replies of a thread": "UPDATE comments_comment SET reply_count = 5",
    "the tally of an article": "UPDATE comments_commenttally SET approved = approved + 1",
    "a comment that was decided": "UPDATE comments_decision SET to_status = 'spam'",
    "nothing is kept of the sender": "UPDATE comments_comment SET erased_at = now()",
    "the views of an article": "INSERT INTO stats_articleviews (article_id, views, opening_balance)"
    " SELECT id, 5, 0 FROM news_article LIMIT 1",
    "no redirect leads": "INSERT INTO portal_redirect (path, address, created_at)"
    " VALUES ('/cu', '/moi', now()), ('/moi', '/a', now())",
    "a tag has one row": "INSERT INTO news_tag (name, slug, key, sort_key)"
    " VALUES ('x', 'x', 'x', 'x'), ('x', 'y', 'x', 'x')",
}


@pytest.fixture
def _everything() -> None:
    category = make_category("Con", parent=make_category("Mẹ"))
    article = make_article(category=category, lead_image=make_image())
    make_rating(article, 5)
    comment = make_comment(article)
    approve_comment(comment=comment, by=User.objects.create_superuser("kiem-duyet"))
    assert Category.objects.get(pk=category.pk).depth == 2
    assert list(broken_invariants(page_views=0)) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("_everything")
@pytest.mark.parametrize("rule", STATEMENTS)
def test_each_invariant_sees_what_breaks_it(rule: str) -> None:
    [statement] = [statement for words, statement in BROKEN.items() if rule.startswith(words)]
    with connection.cursor() as cursor:
        # Neither triggers nor foreign keys, and no constraint of the tables named here.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        _drop_what_keeps(cursor, statement)
        cursor.execute(statement)
    assert any(fault.startswith(rule) for fault in broken_invariants())


def _drop_what_keeps(cursor: Any, statement: str) -> None:
    """Drop the triggers and the constraints of the table that a statement is to break."""
    words = statement.split()
    table = words[1] if words[0] == "UPDATE" else words[2]
    cursor.execute(
        "SELECT format('DROP TRIGGER %%I ON %%s', tgname, tgrelid::regclass) FROM pg_trigger"
        " WHERE tgrelid = %s::regclass AND NOT tgisinternal"
        " UNION ALL SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I CASCADE',"
        " conrelid::regclass, conname) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype IN ('c', 'u')",
        [table, table],
    )
    for (drop,) in cursor.fetchall():
        cursor.execute(drop)


@pytest.mark.django_db
@pytest.mark.usefixtures("_everything")
def test_a_lost_file_and_a_lost_page_view_are_seen() -> None:
    default_storage.delete(Image.objects.get().file.name)
    faults = list(broken_invariants(page_views=3))
    assert [fault.split(",")[0] for fault in faults] == [
        "3 page views were counted",
        "1 rows have lost their file",
    ]
