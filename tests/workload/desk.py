"""What moderators do: by services, and by the pages of the admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from comments import services
from comments.admin.decisions import encode_shown
from comments.models import Block, Comment, Report
from tests.workload.actions import Actor, action
from tests.workload.browser import send
from tests.workload.readers import TEXT, pick_comment

Status = Comment.Status
REFUSED = (Status.REJECTED, Status.SPAM, Status.REMOVED)


# --- By services ----------------------------------------------------------------------------------


@action(services.approve_comment, weight=3)
def approve(actor: Actor) -> None:
    services.approve_comment(comment=pick_comment(actor, Status.PENDING), by=actor.user)


@action(services.reject_comment)
def reject(actor: Actor) -> None:
    comment = pick_comment(actor, Status.PENDING)
    services.reject_comment(comment=comment, by=actor.user, reason="insult")


@action(services.mark_spam)
def mark_spam(actor: Actor) -> None:
    comment = pick_comment(actor, Status.PENDING, Status.APPROVED)
    services.mark_spam(comment=comment, by=actor.user)


@action(services.remove_comment, weight=2)
def remove(actor: Actor) -> None:
    comment = pick_comment(actor, Status.APPROVED)
    services.remove_comment(comment=comment, by=actor.user, reason="false")


@action(services.restore_comment, weight=2)
def restore_comment(actor: Actor) -> None:
    refused = Comment.objects.filter(status__in=REFUSED, withdrawn_at=None, erased_at=None)
    if not refused.exists():
        remove(actor)
    services.restore_comment(comment=actor.pick(refused), by=actor.user)


@action(services.correct_comment)
def correct_comment(actor: Actor) -> None:
    comment = pick_comment(actor, Status.PENDING, Status.APPROVED)
    services.correct_comment(comment=comment, by=actor.user, text=actor.new_words(TEXT))


@action(services.reply_officially, weight=2)
def answer_officially(actor: Actor) -> None:
    comment = pick_comment(actor, Status.APPROVED)
    services.reply_officially(comment=comment, by=actor.user, text=actor.new_words("Đã nhận"))


@action(services.handle_report, weight=2)
def handle_report(actor: Actor) -> None:
    services.handle_report(
        report=_open_report(actor),
        by=actor.user,
        outcome=actor.random.choice(Report.Outcome.values),
        message=actor.random.choice(["", "Vi phạm quy định."]),
    )


def _open_report(actor: Actor, *statuses: str) -> Report:
    """A report nobody has decided, of a comment that has one of these statuses."""
    rows = Report.objects.filter(handled_at=None, comment__status__in=statuses or Status.values)
    if rows.exists():
        found: Report = actor.pick(rows)
        return found
    comment = pick_comment(actor, Status.APPROVED)
    return services.report_comment(comment=comment, reason="insult", address=actor.address())


def _comment_of_a_network(actor: Actor) -> Comment:
    rows = Comment.objects.exclude(network_hash=None)
    return rows.order_by("?").first() or pick_comment(actor, Status.PENDING)


@action(services.block_sender)
def block_sender(actor: Actor) -> None:
    services.block_sender(
        comment=_comment_of_a_network(actor),
        kind=Block.Kind.NETWORK,
        # The others go on sending from this network.
        until=timezone.now() + timedelta(seconds=1),
        reason="Gửi quảng cáo.",
        by=actor.user,
    )


@action(services.erase_sender)
def erase_sender(actor: Actor) -> None:
    email = f"doc-gia-{actor.random.randrange(5)}@example.vn"
    services.erase_sender(email=email, by=actor.user)


# --- By the pages of the admin --------------------------------------------------------------------


def _decide(actor: Actor, decision: str, *statuses: str, **more: Any) -> None:
    picked = [pick_comment(actor, *statuses) for _ in range(3)]
    comments = {comment.pk: comment for comment in picked}
    values = {
        "decision": decision,
        "_selected_action": sorted(comments),
        "seen": encode_shown(comments.values()),
        **more,
    }
    # The history of a comment is its decisions.
    send(actor, reverse("admin:comments_comment_decide"), values, is_logged=False)


@action(weight=3, writes=("comments_comment_decide",))
def decide_several(actor: Actor) -> None:
    decision = actor.random.choice(["approve", "reject", "spam", "remove", "restore"])
    match decision:
        case "approve":
            _decide(actor, decision, Status.PENDING)
        case "reject":
            _decide(actor, decision, Status.PENDING, asked="1", reason="off_topic")
        case "spam":
            _decide(actor, decision, Status.PENDING, Status.APPROVED)
        case "remove":
            _decide(actor, decision, Status.APPROVED, asked="1", reason="off_topic")
        case "restore":
            _decide(actor, decision, Status.REMOVED, Status.SPAM)


@action(writes=("comments_comment_correct",))
def correct_by_its_page(actor: Actor) -> None:
    comment = pick_comment(actor, Status.PENDING, Status.APPROVED)
    url = reverse("admin:comments_comment_correct", args=[comment.pk])
    values = {"text": actor.new_words(TEXT), "note": "", "seen": encode_shown([comment])}
    send(actor, url, values, is_logged=False)


@action(writes=("comments_comment_answer",))
def answer_by_its_page(actor: Actor) -> None:
    url = reverse("admin:comments_comment_answer", args=[pick_comment(actor, Status.APPROVED).pk])
    send(actor, url, {"text": actor.new_words("Đã chuyển")}, is_logged=False)


@action(writes=("comments_comment_block",))
def block_by_its_page(actor: Actor) -> None:
    # Of a network that nobody sends from: a block of the page lasts a day at least.
    comment = pick_comment(actor, Status.PENDING, Status.APPROVED)
    Comment.objects.filter(pk=comment.pk).update(network_hash=actor.random.randbytes(16).hex())
    url = reverse("admin:comments_comment_block", args=[comment.pk])
    values = {"kinds": ["network"], "days": "1", "reason": "Gửi quảng cáo."}
    send(actor, url, values, is_logged=False)


@action(writes=("comments_comment_authority",))
def enter_request_of_an_authority(actor: Actor) -> None:
    comment = pick_comment(actor, Status.APPROVED)
    url = reverse("admin:comments_comment_authority", args=[comment.pk])
    send(actor, url, {"reason": "unlawful", "text": "Công văn 12.", "hide": "on"}, is_logged=False)


@action(writes=("comments_comment_export", "comments_comment_erase"))
def erase_by_its_page(actor: Actor) -> None:
    comment = pick_comment(actor, Status.PENDING, Status.APPROVED)
    who = {"who": comment.email or f"doc-gia-{actor.random.randrange(5)}@example.vn"}
    answer = actor.staff.post(reverse("admin:comments_comment_export"), who)
    assert answer.status_code == 200
    send(actor, reverse("admin:comments_comment_erase"), {**who, "sure": "on"})


@action(writes=("comments_report_handle",))
def handle_report_by_its_page(actor: Actor) -> None:
    url = reverse("admin:comments_report_handle", args=[_open_report(actor).pk])
    outcome = actor.random.choice(Report.Outcome.values)
    send(actor, url, {"outcome": outcome, "message": "", "note": "Đã xem."}, is_logged=False)


@action(writes=("comments_report_hide",))
def hide_until_it_is_decided(actor: Actor) -> None:
    url = reverse("admin:comments_report_hide", args=[_open_report(actor, Status.APPROVED).pk])
    send(actor, url, {}, is_logged=False)


@action(writes=("comments.Block: lift", "delete comments.Block"))
def lift_blocks(actor: Actor) -> None:
    url, block = "/admin/comments/block/", Block.objects.order_by("?").first()
    if block is None:
        block = Block.objects.create(
            kind="network",
            key=actor.new_words("k"),
            reason="Quảng cáo.",
            until=timezone.now() + timedelta(days=1),
            created_at=timezone.now(),
            by=actor.user,
        )
    if actor.maybe():
        send(actor, url, {"action": "lift", "_selected_action": [block.pk]})
    else:
        send(actor, f"{url}{block.pk}/delete/", {"post": "yes"})
