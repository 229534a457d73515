"""The triggers that keep the summaries of ratings; docs/database.md says what each keeps true.

Each of them locks the summaries in the order of the articles, so that two statements cannot
deadlock.
"""

from __future__ import annotations

from pgtrigger import After, Delete, Insert, Referencing, Statement, Trigger, Truncate, Update

RATING = [
    Trigger(
        name="rating_added_is_summarised",
        when=After,
        operation=Insert,
        level=Statement,
        referencing=Referencing(new="added"),
        func="""
            INSERT INTO ratings_ratingsummary AS summary
                (article_id, count, total, stars_1, stars_2, stars_3, stars_4, stars_5)
            SELECT article_id, count(*), sum(score),
                count(*) FILTER (WHERE score = 1),
                count(*) FILTER (WHERE score = 2),
                count(*) FILTER (WHERE score = 3),
                count(*) FILTER (WHERE score = 4),
                count(*) FILTER (WHERE score = 5)
            FROM added GROUP BY article_id ORDER BY article_id
            ON CONFLICT (article_id) DO UPDATE SET
                count = summary.count + EXCLUDED.count,
                total = summary.total + EXCLUDED.total,
                stars_1 = summary.stars_1 + EXCLUDED.stars_1,
                stars_2 = summary.stars_2 + EXCLUDED.stars_2,
                stars_3 = summary.stars_3 + EXCLUDED.stars_3,
                stars_4 = summary.stars_4 + EXCLUDED.stars_4,
                stars_5 = summary.stars_5 + EXCLUDED.stars_5;
            RETURN NULL;
        """,
    ),
    Trigger(
        name="rating_removed_is_summarised",
        when=After,
        operation=Delete,
        level=Statement,
        referencing=Referencing(old="removed"),
        func="""
            PERFORM FROM ratings_ratingsummary
            WHERE article_id IN (SELECT article_id FROM removed) ORDER BY article_id FOR UPDATE;
            UPDATE ratings_ratingsummary summary SET
                count = summary.count - gone.count,
                total = summary.total - gone.total,
                stars_1 = summary.stars_1 - gone.stars_1,
                stars_2 = summary.stars_2 - gone.stars_2,
                stars_3 = summary.stars_3 - gone.stars_3,
                stars_4 = summary.stars_4 - gone.stars_4,
                stars_5 = summary.stars_5 - gone.stars_5
            FROM (
                SELECT article_id, count(*) AS count, sum(score) AS total,
                    count(*) FILTER (WHERE score = 1) AS stars_1,
                    count(*) FILTER (WHERE score = 2) AS stars_2,
                    count(*) FILTER (WHERE score = 3) AS stars_3,
                    count(*) FILTER (WHERE score = 4) AS stars_4,
                    count(*) FILTER (WHERE score = 5) AS stars_5
                FROM removed GROUP BY article_id
            ) gone
            WHERE summary.article_id = gone.article_id;
            RETURN NULL;
        """,
    ),
    Trigger(
        name="rating_changed_is_summarised",
        when=After,
        operation=Update,
        level=Statement,
        referencing=Referencing(old="before_change", new="after_change"),
        func="""
            -- A rating that moves to an article without any.
            INSERT INTO ratings_ratingsummary
                (article_id, count, total, stars_1, stars_2, stars_3, stars_4, stars_5)
            SELECT DISTINCT now.article_id, 0, 0, 0, 0, 0, 0, 0
            FROM after_change now JOIN before_change was USING (id)
            WHERE was.article_id <> now.article_id ORDER BY 1
            ON CONFLICT DO NOTHING;
            PERFORM FROM ratings_ratingsummary WHERE article_id IN (
                SELECT article_id FROM before_change UNION SELECT article_id FROM after_change
            ) ORDER BY article_id FOR UPDATE;
            UPDATE ratings_ratingsummary summary SET
                count = summary.count + change.count,
                total = summary.total + change.total,
                stars_1 = summary.stars_1 + change.stars_1,
                stars_2 = summary.stars_2 + change.stars_2,
                stars_3 = summary.stars_3 + change.stars_3,
                stars_4 = summary.stars_4 + change.stars_4,
                stars_5 = summary.stars_5 + change.stars_5
            FROM (
                SELECT article_id, sum(n) AS count, sum(n * score) AS total,
                    coalesce(sum(n) FILTER (WHERE score = 1), 0) AS stars_1,
                    coalesce(sum(n) FILTER (WHERE score = 2), 0) AS stars_2,
                    coalesce(sum(n) FILTER (WHERE score = 3), 0) AS stars_3,
                    coalesce(sum(n) FILTER (WHERE score = 4), 0) AS stars_4,
                    coalesce(sum(n) FILTER (WHERE score = 5), 0) AS stars_5
                FROM (
                    SELECT article_id, score, 1 AS n FROM after_change
                    UNION ALL
                    SELECT article_id, score, -1 FROM before_change
                ) both_of_them GROUP BY article_id
            ) change
            WHERE summary.article_id = change.article_id
            AND (change.stars_1, change.stars_2, change.stars_3, change.stars_4, change.stars_5)
                <> (0, 0, 0, 0, 0);
            RETURN NULL;
        """,
    ),
    Trigger(
        name="ratings_emptied_empty_the_summaries",
        when=After,
        operation=Truncate,
        level=Statement,
        func="""
            DELETE FROM ratings_ratingsummary;
            RETURN NULL;
        """,
    ),
]
