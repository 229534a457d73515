"""The admin of the whole site: its name, the frame of every page, and staff."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

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

admin.site.site_header = _("Newsroom of the portal")
admin.site.site_title = _("Newsroom")
admin.site.index_title = _("What would you like to do?")
