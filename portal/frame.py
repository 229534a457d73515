"""What stands around every page, read in one statement.

The frame is data of nine tables. Each table becomes one JSON array of a single SELECT, so that a
page pays one round trip for it, however much the frame holds.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_from_path, override

from news import renditions
from news.statements import NOW, fetch_row, filled
from portal.models import (
    AlertBanner,
    HomeBlock,
    Link,
    MenuItem,
    Page,
    SidebarBlock,
    SiteIdentity,
    Song,
    WardMap,
)
from stats import figures
from stats.figures import Figures


@dataclass(frozen=True)
class Picture:
    """A picture of the frame, as much of it as an `<img>` needs."""

    url: str
    srcset: str
    alt: str
    width: int
    height: int
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True)
class MenuEntry:
    """A link of the menu or the footer; `language` is that of the label, empty for the page's."""

    label: str
    url: str
    below: list[MenuEntry] = field(default_factory=list)
    is_external: bool = False
    language: str = ""
    is_list: bool = False

    @property
    def is_repeated_below(self) -> bool:
        """Whether an entry below leads to the same place."""
        return any(entry.url == self.url for entry in self.below)


@dataclass(frozen=True)
class Frame:
    """Everything around the content of a page, in the language of the page."""

    today: date
    identity: dict[str, Any]
    emblem: Picture | None
    banner: Picture | None
    menu: list[MenuEntry]
    footer_pages: list[MenuEntry]
    home_blocks: list[dict[str, Any]]
    sidebar: list[dict[str, Any]]
    alerts: list[dict[str, Any]]
    visits: Figures


def frame(request: HttpRequest) -> dict[str, Any]:
    """Offer `frame` to every template; nothing is read until a template asks for it."""
    return {"frame": SimpleLazyObject(load)}


def _columns(queryset: models.QuerySet, *names: str) -> models.QuerySet:
    """Read these fields; one of another table is called `category_slug` for `category__slug`."""
    joined = {name.replace("__", "_"): F(name) for name in names if "__" in name}
    return queryset.values(*(name for name in names if "__" not in name), **joined)


def _picture_names(prefix: str) -> list[str]:
    names = ("file", "alt", "caption", "credit", "width", "height")
    return [f"{prefix}__{name}" for name in names]


def _picture(row: dict[str, Any], prefix: str) -> Picture | None:
    if not row.get(f"{prefix}_file"):
        return None
    url = models.FileField().storage.url(row[f"{prefix}_file"])
    return Picture(
        url=url,
        srcset=renditions.srcset(url),
        **{n: row[f"{prefix}_{n}"] for n in ("alt", "caption", "credit", "width", "height")},
    )


def _label(row: dict[str, Any], name: str = "label") -> str:
    """The wording in the language of the page, Vietnamese where no English is given."""
    return (get_language() == "en" and row.get(f"{name}_en")) or row[name] or ""


def _language(row: dict[str, Any], name: str = "label") -> str:
    """The language of that wording, for `lang`; empty where it is that of the page."""
    is_foreign = get_language() == "en" and row.get(name) and not row.get(f"{name}_en")
    return "vi" if is_foreign else ""


def _address(typed: str) -> str:
    """An address that staff typed; a path of this site leads on in the language of the page.

    Paths are typed as they stand on Vietnamese pages. One below `/en/` is meant as it is.
    """
    language = get_language()
    if (
        language in {None, settings.LANGUAGE_CODE}
        or not typed.startswith("/")
        or get_language_from_path(typed)
    ):
        return typed
    # Only under the language of its prefix does Django know a path.
    with override(settings.LANGUAGE_CODE):
        return translate_url(typed, language)


# Stands for the day of a reading, as NOW does for its moment.
_TODAY = date.max


def _parts() -> dict[str, models.QuerySet]:
    """The frame as it is on the day _TODAY, at the moment NOW, in every language."""
    identity_fields = [
        f.name for f in SiteIdentity._meta.concrete_fields if not f.is_relation and f.name != "id"
    ]
    return {
        "identity": _columns(
            SiteIdentity.objects.valid_on(_TODAY),
            *identity_fields,
            *_picture_names("emblem"),
            *_picture_names("banner"),
        ),
        "menu": _columns(
            MenuItem.objects.filter(Q(page=None) | Q(page__is_public=True)).order_by(
                "position", "pk"
            ),
            *("id", "parent_id", "label", "label_en", "address"),
            *("category__slug", "category__name", "category__name_en"),
            *("page__slug", "page__title", "page__title_en"),
        ),
        "pages": _columns(
            Page.objects.filter(is_public=True, is_in_footer=True).order_by("position", "pk"),
            *("slug", "title", "title_en"),
        ),
        "home_blocks": _columns(
            HomeBlock.objects.filter(is_public=True).order_by("position", "pk"),
            *("id", "kind", "title", "title_en", "category_id"),
        ),
        "sidebar": _columns(
            SidebarBlock.objects.filter(is_public=True).order_by("position", "pk"),
            *("kind", "title", "title_en", "link", *_picture_names("image")),
        ),
        "maps": _columns(
            WardMap.objects.filter(is_current=True),
            *("title", "title_en", "description", "service_link", *_picture_names("image")),
        ),
        "songs": _columns(
            Song.objects.filter(is_public=True).order_by("position", "pk"),
            *("title", "composer", "singer", "file", "link", "licence_note"),
        ),
        "links": _columns(
            Link.objects.order_by("group__position", "group__pk", "position", "pk"),
            *("label", "address", "group_id", "group__name", "group__name_en"),
        ),
        "alerts": _columns(
            AlertBanner.objects.filter(starts_at__lte=NOW, ends_at__gt=NOW).order_by("-starts_at"),
            *("text", "text_en", "link", "level"),
        ),
    }


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """The one SELECT, which the ORM cannot say, with its parameters.

    To compile the parts costs the ORM several milliseconds, so it is done once in a process.
    """
    columns: list[str] = []
    params: list[Any] = []
    for name, queryset in _parts().items():
        sql, own = queryset.query.sql_with_params()
        columns.append(f"'{name}', (SELECT coalesce(json_agg(part), '[]') FROM ({sql}) part)")  # noqa: S608
        params += own
    columns.append(f"'visits', ({figures.SQL})")
    return f"SELECT json_build_object({', '.join(columns)})::text", tuple(params)


def _read(today: date, at: datetime) -> dict[str, Any]:
    sql, params = _statement()
    values = [
        *filled(params, {_TODAY: today, NOW: at}),
        *figures.sql_parameters(at),
    ]
    (row,) = fetch_row(sql, values)
    return json.loads(row)


def load(at: datetime | None = None) -> Frame:
    """Read the whole frame at the moment `at` (now); one statement."""
    at = at or timezone.now()
    today = timezone.localdate(at)
    row = _read(today, at)
    who = row["identity"][0] if row["identity"] else {}
    return Frame(
        today=today,
        identity=_identity(who),
        emblem=_picture(who, "emblem"),
        banner=_picture(who, "banner"),
        menu=_menu(row["menu"]),
        footer_pages=[
            MenuEntry(
                _label(page, "title"),
                reverse("page", args=[page["slug"]]),
                language=_language(page, "title"),
            )
            for page in row["pages"]
        ],
        home_blocks=[
            block
            | {"heading": _label(block, "title"), "heading_language": _language(block, "title")}
            for block in row["home_blocks"]
        ],
        sidebar=_sidebar(row),
        alerts=[
            alert
            | {
                "text": _label(alert, "text"),
                "text_language": _language(alert, "text"),
                "link": _address(alert["link"]),
            }
            for alert in row["alerts"]
        ],
        visits=figures.figures_from_json(row["visits"], at),
    )


def _identity(row: dict[str, Any]) -> dict[str, Any]:
    texts = {name: row.get(name) or "" for name in row if isinstance(row.get(name), str | None)}
    for name in ("name", "kind", "parent_name"):
        if row:
            texts[name] = _label(row, name)
            texts[f"{name}_language"] = _language(row, name)
    return texts


def _menu(rows: list[dict[str, Any]]) -> list[MenuEntry]:
    entries: dict[int, MenuEntry] = {}
    top: list[MenuEntry] = []
    for row in sorted(rows, key=lambda row: row["parent_id"] is not None):
        entry = _menu_entry(row)
        entries[row["id"]] = entry
        if row["parent_id"] is None:
            top.append(entry)
        elif row["parent_id"] in entries:
            entries[row["parent_id"]].below.append(entry)
    return top


def _menu_entry(row: dict[str, Any]) -> MenuEntry:
    named = {"label": "", "label_en": ""}
    if row["category_slug"]:
        named = {"label": row["category_name"], "label_en": row["category_name_en"]}
        url = reverse("news:category", args=[row["category_slug"]])
    elif row["page_slug"]:
        named = {"label": row["page_title"], "label_en": row["page_title_en"]}
        url = reverse("page", args=[row["page_slug"]])
    else:
        url = _address(row["address"])
    # A label of its own wins, also one in English alone where the page is English.
    own = row if row["label"] or (get_language() == "en" and row["label_en"]) else named
    return MenuEntry(
        _label(own),
        url,
        is_external=not url.startswith("/"),
        language=_language(own),
        is_list=bool(row["category_slug"]),
    )


def _sidebar(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Give every sidebar block what it shows; a block with nothing to show is left out."""
    storage = models.FileField().storage
    current_map = row["maps"][0] if row["maps"] else None
    songs = [s | {"url": storage.url(s["file"]) if s["file"] else ""} for s in row["songs"]]
    groups: dict[int, dict[str, Any]] = {}
    for link in row["links"]:
        named = {"label": link["group_name"], "label_en": link["group_name_en"]}
        group = groups.setdefault(
            link["group_id"], {"name": _label(named), "language": _language(named), "links": []}
        )
        group["links"].append(link)
    blocks = []
    for block in row["sidebar"]:
        shown = {
            "kind": block["kind"],
            "heading": _label(block, "title"),
            "heading_language": _language(block, "title"),
        }
        if block["kind"] == SidebarBlock.Kind.MAP and current_map:
            if not shown["heading"]:
                shown["heading"] = _label(current_map, "title")
                shown["heading_language"] = _language(current_map, "title")
            shown |= {
                "picture": _picture(current_map, "image"),
                "description": current_map["description"],
                "service_link": current_map["service_link"],
            }
        elif block["kind"] == SidebarBlock.Kind.SONGS and songs:
            shown["songs"] = songs
        elif block["kind"] == SidebarBlock.Kind.LINKS and groups:
            shown["groups"] = list(groups.values())
        elif block["kind"] == SidebarBlock.Kind.BANNER:
            shown |= {"picture": _picture(block, "image"), "link": _address(block["link"])}
        else:
            continue
        blocks.append(shown)
    return blocks
