"""The search: tables, the rules of its keys, and the triggers that keep them; see ADR 0006."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

import news.fields

KEYS = r"""
-- The words of a text as they are written, but for case and for the place of the tone: small
-- letters, each word a run of letters and digits, one space between. news.search.text.words is the
-- same rule in Python.
CREATE FUNCTION news_search_words(plain text) RETURNS text
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
CREATE FUNCTION news_search_fold(words text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(
    regexp_replace(normalize(words, NFD), '[\u0300-\u036f]+', '', 'g'), 'đ', 'd'
);

-- The text of a stored body. Formatting may stand inside a word, every other element ends one.
CREATE FUNCTION news_search_plain(html text) RETURNS text
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
CREATE FUNCTION news_search_keys(labels text, title text, parts text) RETURNS tsvector
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
-- category on whose shelf it stands.
CREATE FUNCTION news_search_labels(published_at timestamptz, shelves bigint[]) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT concat_ws(' ', '@' || y, '@' || y || '-' || m, nullif('#' || array_to_string(shelves, ' #'), '#'))
    FROM (
        SELECT extract(year FROM published_at AT TIME ZONE 'UTC')::integer AS y,
            extract(month FROM published_at AT TIME ZONE 'UTC')::integer AS m
    ) parts
);
"""

ENTRIES = """
-- Write the entries of these articles anew; of one that stands on no shelf nothing is left.
CREATE FUNCTION news_search_enter(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(cardinality(ids), 0) = 0 THEN
        RETURN;
    END IF;
    DELETE FROM news_searchentry WHERE article_id = ANY(ids);
    INSERT INTO news_searchentry
        (article_id, attachment_id, published_at, expires_at, labels, title, title_key, parts, words)
    SELECT id, NULL, published_at, expires_at, labels, title, ' ' || news_search_fold(title) || ' ',
        concat_ws(' | ', title, nullif(summary, ''), nullif(body, '')),
        setweight(to_tsvector('simple', news_search_fold(title)), 'A')
            || setweight(to_tsvector('simple', news_search_fold(summary)), 'B')
            || setweight(to_tsvector('simple', news_search_fold(body)), 'C')
    FROM (
        SELECT article.id, shelf.published_at, shelf.expires_at, shelf.labels,
            news_search_words(article.title) AS title,
            news_search_words(left(article.summary, 5000)) AS summary,
            news_search_words(left(news_search_plain(article.body), 70000)) AS body
        FROM news_article article JOIN news_search_shelves(ids) shelf ON shelf.article_id = article.id
        OFFSET 0
    ) article;
    INSERT INTO news_searchentry
        (article_id, attachment_id, published_at, expires_at, labels, title, title_key, parts, words)
    SELECT article_id, id, published_at, expires_at, labels, '', '',
        concat_ws(' | ', nullif(title, ''), nullif(body, '')),
        setweight(to_tsvector('simple', news_search_fold(title || ' ' || body)), 'D')
    FROM (
        SELECT attachment.article_id, attachment.id,
            shelf.published_at, shelf.expires_at, shelf.labels,
            news_search_words(attachment.title) AS title,
            coalesce(news_search_words(left(extracted.text, 70000)), '') AS body
        FROM news_attachment attachment
        JOIN news_search_shelves(ids) shelf ON shelf.article_id = attachment.article_id
        LEFT JOIN news_attachmenttext extracted ON extracted.attachment_id = attachment.id
        OFFSET 0
    ) attachment;
END $$;

-- Where the listings (migration 0003) show these articles, and since when.
CREATE FUNCTION news_search_shelves(ids bigint[])
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

-- The listings follow every change of state, time and shelf; so the entries follow the listings.
CREATE FUNCTION news_search_listing_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM news_search_enter(array(SELECT DISTINCT article_id FROM changed));
    RETURN NULL;
END $$;

CREATE TRIGGER news_search_listing_added
AFTER INSERT ON news_listing REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION news_search_listing_changed();

CREATE FUNCTION news_search_listing_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM news_searchentry WHERE article_id IN (SELECT article_id FROM changed);
    RETURN NULL;
END $$;

CREATE TRIGGER news_search_listing_removed
AFTER DELETE ON news_listing REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION news_search_listing_removed();

CREATE FUNCTION news_search_article_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM news_search_enter(array(
        SELECT now.id FROM after_change now JOIN before_change was ON was.id = now.id
        WHERE now.status = 'published'
        AND (was.title, was.summary, was.body) IS DISTINCT FROM (now.title, now.summary, now.body)
    ));
    RETURN NULL;
END $$;

CREATE TRIGGER news_search_article_changed
AFTER UPDATE ON news_article REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
FOR EACH STATEMENT EXECUTE FUNCTION news_search_article_changed();

CREATE FUNCTION news_search_files_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM news_search_enter(array(SELECT DISTINCT article_id FROM changed));
    RETURN NULL;
END $$;

CREATE TRIGGER news_search_file_added
AFTER INSERT ON news_attachment REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION news_search_files_changed();

CREATE TRIGGER news_search_file_changed
AFTER UPDATE ON news_attachment REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION news_search_files_changed();

CREATE FUNCTION news_search_texts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM news_search_enter(array(
        SELECT DISTINCT article_id FROM changed
        JOIN news_attachment attachment ON attachment.id = changed.attachment_id
    ));
    RETURN NULL;
END $$;

CREATE TRIGGER news_search_text_added
AFTER INSERT ON news_attachmenttext REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION news_search_texts_changed();

CREATE TRIGGER news_search_text_changed
AFTER UPDATE ON news_attachmenttext REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION news_search_texts_changed();

-- The entry of a file goes with it, whatever order the rows around it are deleted in.
CREATE FUNCTION news_search_file_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM news_searchentry WHERE attachment_id = OLD.id;
    DELETE FROM news_attachmenttext WHERE attachment_id = OLD.id;
    RETURN OLD;
END $$;

CREATE TRIGGER news_search_file_removed
BEFORE DELETE ON news_attachment
FOR EACH ROW EXECUTE FUNCTION news_search_file_removed();

-- The newest entries that match, newest first, at most so many. Periods go from the latest to all
-- time: where the words are common the first of them is enough, and only where they are rare, and
-- so cheap, all are asked.
CREATE FUNCTION news_search_newest(
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
                AND published_at <= at AND (expires_at IS NULL OR expires_at > at)
                AND (since IS NULL OR published_at >= since)
                AND (until IS NULL OR published_at < until)
            ORDER BY published_at DESC, article_id DESC, id DESC
            LIMIT most
        );
        EXIT WHEN cardinality(entries) >= most;
    END LOOP;
    RETURN QUERY SELECT unnest(entries);
END $$;

-- Only a row longer than 2 kB is stored out of line; then all that is long leaves the table.
ALTER TABLE news_searchentry SET (toast_tuple_target = 128);
ALTER TABLE news_searchentry ALTER COLUMN title_key SET STORAGE main;

-- The articles that were there before the search was.
SELECT news_search_enter(array(SELECT id FROM news_article WHERE status = 'published'));
"""

REMOVE = """
DROP FUNCTION news_search_newest(tsquery, tsquery[], timestamptz, timestamptz, timestamptz, integer);
DROP TRIGGER news_search_file_removed ON news_attachment;
DROP TRIGGER news_search_text_changed ON news_attachmenttext;
DROP TRIGGER news_search_text_added ON news_attachmenttext;
DROP TRIGGER news_search_file_changed ON news_attachment;
DROP TRIGGER news_search_file_added ON news_attachment;
DROP TRIGGER news_search_article_changed ON news_article;
DROP TRIGGER news_search_listing_removed ON news_listing;
DROP TRIGGER news_search_listing_added ON news_listing;
DROP FUNCTION news_search_file_removed();
DROP FUNCTION news_search_texts_changed();
DROP FUNCTION news_search_files_changed();
DROP FUNCTION news_search_article_changed();
DROP FUNCTION news_search_listing_removed();
DROP FUNCTION news_search_listing_changed();
DROP FUNCTION news_search_enter(bigint[]);
DROP FUNCTION news_search_shelves(bigint[]);
"""

REMOVE_KEYS = """
DROP FUNCTION news_search_labels(timestamptz, bigint[]);
DROP FUNCTION news_search_keys(text, text, text);
DROP FUNCTION news_search_plain(text);
DROP FUNCTION news_search_fold(text);
DROP FUNCTION news_search_words(text);
"""


class Migration(migrations.Migration):
    dependencies = [("news", "0004_lead_caption")]

    operations = [
        TrigramExtension(),
        migrations.RunSQL(KEYS, REMOVE_KEYS),
        migrations.CreateModel(
            name='AttachmentText',
            fields=[
                ('attachment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='extracted', serialize=False, to='news.attachment')),
                ('text', news.fields.PlainTextField(blank=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='SearchWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('words', models.CharField(max_length=100, verbose_name='words')),
                ('count', models.PositiveIntegerField(default=1, verbose_name='searches')),
                ('results', models.PositiveIntegerField(verbose_name='results')),
            ],
            options={
                'verbose_name': 'search words',
                'verbose_name_plural': 'search words',
                'default_permissions': ('view',),
                'constraints': [models.UniqueConstraint(fields=('day', 'words'), name='news_searchwords_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('published_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('labels', models.TextField()),
                ('title', models.TextField()),
                ('title_key', models.TextField()),
                ('parts', models.TextField()),
                ('words', django.contrib.postgres.search.SearchVectorField()),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.article')),
                ('attachment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.attachment')),
            ],
            options={
                'default_permissions': (),
                'indexes': [django.contrib.postgres.indexes.GinIndex(news.models.search.SearchKeys(models.F('labels'), models.F('title'), models.F('parts')), gin_pending_list_limit=256, name='news_searchentry_keys'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('attachment', None)), fields=['title_key'], name='news_searchentry_title', opclasses=['gin_trgm_ops'])],
                'constraints': [models.UniqueConstraint(fields=('article', 'attachment'), name='news_searchentry_once_per_article_and_file', nulls_distinct=False)],
            },
        ),
        migrations.RunSQL(ENTRIES, REMOVE),
    ]
