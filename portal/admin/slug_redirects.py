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
from portal.redirects.services import lock_redirects, redirect_earlier_url


class SlugRedirectMixin(admin.ModelAdmin):
    """Leaves a redirect at the earlier address when a slug changes."""

    def save_model(
        self,
        request: HttpRequest,
        obj: Category | Tag | Series | Author | Page,
        form: forms.ModelForm,
        change: bool,
    ) -> None:
        # Before the row, which a redirect that is just written may point to.
        lock_redirects()
        rows = self.model._default_manager.filter(pk=obj.pk)
        earlier = rows.first() or obj  # deleted meanwhile, or new
        super().save_model(request, obj, form, change)
        if earlier.slug == obj.slug:
            return
        with translation.override(settings.LANGUAGE_CODE):
            earlier_url, url = earlier.get_absolute_url(), obj.get_absolute_url()
        by = request.user if isinstance(request.user, User) else None
        redirect_earlier_url(earlier_url=earlier_url, target=obj, by=by)
        message = _("The old address %(old)s leads to %(new)s now.")
        messages.info(request, message % {"old": earlier_url, "new": url})
