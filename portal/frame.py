"""The frame around the content of every page: identity, menu, sidebar, alerts, footer, figures.

Its data are in nine tables. One SELECT returns each table as a JSON array, so that a page needs one
round trip for the whole frame (docs/adr/0004).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, TypeAlias

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_from_path, override

from news import renditions
from news.statements import NOW, fetch_row, fill_params
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

# A row of one of the tables, as json.loads returns it, and what templates get from it.
Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Picture:
    """What an `<img>` needs to show a picture."""

    url: str
    srcset: str
    alt: str
    width: int
    height: int
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True)
class MenuEntry:
    """A link of the menu or the footer.

    `language` is that of the label, empty if it is the language of the page. `is_list` says that
    the link leads to a category. `below` holds the entries of the second level.
    """

    label: str
    url: str
    below: list[MenuEntry] = field(default_factory=list)
    is_external: bool = False
    language: str = ""
    is_list: bool = False

    @property
    def is_repeated_below(self) -> bool:
        """Whether an entry of the second level has the same address."""
        return any(entry.url == self.url for entry in self.below)


@dataclass(frozen=True)
class Frame:
    """Everything around the content of a page, in the language of the page."""

    today: date
    identity: dict[str, str]
    emblem: Picture | None
    banner: Picture | None
    menu: list[MenuEntry]
    footer_pages: list[MenuEntry]
    home_blocks: list[Row]
    sidebar: list[Row]
    alerts: list[Row]
    visits: Figures


def frame(request: HttpRequest) -> dict[str, SimpleLazyObject]:
    """Context processor: `frame` in every template, read when a template first uses it."""
    return {"frame": SimpleLazyObject(load_frame)}


def _values(queryset: models.QuerySet, *names: str) -> models.QuerySet:
    """`queryset.values(*names)`, in which `category__slug` is named `category_slug`."""
    joined = {name.replace("__", "_"): F(name) for name in names if "__" in name}
    return queryset.values(*(name for name in names if "__" not in name), **joined)


def _picture_fields(prefix: str) -> list[str]:
    names = ("file", "alt", "caption", "credit", "width", "height")
    return [f"{prefix}__{name}" for name in names]


def _picture(row: Row, prefix: str) -> Picture | None:
    if not row.get(f"{prefix}_file"):
        return None
    url = models.FileField().storage.url(row[f"{prefix}_file"])
    return Picture(
        url=url,
        srcset=renditions.srcset(url),
        **{n: row[f"{prefix}_{n}"] for n in ("alt", "caption", "credit", "width", "height")},
    )


def _label(row: Row, name: str = "label") -> str:
    """The text in the language of the page, or the Vietnamese one if there is no English."""
    return (get_language() == "en" and row.get(f"{name}_en")) or row[name] or ""


def _label_language(row: Row, name: str = "label") -> str:
    """The value of `lang` for `_label`; empty if it is in the language of the page."""
    is_foreign = get_language() == "en" and row.get(name) and not row.get(f"{name}_en")
    return "vi" if is_foreign else ""


def _localized_address(address: str) -> str:
    """An address that staff typed; a path of this site is changed to the language of the page.

    Paths are typed in Vietnamese, without a prefix. One below `/en/` is not changed.
    """
    language = get_language()
    if (
        language in {None, settings.LANGUAGE_CODE}
        or not address.startswith("/")
        or get_language_from_path(address)
    ):
        return address
    # Django resolves a path only in the language of its prefix.
    with override(settings.LANGUAGE_CODE):
        return translate_url(address, language)


# A placeholder for the day of the frame, as NOW is one for the time.
_TODAY = date.max


def _querysets() -> dict[str, models.QuerySet]:
    """The rows of the frame on the day _TODAY, at the time NOW, in both languages."""
    identity_fields = [
        f.name for f in SiteIdentity._meta.concrete_fields if not f.is_relation and f.name != "id"
    ]
    return {
        "identity": _values(
            SiteIdentity.objects.valid_on(_TODAY),
            *identity_fields,
            *_picture_fields("emblem"),
            *_picture_fields("banner"),
        ),
        "menu": _values(
            MenuItem.objects.filter(Q(page=None) | Q(page__is_public=True)).order_by(
                "position", "pk"
            ),
            *("id", "parent_id", "label", "label_en", "address"),
            *("category__slug", "category__name", "category__name_en"),
            *("page__slug", "page__title", "page__title_en"),
        ),
        "pages": _values(
            Page.objects.filter(is_public=True, is_in_footer=True).order_by("position", "pk"),
            *("slug", "title", "title_en"),
        ),
        "home_blocks": _values(
            HomeBlock.objects.filter(is_public=True).order_by("position", "pk"),
            *("id", "kind", "title", "title_en", "category_id"),
        ),
        "sidebar": _values(
            SidebarBlock.objects.filter(is_public=True).order_by("position", "pk"),
            *("kind", "title", "title_en", "link", *_picture_fields("image")),
        ),
        "maps": _values(
            WardMap.objects.filter(is_current=True),
            *("title", "title_en", "description", "service_link", *_picture_fields("image")),
        ),
        "songs": _values(
            Song.objects.filter(is_public=True).order_by("position", "pk"),
            *("title", "composer", "singer", "file", "link", "licence_note"),
        ),
        "links": _values(
            Link.objects.order_by("group__position", "group__pk", "position", "pk"),
            *("label", "address", "group_id", "group__name", "group__name_en"),
        ),
        "alerts": _values(
            AlertBanner.objects.filter(starts_at__lte=NOW, ends_at__gt=NOW).order_by("-starts_at"),
            *("text", "text_en", "link", "level"),
        ),
    }


@cache
def _statement() -> tuple[str, tuple[object, ...]]:
    """The SELECT and its parameters.

    The ORM needs several milliseconds to compile the querysets, so it is done once in a process.
    """
    columns: list[str] = []
    params: list[object] = []
    for name, queryset in _querysets().items():
        sql, queryset_params = queryset.query.sql_with_params()
        columns.append(f"'{name}', (SELECT coalesce(json_agg(part), '[]') FROM ({sql}) part)")  # noqa: S608
        params += queryset_params
    columns.append(f"'visits', ({figures.SQL})")
    return f"SELECT json_build_object({', '.join(columns)})::text", tuple(params)


def _fetch(today: date, at: datetime) -> Row:
    sql, params = _statement()
    values = [
        *fill_params(params, {_TODAY: today, NOW: at}),
        *figures.sql_parameters(at),
    ]
    (row,) = fetch_row(sql, values)
    data: Row = json.loads(row)
    return data


def load_frame(at: datetime | None = None) -> Frame:
    """Read the frame as it is at a time, by default now; one statement."""
    at = at or timezone.now()
    today = timezone.localdate(at)
    data = _fetch(today, at)
    identity = data["identity"][0] if data["identity"] else {}
    return Frame(
        today=today,
        identity=_identity(identity),
        emblem=_picture(identity, "emblem"),
        banner=_picture(identity, "banner"),
        menu=_menu(data["menu"]),
        footer_pages=[
            MenuEntry(
                _label(page, "title"),
                reverse("page", args=[page["slug"]]),
                language=_label_language(page, "title"),
            )
            for page in data["pages"]
        ],
        home_blocks=[
            block
            | {
                "heading": _label(block, "title"),
                "heading_language": _label_language(block, "title"),
            }
            for block in data["home_blocks"]
        ],
        sidebar=_sidebar(data),
        alerts=[
            alert
            | {
                "text": _label(alert, "text"),
                "text_language": _label_language(alert, "text"),
                "link": _localized_address(alert["link"]),
            }
            for alert in data["alerts"]
        ],
        visits=figures.figures_from_json(data["visits"], at),
    )


def _identity(row: Row) -> dict[str, str]:
    texts = {name: row.get(name) or "" for name in row if isinstance(row.get(name), str | None)}
    for name in ("name", "kind", "parent_name"):
        if row:
            texts[name] = _label(row, name)
            texts[f"{name}_language"] = _label_language(row, name)
    return texts


def _menu(rows: list[Row]) -> list[MenuEntry]:
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


def _menu_entry(row: Row) -> MenuEntry:
    of_target = {"label": "", "label_en": ""}
    if row["category_slug"]:
        of_target = {"label": row["category_name"], "label_en": row["category_name_en"]}
        url = reverse("news:category", args=[row["category_slug"]])
    elif row["page_slug"]:
        of_target = {"label": row["page_title"], "label_en": row["page_title_en"]}
        url = reverse("page", args=[row["page_slug"]])
    else:
        url = _localized_address(row["address"])
    # The label of the entry itself comes first, on English pages also if it is in English only.
    has_label = row["label"] or (get_language() == "en" and row["label_en"])
    labels = row if has_label else of_target
    return MenuEntry(
        _label(labels),
        url,
        is_external=not url.startswith("/"),
        language=_label_language(labels),
        is_list=bool(row["category_slug"]),
    )


def _sidebar(data: Row) -> list[Row]:
    """The blocks of the sidebar with their content; a block without content is left out."""
    ward_map = data["maps"][0] if data["maps"] else None
    blocks = []
    for row in data["sidebar"]:
        block: Row = {
            "kind": row["kind"],
            "heading": _label(row, "title"),
            "heading_language": _label_language(row, "title"),
        }
        if row["kind"] == SidebarBlock.Kind.MAP and ward_map:
            if not block["heading"]:
                block["heading"] = _label(ward_map, "title")
                block["heading_language"] = _label_language(ward_map, "title")
            block |= {
                "picture": _picture(ward_map, "image"),
                "description": ward_map["description"],
                "service_link": ward_map["service_link"],
            }
        elif row["kind"] == SidebarBlock.Kind.SONGS and data["songs"]:
            block["songs"] = _songs(data["songs"])
        elif row["kind"] == SidebarBlock.Kind.LINKS and data["links"]:
            block["groups"] = _link_groups(data["links"])
        elif row["kind"] == SidebarBlock.Kind.BANNER:
            block |= {"picture": _picture(row, "image"), "link": _localized_address(row["link"])}
        else:
            continue
        blocks.append(block)
    return blocks


def _songs(rows: list[Row]) -> list[Row]:
    storage = models.FileField().storage
    return [song | {"url": storage.url(song["file"]) if song["file"] else ""} for song in rows]


def _link_groups(rows: list[Row]) -> list[Row]:
    groups: dict[int, Row] = {}
    for link in rows:
        names = {"label": link["group_name"], "label_en": link["group_name_en"]}
        group = groups.setdefault(
            link["group_id"],
            {"name": _label(names), "language": _label_language(names), "links": []},
        )
        group["links"].append(link)
    return list(groups.values())
