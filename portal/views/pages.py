"""The home page, the site map, and simple pages."""

from __future__ import annotations

from dataclasses import dataclass

from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.views.generic import TemplateView

from news import reading
from news.models import Article, Category, FeaturedSlot
from news.models.listings import months
from portal.frame import Row, load_frame
from portal.models import HomeBlock, Page

NEWEST = 8
PER_CATEGORY = 4
CATEGORY_KINDS = {HomeBlock.Kind.CATEGORY, HomeBlock.Kind.CATEGORIES}


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
        block: Row,
        shown_above: set[int],
    ) -> CategoryBox:
        """Make the box. An article that is shown further up already does not become its card."""
        first = next((a for a in articles if a.pk not in shown_above), None)
        has_heading = block["kind"] == HomeBlock.Kind.CATEGORY and block["heading"]
        return cls(
            category=category,
            heading=block["heading"] if has_heading else category.label,
            heading_language=block["heading_language"] if has_heading else category.label_language,
            first=first,
            more=[article for article in articles if article is not first],
        )


class HomeView(TemplateView):
    """The home page: the blocks in the order that staff chose."""

    template_name = "portal/home.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        frame = load_frame()
        kinds = {block["kind"] for block in frame.home_blocks}
        categories = self._categories(frame.home_blocks)
        newest_of = reading.newest_by_category(categories, PER_CATEGORY)
        places = FeaturedSlot.PLACES if HomeBlock.Kind.FEATURED in kinds else 0
        front = reading.front_page(places, NEWEST)
        boxes = self._boxes(frame.home_blocks, categories, newest_of, front)
        blocks, boxes_below = self._split_blocks(frame.home_blocks, boxes)
        return super().get_context_data(**kwargs) | {
            # In place of the frame of the context processor, so that it is read once.
            "frame": frame,
            "featured": front.featured,
            "newest": front.newest,
            "blocks": blocks,
            "boxes": boxes_below,
            "has_english": bool(frame.identity.get("name_en")),
        }

    def _categories(self, blocks: list[Row]) -> list[Category]:
        """The categories of all blocks, in the order of the tree."""
        chosen = {block["category_id"] for block in blocks if block["category_id"]}
        has_all = any(block["kind"] == HomeBlock.Kind.CATEGORIES for block in blocks)
        if not (chosen or has_all):
            return []
        tree = Category.objects.all().tree()
        return [c for c in tree if c.pk in chosen or (has_all and c.is_on_home)]

    def _boxes(
        self,
        blocks: list[Row],
        categories: list[Category],
        newest_of: dict[int, list[Article]],
        front: reading.FrontPage,
    ) -> dict[int, list[CategoryBox]]:
        """The boxes of each block by its id; a category without articles has none."""
        in_own_block = {block["category_id"] for block in blocks if block["category_id"]}
        shown_above = {article.pk for article in [*front.featured, *front.newest]}
        boxes: dict[int, list[CategoryBox]] = {}
        for block in blocks:
            if block["kind"] == HomeBlock.Kind.CATEGORY:
                chosen = [c for c in categories if c.pk == block["category_id"]]
            elif block["kind"] == HomeBlock.Kind.CATEGORIES:
                chosen = [c for c in categories if c.is_on_home and c.pk not in in_own_block]
            else:
                chosen = []
            boxes[block["id"]] = [
                CategoryBox.of(category, newest_of[category.pk], block, shown_above)
                for category in chosen
                if category.pk in newest_of
            ]
        return boxes

    def _split_blocks(
        self, blocks: list[Row], boxes: dict[int, list[CategoryBox]]
    ) -> tuple[list[Row], list[CategoryBox]]:
        """The blocks beside the sidebar, and the boxes below both over the whole width.

        The latter are the boxes of the category blocks at the end.
        """
        is_category = [block["kind"] in CATEGORY_KINDS for block in blocks]
        end = len(blocks)
        while end and is_category[end - 1]:
            end -= 1
        beside = [block | {"boxes": boxes[block["id"]]} for block in blocks[:end]]
        return beside, [box for block in blocks[end:] for box in boxes[block["id"]]]


class SiteMapView(TemplateView):
    """All sections of the site on one page."""

    template_name = "portal/site_map.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        tree = Category.objects.all().tree()
        return super().get_context_data(**kwargs) | {
            "categories": [category for category in tree if category.parent_id is None],
            "pages": Page.objects.filter(is_public=True),
            "years": sorted({m.month.year for m in months(None)}, reverse=True),
        }


class PageView(TemplateView):
    """A simple page; in English if it has been translated."""

    template_name = "portal/page.html"

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        page = get_object_or_404(Page, slug=kwargs["slug"], is_public=True)
        in_english = get_language() == "en" and bool(page.body_en)
        return super().get_context_data(**kwargs) | {
            "page": page,
            "body": page.body_en if in_english else page.body,
            "body_language": "en" if in_english else "vi",
            "has_english": bool(page.body_en),
        }
