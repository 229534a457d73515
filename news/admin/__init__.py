"""The admin of the newsroom. It knows nothing of the apps above, which may extend it."""

from news.admin import articles, categories, images, places, search

__all__ = ["articles", "categories", "images", "places", "search"]
