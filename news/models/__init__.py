from news.models.articles import Article, Attachment, FeaturedSlot, OldAddress
from news.models.categories import Author, Category, Series, Tag
from news.models.listings import Listing, ListingMonth
from news.models.media import Image

__all__ = [
    "Article",
    "Attachment",
    "Author",
    "Category",
    "FeaturedSlot",
    "Image",
    "Listing",
    "ListingMonth",
    "OldAddress",
    "Series",
    "Tag",
]
