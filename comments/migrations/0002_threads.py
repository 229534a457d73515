"""What holds replies in their place, and the triggers that count; see comments/models/comments.py."""

from django.db import migrations

PLACE = """
-- A reply answers a comment of the same article that is no reply itself. Deferred as Django's own
-- foreign keys are: whole threads are deleted row by row.
ALTER TABLE comments_comment
ADD CONSTRAINT comments_comment_answers_a_comment_of_its_article
FOREIGN KEY (parent_id, article_id, parent_level)
REFERENCES comments_comment (id, article_id, level)
DEFERRABLE INITIALLY DEFERRED;
"""

COUNT = """
-- Locks run from the reply to its thread to the tally, always in this order.
CREATE FUNCTION comments_count(comment comments_comment, by integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF comment.parent_id IS NOT NULL THEN
        UPDATE comments_comment SET reply_count = reply_count + by WHERE id = comment.parent_id;
    ELSIF by > 0 THEN
        INSERT INTO comments_commenttally (article_id, approved, threads)
        VALUES (comment.article_id, 1 + comment.reply_count, 1)
        ON CONFLICT (article_id) DO UPDATE
        SET approved = comments_commenttally.approved + EXCLUDED.approved,
            threads = comments_commenttally.threads + 1;
    ELSE
        UPDATE comments_commenttally
        SET approved = approved - 1 - comment.reply_count, threads = threads - 1
        WHERE article_id = comment.article_id;
    END IF;
END $$;

CREATE FUNCTION comments_comment_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM comments_count(NEW, 1);
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM comments_count(OLD, -1);
    ELSIF OLD.status <> 'approved' THEN
        PERFORM comments_count(NEW, 1);
    ELSE
        PERFORM comments_count(OLD, -1);
    END IF;
    RETURN NULL;
END $$;

-- A new comment that waits, as nearly all do, costs nothing here.
CREATE TRIGGER comments_comment_added AFTER INSERT ON comments_comment
FOR EACH ROW WHEN (NEW.status = 'approved') EXECUTE FUNCTION comments_comment_counted();

CREATE TRIGGER comments_comment_decided AFTER UPDATE ON comments_comment
FOR EACH ROW WHEN ((OLD.status = 'approved') <> (NEW.status = 'approved'))
EXECUTE FUNCTION comments_comment_counted();

CREATE TRIGGER comments_comment_deleted AFTER DELETE ON comments_comment
FOR EACH ROW WHEN (OLD.status = 'approved') EXECUTE FUNCTION comments_comment_counted();

CREATE FUNCTION comments_comment_replies_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE comments_commenttally
    SET approved = approved + NEW.reply_count - OLD.reply_count
    WHERE article_id = NEW.article_id;
    RETURN NULL;
END $$;

CREATE TRIGGER comments_comment_replies_counted AFTER UPDATE ON comments_comment
FOR EACH ROW
WHEN (NEW.reply_count <> OLD.reply_count AND OLD.status = 'approved' AND NEW.status = 'approved')
EXECUTE FUNCTION comments_comment_replies_counted();

-- A comment stays below its article and in its thread: the counts rest on it.
CREATE FUNCTION comments_comment_does_not_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a comment stays where it was sent' USING ERRCODE = 'check_violation',
        CONSTRAINT = 'comments_comment_does_not_move';
END $$;

CREATE TRIGGER comments_comment_does_not_move BEFORE UPDATE ON comments_comment
FOR EACH ROW
WHEN ((NEW.id, NEW.article_id) <> (OLD.id, OLD.article_id)
    OR NEW.parent_id IS DISTINCT FROM OLD.parent_id)
EXECUTE FUNCTION comments_comment_does_not_move();
"""

REMOVE = """
DROP TRIGGER comments_comment_does_not_move ON comments_comment;
DROP TRIGGER comments_comment_replies_counted ON comments_comment;
DROP TRIGGER comments_comment_deleted ON comments_comment;
DROP TRIGGER comments_comment_decided ON comments_comment;
DROP TRIGGER comments_comment_added ON comments_comment;
DROP FUNCTION comments_comment_does_not_move();
DROP FUNCTION comments_comment_replies_counted();
DROP FUNCTION comments_comment_counted();
DROP FUNCTION comments_count(comments_comment, integer);
ALTER TABLE comments_comment DROP CONSTRAINT comments_comment_answers_a_comment_of_its_article;
"""


class Migration(migrations.Migration):
    dependencies = [("comments", "0001_initial")]
    operations = [migrations.RunSQL(PLACE + COUNT, REMOVE)]
