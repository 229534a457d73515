"""What articles are filed under: categories, tags, event series and bylines."""

from __future__ import annotations

import itertools

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from news import text
from news.fields import ComputedField, LineField, PlainTextField, nfc_check
from news.models import triggers


class Named(models.Model):
    """Something with a name and, made from it, a slug of its own for the address."""

    SLUG_FALLBACK = "muc"

    name = LineField(_("name"), max_length=150)
    slug = models.SlugField(
        _("slug"),
        max_length=100,
        unique=True,
        blank=True,
        help_text=_("The last part of the address. Left empty, it is made from the name."),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(slug=""), name="%(app_label)s_%(class)s_has_a_slug"
            ),
            nfc_check("name", "%(app_label)s_%(class)s_name_is_nfc"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label_language(self) -> str:
        """The language of the wording, for `lang`; empty where it is that of the page."""
        return "vi" if get_language() == "en" else ""

    def clean(self) -> None:
        super().clean()
        self.slug = self.slug or free_slug(self, self.name, self.SLUG_FALLBACK)


def free_slug(row: models.Model, words: str, fallback: str) -> str:
    """Return a slug made of the words that no other row has, with a number if need be.

    Args:
        row: of a model with a `slug`; its own is not counted.
        fallback: the slug of words without a letter.
    """
    wanted = text.slugify(words, fallback=fallback)
    others = type(row)._default_manager.exclude(pk=row.pk)
    taken = set(others.filter(slug__startswith=wanted[:90]).values_list("slug", flat=True))
    numbered = (f"{wanted[:90]}-{number}" for number in itertools.count(2))
    return next(slug for slug in itertools.chain([wanted], numbered) if slug not in taken)


class CategoryQuerySet(models.QuerySet["Category"]):
    def tree(self) -> list[Category]:
        """Return all categories, each directly followed by those below it; one statement.

        Every category carries `below`, the list of its direct children in order.
        """
        children: dict[int | None, list[Category]] = {}
        for category in self.order_by("position", "pk"):
            children.setdefault(category.parent_id, []).append(category)

        def walk(parent_id: int | None) -> list[Category]:
            found = []
            for category in children.get(parent_id, []):
                category.below = children.get(category.pk, [])
                found += [category, *walk(category.pk)]
            return found

        return walk(None)


class Category(Named):
    """A category, at most three levels deep; a trigger keeps `depth`."""

    MAX_DEPTH = 3
    SLUG_FALLBACK = "chuyen-muc"

    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent category"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    name_en = LineField(_("name in English"), max_length=120, blank=True)
    description = PlainTextField(_("description"), blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    depth = models.PositiveSmallIntegerField(_("depth"), default=1, editable=False)
    is_on_home = models.BooleanField(_("shown on the home page"), default=False)

    objects = CategoryQuerySet.as_manager()

    below: list[Category]  # set by CategoryQuerySet.tree()

    class Meta(Named.Meta):
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "pk"]
        constraints = [
            *Named.Meta.constraints,
            models.CheckConstraint(
                condition=Q(depth__gte=1, depth__lte=3), name="news_category_depth_1_to_3"
            ),
            models.CheckConstraint(
                condition=Q(depth=1, parent=None) | Q(depth__gt=1, parent__isnull=False),
                name="news_category_only_roots_have_no_parent",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")), name="news_category_is_not_its_own_parent"
            ),
        ]
        triggers = triggers.CATEGORY

    def get_absolute_url(self) -> str:
        return reverse("news:category", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        above = self.parent
        depth = 1
        while above is not None and depth <= self.MAX_DEPTH:
            if self.pk is not None and above.pk == self.pk:
                raise ValidationError({"parent": _("A category cannot stand below itself.")})
            depth += 1
            above = above.parent
        below = self._height_below() if self.pk else 0
        if depth + below > self.MAX_DEPTH:
            raise ValidationError({"parent": _("Categories go at most three levels deep.")})
        # The database sets this too; here it lets the constraints be checked beforehand.
        self.depth = depth

    def _height_below(self) -> int:
        """How many levels of categories are below this one."""
        if Category.objects.filter(parent__parent=self).exists():
            return 2
        return 1 if Category.objects.filter(parent=self).exists() else 0

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return (get_language() == "en" and self.name_en) or self.name

    @property
    def label_language(self) -> str:
        return "" if self.name_en else super().label_language

    @property
    def ancestors(self) -> list[Category]:
        """The categories above this one, topmost first; no query where they were joined."""
        chain: list[Category] = []
        above = self.parent
        while above is not None:
            chain.insert(0, above)
            above = above.parent
        return chain


class Tag(Named):
    """A key word. Two spellings of one word (hoà, hòa) are one tag: `key` is unique."""

    SLUG_FALLBACK = "tu-khoa"

    key = ComputedField(
        source="name",
        compute=text.comparison_key,
        max_length=300,
        unique=True,
        error_messages={"unique": _("This tag exists already, perhaps in another spelling.")},
    )
    sort_key = ComputedField(
        source="name", compute=text.sort_key, max_length=1000, db_collation="C", db_index=True
    )

    class Meta(Named.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["sort_key"]

    def get_absolute_url(self) -> str:
        return reverse("news:tag", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        same = Tag.objects.filter(key=text.comparison_key(self.name)).exclude(pk=self.pk)
        if same.exists():
            raise ValidationError(
                {"name": _("This tag exists already, perhaps in another spelling.")}
            )


class Series(Named):
    """An event followed over several articles (dòng sự kiện)."""

    SLUG_FALLBACK = "su-kien"

    description = PlainTextField(_("description"), blank=True)

    class Meta(Named.Meta):
        verbose_name = _("event series")
        verbose_name_plural = _("event series")
        ordering = ["-pk"]

    def get_absolute_url(self) -> str:
        return reverse("news:series", args=[self.slug])


class Author(Named):
    """A name that signs articles: a person, a pen name or an office."""

    SLUG_FALLBACK = "tac-gia"

    role = LineField(_("role"), max_length=120, blank=True)
    is_office = models.BooleanField(
        _("is an office"),
        default=False,
        help_text=_("Search engines take a name for that of a person, unless this is ticked."),
    )
    sort_key = ComputedField(
        source="name",
        compute=text.name_sort_key,
        max_length=1000,
        db_collation="C",
        db_index=True,
    )

    class Meta(Named.Meta):
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["sort_key"]

    def get_absolute_url(self) -> str:
        return reverse("news:author", args=[self.slug])
