-- How many comments readers see: `reply_count` of a thread, and the tally of an article.

-- Count a comment that was added (`was` is null), changed or removed (`now` is null). Locks run from
-- the reply to its thread to the tally, always in this order.
CREATE OR REPLACE FUNCTION comments_count(was comments_comment, now comments_comment) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    thread_id bigint := coalesce(now.parent_id, was.parent_id);
    approvals integer := coalesce((now.status = 'approved')::integer, 0)
        - coalesce((was.status = 'approved')::integer, 0);
    threads_more integer := coalesce(now.is_shown::integer, 0) - coalesce(was.is_shown::integer, 0);
    approved_more integer :=
        coalesce(now.is_shown::integer * ((now.status = 'approved')::integer + now.reply_count), 0)
        - coalesce(was.is_shown::integer * ((was.status = 'approved')::integer + was.reply_count), 0);
BEGIN
    IF thread_id IS NOT NULL THEN
        UPDATE comments_comment SET reply_count = reply_count + approvals
        WHERE id = thread_id AND approvals <> 0;
    ELSIF threads_more > 0 THEN
        INSERT INTO comments_commenttally (article_id, approved, threads)
        VALUES (now.article_id, approved_more, 1)
        ON CONFLICT (article_id) DO UPDATE
        SET approved = comments_commenttally.approved + EXCLUDED.approved,
            threads = comments_commenttally.threads + 1;
    ELSIF (threads_more, approved_more) <> (0, 0) THEN
        UPDATE comments_commenttally
        SET approved = approved + approved_more, threads = threads + threads_more
        WHERE article_id = was.article_id;
    END IF;
END $$;
