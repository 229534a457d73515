"""A page that asks for a reason or a choice before an action is taken."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse


def ask_page(
    model_admin: admin.ModelAdmin,
    request: HttpRequest,
    template: str,
    form: forms.Form,
    **context: object,
) -> TemplateResponse:
    """Render the form of a question; `context` is what else the template needs."""
    return TemplateResponse(
        request,
        template,
        {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "media": model_admin.media + form.media,
            "form": form,
            **context,
        },
    )
