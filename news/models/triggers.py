"""The triggers of this app, by table; docs/database.md says what each of them keeps true.

PostgreSQL runs the triggers of one event in the order of their names.
"""

from __future__ import annotations

from pgtrigger import (
    After,
    Before,
    Condition,
    Delete,
    Insert,
    Operation,
    Operations,
    Referencing,
    Row,
    Statement,
    Trigger,
    Update,
    UpdateOf,
)


def _locks_listings(table: str, operation: Operations | Operation) -> Trigger:
    """Take the lock of the listings before a statement locks its first row.

    The triggers that list and index take it at the end of the statement. By then another
    transaction, which has the lock, could wait for one of these rows.
    """
    return Trigger(
        name=f"{table}_locks_listings_first",
        when=Before,
        operation=operation,
        level=Statement,
        func="PERFORM pg_advisory_xact_lock(hashtext('news_listing')); RETURN NULL;",
    )


CATEGORY = [
    _locks_listings("category", Insert | Update | Delete),
    Trigger(
        name="category_depth_follows_parent",
        when=Before,
        operation=Insert | UpdateOf("parent_id", "depth"),
        level=Row,
        # The parent is locked so that it stays where it is until this row has its depth. Rows may
        # go on pointing to it.
        func="""
            IF NEW.parent_id IS NULL THEN
                NEW.depth := 1;
            ELSE
                SELECT depth + 1 INTO NEW.depth FROM news_category WHERE id = NEW.parent_id
                FOR NO KEY UPDATE;
            END IF;
            RETURN NEW;
        """,
    ),
    Trigger(
        name="category_depth_reaches_children",
        when=After,
        operation=Update,
        level=Row,
        condition=Condition("OLD.depth IS DISTINCT FROM NEW.depth"),
        func="""
            UPDATE news_category SET parent_id = parent_id WHERE parent_id = NEW.id;
            RETURN NULL;
        """,
    ),
    # A category that moves takes along its articles, and those of all below it.
    Trigger(
        name="category_moved_is_relisted",
        when=After,
        operation=Update,
        level=Statement,
        referencing=Referencing(old="before_change", new="after_change"),
        func="""
            PERFORM news_relist(array(
                WITH RECURSIVE below (id) AS (
                    SELECT now.id FROM after_change now JOIN before_change was ON was.id = now.id
                    WHERE was.parent_id IS DISTINCT FROM now.parent_id
                    UNION
                    SELECT child.id FROM news_category child
                    JOIN below ON child.parent_id = below.id
                )
                SELECT article.id FROM news_article article
                WHERE article.category_id IN (SELECT id FROM below)
                UNION
                SELECT more.article_id FROM news_article_more_categories more
                WHERE more.category_id IN (SELECT id FROM below)
            ));
            RETURN NULL;
        """,
    ),
]

ARTICLE = [
    # A row that is changed is locked before the listings are, a row that is deleted after them:
    # foreign keys that are checked at a commit wait for a deletion alone.
    _locks_listings("article", Delete),
    Trigger(
        name="article_added_is_listed",
        when=After,
        operation=Insert,
        level=Statement,
        referencing=Referencing(new="added"),
        func="""
            PERFORM news_relist(array(SELECT id FROM added WHERE status = 'published'));
            RETURN NULL;
        """,
    ),
    Trigger(
        name="article_changed_is_relisted",
        when=After,
        operation=Update,
        level=Statement,
        referencing=Referencing(old="before_change", new="after_change"),
        func="""
            PERFORM news_relist(array(
                SELECT now.id FROM after_change now JOIN before_change was ON was.id = now.id
                WHERE 'published' IN (was.status, now.status)
                AND (was.status, was.published_at, was.expires_at, was.category_id)
                    IS DISTINCT FROM (now.status, now.published_at, now.expires_at, now.category_id)
            ));
            RETURN NULL;
        """,
    ),
    # The rows go with the article, whatever order the other rows around it are deleted in.
    Trigger(
        name="article_removed_is_unlisted",
        when=Before,
        operation=Delete,
        level=Row,
        func="""
            DELETE FROM news_listing WHERE article_id = OLD.id;
            RETURN OLD;
        """,
    ),
    Trigger(
        name="article_text_changed_is_indexed",
        when=After,
        operation=Update,
        level=Statement,
        referencing=Referencing(old="before_change", new="after_change"),
        func="""
            PERFORM news_search_index(array(
                SELECT now.id FROM after_change now JOIN before_change was ON was.id = now.id
                WHERE now.status = 'published'
                AND (was.title, was.summary, was.body)
                    IS DISTINCT FROM (now.title, now.summary, now.body)
            ));
            RETURN NULL;
        """,
    ),
]

_RELIST_ARTICLES_OF_CHANGED_ROWS = """
            PERFORM news_relist(array(
                SELECT DISTINCT article.id FROM changed JOIN news_article article
                ON article.id = changed.article_id AND article.status = 'published'
            ));
            RETURN NULL;
        """
MORE_CATEGORIES = [
    _locks_listings("more_categories", Insert | Delete),
    Trigger(
        name="more_category_added_is_listed",
        when=After,
        operation=Insert,
        level=Statement,
        referencing=Referencing(new="changed"),
        func=_RELIST_ARTICLES_OF_CHANGED_ROWS,
    ),
    Trigger(
        name="more_category_removed_is_unlisted",
        when=After,
        operation=Delete,
        level=Statement,
        referencing=Referencing(old="changed"),
        func=_RELIST_ARTICLES_OF_CHANGED_ROWS,
    ),
]

LISTING = [
    # For the rows that Django deletes before an article or a category.
    _locks_listings("listing", Delete),
    Trigger(
        name="listing_added_is_counted",
        when=After,
        operation=Insert,
        level=Statement,
        referencing=Referencing(new="added"),
        func="""
            INSERT INTO news_listingmonth (category_id, month, count)
            SELECT category_id, news_listing_month(published_at), count(*) FROM added
            GROUP BY 1, 2
            ON CONFLICT (category_id, month) DO UPDATE
            SET count = news_listingmonth.count + EXCLUDED.count;
            RETURN NULL;
        """,
    ),
    Trigger(
        name="listing_removed_is_counted",
        when=After,
        operation=Delete,
        level=Statement,
        referencing=Referencing(old="removed"),
        func="""
            UPDATE news_listingmonth months SET count = months.count - gone.count
            FROM (
                SELECT category_id, news_listing_month(published_at) AS month, count(*) AS count
                FROM removed GROUP BY 1, 2
            ) gone
            WHERE months.month = gone.month
            AND months.category_id IS NOT DISTINCT FROM gone.category_id;
            RETURN NULL;
        """,
    ),
    Trigger(
        name="listing_is_never_updated",
        when=Before,
        operation=Update,
        level=Statement,
        func="RAISE EXCEPTION 'rows of news_listing are never updated';",
    ),
    # The listings follow every change of state, time and category; so the entries of the search
    # follow the listings.
    Trigger(
        name="listing_added_is_indexed",
        when=After,
        operation=Insert,
        level=Statement,
        referencing=Referencing(new="added"),
        func="""
            PERFORM news_search_index(array(SELECT DISTINCT article_id FROM added));
            RETURN NULL;
        """,
    ),
    Trigger(
        name="listing_removed_leaves_index",
        when=After,
        operation=Delete,
        level=Statement,
        referencing=Referencing(old="removed"),
        func="""
            DELETE FROM news_searchentry WHERE article_id IN (SELECT article_id FROM removed);
            RETURN NULL;
        """,
    ),
]

_INDEX_ARTICLES_OF_CHANGED_FILES = """
            PERFORM news_search_index(array(SELECT DISTINCT article_id FROM changed));
            RETURN NULL;
        """
ATTACHMENT = [
    _locks_listings("attachment", Insert | Update | Delete),
    Trigger(
        name="attachment_added_is_indexed",
        when=After,
        operation=Insert,
        level=Statement,
        referencing=Referencing(new="changed"),
        func=_INDEX_ARTICLES_OF_CHANGED_FILES,
    ),
    Trigger(
        name="attachment_changed_is_indexed",
        when=After,
        operation=Update,
        level=Statement,
        referencing=Referencing(new="changed"),
        func=_INDEX_ARTICLES_OF_CHANGED_FILES,
    ),
    # The entry of a file goes with it, whatever order the rows around it are deleted in.
    Trigger(
        name="attachment_removed_leaves_index",
        when=Before,
        operation=Delete,
        level=Row,
        func="""
            DELETE FROM news_searchentry WHERE attachment_id = OLD.id;
            DELETE FROM news_attachmenttext WHERE attachment_id = OLD.id;
            RETURN OLD;
        """,
    ),
]

_INDEX_ARTICLES_OF_CHANGED_TEXTS = """
            PERFORM news_search_index(array(
                SELECT DISTINCT article_id FROM changed
                JOIN news_attachment attachment ON attachment.id = changed.attachment_id
            ));
            RETURN NULL;
        """
ATTACHMENT_TEXT = [
    _locks_listings("attachment_text", Insert | Update),
    Trigger(
        name="attachment_text_added_is_indexed",
        when=After,
        operation=Insert,
        level=Statement,
        referencing=Referencing(new="changed"),
        func=_INDEX_ARTICLES_OF_CHANGED_TEXTS,
    ),
    Trigger(
        name="attachment_text_changed_is_indexed",
        when=After,
        operation=Update,
        level=Statement,
        referencing=Referencing(new="changed"),
        func=_INDEX_ARTICLES_OF_CHANGED_TEXTS,
    ),
]

SEARCH_ENTRY = [
    # For the rows that Django deletes before an article or a file.
    _locks_listings("search_entry", Delete),
]
