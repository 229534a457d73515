"""Figures of the demo site: how articles were rated, and how often they were read."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from news.models import Article
from ratings.services import rate_article
from stats.models import ArticleViews, DailyArticleViews, DailyTotal, HourlyArticleViews
from stats.services import set_opening_balance


def load_ratings(articles: list[Article]) -> None:
    """Ratings as readers would give them: of some articles none, of some one, of a few many."""
    chance = random.Random(7)  # noqa: S311 – a demo is the same each time
    now = timezone.now()
    for number, article in enumerate(articles):
        given = (0, 1, 9, 4, 14, 3, 6)[number % 7] if number != 4 else 46
        liked = chance.choice([(1, 1, 2, 6, 9), (0, 1, 3, 5, 4), (4, 3, 3, 1, 1), (0, 0, 1, 4, 9)])
        begun = article.published_at or now
        for _rater in range(given):
            rate_article(
                article=article,
                rater=UUID(int=chance.getrandbits(128)),
                score=chance.choices(range(1, 6), liked)[0],
                at=min(begun + timedelta(hours=chance.expovariate(1 / 40)), now),
            )


def load_visits(articles: list[Article]) -> None:
    """Two years of figures as an earlier counter left them, and what was read in the last weeks."""
    chance = random.Random(11)  # noqa: S311 – a demo is the same each time
    now = timezone.now()
    today = timezone.localdate(now)
    set_opening_balance(figure=3_750_188, since=today)
    _load_days(today, chance)
    _load_views(articles, now, chance)


def _load_days(today: date, chance: random.Random) -> None:
    days = []
    for ago in range(1, 731):
        day = today - timedelta(days=ago)
        # Fewer on Saturdays and Sundays, more as the years go on.
        usual = (2_600 - ago) * (0.6 if day.weekday() >= 5 else 1)
        visits, bots = round(usual * chance.uniform(0.8, 1.2)), round(chance.uniform(300, 900))
        days.append(
            DailyTotal(
                day=day,
                visits=visits,
                page_views=round(visits * chance.uniform(2.1, 2.9)),
                bot_visits=bots,
                bot_page_views=round(bots * chance.uniform(1.5, 4)),
            )
        )
    DailyTotal.objects.bulk_create(days)


def _load_views(articles: list[Article], now: datetime, chance: random.Random) -> None:
    today = timezone.localdate(now)
    views: list[DailyArticleViews] = []
    hours: list[HourlyArticleViews] = []
    totals = []
    hour = now.replace(minute=0, second=0, microsecond=0)
    for article in articles:
        popularity = chance.paretovariate(1.2) * 8
        age = max((today - timezone.localdate(article.published_at)).days, 1)
        own = [
            DailyArticleViews(
                article=article,
                day=today - timedelta(days=ago),
                views=round(popularity * chance.uniform(0.3, 1.7)),
                bot_views=chance.randint(0, 6),
            )
            for ago in range(1, min(age, 60))
        ]
        views += own
        if age > 1 and (lately := round(popularity * chance.uniform(0.3, 1))):
            hours.append(
                HourlyArticleViews(article=article, hour=hour - timedelta(hours=2), views=lately)
            )
        totals.append(ArticleViews(article=article, views=sum(row.views for row in own)))
    DailyArticleViews.objects.bulk_create(views)
    HourlyArticleViews.objects.bulk_create(hours)
    ArticleViews.objects.bulk_create(totals)
