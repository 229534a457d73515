from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from news.fields import LineField
from portal.models.addresses import validate_address


class MenuItem(models.Model):
    """One entry of the two-level menu; it links to a category, a page or an address."""

    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent entry"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="children",
        limit_choices_to={"parent": None},
    )
    label = LineField(
        _("label"), max_length=80, blank=True, help_text=_("Left empty: the target's own name.")
    )
    label_en = LineField(_("label in English"), max_length=80, blank=True)
    category = models.ForeignKey(
        "news.Category",
        verbose_name=_("category"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    page = models.ForeignKey(
        "portal.Page",
        verbose_name=_("page"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    address = models.CharField(
        _("address"),
        max_length=500,
        blank=True,
        validators=[validate_address],
        help_text=_("For example / or https://dichvucong.gov.vn/"),
    )
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("menu entry")
        verbose_name_plural = _("menu")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(category__isnull=False, page=None, address="")
                    | Q(category=None, page__isnull=False, address="")
                    | (Q(category=None, page=None) & ~Q(address="") & ~Q(label=""))
                ),
                name="portal_menuitem_has_one_target",
                violation_error_message=_(
                    "Choose exactly one target: a category, a page, or an address with a label."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")), name="portal_menuitem_is_not_its_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.label or str(self.category or self.page)

    def clean(self) -> None:
        if self.parent is not None:
            if self.parent.parent_id is not None:
                raise ValidationError({"parent": _("The menu has two levels.")})
            if self.pk and self.children.exists():
                raise ValidationError({"parent": _("An entry with entries below it stays on top.")})
