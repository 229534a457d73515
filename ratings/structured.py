"""What search engines are told of ratings, in the words of schema.org; pure."""

from __future__ import annotations

from typing import Any

from ratings.models import SCORES, RatingSummary


def aggregate_rating(summary: RatingSummary) -> dict[str, Any] | None:
    """Describe the ratings of an article; None without any, of which nothing may be said."""
    if not summary.count:
        return None
    return {
        "@type": "AggregateRating",
        "ratingValue": summary.figures["average"],
        "ratingCount": summary.count,
        "bestRating": SCORES[-1][0],
        "worstRating": SCORES[0][0],
    }
