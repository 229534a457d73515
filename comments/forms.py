"""What readers type: comments, complaints, and the signed token that a form carries."""

from __future__ import annotations

import secrets
import time
import unicodedata
from dataclasses import dataclass

from django import forms
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments import hashing, moderation
from comments.captcha.fields import CaptchaField
from comments.models import Comment, CommentPolicy, Reason
from comments.models.comments import LONGEST_TEXT, NAME_LENGTH, SHORTEST_TEXT
from news.fields import LineFormField, PlainTextFormField
from news.keys import parse_id

# --- The token ----------------------------------------------------------------------------------

_SIGNER = signing.Signer(salt="comments.form")
# A form left open overnight is asked for once more.
OLDEST_TOKEN = 12 * 60 * 60


@dataclass(frozen=True)
class Token:
    """What a form says of itself: for which article and when it was made, and a secret nonce."""

    article_id: int
    nonce: str
    made_at: int

    def __str__(self) -> str:
        return _SIGNER.sign(f"{self.article_id}.{self.nonce}.{self.made_at}")

    @property
    def age(self) -> float:
        """Seconds since the form was made."""
        return time.time() - self.made_at


def new_token(article_id: int) -> Token:
    return Token(article_id, secrets.token_urlsafe(12), int(time.time()))


def parse_token(text: object, article_id: int) -> Token | None:
    """Return the token of a posted form; None if it is not one of ours for this article."""
    try:
        article, nonce, made_at = _SIGNER.unsign(str(text)).split(".")
    except (signing.BadSignature, ValueError):
        return None
    token = Token(int(article), nonce, int(made_at))
    return token if token.article_id == article_id and token.age <= OLDEST_TOKEN else None


# --- Fields -------------------------------------------------------------------------------------


class _EmailField(LineFormField):
    """An address for an answer; a text field, so that the browser does not speak instead of us."""

    default_validators = [EmailValidator(gettext_lazy("The e-mail address is not valid."))]
    widget = forms.EmailInput


# No language piles more marks upon a letter; what does, covers the lines above and below.
MOST_COMBINING_MARKS = 4


def validate_combining_marks(text: str) -> None:
    """Raise ValidationError if more than 4 combining marks follow each other."""
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter) in {"Mn", "Me"} else 0
        if marks > MOST_COMBINING_MARKS:
            raise ValidationError(
                _("There are too many accents upon one letter. Please remove them."), code="marks"
            )


def _text_field() -> PlainTextFormField:
    return PlainTextFormField(
        label=gettext_lazy("Text"),
        min_length=SHORTEST_TEXT,
        max_length=LONGEST_TEXT,
        error_messages={
            "required": gettext_lazy("You have not entered your comment."),
            "min_length": gettext_lazy("The text is too short (at least 10 characters)."),
            "max_length": gettext_lazy("The text is longer than 2,000 characters."),
        },
        validators=[validate_combining_marks],
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class CommentForm(forms.Form):
    """A comment. Cleaning it uses up the captcha.

    Args:
        policy: of the article.
        token: of the posted form; None if it was not ours or is too old.
    """

    name = LineFormField(
        label=gettext_lazy("Full name"),
        max_length=NAME_LENGTH,
        validators=[validate_combining_marks],
        error_messages={
            "required": gettext_lazy("You have not entered your name."),
            "max_length": gettext_lazy("The name is longer than 60 characters."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = _EmailField(
        label=gettext_lazy("E-mail (not shown publicly)"),
        required=False,
        max_length=254,
        error_messages={"max_length": gettext_lazy("The e-mail address is not valid.")},
    )
    text = _text_field()
    captcha = CaptchaField()
    consent = forms.BooleanField(
        error_messages={"required": gettext_lazy("You must agree before sending.")}
    )
    # Left empty by people: it is out of sight and out of the order of tabs.
    website = forms.CharField(required=False, label=gettext_lazy("Leave this box empty"))

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        policy: CommentPolicy,
        token: Token | None = None,
        initial: dict[str, str] | None = None,
    ) -> None:
        super().__init__(data, auto_id="comment-%s", initial=initial)
        self.policy, self.token = policy, token

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        rules = self.policy.rules
        contained = [rules.controller, *rules.reserved_names.splitlines()]
        if moderation.is_reserved(name, contained=contained, whole=_names_of_staff()):
            raise ValidationError(
                _("This name is kept for the agency and its staff. Please use another one."),
                code="reserved",
            )
        return name

    def clean_consent(self) -> bool:
        """Agree to the words that were shown, or not at all: a new version is asked for anew."""
        in_force = self.policy.consent.digest
        if self.data.get("agreed", in_force) != in_force:
            self.data = {name: value for name, value in self.data.items() if name != "consent"}
            raise ValidationError(
                _("What you agree to has changed meanwhile. Please read it and tick it again."),
                code="consent",
            )
        return True

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(
                _("Please leave the box “Leave this box empty” as it is."), code="honeypot"
            )
        return ""

    def clean(self) -> None:
        if self.errors:
            return  # it will be sent once more anyway
        if self.token is None:
            raise ValidationError(
                _("The form was open for too long. Please send it once more."), code="too-old"
            )
        if self.token.age < self.policy.rules.seconds_to_fill_in:
            raise ValidationError(
                _("That was very fast. Please look your comment over and send it once more."),
                code="too-fast",
            )

    def unsaved_comment(self, address: str) -> tuple[Comment, str]:
        """Return the comment as it was typed, and the secret of its private link.

        Its captcha may still be wrong.

        Args:
            address: REMOTE_ADDR.
        """
        name, email, text = (self.cleaned_data[field] for field in ("name", "email", "text"))
        article, network = self.policy.article, hashing.network_hash(address)
        fingerprint = hashing.fingerprint(article.pk, network, name, text)
        status_key = hashing.status_key(self.token.nonce if self.token else "", fingerprint)
        parent = self.data.get("parent")
        comment = Comment(
            article=article,
            # No comment has the number 0: what is no number is not there either.
            parent_id=(parse_id(parent) or 0) if parent else None,
            name=name,
            email=email,
            text=text,
            network_hash=network,
            email_hash=hashing.email_hash(email),
            status_key_hash=hashing.status_key_hash(status_key),
            fingerprint=fingerprint,
        )
        return comment, status_key


def _names_of_staff() -> list[str]:
    staff = get_user_model().objects.filter(is_staff=True, is_active=True)
    return [" ".join(parts) for parts in staff.values_list("last_name", "first_name")]


class AmendForm(forms.Form):
    """The text of a comment that its sender changes within a quarter of an hour."""

    text = _text_field()

    def __init__(
        self, data: QueryDict | None = None, *, initial: dict[str, str] | None = None
    ) -> None:
        super().__init__(data, auto_id="amend-%s", initial=initial)


class ReportForm(forms.Form):
    """A complaint about a comment. Nobody answers it by mail, so no address is asked for."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong with it?"),
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the reason."),
            "invalid_choice": gettext_lazy("Choose the reason."),
        },
    )
    text = PlainTextFormField(
        label=gettext_lazy("Explanation"),
        required=False,
        max_length=1000,
        error_messages={"max_length": gettext_lazy("The text is longer than 1,000 characters.")},
        validators=[validate_combining_marks],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    captcha = CaptchaField()

    def __init__(
        self, data: QueryDict | None = None, *, initial: dict[str, str] | None = None
    ) -> None:
        super().__init__(data, auto_id="report-%s", initial=initial)
