"""What must be true of the tables whatever was done to them, in plain SQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection

from news.models import Attachment, Image
from news.renditions import MasterName
from portal.models import Song

# Statements that select what is wrong: no rows, no fault.
STATEMENTS = {
    "a published article stands in its categories and all above, and nothing else does": """
        WITH RECURSIVE filed (article_id, category_id) AS (
            SELECT id, category_id FROM news_article
            UNION SELECT article_id, category_id FROM news_article_more_categories
            UNION SELECT filed.article_id, category.parent_id
            FROM filed JOIN news_category category ON category.id = filed.category_id
            WHERE category.parent_id IS NOT NULL
        ), due AS (
            SELECT article.id AS article_id, place.category_id,
                article.published_at, article.expires_at
            FROM news_article article JOIN (
                SELECT article_id, category_id FROM filed
                UNION SELECT id, NULL FROM news_article
            ) place ON place.article_id = article.id
            WHERE article.status = 'published'
        ), kept AS (SELECT article_id, category_id, published_at, expires_at FROM news_listing)
        (TABLE due EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE due)
    """,
    "the counts of a month are those of its listings": """
        SELECT coalesce(counted.category_id, kept.category_id), counted.count, kept.count FROM (
            SELECT category_id, count(*),
                date_trunc('month', published_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS month
            FROM news_listing GROUP BY 1, 3
        ) counted FULL JOIN (SELECT * FROM news_listingmonth WHERE count <> 0) kept
        ON counted.month = kept.month AND counted.category_id IS NOT DISTINCT FROM kept.category_id
        WHERE counted.count IS DISTINCT FROM kept.count
    """,
    "the search has an entry for what is listed and for its files, with its dates and words": """
        WITH due AS (
            SELECT article.id AS article_id, NULL::bigint AS attachment_id,
                listing.published_at, listing.expires_at, news_search_words(article.title) AS title
            FROM news_listing listing JOIN news_article article ON article.id = listing.article_id
            WHERE listing.category_id IS NULL
            UNION ALL
            SELECT listing.article_id, attachment.id, listing.published_at, listing.expires_at, ''
            FROM news_listing listing
            JOIN news_attachment attachment USING (article_id) WHERE listing.category_id IS NULL
        ), kept AS (
            SELECT article_id, attachment_id, published_at, expires_at, title FROM news_searchentry
        )
        (TABLE due EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE due)
    """,
    "an entry of the search names the categories of its listings": """
        SELECT entry.id, entry.labels FROM news_searchentry entry JOIN (
            SELECT article_id, published_at,
                coalesce(array_agg(category_id ORDER BY category_id)
                    FILTER (WHERE category_id IS NOT NULL), '{}') AS categories
            FROM news_listing GROUP BY 1, 2
        ) listed USING (article_id)
        WHERE entry.labels <> news_search_labels(listed.published_at, listed.categories)
    """,
    "the depth of a category is one more than that of its parent, and three at most": """
        SELECT child.id, child.depth FROM news_category child
        LEFT JOIN news_category parent ON parent.id = child.parent_id
        WHERE child.depth <> coalesce(parent.depth, 0) + 1 OR child.depth > 3
    """,
    "the dates of an article fit its status": """
        SELECT id, status, published_at, first_published_at, withdrawn_at FROM news_article
        WHERE (status IN ('published', 'withdrawn', 'unpublished')
                AND (published_at IS NULL OR first_published_at IS NULL))
            OR (status IN ('withdrawn', 'unpublished') AND status_reason = '')
            OR (withdrawn_at IS NOT NULL AND status <> 'withdrawn')
            OR redirect_to_id = id OR expires_at <= published_at
    """,
    "the summary of an article's ratings is that of its ratings": """
        SELECT article_id, summary.count, counted.count FROM (
            SELECT article_id, count(*), sum(score) AS total FROM ratings_rating GROUP BY 1
        ) counted FULL JOIN (SELECT * FROM ratings_ratingsummary WHERE count <> 0) summary
        USING (article_id)
        WHERE (counted.count, counted.total)
            IS DISTINCT FROM (summary.count::bigint, summary.total::bigint)
    """,
    "the replies of a thread are those that were approved": """
        SELECT thread.id, thread.reply_count, count(reply.id) FROM comments_comment thread
        LEFT JOIN comments_comment reply
        ON reply.parent_id = thread.id AND reply.status = 'approved'
        WHERE thread.parent_id IS NULL
        GROUP BY thread.id HAVING thread.reply_count <> count(reply.id)
    """,
    "the tally of an article counts what readers see": """
        SELECT article_id, kept.threads, due.threads, kept.approved, due.approved FROM (
            SELECT thread.article_id, count(*) AS threads,
                sum((thread.status = 'approved')::integer + (
                    SELECT count(*) FROM comments_comment reply
                    WHERE reply.parent_id = thread.id AND reply.status = 'approved'
                )) AS approved
            FROM comments_comment thread
            WHERE thread.parent_id IS NULL AND thread.is_shown GROUP BY 1
        ) due FULL JOIN (SELECT * FROM comments_commenttally WHERE threads <> 0) kept
        USING (article_id)
        WHERE (kept.threads::bigint, kept.approved::bigint)
            IS DISTINCT FROM (due.threads, due.approved::bigint)
    """,
    "a comment that was decided has its last decision": """
        SELECT comment.id, comment.status, last.to_status FROM comments_comment comment
        JOIN LATERAL (
            SELECT to_status FROM comments_decision WHERE comment_id = comment.id
            ORDER BY id DESC LIMIT 1
        ) last ON true WHERE last.to_status <> comment.status
    """,
    "nothing is kept of the sender of an erased comment": """
        SELECT id FROM comments_comment
        WHERE erased_at IS NOT NULL AND (text, name, email) <> ('', '', '')
    """,
    "the views of an article are those of its days": """
        SELECT article_id, kept.views, days.views FROM stats_articleviews kept
        FULL JOIN (
            SELECT article_id, sum(views)::bigint AS views FROM stats_dailyarticleviews GROUP BY 1
        ) days USING (article_id)
        WHERE coalesce(kept.views, 0) <> coalesce(days.views, 0)
    """,
    "no redirect leads to the old path of another one": """
        SELECT redirect.path, redirect.address FROM portal_redirect redirect
        JOIN portal_redirect other ON redirect.address IN (other.path, other.path || '/')
    """,
    "a tag has one row": """
        SELECT key FROM news_tag GROUP BY key HAVING count(*) > 1
    """,
}


def broken_invariants(page_views: int | None = None) -> Iterator[str]:
    """Yield a sentence for each rule that does not hold, with the first rows that break it.

    Args:
        page_views: how many have been counted in all; None: not known.
    """
    with connection.cursor() as cursor:
        for rule, statement in STATEMENTS.items():
            cursor.execute(statement)
            if rows := cursor.fetchall():
                yield f"{rule}: {len(rows)} rows differ, such as {rows[:3]}"
        cursor.execute("SELECT coalesce(sum(page_views + bot_page_views), 0) FROM stats_dailytotal")
        (written,) = cursor.fetchone()
        if page_views is not None and written != page_views:
            yield f"{page_views} page views were counted, {written} are in the daily totals"
    if missing := sorted(name for name in _named_files() if not default_storage.exists(name)):
        yield f"{len(missing)} rows have lost their file, such as {missing[:3]}"


def _named_files() -> set[str]:
    named = {row.file.name for row in (*Attachment.objects.all(), *Song.objects.exclude(file=""))}
    for image in Image.objects.all():
        master = MasterName.parse(image.file.name)
        named.add(image.file.name)
        named |= {copy.path for copy in master.renditions()} if master else set()
    return named


def files_without_a_row() -> int:
    """How many files are left of forms that were refused after their files had been stored.

    The same upload finds its file again (`news.stored_files.delete_orphaned_file`).
    """
    files = (path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
    return len({str(path.relative_to(settings.MEDIA_ROOT)) for path in files} - _named_files())
