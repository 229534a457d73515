"""The forms of the moderation queue: reasons, corrections, official answers, blocks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.models import Block, CannedReason, Comment, Reason, Report
from comments.models.comments import LONGEST_ANSWER, LONGEST_TEXT
from news.fields import PlainTextFormField


def reason_choices() -> list[tuple[str, str]]:
    """The reasons for a decision, each with a capital letter."""
    return [("", "—"), *((value, capfirst(str(label))) for value, label in Reason.choices)]


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows, "class": "vLargeTextField"})


class CannedReasonSelect(forms.RadioSelect):
    """Radio buttons with the text and reason of each canned reason, for the script to fill in."""

    canned_reasons: dict[str, CannedReason] = {}

    def create_option(self, name: str, value: object, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        canned = self.canned_reasons.get(str(value))
        option["attrs"] |= {
            "data-text": canned.text if canned else "",
            "data-reason": canned.reason if canned else "",
        }
        return option


class ReasonForm(forms.Form):
    """Why a comment is not published; a canned reason fills in what is left blank."""

    canned = forms.ChoiceField(
        label=gettext_lazy("Canned reason"), required=False, widget=CannedReasonSelect
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason for the decision"), required=False, choices=reason_choices
    )
    message = PlainTextFormField(
        label=gettext_lazy("Told to the sender"),
        required=False,
        max_length=1000,
        widget=text_area(3),
        help_text=gettext_lazy("Stands on the sender's private status page; may stay blank."),
    )
    note = PlainTextFormField(
        label=gettext_lazy("Note for the office"),
        required=False,
        max_length=1000,
        widget=text_area(2),
        help_text=gettext_lazy("Kept with the decision; no sender sees it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.canned_reasons = {str(row.pk): row for row in CannedReason.objects.all()}
        field: Any = self.fields["canned"]
        field.widget.canned_reasons = self.canned_reasons
        field.choices = [
            ("", _("None, in words of my own")),
            *((pk, row.title) for pk, row in self.canned_reasons.items()),
        ]
        if not self.canned_reasons:
            del self.fields["canned"]

    def clean(self) -> dict[str, str]:
        data = super().clean() or self.cleaned_data
        canned = self.canned_reasons.get(data.pop("canned", ""))
        if canned is not None:
            data["reason"] = data.get("reason") or canned.reason
            data["message"] = data.get("message") or canned.text
        if not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Choose the reason."))
        return data


class CorrectionForm(forms.Form):
    """Corrects the spelling; the text as it was sent is kept, and readers are told."""

    text = PlainTextFormField(
        label=gettext_lazy("Text of the comment"), max_length=LONGEST_TEXT, widget=text_area(10)
    )
    note = PlainTextFormField(
        label=gettext_lazy("Note for the office"),
        required=False,
        max_length=1000,
        widget=text_area(2),
    )


class AnswerForm(forms.Form):
    text = PlainTextFormField(
        label=gettext_lazy("Official answer"),
        max_length=LONGEST_ANSWER,
        widget=text_area(8),
        help_text=gettext_lazy(
            "Published at once below the comment, in the name of the agency. Your own name stays "
            "in the office."
        ),
    )


class BlockForm(forms.Form):
    """Refuses further comments of a sender for a time."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Block the sender by"), widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label=gettext_lazy("For how many days"), min_value=1, max_value=365, initial=30
    )
    reason = PlainTextFormField(label=gettext_lazy("Reason"), max_length=1000, widget=text_area(3))

    def __init__(self, comment: Comment, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {
            Block.Kind.EMAIL: (comment.email_hash, _("The same e-mail address")),
            Block.Kind.NETWORK: (
                comment.network_hash,
                _("The same network (everybody behind it, a whole office perhaps)"),
            ),
        }
        field: Any = self.fields["kinds"]
        field.choices = [(kind, words) for kind, (key, words) in known.items() if key]
        field.initial = [kind for kind, _words in field.choices[:1]]

    def block_end(self) -> datetime:
        return timezone.now() + timedelta(days=self.cleaned_data["days"])


class HandleForm(forms.Form):
    """The decision about a complaint."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (
                Report.Outcome.DISMISSED,
                gettext_lazy("Keep the comment: the complaint is unfounded"),
            ),
            (Report.Outcome.UPHELD, gettext_lazy("Remove the comment: the complaint is justified")),
        ],
        widget=forms.RadioSelect,
    )
    message = PlainTextFormField(
        label=gettext_lazy("Told to the sender of the comment"),
        required=False,
        max_length=1000,
        widget=text_area(3),
        help_text=gettext_lazy("Only if the comment is removed; may stay blank."),
    )
    note = PlainTextFormField(
        label=gettext_lazy("Note"),
        max_length=2000,
        widget=text_area(3),
        help_text=gettext_lazy("Why it was decided so; kept with the complaint."),
        error_messages={"required": gettext_lazy("Write down why it was decided so.")},
    )


class AuthorityForm(forms.Form):
    """An authority's request about a comment, which may be hidden until the request is decided."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason for the decision"), choices=reason_choices
    )
    text = PlainTextFormField(
        label=gettext_lazy("Who asks, by which document"),
        max_length=2000,
        widget=text_area(4),
        help_text=gettext_lazy("Agency, number and date of the document, what it asks for."),
    )
    hide = forms.BooleanField(
        label=gettext_lazy("Hide the comment at once"), required=False, initial=True
    )


class SenderForm(forms.Form):
    """The person whose data are asked for."""

    who = forms.CharField(
        label=gettext_lazy("E-mail address or private status link"),
        max_length=500,
        widget=forms.TextInput({"class": "vTextField", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the e-mail address or the status link.")},
    )


class EraseForm(SenderForm):
    sure = forms.BooleanField(
        label=gettext_lazy("I have checked who asks: erase everything of this sender for good"),
        error_messages={"required": gettext_lazy("Confirm that everything is to be erased.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # SenderForm on the same page has a field of the same name.
        super().__init__(*args, **{"auto_id": "erase_%s", **kwargs})
        self.fields["who"].widget = forms.HiddenInput()
