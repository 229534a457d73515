"""The data of one sender: export or erase them, as the law lets everybody ask for.

Law 91/2025/QH15 and Decree 356/2025/NĐ-CP: a copy within 10 days, erasure within 20. The address is
typed into a form and never appears in a URL, a log or the history of the admin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from comments import hashing, services
from comments.admin.forms import EraseForm, SenderForm
from comments.models import Comment
from comments.services.erasing import exported


@dataclass
class SenderData:
    """What is kept of a sender, with a label for the history that does not name them."""

    label: str
    data: dict[str, Any]
    # Of a status link: the one comment it belongs to.
    comment: Comment | None = None

    @property
    def count(self) -> int:
        return sum(map(len, self.data.values()))


def find_sender_data(who: str) -> SenderData | None:
    """What is kept of an e-mail address, or of the comment of a private status link."""
    if "@" in who:
        key = hashing.email_hash(who) or ""
        return SenderData(f"e-mail {key[:8]}", services.export_sender(email=who))
    secret = who.rstrip("/").rpartition("/")[2]
    comment = Comment.objects.filter(status_key_hash=hashing.status_key_hash(secret)).first()
    if comment is None:
        return None
    return SenderData(f"comment {comment.pk}", {"comments": [exported(comment)]}, comment)


class PersonalDataMixin(admin.ModelAdmin):
    """The views of personal data, for users who may delete comments."""

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("comments.delete_comment")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("sender/", view(self.sender_view), name="comments_comment_sender"),
            path("sender/export/", view(self.export_view), name="comments_comment_export"),
            path("sender/erase/", view(self.erase_view), name="comments_comment_erase"),
            *super().get_urls(),
        ]

    def sender_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for the sender, and show how much is kept of them."""
        form, found = self._read_form(request, SenderForm)
        return self._sender_page(request, form, found)

    def export_view(self, request: HttpRequest) -> HttpResponse:
        form, found = self._read_form(request, SenderForm)
        if found is None:
            return self._sender_page(request, form, found)
        self._log(request, found, CHANGE, _("Personal data exported; rows: %(count)d."))
        response = JsonResponse(found.data, json_dumps_params={"ensure_ascii": False, "indent": 2})
        name = f"{timezone.localdate():%Y-%m-%d}-du-lieu-ca-nhan.json"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def erase_view(self, request: HttpRequest) -> HttpResponse:
        form, found = self._read_form(request, EraseForm)
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:comments_comment_sender"))
        if found is None:
            return self._sender_page(request, form, found)
        if found.comment is not None:
            services.erase_comment(comment=found.comment, by=request.user)
        else:
            services.erase_sender(email=form.cleaned_data["who"], by=request.user)
        self._log(request, found, DELETION, _("Personal data erased; rows: %(count)d."))
        message = _("Everything of this sender was erased; rows: %(count)d.")
        messages.success(request, message % {"count": found.count})
        return HttpResponseRedirect(reverse("admin:comments_comment_sender"))

    def _read_form(
        self, request: HttpRequest, form_class: type[SenderForm]
    ) -> tuple[SenderForm, SenderData | None]:
        """The form, and the data of its sender if it is valid and there are any."""
        if not self.has_erase_permission(request):
            raise PermissionDenied
        form = form_class(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return form, None
        found = find_sender_data(form.cleaned_data["who"])
        if found is None or not found.count:
            form.add_error("who", _("Nothing is kept of this sender."))
            return form, None
        return form, found

    def _sender_page(
        self, request: HttpRequest, form: SenderForm, found: SenderData | None
    ) -> HttpResponse:
        who = form.data.get("who", "") if form.is_bound else ""
        erase: EraseForm | None = None
        if isinstance(form, EraseForm):
            # Sent without the confirmation: show the same page again.
            erase, form = form, SenderForm({"who": who})
            form.is_valid()
            if "who" not in erase.errors:
                found = find_sender_data(form.cleaned_data["who"])
            elif not form.errors:
                form.add_error("who", erase.errors["who"].as_data())
        elif found is not None:
            erase = EraseForm(initial={"who": who})
        context = {
            **self.admin_site.each_context(request),
            "title": _("Data of one sender"),
            "opts": self.opts,
            "form": form,
            "found": found if found is not None and found.count else None,
            "erase": erase,
            "who": who,
        }
        return TemplateResponse(request, "admin/comments/sender.html", context)

    def _log(self, request: HttpRequest, found: SenderData, flag: int, message: str) -> None:
        LogEntry.objects.create(
            user=request.user,  # type: ignore[misc]
            content_type=ContentType.objects.get_for_model(Comment),
            object_repr=found.label,
            action_flag=flag,
            change_message=message % {"count": found.count},
        )
