"""Comments for readers: the list, the form, the private status page, the complaint.

A form works as a page of its own. Asked for with the header `X-Fragment`, the same address answers
with the form alone, for the script that puts it in its place.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from comments import hashing, reading, services
from comments.captcha import challenges
from comments.captcha.challenges import used_up_by
from comments.captcha.fields import CaptchaField, wants_other
from comments.forms import (
    AmendForm,
    CommentForm,
    ReportForm,
    Token,
    new_token,
    read_number,
    read_token,
)
from comments.gate import Gate, Sending, read_gate, read_sending, remembered
from comments.models import Comment, CommentSettings
from comments.models.comments import LONGEST_TEXT
from comments.services.erasing import exported
from comments.services.sending import Draft, may_be_amended
from news.text import normalize_line


def _gate(article: str) -> Gate:
    gate = read_gate(int(article))
    if gate is None:
        raise Http404
    return gate


def _place(request: HttpRequest, name: str) -> int:
    """Return the id that an address goes on from, 0 if it names none; 404 for anything else."""
    if name not in request.GET:
        return 0
    number = read_number(request.GET[name])
    if not number:
        raise Http404
    return number


class ListView(View):
    """All comments of an article, newest first, from the comment `truoc` on."""

    def get(self, request: HttpRequest, article: str) -> HttpResponse:
        gate = _gate(article)
        page = reading.read_threads(gate, _place(request, "truoc"))
        context = {"gate": gate, "page": page, "is_older": "truoc" in request.GET}
        return render(request, "comments/list_page.html", context)


class ThreadView(View):
    """One comment with all its replies, in order, from the reply `sau` on."""

    def get(self, request: HttpRequest, article: str, comment: str) -> HttpResponse:
        gate = _gate(article)
        found = reading.read_thread(gate, int(comment), _place(request, "sau"))
        if found is None:
            raise Http404
        thread, next_url = found
        context = {"gate": gate, "thread": thread, "next_url": next_url}
        return render(request, "comments/thread_page.html", context)


# What a refusal is by its code; any other is a form that was not filled in rightly.
_STATUSES = {"too-fast": 429, "blocked": 403, "closed": 403}


def _status_of(form: Form) -> int:
    """Return the HTTP status of a form that is shown: 200 unless something was refused."""
    errors = form.errors.as_data()
    codes = {error.code or "" for found in errors.values() for error in found}
    return next(
        (status for code, status in _STATUSES.items() if code in codes), 400 if codes else 200
    )


class PrivateView(View):
    """What one visitor alone sees: kept by no cache, indexed by nobody.

    An answer that a script may put in its place says so by the header `X-Fragment`.
    """

    template_name: str
    fragment_name: str
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}

    @method_decorator(csrf_exempt)
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().dispatch(request, *args, **kwargs)
        for name, value in self.headers.items():
            response[name] = value
        return response

    def offer(self, form: CommentForm | ReportForm) -> int:
        """Give the form a new captcha, in place of the one that was posted; return the status."""
        field = cast(CaptchaField, form.fields["captcha"])
        field.offer(self.request)
        return _status_of(form) if field.widget.challenge else 429

    def show(self, context: dict[str, Any], status: int = 200) -> HttpResponse:
        is_fragment = "X-Fragment" in self.request.headers
        name = self.fragment_name if is_fragment else self.template_name
        context = {"fragment": self.fragment_name, "is_fragment": is_fragment} | context
        response = TemplateResponse(self.request, name, context, status=status)
        if is_fragment:
            response["X-Fragment"] = "1"
        return response


def _sent(key: str) -> HttpResponse:
    """Lead whoever sent a comment to the page of its state."""
    return HttpResponseRedirect(reverse("comments:status", args=[key]), status=303)


class SendView(PrivateView):
    """The form of a comment."""

    template_name = "comments/send_page.html"
    fragment_name = "comments/send_form.html"

    def get(self, request: HttpRequest, article: str) -> HttpResponse:
        gate = _gate(article)
        if gate.refusal:
            return self.show({"gate": gate, "refusal": gate.refusal})
        answered = None
        if "tra-loi" in request.GET:
            answered = self._answered(gate, request.GET["tra-loi"])
            if answered is None:
                gone = _("The comment you answer is no longer there.")
                return self.show({"gate": gate, "refusal": gone}, status=404)
        return self._form(gate, CommentForm(rules=gate.rules), answered)

    def post(self, request: HttpRequest, article: str) -> HttpResponse:
        posted = request.POST
        token = read_token(posted.get("token"), int(article))
        parent = posted.get("parent", "")
        asks_for_other = wants_other(posted)
        network = hashing.network_hash(request.META["REMOTE_ADDR"])
        key = hashing.status_key(token.nonce) if token else ""
        used_up = None
        if not asks_for_other:
            used_up = used_up_by(posted.get("captcha_key"), posted.get("captcha"))
            if used_up and token and self._sent_at_once(token, network, key):
                return _sent(key)
        sending = read_sending(
            int(article),
            read_number(parent),
            network,
            hashing.email_hash(normalize_line(posted.get("email", ""))),
            hashing.status_key_hash(key),
            used_up,
        )
        if sending is None:
            raise Http404
        if sending.gate.refusal:
            return self._refused(sending, sending.gate.refusal)
        if asks_for_other:
            return self._form(
                sending.gate,
                CommentForm(rules=sending.gate.rules, initial=posted.dict()),
                self._posted_answered(sending.gate),
            )
        form = self._filled_in(sending, token)
        is_valid = form.is_valid()
        if not is_valid and not set(form.errors) <= {"captcha"}:
            return self._form(sending.gate, form, self._posted_answered(sending.gate))
        draft = self._draft(form, network, key)
        if self._has_come_already(sending, draft, is_valid):
            return _sent(key)
        if not is_valid:
            return self._form(sending.gate, form, self._posted_answered(sending.gate))
        if sending.earlier:
            # Another comment from a form that has sent one: it needs a link of its own.
            key = hashing.status_key(new_token(int(article)).nonce)
            draft = Draft(**vars(draft) | {"status_key": key})
        if parent and draft.parent_id is None:
            form.add_error(None, _("The comment you answer is no longer there."))
            return self._form(sending.gate, form, None)
        try:
            services.submit_comment(sending=sending, draft=draft)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return self._form(sending.gate, form, self._posted_answered(sending.gate))
        return _sent(key)

    def _filled_in(self, sending: Sending, token: Token | None) -> CommentForm:
        form = CommentForm(
            self.request.POST,
            rules=sending.gate.rules,
            staff=sending.staff,
            token=token,
            wording=sending.gate.consent_mark,
        )
        cast(CaptchaField, form.fields["captcha"]).row = sending.captcha
        return form

    def _draft(self, form: CommentForm, network: str, key: str) -> Draft:
        return Draft(
            name=form.cleaned_data["name"],
            email=form.cleaned_data["email"],
            text=form.cleaned_data["text"],
            parent_id=read_number(self.request.POST.get("parent", "")),
            network=network,
            email_hash=hashing.email_hash(form.cleaned_data["email"]),
            status_key=key,
        )

    def _sent_at_once(self, token: Token, network: str, key: str) -> bool:
        """Store what is right in every respect, in one statement; all else takes the longer way.

        The form is cleaned by the rules that this process knew last, and as if the captcha had been
        answered: both are for the database to tell.
        """
        posted = self.request.POST
        known = remembered(token.article_id)
        captcha, parent = posted["captcha_key"], posted.get("parent", "")
        kind = challenges.kind_of(captcha)
        if known is None or kind is None or (parent and read_number(parent) is None):
            return False
        answer = challenges.given(kind, posted["captcha"])
        supposed = (answer, timezone.now() + timedelta(minutes=1))
        form = self._filled_in(replace(known, captcha=supposed), token)
        return form.is_valid() and services.submit_at_once(
            known=known, draft=self._draft(form, network, key), key=captcha, answer=answer
        )

    def _has_come_already(self, sending: Sending, draft: Draft, is_valid: bool) -> bool:
        """Whether this very form was stored before: a button pressed twice, a page sent again."""
        earlier = sending.earlier
        if earlier is None and not is_valid and draft.status_key:
            # The first of the two may have used the captcha up since.
            earlier = (
                Comment.objects.filter(status_key_hash=hashing.status_key_hash(draft.status_key))
                .values_list("fingerprint", flat=True)
                .first()
            )
        return earlier is not None and earlier == draft.fingerprint(sending.gate.article_id)

    def _refused(self, sending: Sending, sentence: str) -> HttpResponse:
        """Say that nothing can be sent, and give back what was typed."""
        context = {"gate": sending.gate, "refusal": sentence}
        return self.show(context | {"typed": self.request.POST.get("text", "")}, status=403)

    def _answered(self, gate: Gate, number: Any) -> reading.Shown | None:
        pk = read_number(number)
        return reading.read_comment(gate, pk) if pk else None

    def _posted_answered(self, gate: Gate) -> reading.Shown | None:
        """Whose *Reply* was pressed; the comment of the thread, if that one is gone meanwhile."""
        parent, pressed = (self.request.POST.get(name) for name in ("parent", "answers"))
        found = self._answered(gate, pressed or parent)
        if found is None or str(found.thread_pk) != parent:
            found = self._answered(gate, parent)
        return found

    def _form(self, gate: Gate, form: CommentForm, answered: reading.Shown | None) -> HttpResponse:
        status = self.offer(form)
        context = {
            "gate": gate,
            "form": form,
            "answered": answered,
            "token": form.token or new_token(gate.article_id),
            "limit": LONGEST_TEXT,
            "url": reverse("comments:send", args=[gate.article_id]),
        }
        return self.show(context, status)


class ReportView(PrivateView):
    """A complaint about a comment."""

    template_name = "comments/report_page.html"
    fragment_name = "comments/report_form.html"

    def get(self, request: HttpRequest, article: str, comment: str) -> HttpResponse:
        gate, shown = _gate(article), self._comment(article, comment)
        return self._form(gate, shown, ReportForm())

    def post(self, request: HttpRequest, article: str, comment: str) -> HttpResponse:
        gate, shown = _gate(article), self._comment(article, comment)
        if wants_other(request.POST):
            return self._form(gate, shown, ReportForm(initial=request.POST.dict()))
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
                return self.show({"gate": gate, "comment": shown, "is_done": True})
        return self._form(gate, shown, form)

    def _comment(self, article: str, comment: str) -> Comment:
        return get_object_or_404(
            Comment.objects.approved(), pk=int(comment), article_id=int(article)
        )

    def _form(self, gate: Gate, comment: Comment, form: ReportForm) -> HttpResponse:
        status = self.offer(form)
        context = {"gate": gate, "comment": comment, "form": form, "url": self.request.path}
        return self.show(context, status)


class _OwnView(PrivateView):
    """What belongs to whoever knows the secret of a status link."""

    # The address is a secret: no page that is gone to from here may learn it.
    headers = PrivateView.headers | {"Referrer-Policy": "strict-origin"}

    def comment(self, key: str) -> Comment:
        rows = Comment.objects.select_related("article", "consent")
        return get_object_or_404(rows, status_key_hash=hashing.status_key_hash(key))


class StatusView(_OwnView):
    """Where a comment is, and what its sender may still do with it."""

    template_name = "comments/status_page.html"
    fragment_name = "comments/status_fragment.html"

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        comment = self.comment(key)
        return self._page(comment, key, AmendForm(initial={"text": comment.text}))

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        comment = self.comment(key)
        form = AmendForm(initial={"text": comment.text})
        try:
            match request.POST.get("action"):
                case "withdraw":
                    services.withdraw_comment(comment=comment)
                case "erase":
                    services.erase_comment(comment=comment)
                    return self.show({"comment": None, "article": comment.article})
                case "amend":
                    form = AmendForm(request.POST)
                    if not form.is_valid():
                        return self._page(comment, key, form)
                    self._amend(comment, form.cleaned_data["text"])
                    return HttpResponseRedirect(f"{request.path}?da-luu", status=303)
                case _:
                    return HttpResponse(status=400)
        except ValidationError as refusal:
            return self._page(comment, key, form, refusal=refusal.messages[0])
        return HttpResponseRedirect(request.path, status=303)

    def _amend(self, comment: Comment, text: str) -> None:
        sending = read_sending(comment.article_id, None, "", None, "", None)
        if sending is None:
            raise ValidationError(_("This article takes no comments."))
        services.amend_comment(comment=comment, text=text, sending=sending)

    def _page(self, comment: Comment, key: str, form: AmendForm, refusal: str = "") -> HttpResponse:
        rules = CommentSettings.objects.first() or CommentSettings()
        context = {
            "comment": comment,
            "key": key,
            "form": form if may_be_amended(comment) else None,
            "refusal": refusal,
            "is_saved": "da-luu" in self.request.GET,
            "page_url": reading.place_of(comment),
            "answers": comment.replies.approved().filter(is_official=True).order_by("pk"),
            # What was told about an earlier state holds no longer.
            "message": comment.decisions.filter(to_status=comment.status)
            .exclude(message="")
            .values_list("message", flat=True)
            .first(),
            "retention_months": rules.retention_months,
            "limit": LONGEST_TEXT,
        }
        return self.show(context, status=409 if refusal else _status_of(form))


class ExportView(_OwnView):
    """Everything that is kept of one comment's sender."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        comment = self.comment(key)
        text = json.dumps(exported(comment), ensure_ascii=False, indent=2)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="binh-luan-{comment.pk}.json"'
        return response
