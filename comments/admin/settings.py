"""The settings of comments: word list, canned reasons, consent texts, switches, blocks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.admin.display import hold_reason_label, mark_findings
from comments.admin.forms import text_area
from comments.models import (
    Block,
    CannedReason,
    Comment,
    CommentSettings,
    CommentSwitch,
    ConsentText,
    ListedPhrase,
)
from comments.models.comments import LONGEST_ANSWER
from comments.moderation import PhraseList, examine
from news.fields import PlainTextFormField
from news.staff_admin.choices import category_choices, set_choices
from news.staff_admin.filters import ChoicesFilter
from news.staff_admin.model_admin import StaffAdmin
from news.text import comparison_key


class TryTextForm(forms.Form):
    text = PlainTextFormField(
        label=gettext_lazy("Text to try"), max_length=LONGEST_ANSWER, widget=text_area(4)
    )


class PhraseForm(forms.ModelForm):
    def clean_phrase(self) -> str:
        phrase: str = self.cleaned_data["phrase"]
        if not any(map(str.isalnum, phrase)):
            raise ValidationError(_("A phrase needs letters or digits."))
        others = ListedPhrase.objects.exclude(pk=self.instance.pk)
        key = comparison_key(phrase)
        for other in others.filter(phrase__iexact=phrase).values_list("phrase", flat=True):
            if comparison_key(other) == key:
                raise ValidationError(_("This phrase is in the list already."))
        return phrase


@admin.register(ListedPhrase)
class ListedPhraseAdmin(StaffAdmin):
    form = PhraseForm
    fields = ["phrase", "accents_matter"]
    list_display = ["phrase", "accents_matter"]
    list_per_page = 200
    search_fields = ["phrase"]
    change_list_template = "admin/comments/listedphrase/change_list.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, and a form that shows why a text would be held."""
        tried = "text" in request.POST
        form = TryTextForm(request.POST if tried else None)
        context: dict[str, Any] = {"try_form": form}
        if tried:
            if form.is_valid():
                context |= self._moderation_result(form.cleaned_data["text"])
            # The list is shown as for a GET.
            request.method, request.POST = "GET", request.POST.__class__("")
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def _moderation_result(self, text: str) -> dict[str, object]:
        phrases = PhraseList(ListedPhrase.objects.values_list("phrase", "accents_matter"))
        rules = CommentSettings.load()
        findings = examine(text, phrases, links_allowed=rules.links_allowed)
        found = [
            (capfirst(hold_reason_label(finding.reason)), text[finding.start : finding.end])
            for finding in findings
        ]
        spans = [(finding.reason, finding.start, finding.end) for finding in findings]
        return {"tried": mark_findings(text, spans), "found": found}


@admin.register(CannedReason)
class CannedReasonAdmin(StaffAdmin):
    fields = ["title", "reason", "text", "position"]
    list_display = ["title", "reason_words", "text", "position"]
    list_editable = ["position"]

    @admin.display(description=gettext_lazy("reason"))
    def reason_words(self, row: CannedReason) -> str:
        return capfirst(row.get_reason_display())


@admin.register(CommentSettings)
class CommentSettingsAdmin(StaffAdmin):
    """There is one row at most: the list redirects to it."""

    fieldsets = [
        (gettext_lazy("Agency"), {"fields": ["controller", "privacy_page", "reserved_names"]}),
        (
            gettext_lazy("Moderation"),
            {"fields": ["closes_after_days", "trust_after", "links_allowed"]},
        ),
        (
            gettext_lazy("Limits"),
            {"fields": ["seconds_to_fill_in", "seconds_between", "per_hour_and_network"]},
        ),
        (gettext_lazy("Personal data"), {"fields": ["retention_months"]}),
    ]

    def has_delete_permission(
        self, request: HttpRequest, obj: CommentSettings | None = None
    ) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not CommentSettings.objects.exists()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = CommentSettings.objects.first()
        if row is not None and self.has_view_or_change_permission(request):
            return HttpResponseRedirect(
                reverse("admin:comments_commentsettings_change", args=[row.pk])
            )
        return super().changelist_view(request, extra_context)


@admin.register(ConsentText)
class ConsentTextAdmin(StaffAdmin):
    """A text that somebody agreed to is evidence: it is not changed, but a new version added."""

    list_display = ["__str__", "text", "valid_from", "is_in_use"]
    fields = ["version", "text", "valid_from"]
    readonly_fields = ["version"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsentText]:
        given = Comment.objects.filter(consent=OuterRef("pk"))
        return super().get_queryset(request).annotate(given=Exists(given))

    @admin.display(description=gettext_lazy("somebody agreed to it"), boolean=True)
    def is_in_use(self, row: ConsentText) -> bool:
        return row.given  # type: ignore[attr-defined]

    def _is_evidence(self, row: ConsentText | None) -> bool:
        return row is not None and Comment.objects.filter(consent=row).exists()

    def has_change_permission(self, request: HttpRequest, obj: ConsentText | None = None) -> bool:
        return super().has_change_permission(request, obj) and not self._is_evidence(obj)

    def has_delete_permission(self, request: HttpRequest, obj: ConsentText | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not self._is_evidence(obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Refuse to delete a text that is evidence, with a sentence that says so."""
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        message = _("%(text)s: somebody agreed to this text, so it is kept.")
        refusals = [message % {"text": row} for row in objs if self._is_evidence(row)]
        return deleted, counts, set() if refusals else missing, refusals or protected

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        newest = ConsentText.objects.first()
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"text": newest.text if newest else "", "valid_from": timezone.now(), **initial}

    def save_model(
        self, request: HttpRequest, obj: ConsentText, form: forms.ModelForm, change: bool
    ) -> None:
        if not change:
            newest = ConsentText.objects.aggregate(newest=Max("version"))["newest"]
            obj.version = (newest or 0) + 1
        super().save_model(request, obj, form, change)


@admin.register(Block)
class BlockAdmin(StaffAdmin):
    """Blocks are added on the page of a comment; to lift one is to delete it."""

    list_display = ["known_by", "reason", "until", "is_over", "by", "created_at"]
    list_display_links = None
    list_filter = [("kind", ChoicesFilter)]
    list_select_related = ["by"]
    search_fields = ["reason"]
    actions = ["lift"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Block | None = None) -> bool:
        return False

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return self.has_delete_permission(request)

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)  # "lift" does the same
        return actions

    @admin.display(description=gettext_lazy("known by"))
    def known_by(self, block: Block) -> str:
        return f"{capfirst(block.get_kind_display())} {block.key[:8]}…"

    @admin.display(description=gettext_lazy("over"), boolean=True)
    def is_over(self, block: Block) -> bool:
        return block.until <= timezone.now()

    @admin.action(description=gettext_lazy("Lift the selected blocks"), permissions=["lift"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Block]) -> None:
        self.log_deletions(request, queryset)
        _total, counts = queryset.delete()
        message = _("Blocks lifted: %(count)d.") % {"count": counts.get("comments.Block", 0)}
        messages.success(request, message)


class SwitchForm(forms.ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "category", [("", "—"), *category_choices()])


@admin.register(CommentSwitch)
class CommentSwitchAdmin(StaffAdmin):
    form = SwitchForm
    fields = ["category", "article", "is_open"]
    autocomplete_fields = ["article"]
    list_display = ["place", "is_open"]
    list_select_related = ["category", "article"]
    list_per_page = 100

    @admin.display(description=gettext_lazy("where"))
    def place(self, switch: CommentSwitch) -> str:
        return str(switch)
