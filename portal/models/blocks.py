"""The ordered blocks of the home page and of the sidebar, and the map."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from news.fields import LineField, PlainTextField
from portal.models.addresses import validate_address


class HomeBlock(models.Model):
    """A block of the home page, in order from the top."""

    class Kind(models.TextChoices):
        FEATURED = "featured", _("featured news")
        NEWEST = "newest", _("newest news")
        CATEGORY = "category", _("one category")
        CATEGORIES = "categories", _("all categories marked “shown on the home page”")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    title = LineField(
        _("heading"), max_length=100, blank=True, help_text=_("Left empty: the usual heading.")
    )
    title_en = LineField(_("heading in English"), max_length=100, blank=True)
    category = models.ForeignKey(
        "news.Category",
        verbose_name=_("category"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    is_public = models.BooleanField(_("public"), default=True)

    class Meta:
        verbose_name = _("home page block")
        verbose_name_plural = _("home page blocks")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="category", category__isnull=False)
                | (~Q(kind="category") & Q(category=None)),
                name="portal_homeblock_category_goes_with_its_kind",
                violation_error_message=_(
                    "Choose a category for the kind “one category”, and for no other."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["featured", "newest", "category", "categories"]),
                name="portal_homeblock_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()


class SidebarBlock(models.Model):
    """A block beside or below the content of every page."""

    class Kind(models.TextChoices):
        MAP = "map", _("map")
        SONGS = "songs", _("songs about the place")
        LINKS = "links", _("website links")
        BANNER = "banner", _("picture with a link")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = LineField(
        _("heading"), max_length=100, blank=True, help_text=_("Left empty: the usual heading.")
    )
    title_en = LineField(_("heading in English"), max_length=100, blank=True)
    image = models.ForeignKey(
        "news.Image",
        verbose_name=_("picture"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    link = models.CharField(_("link"), max_length=500, blank=True, validators=[validate_address])
    position = models.PositiveIntegerField(_("position"), default=0)
    is_public = models.BooleanField(_("public"), default=True)

    class Meta:
        verbose_name = _("sidebar block")
        verbose_name_plural = _("sidebar blocks")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="banner", image__isnull=False)
                | (~Q(kind="banner") & Q(image=None)),
                name="portal_sidebarblock_picture_goes_with_its_kind",
                violation_error_message=_(
                    "Choose a picture for the kind “picture with a link”, and for no other."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["map", "songs", "links", "banner"]),
                name="portal_sidebarblock_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()


class WardMap(models.Model):
    """The map of the place: a picture, its description, and a link to a map service."""

    title = LineField(_("heading"), max_length=150)
    title_en = LineField(_("heading in English"), max_length=150, blank=True)
    image = models.ForeignKey(
        "news.Image",
        verbose_name=_("picture"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    description = PlainTextField(
        _("map in words"),
        blank=True,
        help_text=_("Where things lie, for readers who cannot see the map."),
    )
    service_link = models.CharField(
        _("map service"), max_length=500, blank=True, validators=[validate_address]
    )
    is_current = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("map")
        verbose_name_plural = _("maps")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"],
                condition=Q(is_current=True),
                name="portal_wardmap_one_in_use",
                violation_error_message=_("Another map is in use; take that one out of use first."),
            )
        ]

    def __str__(self) -> str:
        return self.title
