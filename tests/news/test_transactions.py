"""What is undone because another transaction was in its way runs again, twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.db.models import Model, ProtectedError, RestrictedError
from django.test import Client
from psycopg.errors import (
    DeadlockDetected,
    ForeignKeyViolation,
    LockNotAvailable,
    SerializationFailure,
    UniqueViolation,
)

from comments.models import Comment, CommentTally
from comments.services import approve_comment, reply_officially
from news import services, transactions
from news.models import Article, Attachment, Author, Category, Tag
from news.models.listings import ListingMonth
from news.transactions import retry_on_conflict, retry_on_deadlock
from portal.models import LinkGroup, MenuItem, Redirect, User
from portal.redirects.planning import RequestedRedirect
from portal.redirects.services import save_redirects
from portal.services.merging import merge_tag
from tests.contention import hold_advisory_lock, locked, result_of, threads, wait_until_blocked
from tests.factories import make_article, make_author, make_category, make_comment, make_tag
from tests.news.newsroom import change_url, form_of
from tests.workload import coverage

pytestmark = pytest.mark.django_db(transaction=True)

# These go through others, which are repeated one by one.
MADE_OF_OTHERS = {
    *("comments.services.erasing.erase_sender", "comments.services.erasing.purge_personal_data"),
    # One statement over few rows each, or of rows that nobody holds.
    *("comments.captcha.challenges.check_answer", "comments.captcha.challenges.issue_challenge"),
    *("comments.captcha.challenges.delete_expired",),
    *("comments.captcha.challenges.delete_some_expired",),
    *("portal.redirects.missing_addresses.count_missing_address",),
    *("portal.redirects.missing_addresses.purge_missing_addresses",),
    *("portal.services.backups.record_backup", "ratings.services.repair_summaries"),
}


def test_every_service_is_repeated() -> None:
    plain = {name for name, f in coverage.services().items() if not hasattr(f, "is_repeated")}
    assert plain - MADE_OF_OTHERS == set()


def caused_by(
    cause: type[Exception], kind: type[DatabaseError] = OperationalError
) -> DatabaseError:
    error = kind()
    error.__cause__ = cause()
    return error


class Work:
    """Fails as often as it is told, with this error, and counts its attempts."""

    def __init__(self, error: DatabaseError, failures: int) -> None:
        self.error, self.failures, self.attempts = error, failures, 0

    def __call__(self, *rows: Any) -> str:
        self.attempts += 1
        for row in rows:
            assert row.pk is None
            row.pk, row.title, row._state.adding = 7, "Đã đổi", False
        if self.attempts <= self.failures:
            raise self.error
        return "done"


@dataclass
class Pauses:
    """The pauses that were made, each as the seconds it lasts at least and at most.

    Instead of lasting so long they last until another job has ended.
    """

    made: list[tuple[float, float]] = field(default_factory=list)
    other: Any = None

    def __call__(self, *seconds: float) -> None:
        shortest, longest = seconds
        self.made.append((shortest, longest))
        if self.other is not None:
            result_of(self.other)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> Pauses:
    pauses = Pauses()
    monkeypatch.setattr(transactions, "_pause", pauses)
    return pauses


def retried(decorate: Any, work: Work) -> Any:
    work.__wrapped__ = work.__call__  # type: ignore[attr-defined]
    return decorate(work)


@pytest.mark.parametrize("cause", [DeadlockDetected, SerializationFailure])
@pytest.mark.parametrize("decorate", [retry_on_deadlock, retry_on_conflict])
def test_two_failures_are_repeated_and_the_third_comes_through(
    decorate: Any, cause: Any, pauses: Pauses
) -> None:
    work = Work(caused_by(cause), failures=2)
    assert retried(decorate, work)() == "done"
    assert work.attempts == 3
    assert pauses.made == transactions.PAUSES

    work = Work(caused_by(cause), failures=3)
    with pytest.raises(OperationalError):
        retried(decorate, work)()
    assert work.attempts == 3


@pytest.mark.parametrize(
    ("error", "on_deadlock", "on_conflict"),
    [
        (caused_by(LockNotAvailable), 1, 1),
        (caused_by(ForeignKeyViolation, IntegrityError), 1, 2),
        (caused_by(UniqueViolation, IntegrityError), 1, 2),
        (ProtectedError("in use", set()), 1, 2),
        (RestrictedError("in use", set()), 1, 2),
        (DatabaseError("Forced update did not affect any rows."), 1, 2),
    ],
    ids=[
        "lock timeout",
        "deleted meanwhile",
        "inserted meanwhile",
        "protected meanwhile",
        "restricted meanwhile",
        "row deleted meanwhile",
    ],
)
def test_what_else_is_repeated(error: DatabaseError, on_deadlock: int, on_conflict: int) -> None:
    for decorate, attempts in ((retry_on_deadlock, on_deadlock), (retry_on_conflict, on_conflict)):
        work = Work(error, failures=1)
        if attempts == 1:
            with pytest.raises(DatabaseError):
                retried(decorate, work)()
        else:
            assert retried(decorate, work)() == "done"
        assert work.attempts == attempts


def test_nothing_is_repeated_inside_the_transaction_of_a_caller() -> None:
    work = Work(caused_by(DeadlockDetected), failures=1)
    with transaction.atomic(), pytest.raises(OperationalError):
        retried(retry_on_deadlock, work)()
    assert work.attempts == 1


def test_a_row_that_was_handed_over_is_as_it_was_when_the_work_begins_again() -> None:
    article, work = Article(title="Như cũ"), Work(caused_by(DeadlockDetected), failures=1)
    assert retried(retry_on_deadlock, work)(article) == "done"
    assert (work.attempts, article.pk, article.title) == (2, 7, "Đã đổi")


# --- Real deadlocks -------------------------------------------------------------------------------


def take_the_count_and_then_the_article(article: Article) -> None:
    with transaction.atomic():
        list(ListingMonth.objects.select_for_update())
        Article.objects.select_for_update(no_key=True).get(pk=article.pk)


def test_a_publication_that_postgresql_cancels_for_a_deadlock_begins_again(
    pauses: Pauses,
) -> None:
    article = make_article()

    with threads() as start:
        with transaction.atomic():
            hold_advisory_lock("news_listing")
            withdrawal = start(services.withdraw_article, article=article, reason="Sai số liệu.")
            wait_until_blocked(withdrawal)
            pauses.other = other = start(take_the_count_and_then_the_article, article)
            wait_until_blocked(withdrawal, other, past_deadlock_check=True)
        assert result_of(withdrawal).status == Article.Status.WITHDRAWN
        result_of(other)
    assert len(pauses.made) == 1
    assert article.status == Article.Status.WITHDRAWN


def test_a_decision_that_postgresql_cancels_for_a_deadlock_begins_again(
    pauses: Pauses,
) -> None:
    """The moderator saw the comment waiting: so it does for the second attempt."""
    user = User.objects.create_superuser("kiem-duyet")
    thread = make_comment(make_article(), status=Comment.Status.PENDING)
    approve_comment(comment=thread, by=user)
    reply = make_comment(thread.article, parent=thread)

    def take_the_tally_and_then_the_reply() -> None:
        with transaction.atomic():
            list(CommentTally.objects.select_for_update())
            Comment.objects.select_for_update(no_key=True).get(pk=reply.pk)

    with threads() as start:
        with transaction.atomic():
            Comment.objects.select_for_update(no_key=True).get(pk=thread.pk)
            approval = start(approve_comment, comment=reply, by=user)
            wait_until_blocked(approval)
            pauses.other = other = start(take_the_tally_and_then_the_reply)
            wait_until_blocked(approval, other, past_deadlock_check=True)
        assert result_of(approval).status == Comment.Status.APPROVED
        result_of(other)
    assert len(pauses.made) == 1
    thread.refresh_from_db()
    assert thread.reply_count == 1


def test_a_form_that_postgresql_cancels_for_a_deadlock_is_saved_once(
    pauses: Pauses, admin_client: Client
) -> None:
    article = make_article()
    data = form_of(article, _save="1", title="Tên mới", published_at_0="01/02/2025")

    with threads() as start:
        with transaction.atomic():
            hold_advisory_lock("news_listing")
            saving = start(admin_client.post, change_url(article), data)
            wait_until_blocked(saving)
            pauses.other = other = start(take_the_count_and_then_the_article, article)
            wait_until_blocked(saving, other, past_deadlock_check=True)
        answer = result_of(saving)
        result_of(other)
    assert (answer.status_code, len(pauses.made)) == (302, 1)
    assert len([*answer.wsgi_request._messages._queued_messages]) == 1
    article.refresh_from_db()
    assert article.title == "Tên mới"


# --- What somebody else has just done -------------------------------------------------------------


def test_a_form_that_names_what_is_being_deleted_is_shown_again_with_the_reason(
    admin_client: Client,
) -> None:
    category = make_category()
    data = {"label": "Mục", "category": category.pk, "position": "0"}
    data |= {"children-TOTAL_FORMS": "0", "children-INITIAL_FORMS": "0"}
    with threads() as start:
        with transaction.atomic():
            Category.objects.filter(pk=category.pk).delete()
            saving = start(admin_client.post, "/admin/portal/menuitem/add/", data)
            wait_until_blocked(saving)
        answer = result_of(saving)
    assert answer.status_code == 200
    assert 'value="Mục"' in answer.content.decode()
    assert not MenuItem.objects.exists()


def test_a_name_that_is_given_away_in_this_moment_is_refused_in_words(
    admin_client: Client,
) -> None:
    with threads() as start:
        with transaction.atomic():
            make_tag("lễ hội")
            saving = start(admin_client.post, "/admin/news/tag/add/", {"name": "Lễ hội"})
            wait_until_blocked(saving)
        answer = result_of(saving)
    assert answer.status_code == 200
    assert "errornote" in answer.content.decode()
    assert Tag.objects.count() == 1


def test_a_row_that_is_being_deleted_is_not_added_again_by_its_form(admin_client: Client) -> None:
    author = make_author()
    url = f"/admin/news/author/{author.pk}/change/"
    with threads() as start:
        with transaction.atomic():
            Author.objects.all().delete()
            saving = start(admin_client.post, url, {"name": "Tên mới", "slug": author.slug})
            wait_until_blocked(saving)
        answer = result_of(saving)
    assert answer.status_code == 302
    assert not Author.objects.exists()


@pytest.mark.parametrize("is_list", [False, True])
def test_a_category_that_is_being_given_a_child_is_not_deleted_and_the_reason_is_said(
    admin_client: Client, is_list: bool
) -> None:
    """The admin writes its log between looking for what is in the way and deleting."""
    category = make_category("Mẹ")
    url, data = f"/admin/news/category/{category.pk}/delete/", {"post": "yes"}
    if is_list:
        url = "/admin/news/category/"
        data |= {"action": "delete_selected", "_selected_action": str(category.pk)}
    with threads() as start:
        with locked("django_admin_log"):
            deleting = start(admin_client.post, url, data)
            wait_until_blocked(deleting)
            make_category("Con", parent=category)
        answer = result_of(deleting)
    assert answer.status_code == 200
    assert "Con" in answer.content.decode()
    assert answer.context["protected"]
    assert Category.objects.count() == 2
    assert not LogEntry.objects.exists()


def rows_of(prefix: str, row: Model, **values: Any) -> dict[str, Any]:
    """What a browser sends for an inline of one row."""
    values = {"id": row.pk, "position": "0"} | values
    counts = {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "1"}
    return counts | {f"{prefix}-0-{name}": value for name, value in values.items()}


def test_a_row_of_an_inline_that_is_being_deleted_is_not_added_again(admin_client: Client) -> None:
    group = LinkGroup.objects.create(name="Trung ương")
    link = group.links.create(label="Chính phủ", address="https://chinhphu.vn/")
    row = rows_of("links", link, group=group.pk, label="Tên mới", address=link.address)
    data = {"name": "Trung ương", "position": "0", **row}
    url = f"/admin/portal/linkgroup/{group.pk}/change/"
    with threads() as start:
        with transaction.atomic():
            group.links.all().delete()
            saving = start(admin_client.post, url, data)
            wait_until_blocked(saving)
        answer = result_of(saving)
    assert "Có dòng trong bảng này đã bị người khác xóa" in answer.content.decode()
    assert not group.links.exists()


@pytest.mark.parametrize("has_new_file", [False, True])
def test_an_attachment_that_is_being_removed_is_not_added_again(
    admin_client: Client, has_new_file: bool
) -> None:
    article = make_article()
    files = [ContentFile(b"%%PDF-1.4 %d" % number, name="a.pdf") for number in range(2)]
    attachment = services.add_attachment(article=article, upload=files[0], title="Quyết định")
    row = rows_of("attachments", attachment, article=article.pk, title="Tên mới")
    if has_new_file:
        row["attachments-0-upload"] = files[1]
    with threads() as start:
        with transaction.atomic():
            services.remove_attachment(attachment=Attachment.objects.get())
            saving = start(admin_client.post, change_url(article), form_of(article, **row))
            wait_until_blocked(saving)
        answer = result_of(saving)
    assert "Có dòng trong bảng này đã bị người khác xóa" in answer.content.decode()
    assert not article.attachments.exists()


def test_a_redirect_to_an_article_that_is_being_deleted_is_refused_in_words() -> None:
    article = make_article(status=Article.Status.DRAFT)
    with threads() as start:
        with transaction.atomic():
            services.delete_article(article=Article(pk=article.pk))
            requests = [RequestedRedirect(1, "/cu.html", str(article.pk))]
            writing = start(save_redirects, requests=requests, by=None)
            wait_until_blocked(writing)
        with pytest.raises(ValidationError, match="1: "):
            result_of(writing)
    assert not Redirect.objects.exists()


def test_an_article_that_is_to_replace_another_and_is_being_deleted_is_refused_in_words() -> None:
    article, other = make_article(), make_article()
    with threads() as start:
        with transaction.atomic():
            Article.objects.filter(pk=other.pk).delete()
            unpublishing = start(
                services.unpublish_article, article=article, reason="Trùng.", redirect_to=other
            )
            wait_until_blocked(unpublishing)
        with pytest.raises(ValidationError):
            result_of(unpublishing)
    article.refresh_from_db()
    assert article.status == Article.Status.PUBLISHED


def test_a_tag_is_merged_while_one_of_its_articles_is_deleted() -> None:
    tag, into = make_tag(), make_tag()
    article = make_article(status=Article.Status.DRAFT, tags=[tag])
    with threads() as start:
        with transaction.atomic():
            services.delete_article(article=Article(pk=article.pk))
            merging = start(merge_tag, tag=tag, into=into, by=None)
            wait_until_blocked(merging)
        result_of(merging)
    assert Tag.objects.get() == into


def test_an_answer_is_stored_while_the_comment_it_answers_is_looked_at() -> None:
    """Whoever decides on a comment keeps nobody from pointing to it."""
    user = User.objects.create_superuser("kiem-duyet")
    thread = make_comment(make_article())
    approve_comment(comment=thread, by=user)
    with transaction.atomic():
        Comment.objects.select_for_update(no_key=True).get(pk=thread.pk)
        with threads() as start:
            result_of(start(make_comment, thread.article, parent=Comment(pk=thread.pk)))
    assert reply_officially(comment=thread, by=user, text="Đã nhận.").parent == thread
