"""Ratings as structured data for search engines (https://schema.org/AggregateRating)."""

from __future__ import annotations

from ratings.models import SCORES, RatingSummary


def aggregate_rating(summary: RatingSummary) -> dict[str, object] | None:
    """The aggregate rating of an article; None without ratings, as search engines demand."""
    if not summary.count:
        return None
    return {
        "@type": "AggregateRating",
        "ratingValue": summary.figures["average"],
        "ratingCount": summary.count,
        "bestRating": SCORES[-1][0],
        "worstRating": SCORES[0][0],
    }
