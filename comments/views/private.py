"""What the forms of comments have in common."""

from __future__ import annotations

from typing import cast

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from comments.captcha.fields import CaptchaField
from comments.forms import CommentForm, ReportForm

# What a refusal is by its code; any other is a form that was not filled in rightly.
_STATUSES = {"too-fast": 429, "blocked": 403, "closed": 403}


def status_of_form(form: Form) -> int:
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
    def dispatch(self, request: HttpRequest, *args: str, **kwargs: str) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        for name, value in self.headers.items():
            response[name] = value
        return response

    def offer(self, form: CommentForm | ReportForm) -> int:
        """Give the form a new captcha, in place of the one that was posted; return the status."""
        field = cast(CaptchaField, form.fields["captcha"])
        field.offer(self.request)
        return status_of_form(form) if field.widget.challenge else 429

    def show(self, context: dict[str, object], status: int = 200) -> HttpResponse:
        is_fragment = "X-Fragment" in self.request.headers
        name = self.fragment_name if is_fragment else self.template_name
        context = {"fragment": self.fragment_name, "is_fragment": is_fragment} | context
        response = TemplateResponse(self.request, name, context, status=status)
        if is_fragment:
            response["X-Fragment"] = "1"
        return response
