"""The agency that publishes the site, with the day from which it is valid."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from news.fields import LineField, PlainTextField, nfc_check


class SiteIdentityQuerySet(models.QuerySet["SiteIdentity"]):
    def valid_on(self, day: date) -> SiteIdentityQuerySet:
        """The identity that is valid on a day, as a QuerySet of at most one row."""
        return self.filter(valid_from__lte=day).order_by("-valid_from")[:1]


class SiteIdentity(models.Model):
    """The names of the agency and the fields of the footer, valid until the next record is.

    Agencies are renamed and merged by law, so a new record is added instead of changing one. A
    system check warns of blank FOOTER_FIELDS, which the rules on state portals require.
    """

    FOOTER_FIELDS = [
        "managing_agency",
        "governing_agency",
        "address",
        "phone",
        "email",
        "responsible_person",
        "reuse_sentence",
    ]

    valid_from = models.DateField(_("valid from"), unique=True)
    name = LineField(_("official name"), max_length=200)
    name_en = LineField(_("official name in English"), max_length=200, blank=True)
    kind = LineField(_("kind of site"), max_length=100, default="Cổng thông tin điện tử")
    kind_en = LineField(
        _("kind of site in English"), max_length=100, blank=True, default="Web portal"
    )
    parent_name = LineField(_("superior agency"), max_length=200, blank=True)
    parent_name_en = LineField(_("superior agency in English"), max_length=200, blank=True)
    former_name = LineField(_("former name"), max_length=300, blank=True)
    slogan = LineField(_("slogan"), max_length=200, blank=True)
    emblem = models.ForeignKey(
        "news.Image",
        verbose_name=_("emblem"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    banner = models.ForeignKey(
        "news.Image",
        verbose_name=_("banner picture"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    managing_agency = LineField(_("managing agency"), max_length=200, blank=True)
    governing_agency = LineField(_("governing agency"), max_length=200, blank=True)
    address = LineField(_("address"), max_length=300, blank=True)
    phone = LineField(_("telephone"), max_length=100, blank=True)
    fax = LineField(_("fax"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    responsible_person = LineField(
        _("responsible for the content"),
        max_length=200,
        blank=True,
        help_text=_("Name and post of the person in charge."),
    )
    licence = LineField(
        _("licence"),
        max_length=300,
        blank=True,
        help_text=_("Only if the site needs one: state portals do not."),
    )
    reuse_sentence = PlainTextField(
        _("re-use sentence"),
        blank=True,
        help_text=_("How others must name the source when they quote the news."),
    )
    copyright_line = LineField(_("copyright line"), max_length=200, blank=True)

    objects = SiteIdentityQuerySet.as_manager()

    class Meta:
        verbose_name = _("identity of the agency")
        verbose_name_plural = _("identity of the agency")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="portal_siteidentity_has_a_name"),
            nfc_check("name", "portal_siteidentity_name_is_nfc"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.valid_from:%d/%m/%Y})"
