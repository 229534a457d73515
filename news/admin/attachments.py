"""The attachments of an article, as rows below its form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.storage import InMemoryStorage
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news import documents, services
from news.models import Attachment
from news.staff_admin.rows import RowFormSet, RowsInline


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
            # Checked here, so that the error stands beside the field; stored after validation.
            documents.store_document(upload, "", storage=InMemoryStorage())
        except ValidationError as error:
            self.add_error("upload", error.messages)
        return data


class AttachmentFormSet(RowFormSet):
    """Writes attachments by the services, which keep files and rows in step."""

    def save_new(self, form: forms.ModelForm, commit: bool = True) -> Attachment:
        data = form.cleaned_data
        attachment = services.add_attachment(
            article=self.instance, upload=data["upload"], title=data["title"]
        )
        if data["position"]:
            attachment.position = data["position"]
            attachment.save()
        return attachment

    def save_existing(
        self, form: forms.ModelForm, obj: Attachment, commit: bool = True
    ) -> Attachment:
        attachment = super().save_existing(form, obj, commit)
        if not form.cleaned_data.get("upload"):
            return attachment
        services.remove_attachment(attachment=obj)
        return self.save_new(form, commit)

    def delete_existing(self, obj: Attachment, commit: bool = True) -> None:
        services.remove_attachment(attachment=obj)


class AttachmentInline(RowsInline):
    model = Attachment
    form = AttachmentForm
    formset = AttachmentFormSet
    fields = ["title", "stored", "upload", "position"]
    readonly_fields = ["stored"]
    extra = 1

    @admin.display(description=gettext_lazy("file"))
    def stored(self, attachment: Attachment) -> str:
        if not attachment.file:
            return "–"
        kilobytes = -(-attachment.size // 1024)
        return format_html(
            '<a href="{}">{}</a>', attachment.file.url, f"{attachment.extension}, {kilobytes} KB"
        )
