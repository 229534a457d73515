"""What staff decide about comments, and what they decide by."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments.models.comments import Comment, hash_field
from news.fields import LineField, PlainTextField


class Reason(models.TextChoices):
    """Why a comment is not published: the reasons a Vietnamese office answers for."""

    UNLAWFUL = "unlawful", _("against the law")
    INSULT = "insult", _("insults a person or an organisation")
    FALSE = "false", _("false information")
    PERSONAL_DATA = "personal", _("discloses personal data or state secrets")
    ADVERTISING = "advertising", _("advertising, spam")
    OFF_TOPIC = "off_topic", _("not about the article")
    UNREADABLE = "unreadable", _("without accents, hard to read")
    DUPLICATE = "duplicate", _("a duplicate")
    OTHER = "other", _("another reason")


class Decision(models.Model):
    """One change of a comment after it was sent: who, when, what, why. Never changed itself."""

    class Action(models.TextChoices):
        APPROVE = "approve", _("approve")
        REJECT = "reject", _("reject")
        SPAM = "spam", _("mark as spam")
        REMOVE = "remove", _("remove")
        RESTORE = "restore", _("restore")
        CORRECT = "correct", _("correct the spelling")
        REPLY = "reply", _("answer officially")
        AMEND = "amend", _("amended by the sender")
        WITHDRAW = "withdraw", _("withdrawn by the sender")
        ERASE = "erase", _("erase")

    comment = models.ForeignKey(
        Comment, verbose_name=_("comment"), on_delete=models.CASCADE, related_name="decisions"
    )
    # Null: the sender, or a rule (a trusted sender, the retention command).
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    at = models.DateTimeField(_("at"))
    action = models.CharField(_("action"), max_length=8, choices=Action.choices)
    from_status = models.CharField(_("from"), max_length=8, choices=Comment.Status.choices)
    to_status = models.CharField(_("to"), max_length=8, choices=Comment.Status.choices)
    reason = models.CharField(_("reason"), max_length=11, choices=Reason.choices, blank=True)
    message = PlainTextField(
        _("told to the sender"), blank=True, help_text=_("Shown on the sender's status page.")
    )
    note = PlainTextField(_("note"), blank=True, help_text=_("For the office alone."))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(action__in=["reject", "remove"]) | ~Q(reason=""),
                name="comments_decision_refusal_has_reason",
                violation_error_message=_("Choose the reason."),
            ),
            models.CheckConstraint(
                condition=~Q(action__in=["reject", "spam", "remove", "restore", "correct", "reply"])
                | Q(by__isnull=False),
                name="comments_decision_of_staff_names_them",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.comment_id}"


class Report(models.Model):
    """A complaint about a comment (Báo vi phạm), with the time until it must be answered."""

    class Kind(models.TextChoices):
        READER = "reader", _("of a reader")
        AUTHORITY = "authority", _("of an authority")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("upheld")
        DISMISSED = "dismissed", _("dismissed")

    # Decree 147/2024/NĐ-CP: 48 hours on a user's complaint, 24 on an authority's request.
    HOURS = {Kind.READER: timedelta(hours=48), Kind.AUTHORITY: timedelta(hours=24)}

    comment = models.ForeignKey(
        Comment, verbose_name=_("comment"), on_delete=models.CASCADE, related_name="reports"
    )
    kind = models.CharField(_("complaint"), max_length=9, choices=Kind.choices, default=Kind.READER)
    reason = models.CharField(_("reason"), max_length=11, choices=Reason.choices)
    text = PlainTextField(_("explanation"), blank=True)
    network_hash = hash_field()
    received_at = models.DateTimeField(_("received at"))
    due_at = models.DateTimeField(_("due at"))
    handled_at = models.DateTimeField(_("handled at"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("handled by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome.choices, blank=True)
    note = PlainTextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__gt=models.F("received_at")),
                name="comments_report_is_due_after_it_came",
            ),
            models.CheckConstraint(
                condition=Q(handled_at=None, handled_by=None, outcome="")
                | (Q(handled_at__isnull=False, handled_by__isnull=False) & ~Q(outcome="")),
                name="comments_report_handled_says_by_whom_and_how",
            ),
            models.UniqueConstraint(
                fields=["comment", "network_hash"],
                condition=Q(handled_at=None, network_hash__isnull=False),
                name="comments_report_open_once_per_sender",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="comments_report_open", condition=Q(handled_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.comment_id}"


class ListedPhrase(models.Model):
    """A phrase that makes a moderator look twice. It flags and never decides."""

    phrase = LineField(_("phrase"), max_length=100, unique=True)
    accents_matter = models.BooleanField(
        _("accents matter"),
        default=False,
        help_text=_("If not, the phrase is found without its accents too."),
    )

    class Meta:
        verbose_name = _("listed phrase")
        verbose_name_plural = _("listed phrases")
        ordering = ["phrase"]
        constraints = [
            models.CheckConstraint(condition=~Q(phrase=""), name="comments_listedphrase_has_words")
        ]

    def __str__(self) -> str:
        return self.phrase


class CannedReason(models.Model):
    """Words for the sender of a comment that is not published, written once."""

    title = LineField(_("title"), max_length=100)
    reason = models.CharField(_("reason"), max_length=11, choices=Reason.choices)
    text = PlainTextField(_("told to the sender"))
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("canned reason")
        verbose_name_plural = _("canned reasons")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class BlockQuerySet(models.QuerySet["Block"]):
    def of_sender(self, network_hash: str, email_hash: str | None) -> BlockQuerySet:
        """The blocks that keep a sender away now."""
        return self.filter(key__in=[network_hash, email_hash or ""], until__gt=timezone.now())


class Block(models.Model):
    """A sender whose comments are refused for a time, known by a keyed hash alone."""

    class Kind(models.TextChoices):
        NETWORK = "network", _("network")
        EMAIL = "email", _("e-mail")

    kind = models.CharField(_("known by"), max_length=7, choices=Kind.choices)
    key = models.CharField(_("keyed hash"), max_length=32)
    reason = PlainTextField(_("reason"))
    until = models.DateTimeField(_("until"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("since"))

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("blocked sender")
        verbose_name_plural = _("blocked senders")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="comments_block_once_per_sender"),
            models.CheckConstraint(condition=~Q(reason=""), name="comments_block_has_reason"),
            models.CheckConstraint(
                condition=Q(until__gt=models.F("created_at")), name="comments_block_lasts_a_while"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key[:8]}"
