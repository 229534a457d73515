from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from news.fields import HtmlField, LineField, nfc_check
from news.models.categories import free_slug


class Page(models.Model):
    """A simple page: introduction, contact, privacy notice, accessibility statement."""

    title = LineField(_("title"), max_length=200)
    title_en = LineField(_("title in English"), max_length=200, blank=True)
    slug = models.SlugField(
        _("slug"),
        max_length=100,
        unique=True,
        blank=True,
        help_text=_("The last part of the address. Left empty, it is made from the title."),
        error_messages={"unique": _("Another page has this address already.")},
    )
    body = HtmlField(_("body"), blank=True)
    body_en = HtmlField(_("body in English"), blank=True)
    is_public = models.BooleanField(_("public"), default=True)
    is_in_footer = models.BooleanField(_("linked in the footer"), default=False)
    position = models.PositiveIntegerField(_("position"), default=0)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="portal_page_has_a_slug"),
            nfc_check("title", "portal_page_title_is_nfc"),
            nfc_check("body", "portal_page_body_is_nfc"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("page", args=[self.slug])

    def clean(self) -> None:
        self.slug = self.slug or free_slug(self, self.title, "trang")

    @property
    def label(self) -> str:
        """The title in the language of the page."""
        return (get_language() == "en" and self.title_en) or self.title

    @property
    def label_language(self) -> str:
        """The language of the title, for `lang`; empty where it is that of the page."""
        return "vi" if get_language() == "en" and not self.title_en else ""
