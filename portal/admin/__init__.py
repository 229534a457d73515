"""The admin of the frame, of redirects and of staff, and what other apps add to that of the news.

Each module registers its pages when it is imported; `composition` extends pages of `news.admin`.
"""

from portal.admin import composition, frame, pages, redirects, songs, staff

__all__ = ["composition", "frame", "pages", "redirects", "songs", "staff"]
