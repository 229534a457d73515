"""A comment of a reader, and what the database keeps beside it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from comments.models import triggers
from comments.models.settings import ConsentText
from news.fields import LineField, PlainTextField, nfc_check
from news.models import Article

NAME_LENGTH = 60
SHORTEST_TEXT, LONGEST_TEXT = 10, 2000
LONGEST_ANSWER = 5000


def _length(field: str, least: int, most: int) -> Q:
    """Whether the code points of a text lie between two numbers, both included."""
    length = Length(field)
    return Q(GreaterThanOrEqual(length, least)) & Q(LessThanOrEqual(length, most))


def hash_field() -> models.CharField:
    """A keyed hash (comments/hashing.py); null once it is erased."""
    return models.CharField(max_length=32, null=True, blank=True, editable=False)


class CommentQuerySet(models.QuerySet["Comment"]):
    def approved(self) -> CommentQuerySet:
        """Comments that readers may see, if the thread they stand in is shown."""
        return self.filter(status=Comment.Status.APPROVED)

    def threads(self, article_id: int) -> CommentQuerySet:
        """What readers see below an article, replies apart: comments and empty places."""
        return self.filter(article=article_id, parent=None, is_shown=True)

    def sent_by_the_same_form(self, comment: Comment) -> CommentQuerySet:
        """The comment that this one is once more, if it is there still as it was sent."""
        return self.filter(status_key_hash=comment.status_key_hash, fingerprint=comment.fingerprint)

    def pending(self) -> CommentQuerySet:
        """The moderation queue, oldest first."""
        return self.filter(status=Comment.Status.PENDING).order_by("pk")


class Comment(models.Model):
    """What a reader, or in an official answer the agency, says below an article.

    One level of replies, each below a comment of the same article: the database holds it
    (`comments_comment_answers_a_comment_of_its_article`). `level` and
    `parent_level` exist for that. `reply_count` counts the approved replies and is kept by a
    trigger.

    A published comment that its sender takes back leaves an empty place, as long as others have
    answered it: their words stay. `is_shown` tells that readers see the comment or its place.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        SPAM = "spam", _("spam")
        REMOVED = "removed", _("removed")

    class HoldReason(models.TextChoices):
        EVERY_COMMENT = "every", _("every comment is looked at")
        # The gravest first: `moderation.hold_reason` returns the first of these that is found.
        PHRASE = "phrase", _("a listed phrase")
        PERSONAL_DATA = "personal", _("personal data")
        LINK = "link", _("a link")
        NO_ACCENTS = "accents", _("no accents")
        CAPITALS = "capitals", _("capital letters")
        REPETITION = "repetition", _("repeated characters")
        # Official answers alone: they are published without being held.
        NONE = "", _("not held")

    article = models.ForeignKey(
        Article,
        verbose_name=_("article"),
        on_delete=models.CASCADE,
        related_name="comments",
        db_index=False,
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("answers to"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="replies",
        db_index=False,
        db_constraint=False,
    )
    level = models.GeneratedField(
        expression=Case(When(parent=None, then=Value(0)), default=Value(1)),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    parent_level = models.GeneratedField(
        expression=Value(0), output_field=models.SmallIntegerField(), db_persist=True
    )
    reply_count = models.PositiveIntegerField(_("replies"), default=0, editable=False)
    # Of a reply: if its thread is shown too. Who withdraws what was never published leaves no
    # place, nor does what staff have taken off: `withdrawn_at` stays empty there.
    is_shown = models.GeneratedField(
        expression=Case(
            When(status="approved", then=True),
            When(
                parent=None,
                withdrawn_at__isnull=False,
                published_at__isnull=False,
                reply_count__gt=0,
                then=True,
            ),
            default=False,
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    name = LineField(_("name"), max_length=NAME_LENGTH)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    text = PlainTextField(_("text"))
    sent_text = PlainTextField(_("text as it was sent"), blank=True, editable=False)

    status = models.CharField(
        _("status"), max_length=8, choices=Status.choices, default=Status.PENDING
    )
    hold_reason = models.CharField(
        _("held because of"),
        max_length=10,
        choices=HoldReason.choices,
        default=HoldReason.EVERY_COMMENT,
        blank=True,
    )
    # What `moderation.examine` found in `text`: [[reason, start, end], …], in code points.
    findings = models.JSONField(_("findings"), default=list, blank=True, editable=False)

    is_official = models.BooleanField(_("official answer"), default=False)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    consent = models.ForeignKey(
        ConsentText,
        verbose_name=_("consent"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
    )
    consented_at = models.DateTimeField(_("consented at"), null=True, blank=True, editable=False)

    # Keyed hashes (comments/hashing.py); erased after the time set for personal data.
    network_hash = hash_field()
    email_hash = hash_field()
    status_key_hash = hash_field()
    fingerprint = hash_field()

    submitted_at = models.DateTimeField(_("sent at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    corrected_at = models.DateTimeField(_("corrected at"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(
        _("withdrawn by the sender at"), null=True, blank=True, editable=False
    )
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["-pk"]
        permissions = [("moderate_comment", _("Can decide on comments and answer officially"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["pending", "approved", "rejected", "spam", "removed"]),
                name="comments_comment_status_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(published_at__isnull=False),
                name="comments_comment_approved_has_published_at",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["pending", "rejected"]) | Q(published_at=None),
                name="comments_comment_waiting_or_rejected_was_never_published",
            ),
            models.CheckConstraint(
                condition=Q(is_official=False, staff=None)
                | Q(is_official=True, staff__isnull=False, parent__isnull=False),
                name="comments_comment_official_answer_names_its_staff",
            ),
            models.CheckConstraint(
                condition=~Q(is_official=True) | Q(status__in=["approved", "removed"]),
                name="comments_comment_official_answer_is_not_held",
            ),
            models.CheckConstraint(
                condition=Q(is_official=True)
                | Q(consent__isnull=False, consented_at__isnull=False),
                name="comments_comment_reader_gave_consent",
            ),
            models.CheckConstraint(
                condition=Q(sent_text="") | Q(corrected_at__isnull=False),
                name="comments_comment_only_corrected_keeps_sent_text",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(status="removed"),
                name="comments_comment_withdrawn_is_removed",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None)
                | Q(
                    status="removed",
                    name="",
                    email="",
                    text="",
                    sent_text="",
                    network_hash=None,
                    email_hash=None,
                    status_key_hash=None,
                    fingerprint=None,
                ),
                name="comments_comment_erased_keeps_nothing_of_the_sender",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=False) | _length("name", 1, NAME_LENGTH),
                name="comments_comment_name_1_to_60",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=False)
                | Q(is_official=True) & _length("text", 1, LONGEST_ANSWER)
                | _length("text", SHORTEST_TEXT, LONGEST_TEXT),
                name="comments_comment_text_10_to_2000",
            ),
            nfc_check("name", "comments_comment_name_is_nfc"),
            nfc_check("text", "comments_comment_text_is_nfc"),
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(fingerprint__isnull=False),
                name="comments_comment_same_text_once_per_sender",
            ),
            models.UniqueConstraint(
                fields=["status_key_hash"],
                condition=Q(status_key_hash__isnull=False),
                name="comments_comment_status_key_once",
            ),
            # What the composite foreign key of the replies points to.
            models.UniqueConstraint(
                fields=["id", "article", "level"], name="comments_comment_place"
            ),
        ]
        indexes = [
            # The public page: threads newest first, replies in order.
            models.Index(
                fields=["article", "-id"],
                name="comments_threads_newest",
                condition=Q(is_shown=True, parent=None),
            ),
            models.Index(
                fields=["parent", "status", "id"],
                name="comments_replies_in_order",
                condition=Q(parent__isnull=False),
            ),
            models.Index(
                fields=["parent", "status", "id"],
                name="comments_official_answers",
                condition=Q(is_official=True),
            ),
            # The moderation queue, and the article list's column of what waits.
            models.Index(
                fields=["article", "id"], name="comments_queue", condition=Q(status="pending")
            ),
            models.Index(fields=["article", "status"], name="comments_of_article"),
            # Everything of one sender.
            models.Index(
                fields=["email_hash", "status"],
                name="comments_of_email",
                condition=Q(email_hash__isnull=False),
            ),
            models.Index(
                fields=["network_hash"],
                name="comments_of_network",
                condition=Q(network_hash__isnull=False),
            ),
        ]
        triggers = triggers.COMMENT

    def __str__(self) -> str:
        return f"{self.name}: {self.text[:60]}"


class CommentTally(models.Model):
    """How many comments readers see below an article; kept by triggers (triggers.py).

    `approved` leaves out the replies in a thread that is not shown, and empty places; `threads`
    counts the places too. An article without a row has none.
    """

    article = models.OneToOneField(
        Article,
        verbose_name=_("article"),
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="comment_tally",
    )
    approved = models.IntegerField(_("comments"), default=0)
    threads = models.IntegerField(_("threads"), default=0)

    class Meta:
        verbose_name = _("tally of comments")
        verbose_name_plural = _("tallies of comments")
        constraints = [
            models.CheckConstraint(
                condition=Q(threads__gte=0, approved__gte=models.F("threads")),
                name="comments_commenttally_counts_agree",
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.approved}"
