"""The media library: one place for every picture of the site."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from news import renditions
from news.fields import LineField, PlainTextField, nfc_check


class Image(models.Model):
    """A picture, decoded and written anew by us; its copies are named by its own name."""

    file = models.FileField(_("file"), max_length=200, unique=True, editable=False)
    alt = PlainTextField(
        _("alternative text"),
        blank=True,
        help_text=_("What the picture shows, for readers who cannot see it."),
    )
    is_decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_("Tick only if the picture tells the reader nothing."),
    )
    caption = PlainTextField(_("caption"), blank=True)
    credit = LineField(_("credit"), max_length=150, blank=True)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), editable=False)
    sha256 = models.CharField(_("fingerprint"), max_length=64, unique=True, editable=False)
    original_name = LineField(_("original file name"), max_length=255, blank=True, editable=False)
    created_at = models.DateTimeField(_("added at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("added by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_decorative=True, alt="") | (Q(is_decorative=False) & ~Q(alt="")),
                name="news_image_has_alt_or_is_decorative",
                violation_error_message=_(
                    "Write the alternative text, or tick “decorative” and leave it empty."
                ),
            ),
            models.CheckConstraint(
                condition=Q(width__gte=1, height__gte=1), name="news_image_has_a_size"
            ),
            nfc_check("caption", "news_image_caption_is_nfc"),
        ]

    def __str__(self) -> str:
        return self.caption or self.alt or self.original_name

    @property
    def url(self) -> str:
        return self.file.url

    @property
    def srcset(self) -> str:
        """The `srcset` of this picture: the copies at fixed widths, and the master."""
        return renditions.srcset(self.file.url)

    @property
    def small_url(self) -> str:
        """The address of the smallest copy, for lists in the admin."""
        return self.srcset.split(" ", 1)[0] or self.url
