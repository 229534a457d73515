-- The statements of a sending as functions: a function keeps its plan as long as the connection lives.

CREATE OR REPLACE FUNCTION comments_gate(article bigint, at_time timestamptz, 
    OUT id bigint, OUT slug text, OUT title text, OUT status text, OUT origin text,
    OUT published_at timestamptz, OUT of_article boolean, OUT of_category boolean,
    OUT of_site boolean, OUT rules text, OUT consent_id bigint, OUT consent_text text,
    OUT approved integer, OUT threads integer) 
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    SELECT 
        a.id, a.slug, a.title, a.status, a.origin, a.published_at,
        (SELECT s.is_open FROM comments_commentswitch s WHERE s.article_id = a.id),
        (SELECT s.is_open FROM comments_commentswitch s
         WHERE s.category_id IN (c1.id, c1.parent_id, c2.parent_id)
         ORDER BY array_position(ARRAY[c1.id, c1.parent_id, c2.parent_id], s.category_id) LIMIT 1),
        (SELECT s.is_open FROM comments_commentswitch s
         WHERE s.category_id IS NULL AND s.article_id IS NULL),
        (SELECT row_to_json(r)::text FROM comments_commentsettings r),
        t.id, t.text, y.approved, y.threads
    INTO 
        id, slug, title, status, origin, published_at, of_article, of_category, of_site, rules,
        consent_id, consent_text, approved, threads
    
    FROM news_article a
    JOIN news_category c1 ON c1.id = a.category_id
    LEFT JOIN news_category c2 ON c2.id = c1.parent_id
    LEFT JOIN comments_commenttally y ON y.article_id = a.id
    LEFT JOIN LATERAL (
        SELECT x.id, x.text FROM comments_consenttext x WHERE x.valid_from <= at_time
        ORDER BY x.version DESC LIMIT 1
    ) t ON true
    WHERE a.id = article AND a.status = 'published' AND a.published_at <= at_time;
END $$;

-- The pace of the sender and of the network, and the comment itself: one statement, so that of many
-- at once each is counted, and what is refused is not stored. The order of the two limits is that
-- of their locks, the same for everyone.
CREATE OR REPLACE FUNCTION comments_store(
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

CREATE OR REPLACE FUNCTION comments_sending(
    article bigint, at_time timestamptz, parent bigint, network text, email text, status_key text, 
    OUT id bigint, OUT slug text, OUT title text, OUT status text, OUT origin text,
    OUT published_at timestamptz, OUT of_article boolean, OUT of_category boolean,
    OUT of_site boolean, OUT rules text, OUT consent_id bigint, OUT consent_text text,
    OUT approved integer, OUT threads integer, OUT parent_is_shown boolean, OUT is_blocked boolean,
    OUT earlier text, OUT phrases text, OUT staff text, OUT stamp text) 
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    SELECT a.id, a.slug, a.title, a.status, a.origin, a.published_at,
        (SELECT s.is_open FROM comments_commentswitch s WHERE s.article_id = a.id),
        (SELECT s.is_open FROM comments_commentswitch s
         WHERE s.category_id IN (c1.id, c1.parent_id, c2.parent_id)
         ORDER BY array_position(ARRAY[c1.id, c1.parent_id, c2.parent_id], s.category_id) LIMIT 1),
        (SELECT s.is_open FROM comments_commentswitch s
         WHERE s.category_id IS NULL AND s.article_id IS NULL),
        (SELECT row_to_json(r)::text FROM comments_commentsettings r),
        t.id, t.text, y.approved, y.threads,
        (SELECT p.status = 'approved' FROM comments_comment p
         WHERE p.id = parent AND p.article_id = a.id AND p.level = 0),
        EXISTS (SELECT FROM comments_block b WHERE b.kind = 'network' AND b.key = network
                AND b.until > at_time)
        OR EXISTS (SELECT FROM comments_block b WHERE b.kind = 'email' AND b.key = email
                   AND b.until > at_time),
        (SELECT e.fingerprint FROM comments_comment e WHERE e.status_key_hash = status_key),
        (SELECT string_agg(l.accents_matter::int || l.phrase, E'\n' ORDER BY l.id)
         FROM comments_listedphrase l),
        (SELECT string_agg(concat_ws(' ', u.last_name, u.first_name), E'\n' ORDER BY u.id)
         FROM portal_user u
         WHERE u.is_staff AND u.is_active AND u.last_name || u.first_name <> '')
    INTO id, slug, title, status, origin, published_at, of_article, of_category, of_site, rules,
        consent_id, consent_text, approved, threads, parent_is_shown, is_blocked, earlier, phrases,
        staff
    FROM news_article a
    JOIN news_category c1 ON c1.id = a.category_id
    LEFT JOIN news_category c2 ON c2.id = c1.parent_id
    LEFT JOIN comments_commenttally y ON y.article_id = a.id
    LEFT JOIN LATERAL (
        SELECT x.id, x.text FROM comments_consenttext x WHERE x.valid_from <= at_time
        ORDER BY x.version DESC LIMIT 1
    ) t ON true
    WHERE a.id = article AND a.status = 'published' AND a.published_at <= at_time;
    stamp := md5(ROW(id, slug, title, status, origin, published_at, of_article, of_category,
        of_site, rules, consent_id, consent_text, phrases, staff)::text);
END $$;

-- Null where anything is not as the caller supposes. Nothing has been changed then, not even the
-- counts of the limits: the caller looks again, and says what is wrong.
CREATE OR REPLACE FUNCTION comments_send(
    known text, captcha text, answer text,
    sender text, network_key text, at_time timestamptz, pace integer, most integer,
    article bigint, parent bigint, name text, email text, words text, reason text, findings jsonb,
    consent bigint, network text, email_hash text, status_key text, fingerprint text
) RETURNS bigint LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
    seen record;
    stored bigint;
BEGIN
    SELECT * INTO seen
    FROM comments_sending(article, at_time, parent, network, email_hash, status_key);
    IF seen.stamp IS DISTINCT FROM known OR seen.is_blocked OR seen.earlier IS NOT NULL
        OR (parent IS NOT NULL AND seen.parent_is_shown IS NOT TRUE) THEN
        RETURN NULL;
    END IF;
    DELETE FROM captcha_captchastore c
    WHERE c.hashkey = captcha AND c.response = answer AND c.expiration > at_time;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT s.stored_id INTO stored FROM comments_store(
        sender, network_key, at_time, pace, most, article, parent, name, email, words, reason,
        findings, consent, network, email_hash, status_key, fingerprint
    ) s;
    IF stored IS NULL THEN
        RAISE 'refused';
    END IF;
    RETURN stored;
EXCEPTION WHEN raise_exception THEN
    RETURN NULL;
END $$;
