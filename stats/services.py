"""Set the opening balances: what an earlier site had counted."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from news.models import Article
from news.transactions import retry_on_deadlock
from stats.models import ArticleViews, OpeningBalance

# Well below the largest bigint, so that counting can go on.
MAX_FIGURE = 10**15


@retry_on_deadlock
def set_opening_balance(*, figure: int, since: date | None = None) -> OpeningBalance:
    """Take over the number of visits of an earlier site.

    Args:
        figure: its visits in all, 0 or more.
        since: the first day that is added to the figure; default: as it is, at first today. Earlier
            daily totals are history that the figure includes.

    Raises:
        ValueError: the figure is negative or beyond all reason.
    """
    _check_figure(figure)
    current = OpeningBalance.objects.first()
    since = since or (current.since if current else timezone.localdate())
    row, _ = OpeningBalance.objects.update_or_create(
        id=1, defaults={"figure": figure, "since": since}
    )
    return row


@retry_on_deadlock
def set_article_opening_balance(*, article: Article, figure: int) -> ArticleViews:
    """Take over the views of one article; what was counted here is added to them.

    Raises:
        ValueError: the figure is negative or beyond all reason.
    """
    _check_figure(figure)
    # Only this column: the counter adds to the other at the same time.
    row, _ = ArticleViews.objects.update_or_create(
        article=article, defaults={"opening_balance": figure}
    )
    return row


def _check_figure(figure: int) -> None:
    if not 0 <= figure <= MAX_FIGURE:
        raise ValueError(f"not a number of visits: {figure}")
