"""Structured data of a page for search engines (schema.org); pure functions.

The values are plain data; `json_ld` of `news_tags` writes them into the page. Addresses are made
absolute by the function given as `absolute`. What Google reads of an article:
https://developers.google.com/search/docs/appearance/structured-data/article
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from django.utils import timezone, translation

from news.models import Article

BuildUri = Callable[[str], str]

LANGUAGE = "vi"
"""The language of all articles."""
HEADLINE = 110
"""The most characters of a headline that Google accepts."""


class Picture(Protocol):
    @property
    def url(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...


@dataclass(frozen=True)
class Agency:
    """The agency that publishes; empty texts are left out."""

    name: str
    home: str
    logo: Picture | None = None
    parent: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


def last_change(article: Article) -> datetime | None:
    """When an article last changed for its readers: published, or corrected with a notice."""
    return max(filter(None, (article.published_at, article.updated_at)), default=None)


def government_organization(agency: Agency, absolute: BuildUri) -> dict[str, object]:
    home = absolute(agency.home)
    found: dict[str, object] = {
        "@type": "GovernmentOrganization",
        "@id": f"{home}#agency",
        "name": agency.name,
        "url": home,
        "logo": _picture(agency.logo, absolute) if agency.logo else None,
        "address": agency.address,
        "telephone": agency.phone,
        "email": agency.email,
        "parentOrganization": agency.parent
        and {"@type": "GovernmentOrganization", "name": agency.parent},
    }
    return _without_empty(found)


def news_article(
    article: Article, tags: Iterable[str], agency: Agency, absolute: BuildUri
) -> dict[str, object]:
    """Describe an article; `dateModified` is the last correction announced to readers."""
    # The page in another language shows the same article, so it has the same @id.
    with translation.override(LANGUAGE):
        url = absolute(article.get_absolute_url())
    return _without_empty(
        {
            "@type": "NewsArticle",
            "@id": f"{url}#article",
            "mainEntityOfPage": url,
            "headline": _headline(article.title),
            "description": article.summary,
            "inLanguage": LANGUAGE,
            "datePublished": rfc3339(article.published_at),
            "dateModified": rfc3339(last_change(article)),
            "expires": rfc3339(article.expires_at),
            "articleSection": article.category.name,
            "keywords": list(tags),
            "image": [_picture(article.lead_image, absolute)] if article.lead_image else None,
            "author": _author(article, agency, absolute),
            "publisher": government_organization(agency, absolute),
            "isBasedOn": article.source_url,
            "isAccessibleForFree": True,
        }
    )


def breadcrumb(steps: Sequence[tuple[str, str]], absolute: BuildUri) -> dict[str, object]:
    """Describe the breadcrumb; steps are label and path, topmost first."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": label, "item": absolute(path)}
            for number, (label, path) in enumerate(steps, start=1)
        ],
    }


def _author(article: Article, agency: Agency, absolute: BuildUri) -> dict[str, object]:
    """The author as printed; without one, the source of the news, or the agency."""
    if article.author and not article.byline:
        address = absolute(article.author.get_absolute_url())
        kind = "Organization" if article.author.is_office else "Person"
        return {"@type": kind, "name": article.author.name, "url": address}
    if article.byline or article.source_author:
        return {"@type": "Person", "name": article.byline or article.source_author}
    name = article.source_name or agency.name
    return {"@type": "Organization", "name": name}


def _headline(title: str) -> str:
    return title if len(title) <= HEADLINE else title[: HEADLINE - 1].rsplit(" ", 1)[0] + "…"


def _picture(picture: Picture, absolute: BuildUri) -> dict[str, object]:
    return {
        "@type": "ImageObject",
        "url": absolute(picture.url),
        "width": picture.width,
        "height": picture.height,
    }


def local_time(at: datetime) -> datetime:
    """Convert to the time zone of the site, with an offset in whole minutes.

    Before 1911 Vietnam was 7:06:30 ahead of UTC, an offset that RFC 3339 and RFC 5322 cannot
    express; such times stay in UTC.
    """
    local = timezone.localtime(at)
    return local.astimezone(UTC) if f"{local:%z}"[5:] else local


def rfc3339(at: datetime | None) -> str | None:
    """Format a time by RFC 3339, as XML Schema does too; None for None."""
    return local_time(at).isoformat(timespec="seconds") if at else None


def _without_empty(values: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value not in ("", None, [])}
