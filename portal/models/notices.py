from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from news.fields import LineField, MomentField, moment_check, nfc_check
from portal.models.addresses import validate_address


class AlertBanner(models.Model):
    """An urgent line above every page for a limited time: a storm, a flood, an outage."""

    class Level(models.TextChoices):
        NOTICE = "notice", _("notice")
        WARNING = "warning", _("warning")
        DANGER = "danger", _("danger")

    text = LineField(_("text"), max_length=300)
    text_en = LineField(_("text in English"), max_length=300, blank=True)
    link = models.CharField(_("link"), max_length=500, blank=True, validators=[validate_address])
    level = models.CharField(_("level"), max_length=10, choices=Level.choices, default=Level.NOTICE)
    starts_at = MomentField(_("starts at"))
    ends_at = MomentField(_("ends at"))

    class Meta:
        verbose_name = _("alert banner")
        verbose_name_plural = _("alert banners")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="portal_alertbanner_ends_after_it_starts",
                violation_error_message=_("The end must come after the start."),
            ),
            models.CheckConstraint(
                condition=Q(level__in=["notice", "warning", "danger"]),
                name="portal_alertbanner_level_is_known",
            ),
            moment_check("starts_at", "portal_alertbanner_starts_at_is_a_sane_moment"),
            moment_check("ends_at", "portal_alertbanner_ends_at_is_a_sane_moment"),
            nfc_check("text", "portal_alertbanner_text_is_nfc"),
        ]

    def __str__(self) -> str:
        return self.text
