"""Structured data of a page for search engines (schema.org), with the agency as publisher."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from news import structured
from news.models import Article
from news.templatetags.news_tags import json_ld
from ratings.reading import summary_if_rateable
from ratings.structured import aggregate_rating

register = template.Library()


def _agency(context: Context) -> structured.Agency:
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


def _breadcrumb(context: Context, title: str, path: str) -> dict[str, object]:
    """The breadcrumb of the page, which ends with the page itself."""
    steps = [(step.label, step.get_absolute_url()) for step in context.get("breadcrumb") or []]
    links = [(_("Home"), reverse("home")), *steps, (title, path)]
    return structured.breadcrumb(links, context["request"].build_absolute_uri)


def _rating(article: Article) -> dict[str, object]:
    """The average rating, if the setting is on and readers may rate the article; one statement."""
    if not settings.RATINGS_STRUCTURED_DATA:
        return {}
    summary = summary_if_rateable(article)
    rating = aggregate_rating(summary) if summary else None
    return {"aggregateRating": rating} if rating else {}


@register.simple_tag(takes_context=True)
def structured_article(context: Context) -> SafeString:
    """The article of the page, and its breadcrumb."""
    article, full = context["article"], context["request"].build_absolute_uri
    names = [tag.name for tag in context["tags"]]
    described = structured.news_article(article, names, _agency(context), full)
    return json_ld(
        described | _rating(article),
        _breadcrumb(context, article.title, article.get_absolute_url()),
    )


@register.simple_tag(takes_context=True)
def structured_list(context: Context) -> SafeString:
    """The breadcrumb of a list."""
    return json_ld(_breadcrumb(context, context["heading"], context["request"].path))


@register.simple_tag(takes_context=True)
def structured_home(context: Context) -> SafeString:
    """The agency and its website."""
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
