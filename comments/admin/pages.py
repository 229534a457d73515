"""The pages that ask before something is done with one comment: correct, answer, block, enter."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from comments import services
from comments.admin.asking import ask
from comments.admin.deciding import read, require_as_seen, written
from comments.admin.desk_forms import AnswerForm, AuthorityForm, BlockForm, CorrectionForm
from comments.admin.moderators import ForModerators
from comments.models import Comment, Report

Status = Comment.Status


class CommentPages(ForModerators):
    def get_urls(self) -> list[URLPattern]:
        pages = {
            "correct": self.correct_view,
            "answer": self.answer_view,
            "block": self.block_view,
            "authority": self.authority_view,
        }
        return [
            *(
                path(
                    f"<int:pk>/{name}/",
                    self.admin_site.admin_view(page),
                    name=f"comments_comment_{name}",
                )
                for name, page in pages.items()
            ),
            *super().get_urls(),
        ]

    def _comment(self, request: HttpRequest, pk: int) -> Comment:
        self.require_moderator(request)
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
