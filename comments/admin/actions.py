"""The pages for what else can be done with one comment: correct, answer, block, enter a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from comments import services
from comments.admin.decisions import (
    ASK_TEMPLATE,
    ModeratorMixin,
    encode_shown,
    parse_shown,
    require_unchanged,
)
from comments.admin.forms import AnswerForm, AuthorityForm, BlockForm, CorrectionForm
from comments.models import Comment, Report
from news.staff_admin.ask_pages import ask_page
from news.transactions import retry_on_deadlock

Status = Comment.Status


class CommentActionsMixin(ModeratorMixin):
    def get_urls(self) -> list[URLPattern]:
        views = {
            "correct": self.correct_view,
            "answer": self.answer_view,
            "block": self.block_view,
            "authority": self.authority_view,
        }
        return [
            *(
                path(
                    f"<int:pk>/{name}/",
                    self.admin_site.admin_view(view),
                    name=f"comments_comment_{name}",
                )
                for name, view in views.items()
            ),
            *super().get_urls(),
        ]

    def action_links(self, comment: Comment) -> list[tuple[str, str]]:
        """URL and label of the actions that the status of a comment allows."""
        actions = []
        if comment.status in {Status.PENDING, Status.APPROVED}:
            actions.append(("correct", _("Correct the spelling")))
        if comment.status == Status.APPROVED:
            actions += [
                ("answer", _("Answer officially")),
                ("authority", _("Enter an authority's request")),
            ]
        if comment.email_hash or comment.network_hash:
            actions.append(("block", _("Block the sender")))
        return [
            (reverse(f"admin:comments_comment_{name}", args=[comment.pk]), label)
            for name, label in actions
        ]

    def _get_comment(self, request: HttpRequest, pk: int) -> Comment:
        self.require_moderator(request)
        return get_object_or_404(Comment.objects.select_related("article"), pk=pk)

    def _action_page(
        self,
        request: HttpRequest,
        comment: Comment,
        form: forms.Form,
        perform: Callable[[dict[str, Any]], object],
        *,
        success_message: str,
        **context: object,
    ) -> HttpResponse:
        """Ask, perform, and go back to the comment; a refusal of the service is a form error."""
        url = reverse("admin:comments_comment_change", args=[comment.pk])
        if request.method == "POST" and form.is_valid():
            try:
                perform(form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
            else:
                messages.success(request, success_message)
                return HttpResponseRedirect(url)
        return ask_page(self, request, ASK_TEMPLATE, form, comments=[comment], back=url, **context)

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        comment = self._get_comment(request, pk)
        shown = request.POST.get("seen") or encode_shown([comment])

        def correct(data: dict[str, Any]) -> None:
            require_unchanged(comment, parse_shown(shown))
            services.correct_comment(comment=comment, by=request.user, **data)

        return self._action_page(
            request,
            comment,
            CorrectionForm(request.POST or None, initial={"text": comment.text}),
            correct,
            success_message=_(
                "The correction was saved. Readers see that the editors corrected the spelling."
            ),
            title=_("Correct the spelling"),
            explanation=_("Only misspellings are corrected; the opinion stays as it is."),
            button=_("Save correction"),
            hidden=[("seen", shown)],
        )

    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        comment = self._get_comment(request, pk)
        return self._action_page(
            request,
            comment,
            AnswerForm(request.POST or None),
            lambda data: services.reply_officially(comment=comment, by=request.user, **data),
            success_message=_("The official answer was published."),
            title=_("Answer officially"),
            button=_("Publish the answer"),
        )

    def block_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        comment = self._get_comment(request, pk)
        form = BlockForm(comment, request.POST or None)

        @retry_on_deadlock
        @transaction.atomic
        def block(data: dict[str, Any]) -> None:
            for kind in data["kinds"]:
                services.block_sender(
                    comment=comment,
                    kind=kind,
                    until=form.block_end(),
                    reason=data["reason"],
                    by=request.user,
                )

        return self._action_page(
            request,
            comment,
            form,
            block,
            success_message=_("The sender is blocked."),
            title=_("Block the sender"),
            explanation=_(
                "Further comments of this sender are refused. Neither address nor e-mail is stored "
                "for it, only a keyed hash."
            ),
        )

    def authority_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        comment = self._get_comment(request, pk)

        @retry_on_deadlock
        @transaction.atomic
        def enter_request(data: dict[str, Any]) -> None:
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

        return self._action_page(
            request,
            comment,
            AuthorityForm(request.POST or None),
            enter_request,
            success_message=_("The request was entered. It must be decided within 24 hours."),
            title=_("Enter an authority's request"),
            explanation=_("The clock of 24 hours starts now."),
        )
