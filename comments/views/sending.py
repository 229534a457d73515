"""The form of a comment."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from comments import hashing, reading, services
from comments.captcha.fields import wants_other
from comments.forms import CommentForm, new_token, parse_token
from comments.models import Comment, CommentPolicy
from comments.models.comments import LONGEST_TEXT
from comments.views.lists import policy_or_404
from comments.views.private import PrivateView
from news.keys import parse_id


class SendView(PrivateView):
    """The form of a comment."""

    template_name = "comments/send_page.html"
    fragment_name = "comments/send_form.html"

    def get(self, request: HttpRequest, article: str) -> HttpResponse:
        policy = policy_or_404(article)
        if policy.refusal:
            return self.show({"policy": policy, "refusal": policy.refusal})
        answered = None
        if "tra-loi" in request.GET:
            answered = self._answered(policy, request.GET["tra-loi"])
            if answered is None:
                gone = _("The comment you answer is no longer there.")
                return self.show({"policy": policy, "refusal": gone}, status=404)
        return self._form(policy, CommentForm(policy=policy), answered)

    def post(self, request: HttpRequest, article: str) -> HttpResponse:
        policy = policy_or_404(article)
        if policy.refusal:
            # What was typed is given back.
            typed = request.POST.get("text", "")
            context = {"policy": policy, "refusal": policy.refusal, "typed": typed}
            return self.show(context, status=403)
        if wants_other(request.POST):
            form = CommentForm(policy=policy, initial=request.POST.dict())
            return self._form(policy, form, self._posted_answered(policy))

        token = parse_token(request.POST.get("token"), policy.article.pk)
        form = CommentForm(request.POST, policy=policy, token=token)
        is_valid = form.is_valid()
        if is_valid or set(form.errors) == {"captcha"}:
            comment, status_key = form.unsaved_comment(request.META["REMOTE_ADDR"])
            if is_valid:
                try:
                    return self._redirect(self._submit(comment, status_key, policy))
                except ValidationError as refusal:
                    form.add_error(None, refusal)
            if Comment.objects.sent_by_the_same_form(comment).exists():
                # A button pressed twice, a page sent again: its captcha is used up.
                return self._redirect(status_key)
        return self._form(policy, form, self._posted_answered(policy))

    def _submit(self, comment: Comment, status_key: str, policy: CommentPolicy) -> str:
        """Store a comment; return the key of its private link."""
        try:
            services.submit_comment(comment=comment, policy=policy)
        except services.StatusKeyTakenError:
            # The form has sent the same text before it was amended or withdrawn.
            nonce = new_token(policy.article.pk).nonce
            status_key = hashing.status_key(nonce, comment.fingerprint or "")
            comment.status_key_hash = hashing.status_key_hash(status_key)
            services.submit_comment(comment=comment, policy=policy)
        return status_key

    def _redirect(self, status_key: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("comments:status", args=[status_key]), status=303)

    def _answered(self, policy: CommentPolicy, number: str | None) -> reading.ShownComment | None:
        pk = parse_id(number)
        return reading.read_comment(policy, pk) if pk else None

    def _posted_answered(self, policy: CommentPolicy) -> reading.ShownComment | None:
        """Whose *Reply* was pressed; the comment of the thread, if that one is gone meanwhile."""
        parent, pressed = (self.request.POST.get(name) for name in ("parent", "answers"))
        found = self._answered(policy, pressed or parent)
        if found is None or str(found.thread_pk) != parent:
            found = self._answered(policy, parent)
        return found

    def _form(
        self, policy: CommentPolicy, form: CommentForm, answered: reading.ShownComment | None
    ) -> HttpResponse:
        status = self.offer(form)
        article_id = policy.article.pk
        context = {
            "policy": policy,
            "form": form,
            "answered": answered,
            "token": form.token or new_token(article_id),
            "limit": LONGEST_TEXT,
            "url": reverse("comments:send", args=[article_id]),
        }
        return self.show(context, status)
