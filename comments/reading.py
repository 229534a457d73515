"""What readers see below an article: one page of threads, at the same cost however many there are.

A place in the list is the id of a comment and not the number of a page: ids are found in an index,
and a comment approved meanwhile moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q
from django.urls import reverse

from comments.models import Comment, CommentPolicy

PAGE_SIZE = 20
# Replies shown below a comment in a list; official answers come on top of them.
FIRST_REPLIES = 5
OFFICIAL_ANSWERS = 5
# Replies on a page of the thread itself.
THREAD_PAGE_SIZE = 50


@dataclass
class ShownComment:
    """A comment as it is printed."""

    # The address of the article's comments.
    base: str
    pk: int
    thread_pk: int
    name: str
    text: str
    at: datetime
    is_official: bool
    is_corrected: bool
    reply_count: int
    # In place of name and text, once its sender has taken it back: "withdrawn" or "erased".
    taken_back: str
    replies: list[ShownComment] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return f"binh-luan-{self.pk}"

    @property
    def reply_url(self) -> str:
        return f"{self.base}gui?tra-loi={self.pk}"

    @property
    def report_url(self) -> str:
        return f"{self.base}{self.pk}/bao-vi-pham"

    @property
    def more_replies(self) -> int:
        return self.reply_count - len(self.replies)

    @property
    def thread_url(self) -> str:
        return f"{self.base}{self.pk}/"

    @classmethod
    def of(cls, comment: Comment) -> ShownComment:
        is_approved = comment.status == Comment.Status.APPROVED
        is_erased = comment.erased_at is not None and comment.erased_at == comment.withdrawn_at
        return cls(
            base=list_url(comment.article_id),
            pk=comment.pk,
            thread_pk=comment.parent_id or comment.pk,
            name=comment.name if is_approved else "",
            text=comment.text if is_approved else "",
            at=comment.submitted_at,
            is_official=comment.is_official,
            is_corrected=comment.corrected_at is not None,
            reply_count=comment.reply_count,
            taken_back="" if is_approved else "erased" if is_erased else "withdrawn",
        )


@dataclass
class ThreadPage:
    """The comments of an article from one place on, newest first.

    `count` is how many comments readers see below the article, on all pages; 0 where `threads` is
    empty. `next_url` leads to older ones, empty at the end.
    """

    policy: CommentPolicy
    threads: list[ShownComment]
    count: int = 0
    next_url: str = ""

    @property
    def base(self) -> str:
        return list_url(self.policy.article.pk)

    @property
    def form_url(self) -> str:
        return f"{self.base}gui"


def list_url(article_id: int) -> str:
    return reverse("comments:list", args=[article_id])


def read_threads(policy: CommentPolicy, before: int = 0) -> ThreadPage:
    """Return a page of threads older than the comment `before`; at most two statements."""
    threads = Comment.objects.threads(policy.article.pk).order_by("-pk")
    if before:
        threads = threads.filter(pk__lt=before)
    replies = Comment.objects.approved().filter(parent=OuterRef("pk")).order_by("pk").values("pk")
    found = list(
        threads.annotate(
            count=F("article__comment_tally__approved"),
            first_replies=ArraySubquery(replies[:FIRST_REPLIES]),
            official_answers=ArraySubquery(replies.filter(is_official=True)[:OFFICIAL_ANSWERS]),
        )[: PAGE_SIZE + 1]
    )
    shown = {thread.pk: ShownComment.of(thread) for thread in found[:PAGE_SIZE]}
    page = ThreadPage(policy, list(shown.values()))
    if found:
        page.count = found[0].count
    if len(found) > PAGE_SIZE:
        page.next_url = f"{page.base}?truoc={page.threads[-1].pk}"
    pks = {pk for each in found[:PAGE_SIZE] for pk in each.first_replies + each.official_answers}
    if pks:
        for reply in Comment.objects.filter(pk__in=pks).order_by("pk"):
            shown[reply.parent_id].replies.append(ShownComment.of(reply))
    return page


def read_comment(policy: CommentPolicy, pk: int) -> ShownComment | None:
    """Return a comment or a reply that readers may answer, without what answers it; else None.

    In a thread whose beginning was taken back nobody goes on but the agency.
    """
    in_open_thread = Q(parent=None) | Q(parent__status=Comment.Status.APPROVED)
    comment = (
        Comment.objects.approved().filter(in_open_thread, pk=pk, article=policy.article.pk).first()
    )
    return ShownComment.of(comment) if comment else None


def public_url_of(comment: Comment) -> str:
    """Return the address where readers see a comment, empty if they do not."""
    thread = comment.parent or comment
    if comment.status != Comment.Status.APPROVED or not thread.is_shown:
        return ""
    return f"{list_url(comment.article_id)}{thread.pk}/#binh-luan-{comment.pk}"


def read_thread(policy: CommentPolicy, pk: int, after: int = 0) -> tuple[ShownComment, str] | None:
    """Return a thread with its replies after one of them, and where the next page is.

    None if there is no such thread.
    """
    beginning = Comment.objects.threads(policy.article.pk).filter(pk=pk).first()
    if beginning is None:
        return None
    thread = ShownComment.of(beginning)
    replies = Comment.objects.approved().filter(parent=beginning, pk__gt=after).order_by("pk")
    found = [ShownComment.of(reply) for reply in replies[: THREAD_PAGE_SIZE + 1]]
    thread.replies = found[:THREAD_PAGE_SIZE]
    if len(found) <= THREAD_PAGE_SIZE:
        return thread, ""
    return thread, f"{thread.thread_url}?sau={thread.replies[-1].pk}"
