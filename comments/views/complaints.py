"""The form of a complaint about a comment."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from comments import services
from comments.captcha.fields import wants_other
from comments.forms import ReportForm
from comments.models import Comment, CommentPolicy
from comments.views.lists import policy_or_404
from comments.views.private import PrivateView


class ReportView(PrivateView):
    """A complaint about a comment."""

    template_name = "comments/report_page.html"
    fragment_name = "comments/report_form.html"

    def get(self, request: HttpRequest, article: str, comment: str) -> HttpResponse:
        policy, shown = policy_or_404(article), self._comment(article, comment)
        return self._form(policy, shown, ReportForm())

    def post(self, request: HttpRequest, article: str, comment: str) -> HttpResponse:
        policy, shown = policy_or_404(article), self._comment(article, comment)
        if wants_other(request.POST):
            return self._form(policy, shown, ReportForm(initial=request.POST.dict()))
        form = ReportForm(request.POST)
        if form.is_valid():
            try:
                services.report_comment(
                    comment=shown,
                    reason=form.cleaned_data["reason"],
                    text=form.cleaned_data["text"],
                    address=request.META["REMOTE_ADDR"],
                )
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                return self.show({"policy": policy, "comment": shown, "is_done": True})
        return self._form(policy, shown, form)

    def _comment(self, article: str, comment: str) -> Comment:
        return get_object_or_404(
            Comment.objects.approved(), pk=int(comment), article_id=int(article)
        )

    def _form(self, policy: CommentPolicy, comment: Comment, form: ReportForm) -> HttpResponse:
        status = self.offer(form)
        context = {"policy": policy, "comment": comment, "form": form, "url": self.request.path}
        return self.show(context, status)
