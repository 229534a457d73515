"""The one page on which the desk asks before it acts, and how it names people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from news.staff_admin.ask_pages import ask_page


def person(user: Any) -> str:
    """Who decided: a member of staff by name, or nobody: the sender, or a rule."""
    return (user.get_full_name() or user.get_username()) if user else _("sender or rule")


def ask(model_admin: Any, request: HttpRequest, form: forms.Form, **context: Any) -> HttpResponse:
    """Show a form; `context` names title, explanation, comments, hidden, button and back."""
    return ask_page(model_admin, request, "admin/comments/ask.html", form, **context)
