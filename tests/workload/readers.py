"""What readers do: rate, comment, look at pages, search, ask for addresses that are gone."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from comments import services as comments
from comments.captcha import challenges
from comments.models import Comment
from comments.services import reporting, sending
from news.models import Article
from news.search.query import parse
from news.search.words_log import count_search, signed_note
from portal.redirects.missing_addresses import count_missing_address, purge_missing_addresses
from ratings import raters
from ratings import services as ratings
from ratings.models import Rating
from stats.batch import Batch
from stats.recording import Kind
from stats.writing import delete_expired, write_batch
from tests.comments.sending import filled, form_of, solution, submit
from tests.factories import make_comment, make_rating
from tests.stats.visitors import beacon, people_agents
from tests.workload.actions import Actor, RefusedError, action
from tests.workload.newsroom import pick_article

Status = Comment.Status
TEXT = "Mong phường sớm sửa đoạn đường trước cổng trường, số"
FEW_COMMENTS = 6


def _require(answer: Any, *statuses: int) -> None:
    """Count an answer of a public page as done, refused or an error."""
    assert answer.status_code < 500, f"{answer.status_code} at {answer.wsgi_request.path}"
    if answer.status_code not in statuses:
        raise RefusedError(str(answer.status_code))


# --- Ratings --------------------------------------------------------------------------------------


@action(ratings.rate_article, weight=4)
def rate(actor: Actor) -> None:
    """Often by the same few raters, so that many ratings are changed."""
    ratings.rate_article(
        article=pick_article(actor, Article.Status.PUBLISHED),
        rater=UUID(int=actor.random.randrange(8)) if actor.maybe() else uuid4(),
        score=actor.random.randint(1, 5),
        networks=raters.hash_networks(actor.address()),
    )


@action(ratings.rate_article, weight=2)
def rate_by_the_page(actor: Actor) -> None:
    article = pick_article(actor, Article.Status.PUBLISHED)
    for _confirmed in range(2):
        answer = actor.reader.post(
            f"/danh-gia/{article.pk}/",
            {"score": actor.random.randint(1, 5)},
            REMOTE_ADDR=actor.address(),
        )
    _require(answer, 303)


def pick_rating(actor: Actor) -> Rating:
    if not Rating.objects.exists():
        make_rating(pick_article(actor, Article.Status.PUBLISHED))
    rating: Rating = actor.pick(Rating)
    return rating


@action(ratings.withdraw_rating, weight=2)
def withdraw_rating(actor: Actor) -> None:
    rating = pick_rating(actor)
    ratings.withdraw_rating(article=rating.article, rater=rating.rater)


@action(ratings.remove_flood)
def remove_flood(actor: Actor) -> None:
    rating = pick_rating(actor)
    hour = rating.created_at.replace(minute=0, second=0, microsecond=0)
    ratings.remove_flood(article=rating.article, hour=hour, score=rating.score)


@action(ratings.purge_network_counts)
def purge_rating_limits(actor: Actor) -> None:
    ratings.purge_network_counts(timezone.now() + timedelta(hours=actor.random.randrange(3)))


@action(ratings.repair_summaries)
def repair_summaries(actor: Actor) -> None:
    assert not ratings.repair_summaries(), "a rating summary was wrong"


# --- Comments -------------------------------------------------------------------------------------


def pick_comment(actor: Actor, *statuses: str) -> Comment:
    """One of the newest comments that have one of these statuses; a new one if there are few."""
    rows = Comment.objects.filter(status__in=statuses, erased_at=None)
    if rows.count() < FEW_COMMENTS:
        comment = submit(
            pick_article(actor, Article.Status.PUBLISHED),
            text=actor.new_words(TEXT),
            email=f"doc-gia-{actor.random.randrange(5)}@example.vn",
            address=actor.address(),
        )
        if Status.APPROVED in statuses:
            comments.approve_comment(comment=comment, by=actor.user)
        return comment
    found: Comment = actor.pick(rows)
    return found


@action(comments.submit_comment, challenges.issue_challenge, challenges.check_answer, weight=3)
def send_comment(actor: Actor) -> None:
    article = pick_article(actor, Article.Status.PUBLISHED)
    html = form_of(actor.reader, article)
    if 'name="token"' not in html:
        raise RefusedError("the page says that the article takes no comments")
    values = filled(html, text=actor.new_words(TEXT), email="an@example.vn")
    _require(actor.reader.post(f"/binh-luan/{article.pk}/gui", values), 303)


@action(comments.submit_comment, weight=3)
def send_reply(actor: Actor) -> None:
    thread = pick_comment(actor, Status.APPROVED)
    reply = submit(
        thread.article,
        text=actor.new_words(TEXT),
        parent_id=thread.parent_id or thread.pk,
        address=actor.address(),
    )
    if actor.maybe():
        comments.approve_comment(comment=reply, by=actor.user)


@action(comments.submit_comment)
def send_the_same_text(actor: Actor) -> None:
    submit(pick_article(actor, Article.Status.PUBLISHED), text=f"{TEXT} 1")


@action(sending.amend_comment, weight=2)
def amend_comment(actor: Actor) -> None:
    comment = pick_comment(actor, Status.PENDING)
    comments.amend_comment(comment=comment, text=actor.new_words(TEXT))


@action(comments.withdraw_comment, weight=2)
def withdraw_comment(actor: Actor) -> None:
    comments.withdraw_comment(comment=pick_comment(actor, Status.PENDING, Status.APPROVED))


@action(comments.erase_comment)
def erase_own_comment(actor: Actor) -> None:
    comments.erase_comment(comment=pick_comment(actor, Status.APPROVED, Status.REMOVED))


@action(reporting.report_comment, weight=2)
def report_comment(actor: Actor) -> None:
    comments.report_comment(
        comment=pick_comment(actor, Status.APPROVED),
        reason="insult",
        text="Xúc phạm người khác.",
        address=actor.address(),
    )


@action(reporting.report_comment)
def report_by_the_page(actor: Actor) -> None:
    comment = pick_comment(actor, Status.APPROVED)
    url = f"/binh-luan/{comment.article_id}/{comment.pk}/bao-vi-pham"
    page = actor.reader.get(url)
    _require(page, 200)
    values = {"reason": "insult", "text": "", **solution(page.content.decode())}
    answer = actor.reader.post(url, values, REMOTE_ADDR=actor.address())
    _require(answer, 200)


@action(comments.purge_personal_data)
def purge_personal_data(actor: Actor) -> None:
    """With a few comments whose time is over."""
    long_ago = timezone.now() - timedelta(days=2000)
    article = pick_article(actor, Article.Status.PUBLISHED)
    for status in (Status.PENDING, Status.APPROVED):
        make_comment(article, status=status, submitted_at=long_ago, email="cu@example.vn")
    comments.purge_personal_data()


@action(challenges.delete_expired, challenges.delete_some_expired)
def clean_captchas(actor: Actor) -> None:
    challenges.delete_some_expired()
    challenges.delete_expired()


# --- Visits, searches, missing addresses ----------------------------------------------------------

_AGENTS = people_agents(60)


@action(weight=6)
def look_at_pages(actor: Actor) -> None:
    """The recorder of this process writes the batch, as it does on a server."""
    article = pick_article(actor, Article.Status.PUBLISHED)
    for _view in range(5):
        answer = beacon(
            actor.reader,
            str(article.pk) if actor.maybe() else "",
            agent=actor.random.choice(_AGENTS),
            **{"x-forwarded-for": actor.address()},
        )
        _require(answer, 200)
        actor.page_views += 1


@action(write_batch, weight=3)
def write_large_batch(actor: Actor) -> None:
    batch, at = Batch(1), time.time()
    for _view in range(40):
        kind = Kind.BOT if actor.maybe(0.2) else Kind.PERSON
        visitor, reader = (actor.random.randbytes(15) + bytes([n]) for n in (1, 2))
        article = pick_article(actor, Article.Status.PUBLISHED).pk
        batch.add(kind, visitor, at - actor.random.randrange(90_000), article, reader)
    write_batch(batch, uuid4())
    actor.page_views += batch.page_views


@action(delete_expired)
def forget_visitors(actor: Actor) -> None:
    delete_expired(timezone.now() + timedelta(minutes=actor.random.randrange(40)))


@action(count_search, weight=2)
def search(actor: Actor) -> None:
    query = parse(actor.random.choice(["đường", "trường học", "nghị quyết"]))
    assert count_search(signed_note(query, 3))


@action(count_missing_address, weight=2)
def ask_for_a_missing_page(actor: Actor) -> None:
    path = f"/cu/{actor.random.randrange(30)}.html"
    if actor.maybe():
        count_missing_address(path)
    else:
        _require(actor.reader.get(path), 404, 301, 302)


@action(purge_missing_addresses)
def purge_addresses(actor: Actor) -> None:
    purge_missing_addresses()
