"""What `news.structured` says of a page to search engines, signed by the agency."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from news import structured
from news.models import Article
from news.templatetags.news_tags import json_ld
from ratings.reading import summary_if_rateable
from ratings.structured import aggregate_rating

register = template.Library()


def _agency(context: dict[str, Any]) -> structured.Agency:
    frame = context["frame"]
    who = frame.identity
    return structured.Agency(
        name=who.get("name") or _("Web portal"),
        home=reverse("home"),
        logo=frame.emblem,
        parent=who.get("parent_name", ""),
        address=who.get("address", ""),
        phone=who.get("phone", ""),
        email=who.get("email", ""),
    )


def _way(context: dict[str, Any], here: str, path: str) -> dict[str, Any]:
    """The breadcrumb of the page, which ends at the page itself."""
    steps = [(step.label, step.get_absolute_url()) for step in context.get("breadcrumb", [])]
    every = [(_("Home"), reverse("home")), *steps, (here, path)]
    return structured.breadcrumb(every, context["request"].build_absolute_uri)


def _rating(article: Article) -> dict[str, Any]:
    """The average rating, where a setting wants it told and readers may rate; one statement."""
    if not settings.RATINGS_STRUCTURED_DATA:
        return {}
    summary = summary_if_rateable(article)
    rating = aggregate_rating(summary) if summary else None
    return {"aggregateRating": rating} if rating else {}


@register.simple_tag(takes_context=True)
def structured_article(context: dict[str, Any]) -> SafeString:
    """The article of the page, and the way to it."""
    article, full = context["article"], context["request"].build_absolute_uri
    names = [tag.name for tag in context["tags"]]
    described = structured.news_article(article, names, _agency(context), full)
    return json_ld(
        described | _rating(article),
        _way(context, article.title, article.get_absolute_url()),
    )


@register.simple_tag(takes_context=True)
def structured_list(context: dict[str, Any]) -> SafeString:
    """The way to a list."""
    return json_ld(_way(context, context["heading"], context["request"].path))


@register.simple_tag(takes_context=True)
def structured_home(context: dict[str, Any]) -> SafeString:
    """The agency, and its site."""
    full = context["request"].build_absolute_uri
    agency = structured.government_organization(_agency(context), full)
    kind = context["frame"].identity.get("kind") or _("Web portal")
    site = {
        "@type": "WebSite",
        "name": f"{kind} {agency['name']}",
        "url": agency["url"],
        "publisher": {"@id": agency["@id"]},
    }
    return json_ld(agency, site)
