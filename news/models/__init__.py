from news.models.articles import Article, Attachment, FeaturedSlot, OldAddress
from news.models.categories import Author, Category, Series, Tag
from news.models.listings import Listing, ListingMonth
from news.models.media import Image
from news.models.search import AttachmentText, SearchEntry, SearchWords

__all__ = [
    "Article",
    "Attachment",
    "AttachmentText",
    "Author",
    "Category",
    "FeaturedSlot",
    "Image",
    "Listing",
    "ListingMonth",
    "OldAddress",
    "SearchEntry",
    "SearchWords",
    "Series",
    "Tag",
]
