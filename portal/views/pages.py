"""The pages that belong to the site as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.views.generic import TemplateView

from news import reading
from news.models import Article, Category, FeaturedSlot
from news.models.listings import months
from portal import frame
from portal.models import HomeBlock, Page

NEWEST = 8
PER_CATEGORY = 4
OF_CATEGORIES = {HomeBlock.Kind.CATEGORY, HomeBlock.Kind.CATEGORIES}


@dataclass(frozen=True)
class CategoryBox:
    """A category on the home page: one article as a card, the others as titles."""

    category: Category
    heading: str
    heading_language: str
    first: Article | None
    more: list[Article]

    @classmethod
    def of(
        cls,
        category: Category,
        articles: list[Article],
        block: dict[str, Any],
        shown_above: set[int],
    ) -> CategoryBox:
        """Make the box; an article that stands further up already is not pictured again."""
        first = next((a for a in articles if a.pk not in shown_above), None)
        own = block["kind"] == HomeBlock.Kind.CATEGORY and block["heading"]
        return cls(
            category=category,
            heading=block["heading"] if own else category.label,
            heading_language=block["heading_language"] if own else category.label_language,
            first=first,
            more=[article for article in articles if article is not first],
        )


class HomeView(TemplateView):
    """The front page: the blocks that staff have put in order."""

    template_name = "portal/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        site = frame.load()
        kinds = {block["kind"] for block in site.home_blocks}
        categories = self._categories(site.home_blocks)
        newest_of = reading.boxes(categories, PER_CATEGORY)
        places = FeaturedSlot.PLACES if HomeBlock.Kind.FEATURED in kinds else 0
        front = reading.front(places, NEWEST)
        boxes = self._boxes(site.home_blocks, categories, newest_of, front)
        top, below = self._in_two_parts(site.home_blocks, boxes)
        return super().get_context_data(**kwargs) | {
            # The frame is read once; the template's own `frame` is this one.
            "frame": site,
            "featured": front.featured,
            "newest": front.newest,
            "blocks": top,
            "boxes": below,
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

    def _boxes(
        self,
        blocks: list[dict[str, Any]],
        categories: list[Category],
        newest_of: dict[int, list[Article]],
        front: reading.Front,
    ) -> dict[int, list[CategoryBox]]:
        """The boxes of every block by its id; a category without articles shows no empty box."""
        alone = {block["category_id"] for block in blocks if block["category_id"]}
        shown_above = {article.pk for article in [*front.featured, *front.newest]}
        boxes: dict[int, list[CategoryBox]] = {}
        for block in blocks:
            if block["kind"] == HomeBlock.Kind.CATEGORY:
                chosen = [c for c in categories if c.pk == block["category_id"]]
            elif block["kind"] == HomeBlock.Kind.CATEGORIES:
                chosen = [c for c in categories if c.is_on_home and c.pk not in alone]
            else:
                chosen = []
            boxes[block["id"]] = [
                CategoryBox.of(category, newest_of[category.pk], block, shown_above)
                for category in chosen
                if category.pk in newest_of
            ]
        return boxes

    def _in_two_parts(
        self, blocks: list[dict[str, Any]], boxes: dict[int, list[CategoryBox]]
    ) -> tuple[list[dict[str, Any]], list[CategoryBox]]:
        """The blocks beside the sidebar, and the boxes that run below both over the whole width.

        Those are the boxes of the last blocks, behind which no other kind follows.
        """
        kinds = [block["kind"] in OF_CATEGORIES for block in blocks]
        end = len(kinds)
        while end and kinds[end - 1]:
            end -= 1
        top = [block | {"boxes": boxes[block["id"]]} for block in blocks[:end]]
        return top, [box for block in blocks[end:] for box in boxes[block["id"]]]


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
