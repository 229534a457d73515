"""How the admin shows a comment: the columns of the queue and the fields of its own page."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.deadlines import deadline_text, format_age, format_time
from comments.models import Block, Comment, Decision

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

    class ListedComment(Comment):
        """A comment of the queue, with what its page loads for all rows at once."""

        change_url: str
        open_report_count: int
        # The label of the sender's key, and how many comments were decided how.
        decided_before: list[tuple[str, str]]


Status = Comment.Status
# Complaints that the page of one comment lists.
LISTED_REPORTS = 50
# Decisions that the history of a sender counts, in this order.
COUNTED_STATUSES = [Status.APPROVED, Status.REJECTED, Status.SPAM, Status.REMOVED]


def staff_name(user: AbstractUser | None) -> str:
    """The name of a member of staff; None stands for the sender or a rule."""
    return (user.get_full_name() or user.get_username()) if user else _("sender or rule")


# --- Text as HTML -------------------------------------------------------------------------------


def hold_reason_label(reason: str) -> str:
    """Why a comment is held, in words; a reason that is no longer known is shown as it is."""
    try:
        return str(Comment.HoldReason(reason).label)
    except ValueError:
        return reason


def _labelled_spans(text: str, findings: Iterable[Sequence[Any]]) -> list[tuple[int, int, str]]:
    """Start, end and label of the findings in a text, in order, with overlapping ones joined."""
    spans: list[tuple[int, int, str]] = []
    for reason, start, end in sorted(findings, key=lambda finding: tuple(finding[1:])):
        start, end = max(0, start), min(len(text), end)
        # A finding about the whole text (no accents, capital letters) would mark all of it.
        if start >= end or (start, end) == (0, len(text)):
            continue
        label = hold_reason_label(reason)
        if spans and start < spans[-1][1]:
            before = spans.pop()
            if label not in before[2]:
                label = f"{before[2]}, {label}"
            spans.append((before[0], max(before[1], end), label))
        else:
            spans.append((start, end, label))
    return spans


def mark_findings(text: str, findings: Iterable[Sequence[Any]]) -> str:
    """The text as HTML, with the findings of the moderation rules marked and named."""
    pieces, position = [], 0
    for start, end, label in _labelled_spans(text, findings):
        pieces.append(format_html("{}", text[position:start]))
        pieces.append(format_html('<mark title="{}">{}</mark>', label, text[start:end]))
        position = end
    pieces.append(format_html("{}", text[position:]))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def found_phrases(comment: Comment) -> list[str]:
    """The phrases that the moderation rules found in a comment, each once."""
    spans = _labelled_spans(comment.text, comment.findings)
    return list(dict.fromkeys(comment.text[start:end] for start, end, _label in spans))


def diff_html(before: str, after: str) -> str:
    """Two texts in one, as HTML, with <del> and <ins>."""
    old, new = (re.findall(r"\w+|\s+|[^\w\s]", text) for text in (before, after))
    pieces = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if kind == "equal":
            pieces.append(format_html("{}", "".join(old[i1:i2])))
            continue
        if i1 < i2:
            pieces.append(format_html("<del>{}</del>", "".join(old[i1:i2])))
        if j1 < j2:
            pieces.append(format_html("<ins>{}</ins>", "".join(new[j1:j2])))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


# --- The history of a sender --------------------------------------------------------------------


def load_sender_histories(comments: Sequence[ListedComment]) -> None:
    """Give each comment the history of its sender: two statements for all of them."""
    emails, networks = (
        _decision_counts("email_hash", comments),
        _decision_counts("network_hash", comments),
    )
    for comment in comments:
        comment.decided_before = [
            (label, text)
            for label, counts, key in (
                (_("e-mail"), emails, comment.email_hash),
                (_("network"), networks, comment.network_hash),
            )
            if key and (text := _history_text(dict(counts.get(key, {})), comment.status))
        ]


def _decision_counts(field: str, comments: Sequence[Comment]) -> dict[str, dict[str, int]]:
    """By key of a sender and by status, how many comments there are."""
    keys = {getattr(comment, field) for comment in comments} - {None}
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    if keys:
        rows = (
            Comment.objects.filter(**{f"{field}__in": keys}, status__in=COUNTED_STATUSES)
            .order_by()
            .values_list(field, "status")
            .annotate(count=Count("pk"))
        )
        for key, status, count in rows:
            counts[key][status] = count
    return counts


def _history_text(counts: dict[str, int], own_status: str) -> str:
    """The counts in words, without the comment itself."""
    if own_status in counts:
        counts[own_status] -= 1
    return ", ".join(
        f"{status.label}: {counts[status]}" for status in COUNTED_STATUSES if counts.get(status)
    )


# --- Columns and fields -------------------------------------------------------------------------


class CommentDisplayMixin(admin.ModelAdmin):
    """The columns of the queue, and the read-only fields of the page of one comment."""

    @admin.display(description=gettext_lazy("comment"))
    def text_summary(self, comment: ListedComment) -> str:
        parent = ""
        if comment.parent is not None:
            parent = format_html(
                '<div class="desk-parent">{} <bdi>{}</bdi>: <bdi>{}</bdi></div>',
                _("Answers"),
                comment.parent.name or _("(erased)"),
                Truncator(comment.parent.text).chars(120),
            )
        tags = [capfirst(comment.get_status_display())] if comment.status != Status.PENDING else []
        if comment.is_official:
            tags.append(_("Official answer"))
        if comment.open_report_count:
            tags.append(_("Open complaints: %(count)d") % {"count": comment.open_report_count})
        return format_html(
            '<a class="desk-name" href="{}" data-open><bdi>{}</bdi></a> '
            '<span class="desk-when">{}</span> {}<div class="desk-about">{}</div>{}'
            '<div class="desk-text" dir="auto">{}</div>',
            comment.change_url,
            comment.name or _("(erased)"),
            _("%(age)s, %(at)s")
            % {
                "age": format_age(comment.submitted_at, timezone.now()),
                "at": format_time(comment.submitted_at),
            },
            format_html_join(" ", '<span class="desk-tag">{}</span>', ((tag,) for tag in tags)),
            self.article_link(comment),
            parent,
            mark_findings(comment.text, comment.findings),
        )

    @admin.display(description=gettext_lazy("held because of"))
    def held_because(self, comment: Comment) -> str:
        quoted = format_html_join(
            "",
            '<bdi class="desk-found">{}</bdi>',
            ((phrase,) for phrase in found_phrases(comment)[:5]),
        )
        return format_html("{}{}", capfirst(hold_reason_label(comment.hold_reason)), quoted)

    @admin.display(description=gettext_lazy("earlier of this sender"))
    def sender_history(self, comment: ListedComment) -> str:
        if not comment.decided_before:
            return _("Nothing yet") if comment.network_hash or comment.email_hash else "–"
        lines = ((capfirst(label), text) for label, text in comment.decided_before)
        return format_html_join("", "<div>{}: {}</div>", lines)

    @admin.display(description=gettext_lazy("article"))
    def article_link(self, comment: Comment) -> str:
        return format_html(
            '<a href="{}">{}</a>', comment.article.get_absolute_url(), comment.article
        )

    @admin.display(description=gettext_lazy("answers to"))
    def parent_link(self, comment: Comment) -> str:
        if comment.parent is None:
            return _("No one: it begins a thread.")
        return format_html(
            '<a href="{}"><bdi>{}</bdi></a>: <span class="desk-text" dir="auto">{}</span>',
            reverse("admin:comments_comment_change", args=[comment.parent_id]),
            comment.parent.name or _("(erased)"),
            comment.parent.text,
        )

    @admin.display(description=gettext_lazy("text"))
    def marked_text(self, comment: Comment) -> str:
        if comment.erased_at:
            return _("Erased at %(at)s.") % {"at": format_time(comment.erased_at)}
        return format_html(
            '<div class="desk-text" dir="auto">{}</div>',
            mark_findings(comment.text, comment.findings),
        )

    @admin.display(description=gettext_lazy("correction"))
    def correction_diff(self, comment: Comment) -> str:
        if not comment.sent_text:
            return _("None: the text stands as it was sent.")
        return format_html(
            '<div class="desk-text desk-diff" dir="auto">{}</div><details><summary>{}</summary>'
            '<div class="desk-text" dir="auto">{}</div></details>',
            diff_html(comment.sent_text, comment.text),
            _("Text as it was sent"),
            comment.sent_text,
        )

    @admin.display(description=gettext_lazy("blocked"))
    def active_blocks(self, comment: Comment) -> str:
        keys = {Block.Kind.EMAIL: comment.email_hash, Block.Kind.NETWORK: comment.network_hash}
        blocks = Block.objects.filter(until__gt=timezone.now(), key__in=filter(None, keys.values()))
        lines = [
            (capfirst(block.get_kind_display()), format_time(block.until), block.reason)
            for block in blocks
            if keys[Block.Kind(block.kind)] == block.key
        ]
        return format_html_join("", "<div>{} → {}: {}</div>", lines) if lines else _("No")

    @admin.display(description=gettext_lazy("consent"))
    def consent_given(self, comment: Comment) -> str:
        if comment.consent is None or comment.consented_at is None:
            return "–"
        return _("%(version)s, at %(at)s") % {
            "version": comment.consent,
            "at": format_time(comment.consented_at),
        }

    @admin.display(description=gettext_lazy("moments"))
    def timestamps(self, comment: Comment) -> str:
        named = [
            (_("sent"), comment.submitted_at),
            (_("published"), comment.published_at),
            (_("corrected"), comment.corrected_at),
            (_("withdrawn by the sender"), comment.withdrawn_at),
            (_("erased"), comment.erased_at),
        ]
        lines = ((capfirst(name), format_time(at)) for name, at in named if at)
        return format_html_join("", "<div>{}: {}</div>", lines)

    @admin.display(description=gettext_lazy("decisions"))
    def decision_history(self, comment: Comment) -> str:
        rows = comment.decisions.select_related("by").order_by("pk")
        lines = [(_decision_line(decision),) for decision in rows]
        if not lines:
            return _("None yet.")
        return format_html('<ol class="desk-history">{}</ol>', format_html_join("", "{}", lines))

    @admin.display(description=gettext_lazy("complaints"))
    def report_links(self, comment: Comment) -> str:
        now = timezone.now()
        total = comment.reports.count()
        lines = [
            (
                reverse("admin:comments_report_change", args=[report.pk]),
                f"{capfirst(report.get_kind_display())}, {report.get_reason_display()}",
                deadline_text(report, now),
            )
            for report in comment.reports.order_by("-pk")[:LISTED_REPORTS]
        ]
        if not lines:
            return _("None.")
        return format_html(
            "{}{}",
            format_html_join("", '<div><a href="{}">{}</a>: {}</div>', lines),
            _("And %(count)d earlier ones.") % {"count": total - len(lines)}
            if total > len(lines)
            else "",
        )


def _decision_line(decision: Decision) -> str:
    """One line of the history: when, who, what, and why."""
    facts = [
        (_("reason"), decision.get_reason_display()),
        (_("told to the sender"), decision.message),
        (_("note"), decision.note),
    ]
    return format_html(
        "<li><time>{}</time> – {}: <strong>{}</strong> ({} → {}){}</li>",
        format_time(decision.at),
        staff_name(decision.by),
        decision.get_action_display(),
        decision.get_from_status_display(),
        decision.get_to_status_display(),
        format_html_join(
            "",
            "<div>{}: <bdi>{}</bdi></div>",
            ((capfirst(name), words) for name, words in facts if words),
        ),
    )
