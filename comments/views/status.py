"""The private page of a sender: where the comment is, and what may still be done with it."""

from __future__ import annotations

import json

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from comments import hashing, reading, services
from comments.forms import AmendForm
from comments.models import Comment, CommentSettings
from comments.models.comments import LONGEST_TEXT
from comments.services.erasing import exported
from comments.services.sending import may_be_amended
from comments.views.private import PrivateView, status_of_form


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
                    services.amend_comment(comment=comment, text=form.cleaned_data["text"])
                    return HttpResponseRedirect(f"{request.path}?da-luu", status=303)
                case _:
                    return HttpResponse(status=400)
        except ValidationError as refusal:
            return self._page(comment, key, form, refusal=refusal.messages[0])
        return HttpResponseRedirect(request.path, status=303)

    def _page(self, comment: Comment, key: str, form: AmendForm, refusal: str = "") -> HttpResponse:
        context = {
            "comment": comment,
            "key": key,
            "form": form if may_be_amended(comment) else None,
            "refusal": refusal,
            "is_saved": "da-luu" in self.request.GET,
            "page_url": reading.public_url_of(comment),
            "answers": comment.replies.approved().filter(is_official=True).order_by("pk"),
            # What was told about an earlier state holds no longer.
            "message": comment.decisions.filter(to_status=comment.status)
            .exclude(message="")
            .values_list("message", flat=True)
            .first(),
            "retention_months": CommentSettings.load().retention_months,
            "limit": LONGEST_TEXT,
        }
        return self.show(context, status=409 if refusal else status_of_form(form))


class ExportView(_OwnView):
    """Everything that is kept of one comment's sender."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        comment = self.comment(key)
        text = json.dumps(exported(comment), ensure_ascii=False, indent=2)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="binh-luan-{comment.pk}.json"'
        return response
