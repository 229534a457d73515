"""The admin of articles and what belongs to them. The portal extends it for the apps above."""

from news.admin import articles, categories, images, places, search

__all__ = ["articles", "categories", "images", "places", "search"]
