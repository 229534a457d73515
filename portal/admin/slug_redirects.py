"""A redirect from the old address when staff change a slug."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from news.models import Author, Category, Series, Tag
from portal.models import Page, User
from portal.redirects.services import redirect_earlier_url


class SlugRedirectMixin(admin.ModelAdmin):
    """Leaves a redirect at the earlier address when a slug changes."""

    def save_model(
        self,
        request: HttpRequest,
        obj: Category | Tag | Series | Author | Page,
        form: forms.ModelForm,
        change: bool,
    ) -> None:
        earlier = self.model._default_manager.get(pk=obj.pk) if change else obj
        super().save_model(request, obj, form, change)
        if earlier.slug == obj.slug:
            return
        with translation.override(settings.LANGUAGE_CODE):
            earlier_url, url = earlier.get_absolute_url(), obj.get_absolute_url()
        by = request.user if isinstance(request.user, User) else None
        redirect_earlier_url(earlier_url=earlier_url, target=obj, by=by)
        message = _("The old address %(old)s leads to %(new)s now.")
        messages.info(request, message % {"old": earlier_url, "new": url})
