"""The form of an article, and the forms that ask why one is taken back."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CharField, Func
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news import services
from news.fields import PlainTextFormField
from news.models import Article
from news.staff_admin.choices import category_choices, set_choices

# The system columns xmin and ctid change whenever a row is written, by whatever way.
ROW_VERSION = Func(
    template='"news_article"."xmin"::text || "news_article"."ctid"::text',
    output_field=CharField(),
)


def _new_token() -> str:
    return uuid.uuid4().hex


class ArticleForm(forms.ModelForm):
    """The form of an article. The submit button that was pressed decides what is validated."""

    # The version of the row that the form was filled from.
    version = forms.CharField(label="", required=False, widget=forms.HiddenInput)
    # Identifies a form for a new article, so that sending it twice makes one article.
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
        fields: list[str] = []  # ArticleAdmin.get_fieldsets() names them
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

    def clean_published_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["published_at"]
        if self.instance.status in {Article.Status.DRAFT, Article.Status.IN_REVIEW}:
            return at
        if at is None:
            raise ValidationError(_("A published article needs its publication time."))
        if self.instance.has_been_public and at > timezone.now():
            raise ValidationError(
                _("Readers have seen this article already; it cannot be scheduled again.")
            )
        return at

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.instance.pk:
            self._check_version(data.get("version"))
        return data

    def _check_version(self, version: str | None) -> None:
        """Raise ValidationError if the row was written since the form was opened; lock it."""
        rows = Article.objects.select_for_update(of=("self",), no_key=True)
        rows = rows.annotate(version=ROW_VERSION)
        current = rows.filter(pk=self.instance.pk).values_list("version", flat=True).first()
        if current != version:
            message = _(
                "Somebody else changed this article while you were writing, so it was not saved. "
                "What you typed is still here: copy it, then"
            )
            raise ValidationError(
                format_html(
                    '{} <a href="" target="_blank">{}</a>', message, _("open the newer version.")
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
        except ValidationError as error:
            field = "correction" if "_correct" in self.data else None
            self.add_error(field, error.messages)


class ReasonForm(forms.Form):
    """Asks why an article is withdrawn, unpublished or returned."""

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
