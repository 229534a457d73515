"""The triggers that keep the depth of categories and the listings; see news/models/listings.py."""

from django.db import migrations

DEPTH = """
CREATE FUNCTION news_category_set_depth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_id IS NULL THEN
        NEW.depth := 1;
    ELSE
        -- The parent is locked: nobody moves it while this row takes its depth from it. Articles
        -- may go on pointing to it: their foreign keys are checked at commit, when their
        -- transaction holds the lock of the listings that this one may be about to take.
        SELECT depth + 1 INTO NEW.depth FROM news_category WHERE id = NEW.parent_id
        FOR NO KEY UPDATE;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER news_category_set_depth
BEFORE INSERT OR UPDATE OF parent_id, depth ON news_category
FOR EACH ROW EXECUTE FUNCTION news_category_set_depth();

CREATE FUNCTION news_category_pass_depth_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE news_category SET parent_id = parent_id WHERE parent_id = NEW.id;
    RETURN NULL;
END $$;

CREATE TRIGGER news_category_pass_depth_on
AFTER UPDATE ON news_category
FOR EACH ROW WHEN (OLD.depth IS DISTINCT FROM NEW.depth)
EXECUTE FUNCTION news_category_pass_depth_on();
"""

RELIST = """
-- Write the listing rows of these articles anew. One publisher at a time: the counts of a month are
-- few rows that many publications share, and one lock taken first cannot end in a deadlock.
CREATE FUNCTION news_relist(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(cardinality(ids), 0) = 0 THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('news_listing'));
    DELETE FROM news_listing WHERE article_id = ANY(ids);
    INSERT INTO news_listing (category_id, article_id, published_at, expires_at)
    SELECT shelf.category_id, article.id, article.published_at, article.expires_at
    FROM news_article article
    CROSS JOIN LATERAL (
        SELECT NULL::bigint AS category_id
        UNION
        SELECT shelves.id
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
        ) shelves (id)
        WHERE shelves.id IS NOT NULL
    ) shelf
    WHERE article.id = ANY(ids) AND article.status = 'published';
END $$;

CREATE FUNCTION news_article_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM news_relist(array(SELECT id FROM added WHERE status = 'published'));
    RETURN NULL;
END $$;

CREATE TRIGGER news_article_added
AFTER INSERT ON news_article REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION news_article_added();

CREATE FUNCTION news_article_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM news_relist(array(
        SELECT now.id FROM after_change now JOIN before_change was ON was.id = now.id
        WHERE 'published' IN (was.status, now.status) AND (was.status, was.published_at, was.expires_at, was.category_id)
            IS DISTINCT FROM (now.status, now.published_at, now.expires_at, now.category_id)
    ));
    RETURN NULL;
END $$;

CREATE TRIGGER news_article_changed
AFTER UPDATE ON news_article REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
FOR EACH STATEMENT EXECUTE FUNCTION news_article_changed();

-- The rows go with the article, whatever order the other rows around it are deleted in.
CREATE FUNCTION news_article_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM news_listing WHERE article_id = OLD.id) THEN
        PERFORM pg_advisory_xact_lock(hashtext('news_listing'));
        DELETE FROM news_listing WHERE article_id = OLD.id;
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER news_article_removed
BEFORE DELETE ON news_article
FOR EACH ROW EXECUTE FUNCTION news_article_removed();

CREATE FUNCTION news_article_shelves_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM news_relist(array(
        SELECT DISTINCT article.id FROM changed
        JOIN news_article article ON article.id = article_id AND article.status = 'published'
    ));
    RETURN NULL;
END $$;

CREATE TRIGGER news_article_shelf_added
AFTER INSERT ON news_article_more_categories REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION news_article_shelves_changed();

CREATE TRIGGER news_article_shelf_removed
AFTER DELETE ON news_article_more_categories REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION news_article_shelves_changed();

-- A category that moves takes along its articles, and those of all below it.
CREATE FUNCTION news_category_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM news_relist(array(
        WITH RECURSIVE below (id) AS (
            SELECT now.id FROM after_change now JOIN before_change was ON was.id = now.id
            WHERE was.parent_id IS DISTINCT FROM now.parent_id
            UNION
            SELECT child.id FROM news_category child JOIN below ON child.parent_id = below.id
        )
        SELECT article.id FROM news_article article
        WHERE article.category_id IN (SELECT id FROM below)
        UNION
        SELECT more.article_id FROM news_article_more_categories more
        WHERE more.category_id IN (SELECT id FROM below)
    ));
    RETURN NULL;
END $$;

CREATE TRIGGER news_category_moved
AFTER UPDATE ON news_category REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
FOR EACH STATEMENT EXECUTE FUNCTION news_category_moved();
"""

COUNT = """
CREATE FUNCTION news_listing_month(moment timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN date_trunc('month', moment AT TIME ZONE 'Asia/Ho_Chi_Minh')::date;

CREATE FUNCTION news_listing_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO news_listingmonth (category_id, month, count)
    SELECT category_id, news_listing_month(published_at), count(*) FROM changed
    GROUP BY 1, 2
    ON CONFLICT (category_id, month) DO UPDATE
    SET count = news_listingmonth.count + EXCLUDED.count;
    RETURN NULL;
END $$;

CREATE TRIGGER news_listing_added
AFTER INSERT ON news_listing REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION news_listing_added();

CREATE FUNCTION news_listing_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE news_listingmonth months SET count = months.count - gone.count
    FROM (
        SELECT category_id, news_listing_month(published_at) AS month, count(*) AS count
        FROM changed GROUP BY 1, 2
    ) gone
    WHERE months.month = gone.month AND months.category_id IS NOT DISTINCT FROM gone.category_id;
    RETURN NULL;
END $$;

CREATE TRIGGER news_listing_removed
AFTER DELETE ON news_listing REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION news_listing_removed();

CREATE FUNCTION news_listing_is_not_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'news_listing is written by news_relist() only';
END $$;

CREATE TRIGGER news_listing_is_not_updated
BEFORE UPDATE ON news_listing
FOR EACH STATEMENT EXECUTE FUNCTION news_listing_is_not_updated();
"""

REMOVE = """
DROP TRIGGER news_listing_is_not_updated ON news_listing;
DROP TRIGGER news_listing_removed ON news_listing;
DROP TRIGGER news_listing_added ON news_listing;
DROP TRIGGER news_category_moved ON news_category;
DROP TRIGGER news_article_shelf_removed ON news_article_more_categories;
DROP TRIGGER news_article_shelf_added ON news_article_more_categories;
DROP TRIGGER news_article_removed ON news_article;
DROP TRIGGER news_article_changed ON news_article;
DROP TRIGGER news_article_added ON news_article;
DROP TRIGGER news_category_pass_depth_on ON news_category;
DROP TRIGGER news_category_set_depth ON news_category;
DROP FUNCTION news_listing_is_not_updated();
DROP FUNCTION news_listing_removed();
DROP FUNCTION news_listing_added();
DROP FUNCTION news_listing_month(timestamptz);
DROP FUNCTION news_category_moved();
DROP FUNCTION news_article_shelves_changed();
DROP FUNCTION news_article_removed();
DROP FUNCTION news_article_changed();
DROP FUNCTION news_article_added();
DROP FUNCTION news_relist(bigint[]);
DROP FUNCTION news_category_pass_depth_on();
DROP FUNCTION news_category_set_depth();
"""


class Migration(migrations.Migration):
    dependencies = [("news", "0002_relations")]
    operations = [migrations.RunSQL(DEPTH + RELIST + COUNT, REMOVE)]
