"""The forms with which articles are written, and their attachments."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.storage import InMemoryStorage
from django.db.models import CharField, Func
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news import documents, services
from news.fields import PlainTextFormField
from news.models import Article, Attachment
from news.staff_admin.choices import category_choices, set_choices
from news.staff_admin.rows import RowFormSet

# PostgreSQL's own marks of a row as it was last written, by whatever way: the transaction, and the
# place of this writing of it.
ROW_VERSION = Func(
    template='"news_article"."xmin"::text || "news_article"."ctid"::text',
    output_field=CharField(),
)


def _new_token() -> str:
    return uuid.uuid4().hex


class ArticleForm(forms.ModelForm):
    """An article as it is typed. The button that was pressed decides what must be true of it."""

    # What the writer saw, and which form for a new article this is.
    version = forms.CharField(label="", required=False, widget=forms.HiddenInput)
    token = forms.CharField(
        label="", required=False, widget=forms.HiddenInput, max_length=32, initial=_new_token
    )
    correction = PlainTextFormField(
        label=capfirst(gettext_lazy("correction note")),
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("What was corrected; readers see it below the article."),
    )

    class Meta:
        model = Article
        fields: list[str] = []  # the admin's fieldsets choose
        widgets = {
            "title": forms.Textarea({"rows": 2}),
            "summary": forms.Textarea({"rows": 4}),
            "lead_caption": forms.Textarea({"rows": 2}),
            "more_categories": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("token" if self.instance.pk else "version", None)
        self.initial["version"] = getattr(self.instance, "version", "")
        choices = category_choices()
        set_choices(self, "category", [("", "—"), *choices])
        set_choices(self, "more_categories", choices)

    def clean_published_at(self) -> Any:
        at = self.cleaned_data["published_at"]
        status = self.instance.status
        if status in {Article.Status.DRAFT, Article.Status.IN_REVIEW}:
            return at
        if at is None:
            raise ValidationError(_("A published article needs its publication time."))
        if services.is_out(self.instance) and at > timezone.now():
            raise ValidationError(
                _("Readers have seen this article already; it cannot be scheduled again.")
            )
        return at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.instance.pk:
            self._check_version(data.get("version"))
        return data

    def _check_version(self, seen: str | None) -> None:
        """Refuse to write over what somebody else wrote since the form was opened."""
        rows = Article.objects.select_for_update(of=("self",)).annotate(version=ROW_VERSION)
        now = rows.filter(pk=self.instance.pk).values_list("version", flat=True).first()
        if now != seen:
            words = _(
                "Somebody else changed this article while you were writing, so it was not saved. "
                "What you typed is still here: copy it, then"
            )
            raise ValidationError(
                format_html(
                    '{} <a href="" target="_blank">{}</a>', words, _("open the newer version.")
                ),
                code="conflict",
            )

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            if "_publish" in self.data:
                services.check_publish(self.instance)
            elif "_submit" in self.data:
                services.check_submit(self.instance)
            elif "_correct" in self.data:
                services.check_correct(self.instance, self.cleaned_data["correction"])
        except ValidationError as refusal:
            field = "correction" if "_correct" in self.data else None
            self.add_error(field, refusal.messages)


class AttachmentForm(forms.ModelForm):
    upload = forms.FileField(label=capfirst(gettext_lazy("file to upload")), required=False)

    class Meta:
        model = Attachment
        fields = ["title", "upload", "position"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        upload = data.get("upload")
        if upload is None:
            if self.instance.pk is None and "upload" not in self.errors:
                self.add_error("upload", _("Choose a file."))
            return data
        try:
            # Judged here, where the sentence can stand beside the field; stored when all is well.
            documents.store_document(upload, "", storage=InMemoryStorage())
        except ValidationError as refusal:
            self.add_error("upload", refusal.messages)
        return data


class AttachmentFormSet(RowFormSet):
    """Attachments are written by the services, which keep files and rows in step."""

    def save_new(self, form: Any, commit: bool = True) -> Attachment:
        data = form.cleaned_data
        attachment = services.add_attachment(
            article=self.instance, upload=data["upload"], title=data["title"]
        )
        if data["position"]:
            attachment.position = data["position"]
            attachment.save()
        return attachment

    def save_existing(self, form: Any, obj: Attachment, commit: bool = True) -> Attachment:
        data = form.cleaned_data
        if not data.get("upload"):
            return super().save_existing(form, obj, commit)
        services.remove_attachment(attachment=obj)
        return self.save_new(form, commit)

    def delete_existing(self, obj: Attachment, commit: bool = True) -> None:
        services.remove_attachment(attachment=obj)


class ReasonForm(forms.Form):
    """Why an article is taken back or returned."""

    reason = PlainTextFormField(
        label=capfirst(gettext_lazy("reason")), widget=forms.Textarea({"rows": 4, "cols": 60})
    )


class UnpublishForm(ReasonForm):
    redirect_to = forms.ModelChoiceField(
        label=capfirst(gettext_lazy("article that replaces it")),
        queryset=Article.objects.none(),
        required=False,
        help_text=gettext_lazy(
            "Where the address of an unpublished article leads; else it answers 410."
        ),
    )
