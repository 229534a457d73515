"""The admin of the whole site: the frame of every page, what pages of other apps gain, staff."""

from portal.admin import comments, figures, frame, merging, pages, ratings, redirects, songs, staff

__all__ = [
    "comments",
    "figures",
    "frame",
    "merging",
    "pages",
    "ratings",
    "redirects",
    "songs",
    "staff",
]
