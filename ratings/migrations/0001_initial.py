"""Ratings, and the triggers that keep their summaries; see ratings/models.py."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.utils.timezone
from django.db import migrations, models


TRIGGERS = """
-- Immediate, unlike Django's own, which is checked at commit: a new rating holds its article before
-- it touches the summary, so that deleting the article cannot end in a deadlock with it.
ALTER TABLE ratings_rating ADD CONSTRAINT ratings_rating_of_an_article
FOREIGN KEY (article_id) REFERENCES news_article ON DELETE CASCADE;
ALTER TABLE ratings_ratingsummary ADD CONSTRAINT ratings_summary_of_an_article
FOREIGN KEY (article_id) REFERENCES news_article ON DELETE CASCADE;

CREATE FUNCTION ratings_rating_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- In the order of the articles, as below: two statements never wait for each other in a ring.
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
END $$;

CREATE TRIGGER ratings_rating_added
AFTER INSERT ON ratings_rating REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION ratings_rating_added();

CREATE FUNCTION ratings_rating_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
END $$;

CREATE TRIGGER ratings_rating_removed
AFTER DELETE ON ratings_rating REFERENCING OLD TABLE AS removed
FOR EACH STATEMENT EXECUTE FUNCTION ratings_rating_removed();

CREATE FUNCTION ratings_rating_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A rating that moves to an article without any.
    INSERT INTO ratings_ratingsummary (article_id, count, total, stars_1, stars_2, stars_3, stars_4, stars_5)
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
    WHERE summary.article_id = change.article_id AND (change.count <> 0 OR change.total <> 0
        OR (change.stars_1, change.stars_2, change.stars_3, change.stars_4, change.stars_5) <> (0, 0, 0, 0, 0));
    RETURN NULL;
END $$;

CREATE TRIGGER ratings_rating_changed
AFTER UPDATE ON ratings_rating
REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
FOR EACH STATEMENT EXECUTE FUNCTION ratings_rating_changed();

CREATE FUNCTION ratings_rating_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM ratings_ratingsummary;
    RETURN NULL;
END $$;

CREATE TRIGGER ratings_rating_emptied
AFTER TRUNCATE ON ratings_rating
FOR EACH STATEMENT EXECUTE FUNCTION ratings_rating_emptied();
"""

REMOVE = """
DROP TRIGGER ratings_rating_emptied ON ratings_rating;
DROP TRIGGER ratings_rating_changed ON ratings_rating;
DROP TRIGGER ratings_rating_removed ON ratings_rating;
DROP TRIGGER ratings_rating_added ON ratings_rating;
DROP FUNCTION ratings_rating_emptied();
DROP FUNCTION ratings_rating_changed();
DROP FUNCTION ratings_rating_removed();
DROP FUNCTION ratings_rating_added();
ALTER TABLE ratings_ratingsummary DROP CONSTRAINT ratings_summary_of_an_article;
ALTER TABLE ratings_rating DROP CONSTRAINT ratings_rating_of_an_article;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('news', '0005_search'),
    ]

    operations = [
        migrations.CreateModel(
            name='NetworkCount',
            fields=[
                ('pk', models.CompositePrimaryKey('network', 'article_number', 'hour', blank=True, editable=False, primary_key=True, serialize=False)),
                ('network', models.UUIDField()),
                ('article_number', models.BigIntegerField()),
                ('hour', models.DateTimeField()),
                ('count', models.PositiveIntegerField(default=1)),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['hour'], name='ratings_networkcount_by_hour')],
            },
        ),
        migrations.CreateModel(
            name='RatingSummary',
            fields=[
                ('article', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='rating_summary', serialize=False, to='news.article', verbose_name='article')),
                ('count', models.IntegerField(default=0, verbose_name='number of ratings')),
                ('total', models.IntegerField(default=0, verbose_name='sum of the scores')),
                ('stars_1', models.IntegerField(default=0, verbose_name='1 star')),
                ('stars_2', models.IntegerField(default=0, verbose_name='2 stars')),
                ('stars_3', models.IntegerField(default=0, verbose_name='3 stars')),
                ('stars_4', models.IntegerField(default=0, verbose_name='4 stars')),
                ('stars_5', models.IntegerField(default=0, verbose_name='5 stars')),
                ('average', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('total'), '*', models.Value(1.0)), '/', django.db.models.functions.comparison.NullIf(models.F('count'), 0)), output_field=models.FloatField(null=True), verbose_name='average')),
            ],
            options={
                'verbose_name': 'rated article',
                'verbose_name_plural': 'rated articles',
                'indexes': [models.Index(models.OrderBy(models.F('average'), descending=True), models.OrderBy(models.F('count'), descending=True), models.OrderBy(models.F('article'), descending=True), condition=models.Q(('count__gte', 5)), name='ratings_summary_by_average')],
                'constraints': [models.CheckConstraint(condition=models.Q(('count', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('stars_1'), '+', models.F('stars_2')), '+', models.F('stars_3')), '+', models.F('stars_4')), '+', models.F('stars_5')))), name='ratings_summary_count_is_the_sum_of_its_stars'), models.CheckConstraint(condition=models.Q(('total', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('stars_1'), '+', django.db.models.expressions.CombinedExpression(models.Value(2), '*', models.F('stars_2'))), '+', django.db.models.expressions.CombinedExpression(models.Value(3), '*', models.F('stars_3'))), '+', django.db.models.expressions.CombinedExpression(models.Value(4), '*', models.F('stars_4'))), '+', django.db.models.expressions.CombinedExpression(models.Value(5), '*', models.F('stars_5'))))), name='ratings_summary_total_is_the_sum_of_its_scores'), models.CheckConstraint(condition=models.Q(('stars_1__gte', 0), ('stars_2__gte', 0), ('stars_3__gte', 0), ('stars_4__gte', 0), ('stars_5__gte', 0)), name='ratings_summary_stars_are_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rater', models.UUIDField(editable=False, verbose_name='rater')),
                ('score', models.PositiveSmallIntegerField(choices=[(1, 'Very poor'), (2, 'Poor'), (3, 'Fair'), (4, 'Good'), (5, 'Very good')], verbose_name='score')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='given at')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
                ('article', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='ratings', to='news.article', verbose_name='article')),
            ],
            options={
                'verbose_name': 'rating',
                'verbose_name_plural': 'ratings',
                'indexes': [models.Index(fields=['created_at', 'article'], include=('score',), name='ratings_rating_by_time')],
                'constraints': [models.UniqueConstraint(fields=('article', 'rater'), name='ratings_rating_once_per_rater_and_article'), models.CheckConstraint(condition=models.Q(('score__gte', 1), ('score__lte', 5)), name='ratings_rating_score_1_to_5')],
            },
        ),
        migrations.CreateModel(
            name='RatingSwitch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_on', models.BooleanField(blank=True, choices=[(None, 'As the level above says'), (True, 'On'), (False, 'Off')], null=True, verbose_name='readers may rate')),
                ('article', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='rating_switch', to='news.article', verbose_name='article')),
                ('category', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='rating_switch', to='news.category', verbose_name='category')),
            ],
            options={
                'verbose_name': 'rating switch',
                'verbose_name_plural': 'rating switches',
                'constraints': [models.UniqueConstraint(fields=('category', 'article'), name='ratings_switch_once_for_the_site', nulls_distinct=False, violation_error_message='There is a switch for this already.'), models.CheckConstraint(condition=models.Q(('category', None), ('article', None), _connector='OR'), name='ratings_switch_of_a_category_or_an_article', violation_error_message='Choose a category or an article, not both.')],
            },
        ),
        migrations.RunSQL(TRIGGERS, REMOVE),
    ]
