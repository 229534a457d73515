"""The pages that belong to the site as a whole."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.views.generic import TemplateView

from news import reading
from news.models import Category, FeaturedSlot
from news.models.listings import months
from portal import frame
from portal.models import HomeBlock, Page

NEWEST = 8
PER_CATEGORY = 4


class HomeView(TemplateView):
    """The front page: the blocks that staff have put in order."""

    template_name = "portal/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        site = frame.load()
        kinds = {block["kind"] for block in site.home_blocks}
        categories = self._categories(site.home_blocks)
        boxes = reading.boxes(categories, PER_CATEGORY)
        front = reading.front(FeaturedSlot.PLACES, NEWEST)
        return super().get_context_data(**kwargs) | {
            # The frame is read once; the template's own `frame` is this one.
            "frame": site,
            "featured": front.featured if HomeBlock.Kind.FEATURED in kinds else [],
            "newest": front.newest,
            "blocks": self._blocks(site.home_blocks, categories, boxes),
            "has_english": bool(site.identity.get("name_en")),
        }

    def _categories(self, blocks: list[dict[str, Any]]) -> list[Category]:
        """The categories that any block shows, in the order of the tree."""
        chosen = {block["category_id"] for block in blocks if block["category_id"]}
        every = any(block["kind"] == HomeBlock.Kind.CATEGORIES for block in blocks)
        if not (chosen or every):
            return []
        tree = Category.objects.all().tree()
        return [c for c in tree if c.pk in chosen or (every and c.is_on_home)]

    def _blocks(
        self,
        blocks: list[dict[str, Any]],
        categories: list[Category],
        boxes: dict[int, list[Any]],
    ) -> list[dict[str, Any]]:
        """The blocks with their categories; a category without articles shows no empty box."""
        alone = {block["category_id"] for block in blocks if block["category_id"]}
        filled = []
        for block in blocks:
            if block["kind"] == HomeBlock.Kind.CATEGORY:
                shown = [c for c in categories if c.pk == block["category_id"]]
            elif block["kind"] == HomeBlock.Kind.CATEGORIES:
                shown = [c for c in categories if c.is_on_home and c.pk not in alone]
            else:
                shown = []
            cards = [(c, boxes[c.pk]) for c in shown if c.pk in boxes]
            filled.append(block | {"categories": cards})
        return filled


class SiteMapView(TemplateView):
    """All sections of the site on one page, for people."""

    template_name = "portal/site_map.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tree = Category.objects.all().tree()
        return super().get_context_data(**kwargs) | {
            "categories": [category for category in tree if category.parent_id is None],
            "pages": Page.objects.filter(is_public=True),
            "years": sorted({m.month.year for m in months(None)}, reverse=True),
        }


class PageView(TemplateView):
    """A simple page, in English where it has been translated."""

    template_name = "portal/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = get_object_or_404(Page, slug=kwargs["slug"], is_public=True)
        in_english = get_language() == "en" and bool(page.body_en)
        return super().get_context_data(**kwargs) | {
            "page": page,
            "body": page.body_en if in_english else page.body,
            "body_language": "en" if in_english else "vi",
            "has_english": bool(page.body_en),
        }
