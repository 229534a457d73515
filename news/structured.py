"""What search engines are told of a page, in the words of schema.org; pure functions.

The values are plain data; `json_ld` of `news_tags` writes them into the page. Addresses are made
full by the function given as `full`. What Google reads of an article:
https://developers.google.com/search/docs/appearance/structured-data/article
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone, translation

from news.models import Article

Full = Callable[[str], str]

LANGUAGE = "vi"
"""That of all articles."""
HEADLINE = 110
"""Characters of a headline that Google asks not to exceed."""


@dataclass(frozen=True)
class Agency:
    """Who publishes; empty texts are left out. `logo` is a picture with url, width and height."""

    name: str
    home: str
    logo: Any = None
    parent: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


def last_change(article: Article) -> datetime | None:
    """When an article last changed for its readers: published, or corrected with a notice."""
    return max(filter(None, (article.published_at, article.updated_at)), default=None)


def government_organization(agency: Agency, full: Full) -> dict[str, Any]:
    home = full(agency.home)
    found: dict[str, Any] = {
        "@type": "GovernmentOrganization",
        "@id": f"{home}#agency",
        "name": agency.name,
        "url": home,
        "logo": _picture(agency.logo, full) if agency.logo else None,
        "address": agency.address,
        "telephone": agency.phone,
        "email": agency.email,
        "parentOrganization": agency.parent
        and {"@type": "GovernmentOrganization", "name": agency.parent},
    }
    return _filled(found)


def news_article(
    article: Article, tags: Iterable[str], agency: Agency, full: Full
) -> dict[str, Any]:
    """Describe an article; `dateModified` is the last correction announced to readers."""
    # Below another language stands the same article: it has one name.
    with translation.override(LANGUAGE):
        url = full(article.get_absolute_url())
    return _filled(
        {
            "@type": "NewsArticle",
            "@id": f"{url}#article",
            "mainEntityOfPage": url,
            "headline": _headline(article.title),
            "description": article.summary,
            "inLanguage": LANGUAGE,
            "datePublished": moment(article.published_at),
            "dateModified": moment(last_change(article)),
            "expires": moment(article.expires_at),
            "articleSection": article.category.name,
            "keywords": list(tags),
            "image": [_picture(article.lead_image, full)] if article.lead_image else None,
            "author": _author(article, agency, full),
            "publisher": government_organization(agency, full),
            "isBasedOn": article.source_url,
            "isAccessibleForFree": True,
        }
    )


def breadcrumb(steps: Sequence[tuple[str, str]], full: Full) -> dict[str, Any]:
    """Describe the way from the home page to this one; steps are label and path, topmost first."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": label, "item": full(path)}
            for number, (label, path) in enumerate(steps, start=1)
        ],
    }


def _author(article: Article, agency: Agency, full: Full) -> dict[str, Any]:
    """The author as printed; news without one is signed by where it came from, or by the agency."""
    if article.author and not article.byline:
        address = full(article.author.get_absolute_url())
        kind = "Organization" if article.author.is_office else "Person"
        return {"@type": kind, "name": article.author.name, "url": address}
    if article.byline or article.source_author:
        return {"@type": "Person", "name": article.byline or article.source_author}
    name = article.source_name or agency.name
    return {"@type": "Organization", "name": name}


def _headline(title: str) -> str:
    return title if len(title) <= HEADLINE else title[: HEADLINE - 1].rsplit(" ", 1)[0] + "…"


def _picture(picture: Any, full: Full) -> dict[str, Any]:
    return {
        "@type": "ImageObject",
        "url": full(picture.url),
        "width": picture.width,
        "height": picture.height,
    }


def at_home(at: datetime) -> datetime:
    """A moment in the time of the site, in whole minutes from UTC.

    Before 1911 Vietnam was 7:06:30 ahead; none of the standards that dates are written by knows
    such an offset.
    """
    local = timezone.localtime(at)
    return local.astimezone(UTC) if f"{local:%z}"[5:] else local


def moment(at: datetime | None) -> str | None:
    """A moment as RFC 3339 and XML Schema write it; None for none."""
    return at_home(at).isoformat(timespec="seconds") if at else None


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", None, [])}
