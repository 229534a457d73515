-- The words of a text as they are written, but for case and for the place of the tone: small
-- letters, each word a run of letters and digits, one space between. news.search.text.words is the
-- same rule in Python.
CREATE OR REPLACE FUNCTION news_search_words(plain text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN btrim(regexp_replace(
    regexp_replace(normalize(regexp_replace(
        lower(normalize(plain, NFD)),
        '(?<!q)(?:(o)([ae])|(u)(y))([\u0300\u0301\u0303\u0309\u0323])'
        || '(?![a-zđ\u0302\u0306\u031b])',
        '\1\3\5\2\4', 'g'
    ), NFC), '[\u0300-\u036f]+', '', 'g'),
    '[^0-9a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u3040-\ud7ff\uf900-\ufdff]+', ' ', 'g'
));

-- Words without accents; as many as before.
CREATE OR REPLACE FUNCTION news_search_fold(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(
    regexp_replace(normalize(words, NFD), '[\u0300-\u036f]+', '', 'g'), 'đ', 'd'
);

-- The text of a stored body. Formatting may stand inside a word, every other element ends one.
CREATE OR REPLACE FUNCTION news_search_plain(html text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(
    regexp_replace(html, '</?(?:strong|em|u|s|sub|sup|a|code)(?:\s[^">]*(?:"[^"]*"[^">]*)*)?>', '', 'g'),
    '<[^">]*(?:"[^"]*"[^">]*)*>|&[a-z]+;', ' ', 'g'
);

-- What an entry is found by: its labels, its words without accents, `=` before a word as it is
-- written, `+` before two neighbouring words, `^` before a word of the title. A word counts with its
-- first forty letters: a tsvector takes neither words of 2 kB nor 1 MB in all. The body is parsed
-- here and now, as an index is built (since PostgreSQL 17) with no schema of ours on the path. The
-- cost, about a millisecond, keeps the planner from ever computing it row by row.
CREATE OR REPLACE FUNCTION news_search_keys(labels text, title text, parts text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100000
RETURN (
    SELECT array_to_tsvector(array(
        SELECT label FROM unnest(string_to_array(labels, ' ')) label
        UNION ALL
        SELECT left(word, 40) FROM unnest(folded) word WHERE word <> '|'
        UNION ALL
        SELECT '=' || left(word, 40) FROM unnest(exact) word WHERE word <> '|'
        UNION ALL
        SELECT '+' || left(first, 40) || ' ' || left(second, 40)
        FROM unnest(folded, folded[2:]) pair (first, second)
        WHERE first <> '|' AND second <> '|'
        UNION ALL
        SELECT '^' || left(word, 40) FROM unnest(string_to_array(news_search_fold(title), ' ')) word
        UNION ALL
        SELECT '^=' || left(word, 40) FROM unnest(string_to_array(title, ' ')) word
    ))
    FROM (
        SELECT string_to_array(parts, ' ') AS exact,
            string_to_array(news_search_fold(parts), ' ') AS folded
        OFFSET 0
    ) arrays
);

-- What besides words an entry is asked for: `@2026 @2026-11` its year and month (UTC), `#12` a
-- category in whose list it stands.
CREATE OR REPLACE FUNCTION news_search_labels(published_at timestamptz, categories bigint[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT concat_ws(' ', '@' || y, '@' || y || '-' || m, nullif('#' || array_to_string(categories, ' #'), '#'))
    FROM (
        SELECT extract(year FROM published_at AT TIME ZONE 'UTC')::integer AS y,
            extract(month FROM published_at AT TIME ZONE 'UTC')::integer AS m
    ) parts
);

-- Write the entries of these articles anew; of one that stands in no list nothing is left. One at a
-- time, as in news_relist: two who index one article would both insert its entry, and who lists it
-- meanwhile would not see a file that is just added.
CREATE OR REPLACE FUNCTION news_search_index(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(cardinality(ids), 0) = 0 THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('news_listing'));
    DELETE FROM news_searchentry WHERE article_id = ANY(ids);
    INSERT INTO news_searchentry
        (article_id, attachment_id, published_at, expires_at, labels, title, title_key, parts, words)
    SELECT id, NULL, published_at, expires_at, labels, title, ' ' || news_search_fold(title) || ' ',
        concat_ws(' | ', nullif(title, ''), nullif(summary, ''), nullif(body, '')),
        setweight(to_tsvector('simple', news_search_fold(title)), 'A')
            || setweight(to_tsvector('simple', news_search_fold(summary)), 'B')
            || setweight(to_tsvector('simple', news_search_fold(body)), 'C')
    FROM (
        SELECT article.id, listed.published_at, listed.expires_at, listed.labels,
            news_search_words(article.title) AS title,
            news_search_words(left(article.summary, 5000)) AS summary,
            news_search_words(left(news_search_plain(article.body), 70000)) AS body
        FROM news_article article JOIN news_search_listed(ids) listed ON listed.article_id = article.id
        OFFSET 0
    ) article;
    INSERT INTO news_searchentry
        (article_id, attachment_id, published_at, expires_at, labels, title, title_key, parts, words)
    SELECT article_id, id, published_at, expires_at, labels, '', '',
        concat_ws(' | ', nullif(title, ''), nullif(body, '')),
        setweight(to_tsvector('simple', news_search_fold(title || ' ' || body)), 'D')
    FROM (
        SELECT attachment.article_id, attachment.id,
            listed.published_at, listed.expires_at, listed.labels,
            news_search_words(attachment.title) AS title,
            coalesce(news_search_words(left(extracted.text, 70000)), '') AS body
        FROM news_attachment attachment
        JOIN news_search_listed(ids) listed ON listed.article_id = attachment.article_id
        LEFT JOIN news_attachmenttext extracted ON extracted.attachment_id = attachment.id
        OFFSET 0
    ) attachment;
END $$;

-- Where the listings (listings.sql) show these articles, and since when.
CREATE OR REPLACE FUNCTION news_search_listed(ids bigint[])
RETURNS TABLE (article_id bigint, published_at timestamptz, expires_at timestamptz, labels text)
LANGUAGE sql STABLE AS $$
    SELECT listing.article_id, listing.published_at, listing.expires_at,
        news_search_labels(
            listing.published_at,
            coalesce(
                array_agg(listing.category_id ORDER BY listing.category_id)
                FILTER (WHERE listing.category_id IS NOT NULL), '{}'
            )
        )
    FROM news_listing listing WHERE listing.article_id = ANY(ids)
    GROUP BY 1, 2, 3
$$;

-- The newest entries that match, newest first, at most so many. Periods go from the latest to all
-- time: where the words are common the first of them is enough, and only where they are rare, and
-- so cheap, all are asked.
CREATE OR REPLACE FUNCTION news_search_newest(
    wanted tsquery, periods tsquery[], at timestamptz, since timestamptz, until timestamptz,
    most integer
) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
DECLARE
    period tsquery;
    entries bigint[];
BEGIN
    FOREACH period IN ARRAY periods LOOP
        entries := array(
            SELECT id FROM news_searchentry
            WHERE news_search_keys(labels, title, parts) @@ (wanted && period)
                AND news_is_shown(published_at, expires_at, at)
                AND (since IS NULL OR published_at >= since)
                AND (until IS NULL OR published_at < until)
            ORDER BY published_at DESC, article_id DESC, id DESC
            LIMIT most
        );
        EXIT WHEN cardinality(entries) >= most;
    END LOOP;
    RETURN QUERY SELECT unnest(entries);
END $$;
