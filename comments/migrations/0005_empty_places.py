"""Replies stay where their thread was taken back; see `Comment.is_shown`.

The triggers of migration 0002 count anew: a thread, and the words in it.
"""

from django.db import migrations, models
from django.db.models import Case, Q, When

SHOWN = """
-- Locks run from the reply to its thread to the tally, always in this order.
CREATE OR REPLACE FUNCTION comments_comment_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place comments_comment;
    approvals integer := 0;
    words integer := 0;
    places integer := 0;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        place := NEW;
        approvals := (NEW.status = 'approved')::integer;
        places := NEW.is_shown::integer;
        words := places * (approvals + NEW.reply_count);
    END IF;
    IF TG_OP <> 'INSERT' THEN
        place := OLD;
        approvals := approvals - (OLD.status = 'approved')::integer;
        places := places - OLD.is_shown::integer;
        words := words - OLD.is_shown::integer
            * ((OLD.status = 'approved')::integer + OLD.reply_count);
    END IF;
    IF place.parent_id IS NOT NULL THEN
        UPDATE comments_comment SET reply_count = reply_count + approvals
        WHERE id = place.parent_id AND approvals <> 0;
    ELSIF places > 0 THEN
        INSERT INTO comments_commenttally (article_id, approved, threads)
        VALUES (place.article_id, words, 1)
        ON CONFLICT (article_id) DO UPDATE
        SET approved = comments_commenttally.approved + EXCLUDED.approved,
            threads = comments_commenttally.threads + 1;
    ELSIF (places, words) <> (0, 0) THEN
        UPDATE comments_commenttally
        SET approved = approved + words, threads = threads + places
        WHERE article_id = place.article_id;
    END IF;
    RETURN NULL;
END $$;

DROP TRIGGER comments_comment_replies_counted ON comments_comment;
DROP FUNCTION comments_comment_replies_counted();
DROP FUNCTION comments_count(comments_comment, integer);

DROP TRIGGER comments_comment_decided ON comments_comment;
CREATE TRIGGER comments_comment_decided AFTER UPDATE ON comments_comment
FOR EACH ROW
WHEN ((OLD.is_shown OR NEW.is_shown)
    AND (OLD.status, OLD.is_shown, OLD.reply_count)
        <> (NEW.status, NEW.is_shown, NEW.reply_count))
EXECUTE FUNCTION comments_comment_counted();

DROP TRIGGER comments_comment_deleted ON comments_comment;
CREATE TRIGGER comments_comment_deleted AFTER DELETE ON comments_comment
FOR EACH ROW WHEN (OLD.is_shown) EXECUTE FUNCTION comments_comment_counted();
"""

EARLIER = """
-- What was erased while readers saw it was taken back in the same moment.
UPDATE comments_comment c SET withdrawn_at = c.erased_at, corrected_at = NULL
FROM comments_decision d
WHERE d.comment_id = c.id AND d.action = 'erase' AND d.from_status = 'approved'
    AND c.withdrawn_at IS NULL;

-- What was withdrawn before this migration had no place yet.
UPDATE comments_commenttally y SET threads = t.threads, approved = t.approved
FROM (
    SELECT article_id, count(*) threads,
        sum((status = 'approved')::integer + reply_count) approved
    FROM comments_comment WHERE parent_id IS NULL AND is_shown GROUP BY article_id
) t
WHERE t.article_id = y.article_id;
"""


class Migration(migrations.Migration):
    dependencies = [("comments", "0004_official_answers")]
    operations = [
        migrations.AddField(
            model_name="comment",
            name="is_shown",
            field=models.GeneratedField(
                db_persist=True,
                expression=Case(
                    When(status="approved", then=True),
                    When(
                        parent=None,
                        published_at__isnull=False,
                        reply_count__gt=0,
                        then=True,
                        withdrawn_at__isnull=False,
                    ),
                    default=False,
                ),
                output_field=models.BooleanField(),
            ),
        ),
        migrations.RemoveIndex(model_name="comment", name="comments_threads_newest"),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                fields=["article", "-id"],
                name="comments_threads_newest",
                condition=Q(is_shown=True, parent=None),
            ),
        ),
        migrations.RunSQL(SHOWN),
        migrations.RunSQL(EARLIER),
    ]
