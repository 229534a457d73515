"""What the desk shows of a comment: in a row of the queue, and on the page of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.admin.asking import person
from comments.admin.showing import (
    age,
    clock,
    difference,
    found_words,
    marked,
    moment,
    reason_label,
)
from comments.models import Block, Comment, Decision

Status = Comment.Status
# Complaints that the page of one comment lists.
MOST_COMPLAINTS = 50


class CommentFacts(admin.ModelAdmin):
    # --- In the queue -------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("comment"))
    def said(self, comment: Any) -> str:
        answers = ""
        if comment.parent is not None:
            answers = format_html(
                '<div class="desk-parent">{} <bdi>{}</bdi>: <bdi>{}</bdi></div>',
                _("Answers"),
                comment.parent.name or _("(erased)"),
                Truncator(comment.parent.text).chars(120),
            )
        tags = [capfirst(comment.get_status_display())] if comment.status != Status.PENDING else []
        if comment.is_official:
            tags.append(_("Official answer"))
        if comment.open_complaints:
            tags.append(_("Open complaints: %(count)d") % {"count": comment.open_complaints})
        return format_html(
            '<a class="desk-name" href="{}" data-open><bdi>{}</bdi></a> '
            '<span class="desk-when">{}</span> {}<div class="desk-about">{}</div>{}'
            '<div class="desk-text" dir="auto">{}</div>',
            comment.address,
            comment.name or _("(erased)"),
            _("%(age)s, %(at)s")
            % {
                "age": age(comment.submitted_at, timezone.now()),
                "at": moment(comment.submitted_at),
            },
            format_html_join(" ", '<span class="desk-tag">{}</span>', ((tag,) for tag in tags)),
            self.article_link(comment),
            answers,
            marked(comment.text, comment.findings),
        )

    @admin.display(description=gettext_lazy("held because of"))
    def why(self, comment: Comment) -> str:
        words = found_words(comment)
        quoted = format_html_join("", '<bdi class="desk-found">{}</bdi>', ((w,) for w in words[:5]))
        return format_html("{}{}", capfirst(reason_label(comment.hold_reason)), quoted)

    @admin.display(description=gettext_lazy("earlier of this sender"))
    def sender(self, comment: Any) -> str:
        if not comment.history:
            return _("Nothing yet") if comment.network_hash or comment.email_hash else "–"
        lines = ((capfirst(label), told) for label, told in comment.history)
        return format_html_join("", "<div>{}: {}</div>", lines)

    # --- On the page of its own ---------------------------------------------------------------

    @admin.display(description=gettext_lazy("article"))
    def article_link(self, comment: Comment) -> str:
        return format_html(
            '<a href="{}">{}</a>', comment.article.get_absolute_url(), comment.article
        )

    @admin.display(description=gettext_lazy("answers to"))
    def thread(self, comment: Comment) -> str:
        if comment.parent is None:
            return _("No one: it begins a thread.")
        address = reverse("admin:comments_comment_change", args=[comment.parent_id])
        return format_html(
            '<a href="{}"><bdi>{}</bdi></a>: <span class="desk-text" dir="auto">{}</span>',
            address,
            comment.parent.name or _("(erased)"),
            comment.parent.text,
        )

    @admin.display(description=gettext_lazy("text"))
    def whole_text(self, comment: Comment) -> str:
        if comment.erased_at:
            return _("Erased at %(at)s.") % {"at": moment(comment.erased_at)}
        return format_html(
            '<div class="desk-text" dir="auto">{}</div>', marked(comment.text, comment.findings)
        )

    @admin.display(description=gettext_lazy("correction"))
    def changes(self, comment: Comment) -> str:
        if not comment.sent_text:
            return _("None: the text stands as it was sent.")
        return format_html(
            '<div class="desk-text desk-diff" dir="auto">{}</div><details><summary>{}</summary>'
            '<div class="desk-text" dir="auto">{}</div></details>',
            difference(comment.sent_text, comment.text),
            _("Text as it was sent"),
            comment.sent_text,
        )

    @admin.display(description=gettext_lazy("earlier of this sender"))
    def history_words(self, comment: Any) -> str:
        return self.sender(comment)

    @admin.display(description=gettext_lazy("blocked"))
    def blocked(self, comment: Comment) -> str:
        keys = {Block.Kind.EMAIL: comment.email_hash, Block.Kind.NETWORK: comment.network_hash}
        blocks = Block.objects.filter(until__gt=timezone.now(), key__in=filter(None, keys.values()))
        lines = [
            (capfirst(block.get_kind_display()), moment(block.until), block.reason)
            for block in blocks
            if keys[Block.Kind(block.kind)] == block.key
        ]
        return format_html_join("", "<div>{} → {}: {}</div>", lines) if lines else _("No")

    @admin.display(description=gettext_lazy("consent"))
    def consented(self, comment: Comment) -> str:
        if comment.consent is None or comment.consented_at is None:
            return "–"
        return _("%(version)s, at %(at)s") % {
            "version": comment.consent,
            "at": moment(comment.consented_at),
        }

    @admin.display(description=gettext_lazy("moments"))
    def times(self, comment: Comment) -> str:
        named = [
            (_("sent"), comment.submitted_at),
            (_("published"), comment.published_at),
            (_("corrected"), comment.corrected_at),
            (_("withdrawn by the sender"), comment.withdrawn_at),
            (_("erased"), comment.erased_at),
        ]
        return format_html_join(
            "", "<div>{}: {}</div>", ((capfirst(n), moment(at)) for n, at in named if at)
        )

    @admin.display(description=gettext_lazy("decisions"))
    def decisions(self, comment: Comment) -> str:
        rows = comment.decisions.select_related("by").order_by("pk")
        lines = [_decision_line(decision) for decision in rows]
        if not lines:
            return _("None yet.")
        return format_html('<ol class="desk-history">{}</ol>', format_html_join("", "{}", lines))

    @admin.display(description=gettext_lazy("complaints"))
    def complaints(self, comment: Comment) -> str:
        now = timezone.now()
        total = comment.reports.count()
        lines = [
            (
                reverse("admin:comments_report_change", args=[report.pk]),
                f"{capfirst(report.get_kind_display())}, {report.get_reason_display()}",
                clock(report, now),
            )
            for report in comment.reports.order_by("-pk")[:MOST_COMPLAINTS]
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


def _decision_line(decision: Decision) -> tuple[str]:
    """One line of the history: when, who, what, and why."""
    facts = [
        (_("reason"), decision.get_reason_display()),
        (_("told to the sender"), decision.message),
        (_("note"), decision.note),
    ]
    said = format_html_join(
        "", "<div>{}: <bdi>{}</bdi></div>", ((capfirst(n), words) for n, words in facts if words)
    )
    return (
        format_html(
            "<li><time>{}</time> – {}: <strong>{}</strong> ({} → {}){}</li>",
            moment(decision.at),
            person(decision.by),
            decision.get_action_display(),
            decision.get_from_status_display(),
            decision.get_to_status_display(),
            said,
        ),
    )
