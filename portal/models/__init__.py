from portal.models.backups import Backup
from portal.models.blocks import HomeBlock, SidebarBlock, WardMap
from portal.models.identity import SiteIdentity
from portal.models.links import Link, LinkGroup, Song
from portal.models.menu import MenuItem
from portal.models.notices import AlertBanner
from portal.models.pages import Page
from portal.models.redirects import MissingAddress, Redirect
from portal.models.users import User

__all__ = [
    "AlertBanner",
    "Backup",
    "HomeBlock",
    "Link",
    "LinkGroup",
    "MenuItem",
    "MissingAddress",
    "Page",
    "Redirect",
    "SidebarBlock",
    "SiteIdentity",
    "Song",
    "User",
    "WardMap",
]
