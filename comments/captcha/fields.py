"""The captcha in a form: a hidden key, the challenge, the box for the answer, the buttons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from comments.captcha.challenges import (
    SENTENCES,
    Challenge,
    Kind,
    TooManyChallenges,
    Verdict,
    check_answer,
    issue_challenge,
    kind_of_key,
)

HELP = {
    Kind.PICTURE: _("Type the characters in the picture (capital or small letters alike)."),
    Kind.SOUND: _("Type the six Vietnamese digits that you hear, in figures."),
    Kind.QUESTION: _("Answer the question above, in figures or in words."),
}


def wants_other(data: Mapping[str, object], name: str = "captcha") -> Kind | None:
    """Return the kind of challenge that a button of the form asked for, or None if none did.

    `data` is what was posted, `name` the name of the field in the form, prefix included.
    """
    wanted = data.get(f"{name}_other")
    return Kind(wanted) if isinstance(wanted, str) and wanted in list(Kind) else None


class CaptchaInput(forms.Widget):
    """The challenge that was offered, with a box for its answer that is always empty."""

    template_name = "comments/captcha/widget.html"
    challenge: Challenge | None = None
    has_focus = False

    def value_from_datadict(
        self, data: Mapping[str, object], files: object, name: str
    ) -> tuple[object, object]:
        return data.get(f"{name}_key"), data.get(name)

    def value_omitted_from_data(self, data: Mapping[str, object], files: object, name: str) -> bool:
        return name not in data

    def get_context(
        self, name: str, value: object, attrs: dict[str, object] | None
    ) -> dict[str, object]:
        attrs = dict(attrs or {})
        described = [f"{attrs.get('id', name)}_challenge", str(attrs.get("aria-describedby", ""))]
        attrs["aria-describedby"] = " ".join(filter(None, described))
        context = super().get_context(name, None, attrs)
        challenge = self.challenge
        kinds = {
            Kind.SOUND: _("Listen to a code"),
            Kind.QUESTION: _("Answer a question instead"),
            Kind.PICTURE: _("See a code in a picture"),
        }
        return context | {
            "challenge": challenge,
            "kind": challenge.kind if challenge else Kind.PICTURE,
            "others": kinds.items(),
            "has_focus": self.has_focus,
        }


class CaptchaField(forms.Field):
    """The answer to a challenge; cleaning it uses the challenge up.

    `offer` must be called before the field is rendered: writing is the view's affair, not the
    template's.
    """

    widget = CaptchaInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Verification code"))
        kwargs.setdefault("help_text", HELP[Kind.PICTURE])
        kwargs.setdefault("template_name", "comments/captcha/field.html")
        super().__init__(**kwargs)

    def offer(self, request: HttpRequest, name: str = "captcha") -> None:
        """Issue the challenge that the form will show, in place of the one that was posted.

        It is of the kind that a button asked for, else of the kind that was posted, else a
        picture. A network that asks too fast gets a sentence instead.
        """
        posted = request.POST.get(f"{name}_key", "")
        wanted = wants_other(request.POST, name)
        kind = wanted or kind_of_key(posted) or Kind.PICTURE
        self.help_text = HELP[kind]
        self.widget.has_focus = wanted is not None
        try:
            self.widget.challenge = issue_challenge(
                kind, request.META["REMOTE_ADDR"], replacing=posted
            )
        except TooManyChallenges:
            self.widget.challenge = None

    def clean(self, value: tuple[object, object] | None) -> str:
        """Return the key that was used up; raise ValidationError with the exact sentence."""
        key, answer = value or (None, None)
        verdict = check_answer(key, answer)
        if verdict is not Verdict.RIGHT:
            raise ValidationError(SENTENCES[verdict], code=str(verdict))
        return str(key)
