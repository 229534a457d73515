"""The decision that was pressed in the queue or on the page of a comment, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from comments.admin.asking import ask
from comments.admin.deciding import MOST_AT_ONCE, STEPS, decide, read
from comments.admin.moderators import ForModerators
from comments.models import Comment
from news.staff_admin.keys import is_primary_key


class DecisionDesk(ForModerators):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.decide_view)
        return [path("decide/", view, name="comments_comment_decide"), *super().get_urls()]

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """Take the decision of `STEPS` that was pressed, after its reason where it owes one."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self.require_moderator(request)
        step = STEPS.get(request.POST.get("decision", ""))
        picked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        are_keys = all(map(is_primary_key, picked))
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
