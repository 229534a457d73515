"""The three statements of a page and of a sending, as functions; see comments/gate.py.

A statement that is sent as text is parsed and planned every time, which here costs more than
running it; a function keeps its plan as long as the connection lives.
"""

from django.conf import settings
from django.db import migrations

GATE_OUT = """
    OUT id bigint, OUT slug text, OUT title text, OUT status text, OUT origin text,
    OUT published_at timestamptz, OUT of_article boolean, OUT of_category boolean,
    OUT of_site boolean, OUT rules text, OUT consent_id bigint, OUT consent_text text,
    OUT approved integer, OUT threads integer"""

GATE_COLUMNS = """
        a.id, a.slug, a.title, a.status, a.origin, a.published_at,
        (SELECT s.is_open FROM comments_commentswitch s WHERE s.article_id = a.id),
        (SELECT s.is_open FROM comments_commentswitch s
         WHERE s.category_id IN (c1.id, c1.parent_id, c2.parent_id)
         ORDER BY array_position(ARRAY[c1.id, c1.parent_id, c2.parent_id], s.category_id) LIMIT 1),
        (SELECT s.is_open FROM comments_commentswitch s
         WHERE s.category_id IS NULL AND s.article_id IS NULL),
        (SELECT row_to_json(r)::text FROM comments_commentsettings r),
        t.id, t.text, y.approved, y.threads"""

GATE_TABLES = """
    FROM news_article a
    JOIN news_category c1 ON c1.id = a.category_id
    LEFT JOIN news_category c2 ON c2.id = c1.parent_id
    LEFT JOIN comments_commenttally y ON y.article_id = a.id
    LEFT JOIN LATERAL (
        SELECT x.id, x.text FROM comments_consenttext x WHERE x.valid_from <= at_time
        ORDER BY x.version DESC LIMIT 1
    ) t ON true
    WHERE a.id = article AND a.status = 'published' AND a.published_at <= at_time"""

GATE_INTO = """
        id, slug, title, status, origin, published_at, of_article, of_category, of_site, rules,
        consent_id, consent_text, approved, threads"""

# One generic plan for every article and sender: all of them are found by the same indexes.
OPTIONS = """
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan"""

FUNCTIONS = f"""
CREATE FUNCTION comments_gate(article bigint, at_time timestamptz, {GATE_OUT}) {OPTIONS} AS $$
#variable_conflict use_column
BEGIN
    SELECT {GATE_COLUMNS}
    INTO {GATE_INTO}
    {GATE_TABLES};
END $$;

CREATE FUNCTION comments_sending(
    article bigint, at_time timestamptz, parent bigint, network text, email text, status_key text,
    {GATE_OUT}, OUT parent_is_shown boolean, OUT is_blocked boolean, OUT earlier text,
    OUT phrases text, OUT staff text
) {OPTIONS} AS $$
#variable_conflict use_column
BEGIN
    SELECT {GATE_COLUMNS},
        (SELECT p.status = 'approved' FROM comments_comment p
         WHERE p.id = parent AND p.article_id = a.id AND p.level = 0),
        EXISTS (SELECT FROM comments_block b WHERE b.kind = 'network' AND b.key = network
                AND b.until > at_time)
        OR EXISTS (SELECT FROM comments_block b WHERE b.kind = 'email' AND b.key = email
                   AND b.until > at_time),
        (SELECT e.fingerprint FROM comments_comment e WHERE e.status_key_hash = status_key),
        (SELECT string_agg(l.accents_matter::int || l.phrase, E'\\n')
         FROM comments_listedphrase l),
        (SELECT string_agg(concat_ws(' ', u.last_name, u.first_name), E'\\n')
         FROM {settings.AUTH_USER_MODEL.lower().replace(".", "_")} u
         WHERE u.is_staff AND u.is_active AND u.last_name || u.first_name <> '')
    INTO {GATE_INTO}, parent_is_shown, is_blocked, earlier, phrases, staff
    {GATE_TABLES};
END $$;

-- The pace of the sender and of the network, and the comment itself: one statement, so that of many
-- at once each is counted, and what is refused is not stored. The order of the two limits is that
-- of their locks, the same for everyone.
CREATE FUNCTION comments_store(
    sender text, network_key text, at_time timestamptz, pace integer, most integer,
    article bigint, parent bigint, name text, email text, words text, reason text, findings jsonb,
    consent bigint, network text, email_hash text, status_key text, fingerprint text,
    OUT stored_id bigint, OUT paced timestamptz, OUT is_flood boolean
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
BEGIN
    WITH tried AS (
        INSERT INTO comments_sendlimit AS l (key, since, count)
        VALUES (sender, at_time, 1), (network_key, at_time, 1)
        ON CONFLICT (key) DO UPDATE
        SET (since, count) = (
            SELECT CASE WHEN is_over THEN at_time ELSE l.since END,
                CASE WHEN is_over THEN 1 ELSE l.count + 1 END
            FROM (VALUES (l.since <= at_time - CASE l.key WHEN sender
                THEN make_interval(secs => pace) ELSE interval '1 hour' END)) w (is_over)
        )
        RETURNING l.key, l.since, l.count
    )
    SELECT max(tried.since) FILTER (WHERE tried.key = sender AND tried.count > 1 AND pace > 0),
        bool_or(tried.key = network_key AND tried.count > most)
    INTO paced, is_flood FROM tried;
    IF paced IS NULL AND NOT is_flood THEN
        INSERT INTO comments_comment (
            article_id, parent_id, reply_count, name, email, text, sent_text, status, hold_reason,
            findings, is_official, consent_id, consented_at, network_hash, email_hash,
            status_key_hash, fingerprint, submitted_at
        ) VALUES (
            article, parent, 0, name, email, words, '', 'pending', reason, findings, false, consent,
            at_time, network, email_hash, status_key, fingerprint, at_time
        ) ON CONFLICT DO NOTHING RETURNING id INTO stored_id;
    END IF;
END $$;
"""

REMOVE = """
DROP FUNCTION comments_store;
DROP FUNCTION comments_sending;
DROP FUNCTION comments_gate;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0002_threads"),
        ("news", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [migrations.RunSQL(FUNCTIONS, REMOVE)]
