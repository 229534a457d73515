"""The moderation queue, and the page of one comment with everything that was decided about it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms import Media
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments import services
from comments.admin.asking import ask, person
from comments.admin.deciding import (
    MOST_AT_ONCE,
    STEPS,
    buttons_for,
    decide,
    read,
    require_as_seen,
    written,
)
from comments.admin.desk_forms import AnswerForm, AuthorityForm, BlockForm, CorrectionForm
from comments.admin.queue import (
    ArticleCategoryFilter,
    Queue,
    ReportedFilter,
    StatusFilter,
    status_of,
)
from comments.admin.sender import SenderDesk
from comments.admin.showing import (
    age,
    clock,
    difference,
    found_words,
    load_histories,
    marked,
    moment,
    reason_label,
)
from comments.models import Block, Comment, Decision, Report
from news.admin.base import ChoicesFilter, LookedAtOnly, StaffAdmin, is_number

Status = Comment.Status
MODERATE = "comments.moderate_comment"
# Complaints that the page of one comment lists.
MOST_COMPLAINTS = 50


@admin.register(Comment)
class CommentAdmin(LookedAtOnly, SenderDesk, StaffAdmin):
    """Nothing is typed over here: every change is a decision, with who, when and why."""

    list_display = ["action_checkbox", "said", "why", "sender"]
    list_display_links = None
    list_select_related = ["article", "parent", "staff"]
    list_filter = [
        StatusFilter,
        ("hold_reason", ChoicesFilter),
        ReportedFilter,
        ("is_official", admin.BooleanFieldListFilter),
        ("submitted_at", admin.DateFieldListFilter),
        ArticleCategoryFilter,
    ]
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = MOST_AT_ONCE
    search_fields = ["name", "text"]
    search_help_text = gettext_lazy("Part of the sender's name or of the text.")
    show_full_result_count = False
    sortable_by = ()
    actions = None
    change_list_template = "admin/comments/comment/change_list.html"
    change_form_template = "admin/comments/comment/change_form.html"
    fieldsets = [
        (None, {"fields": ["article_link", "thread", "whole_text", "changes"]}),
        (
            gettext_lazy("Sender"),
            {"fields": ["name", "email", "history_words", "blocked", "consented"]},
        ),
        (gettext_lazy("Course of things"), {"fields": ["why", "times", "decisions", "complaints"]}),
    ]

    # --- Who may do what ----------------------------------------------------------------------

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("comments.view_comment") or request.user.has_perm(MODERATE)

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MODERATE)

    def _require_moderator(self, request: HttpRequest) -> None:
        if not self.has_moderate_permission(request):
            raise PermissionDenied

    # --- The list -----------------------------------------------------------------------------

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Queue

    def get_ordering(self, request: HttpRequest) -> Any:
        # Who has waited longest comes first; of what is decided, the newest.
        return ["pk"] if status_of(request) == Status.PENDING else ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        return super().get_queryset(request).defer("article__body", "article__summary")

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = [*self.list_display]
        return columns if self.has_moderate_permission(request) else columns[1:]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        answer: Any = super().changelist_view(request, extra_context)
        changelist = getattr(answer, "context_data", {}).get("cl")
        if changelist is not None:
            shown = status_of(request)
            answer.context_data |= {
                # The queue has a script of its own for what is picked.
                "media": Media(),
                "title": _("Moderation queue") if shown == Status.PENDING else _("Comments"),
                "may_moderate": self.has_moderate_permission(request),
                "may_erase": self.has_erase_permission(request),
                "buttons": buttons_for(shown),
                "back": request.GET.urlencode(),
                "seen": written(changelist.result_list),
                "nothing": _("Nothing waits: every comment is decided.")
                if shown == Status.PENDING and not changelist.has_active_filters
                else _("No comment fits."),
            }
        return answer

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

    # --- The page of one comment --------------------------------------------------------------

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [name for _title, options in self.fieldsets for name in options["fields"]]

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        comment: Any = super().get_object(request, *args, **kwargs)
        if comment is not None:
            load_histories([comment])
        return comment

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        comment = kwargs.get("obj")
        if comment is not None:
            may = self.has_moderate_permission(request)
            context |= {
                "buttons": buttons_for(comment.status) if may and not _is_final(comment) else [],
                "steps": self._steps(comment) if may else [],
                "back": self._back(request),
                "seen": written([comment]),
                "site_address": comment.article.get_absolute_url()
                if comment.status == Status.APPROVED
                else "",
                "title": _("Comment of %(name)s") % {"name": comment.name or _("(erased)")},
                "subtitle": None,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def _back(self, request: HttpRequest) -> str:
        """The filters of the list that this page was opened from."""
        return request.GET.get("_changelist_filters", "")

    def _steps(self, comment: Comment) -> list[tuple[str, Any]]:
        """The pages of what else can be done with a comment, as links."""
        names = []
        if comment.status in {Status.PENDING, Status.APPROVED}:
            names.append(("correct", _("Correct the spelling")))
        if comment.status == Status.APPROVED:
            names += [
                ("answer", _("Answer officially")),
                ("authority", _("Enter an authority's request")),
            ]
        if comment.email_hash or comment.network_hash:
            names.append(("block", _("Block the sender")))
        return [
            (reverse(f"admin:comments_comment_{name}", args=[comment.pk]), label)
            for name, label in names
        ]

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

    # --- Deciding -----------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        pages = {
            "correct": self.correct_view,
            "answer": self.answer_view,
            "block": self.block_view,
            "authority": self.authority_view,
        }
        return [
            path("decide/", view(self.decide_view), name="comments_comment_decide"),
            *(
                path(f"<int:pk>/{name}/", view(page), name=f"comments_comment_{name}")
                for name, page in pages.items()
            ),
            *super().get_urls(),
        ]

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """Take the decision of `STEPS` that was pressed, after its reason where it owes one."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self._require_moderator(request)
        step = STEPS.get(request.POST.get("decision", ""))
        picked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        are_keys = all(is_number(key) and len(key) < 19 for key in picked)
        if step is None or not are_keys or len(picked) > MOST_AT_ONCE:
            raise BadRequest("no such decision, or what was picked is no row")
        back = self._list_address(request.POST.get("back", ""))
        comments = list(Comment.objects.filter(pk__in=picked).order_by("pk"))
        if not comments:
            messages.warning(request, _("Select a comment first."))
            return HttpResponseRedirect(back)
        words: dict[str, str] = {}
        if step.form is not None:
            form = step.form(request.POST if "asked" in request.POST else None)
            if not form.is_valid():
                return self._ask_reason(request, step, form, comments, back)
            words = form.cleaned_data
        seen = read(request.POST.get("seen", ""))
        self._tell(request, step, decide(step, comments, by=request.user, words=words, seen=seen))
        return HttpResponseRedirect(back)

    def _list_address(self, query: str) -> str:
        address = reverse("admin:comments_comment_changelist")
        return f"{address}?{query}" if query else address

    def _ask_reason(
        self, request: HttpRequest, step: Any, form: Any, comments: list[Comment], back: str
    ) -> HttpResponse:
        hidden = [
            ("asked", "1"),
            *((name, request.POST.get(name, "")) for name in ("decision", "back", "seen")),
            *((ACTION_CHECKBOX_NAME, str(comment.pk)) for comment in comments),
        ]
        return ask(
            self,
            request,
            form,
            title=step.title,
            explanation=step.explanation,
            comments=comments,
            hidden=hidden,
            back=back,
        )

    def _tell(self, request: HttpRequest, step: Any, outcome: Any) -> None:
        if outcome.done:
            count = len(outcome.done)
            messages.success(request, step.done % {"count": count})
        if not outcome.refused:
            return
        lines = [
            (Truncator(str(comment)).chars(60), words) for comment, words in outcome.refused[:20]
        ]
        messages.warning(
            request,
            format_html(
                "{}{}",
                _("Left as they are: %(count)d.") % {"count": len(outcome.refused)},
                format_html_join("", "<div><bdi>“{}”</bdi>: {}</div>", lines),
            ),
        )

    # --- Correcting, answering, blocking ------------------------------------------------------

    def _comment(self, request: HttpRequest, pk: int) -> Comment:
        self._require_moderator(request)
        return get_object_or_404(Comment.objects.select_related("article"), pk=pk)

    def _step_page(
        self, request: HttpRequest, comment: Comment, form: Any, act: Any, done: str, **context: Any
    ) -> HttpResponse:
        """Ask, act, and go back to the comment; what the service refuses stands in the form."""
        address = reverse("admin:comments_comment_change", args=[comment.pk])
        if request.method == "POST" and form.is_valid():
            try:
                act(form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
            else:
                messages.success(request, done)
                return HttpResponseRedirect(address)
        return ask(self, request, form, comments=[comment], back=address, **context)

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        comment = self._comment(request, pk)
        shown = request.POST.get("seen") or written([comment])

        def correct(data: dict[str, Any]) -> None:
            require_as_seen(comment, read(shown))
            services.correct_comment(comment=comment, by=request.user, **data)

        return self._step_page(
            request,
            comment,
            CorrectionForm(request.POST or None, initial={"text": comment.text}),
            correct,
            _("The correction was saved. Readers see that the editors corrected the spelling."),
            title=_("Correct the spelling"),
            explanation=_("Only misspellings are corrected; the opinion stays as it is."),
            button=_("Save correction"),
            hidden=[("seen", shown)],
        )

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        comment = self._comment(request, pk)
        return self._step_page(
            request,
            comment,
            AnswerForm(request.POST or None),
            lambda data: services.reply_officially(comment=comment, by=request.user, **data),
            _("The official answer was published."),
            title=_("Answer officially"),
            button=_("Publish the answer"),
        )

    def block_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        comment = self._comment(request, pk)
        form = BlockForm(comment, request.POST or None)

        def block(data: dict[str, Any]) -> None:
            for kind in data["kinds"]:
                services.block_sender(
                    comment=comment,
                    kind=kind,
                    until=form.until(),
                    reason=data["reason"],
                    by=request.user,
                )

        return self._step_page(
            request,
            comment,
            form,
            block,
            _("The sender is blocked."),
            title=_("Block the sender"),
            explanation=_(
                "Further comments of this sender are refused. Neither address nor e-mail is stored "
                "for it, only a keyed hash."
            ),
        )

    def authority_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        comment = self._comment(request, pk)

        @transaction.atomic
        def enter(data: dict[str, Any]) -> None:
            services.report_comment(
                comment=comment,
                kind=Report.Kind.AUTHORITY,
                reason=data["reason"],
                text=data["text"],
            )
            if data["hide"] and comment.status == Status.APPROVED:
                services.remove_comment(
                    comment=comment,
                    by=request.user,
                    reason=data["reason"],
                    note=_("Hidden at once at the request of an authority."),
                )

        return self._step_page(
            request,
            comment,
            AuthorityForm(request.POST or None),
            enter,
            _("The request was entered. It must be decided within 24 hours."),
            title=_("Enter an authority's request"),
            explanation=_("The clock of 24 hours starts now."),
        )


def _is_final(comment: Comment) -> bool:
    """Whether the sender has taken the comment back, so that nothing is left to decide."""
    return bool(comment.withdrawn_at or comment.erased_at)


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
