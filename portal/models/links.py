"""Songs about the place, and links to other sites."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from news.fields import LineField, nfc_check
from portal.models.addresses import validate_address


class Song(models.Model):
    """A song about the place: an uploaded file, or a link to another site."""

    title = LineField(_("title"), max_length=150)
    composer = LineField(_("composer"), max_length=150, blank=True)
    singer = LineField(_("singer"), max_length=150, blank=True)
    file = models.FileField(_("sound file"), max_length=200, blank=True, editable=False)
    link = models.CharField(_("link"), max_length=500, blank=True, validators=[validate_address])
    licence_note = LineField(_("licence note"), max_length=200, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_public = models.BooleanField(_("public"), default=True)

    class Meta:
        verbose_name = _("song")
        verbose_name_plural = _("songs")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(file="") | ~Q(link=""),
                name="portal_song_has_file_or_link",
                violation_error_message=_("A song needs a sound file or a link."),
            ),
            nfc_check("title", "portal_song_title_is_nfc"),
        ]

    def __str__(self) -> str:
        return self.title


class LinkGroup(models.Model):
    """A group of links to other sites, with its heading."""

    name = LineField(_("name"), max_length=100, unique=True)
    name_en = LineField(_("name in English"), max_length=100, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("group of links")
        verbose_name_plural = _("groups of links")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Link(models.Model):
    """A link to another website."""

    group = models.ForeignKey(
        LinkGroup, verbose_name=_("group"), on_delete=models.CASCADE, related_name="links"
    )
    label = LineField(_("label"), max_length=150)
    address = models.CharField(_("address"), max_length=500, validators=[validate_address])
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.label
