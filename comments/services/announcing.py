"""After commit, tell whoever keeps pages that readers see something else now."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from comments.models import Comment
from comments.signals import comments_changed


def announce_change(*article_ids: int) -> None:
    """Send `comments_changed` once the transaction is committed; no ids mean all articles.

    For switches and rules too, whoever saves them.
    """
    transaction.on_commit(
        partial(comments_changed.send_robust, sender=Comment, article_ids=set(article_ids))
    )
