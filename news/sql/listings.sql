-- The listings: which published article stands in the list of which category (docs/adr/0003).

-- Whether these dates let lists show an article at the moment `at`; `is_shown` in
-- news/models/articles.py is the same in Python. Not STRICT: so the planner writes the condition into
-- the statement, and finds the indexes.
CREATE OR REPLACE FUNCTION news_is_shown(
    published_at timestamptz, expires_at timestamptz, at timestamptz
) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN published_at <= at AND (expires_at IS NULL OR expires_at > at);

-- Write the listing rows of these articles anew: one for the site, and one for each category the
-- article is filed under and for each category above it. What is published is `status = 'published'`;
-- the dates are copied, and compared when a list is read.
-- One publisher at a time: the counts of a month are few rows that many publications share, and one
-- lock taken first cannot end in a deadlock.
CREATE OR REPLACE FUNCTION news_relist(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(cardinality(ids), 0) = 0 THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('news_listing'));
    DELETE FROM news_listing WHERE article_id = ANY(ids);
    INSERT INTO news_listing (category_id, article_id, published_at, expires_at)
    SELECT place.category_id, article.id, article.published_at, article.expires_at
    FROM news_article article
    CROSS JOIN LATERAL (
        SELECT NULL::bigint AS category_id
        UNION
        SELECT listed.id
        FROM (
            SELECT article.category_id AS id
            UNION
            SELECT more.category_id FROM news_article_more_categories more
            WHERE more.article_id = article.id
        ) own
        JOIN news_category lowest ON lowest.id = own.id
        LEFT JOIN news_category middle ON middle.id = lowest.parent_id
        CROSS JOIN LATERAL (
            VALUES (lowest.id), (middle.id), (middle.parent_id)
        ) listed (id)
        WHERE listed.id IS NOT NULL
    ) place
    WHERE article.id = ANY(ids) AND article.status = 'published';
END $$;

-- The month, in Vietnamese time, under which a listing row is counted; its first day.
CREATE OR REPLACE FUNCTION news_listing_month(moment timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN date_trunc('month', moment AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;
