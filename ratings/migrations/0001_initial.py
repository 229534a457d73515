"""The tables of ratings and of their summaries."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('news', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='ratings', to='news.article', verbose_name='article')),
                ('rater', models.UUIDField(editable=False, verbose_name='rater')),
                ('score', models.PositiveSmallIntegerField(choices=[(1, 'Very poor'), (2, 'Poor'), (3, 'Fair'), (4, 'Good'), (5, 'Very good')], verbose_name='score')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='given at')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='changed at')),
            ],
            options={
                'verbose_name': 'rating',
                'verbose_name_plural': 'ratings',
                'indexes': [
                    models.Index(fields=['created_at', 'article'], include=('score',), name='ratings_rating_by_time'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('article', 'rater'), name='ratings_rating_once_per_rater_and_article'),
                    models.CheckConstraint(condition=models.Q(('score__gte', 1), ('score__lte', 5)), name='ratings_rating_score_1_to_5'),
                ],
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
                'indexes': [
                    models.Index(models.OrderBy(models.F('average'), descending=True), models.OrderBy(models.F('count'), descending=True), models.OrderBy(models.F('article'), descending=True), condition=models.Q(('count__gte', 5)), name='ratings_summary_by_average'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('count', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('stars_1'), '+', models.F('stars_2')), '+', models.F('stars_3')), '+', models.F('stars_4')), '+', models.F('stars_5')))), name='ratings_summary_count_is_the_sum_of_its_stars'),
                    models.CheckConstraint(condition=models.Q(('total', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('stars_1'), '+', django.db.models.expressions.CombinedExpression(models.Value(2), '*', models.F('stars_2'))), '+', django.db.models.expressions.CombinedExpression(models.Value(3), '*', models.F('stars_3'))), '+', django.db.models.expressions.CombinedExpression(models.Value(4), '*', models.F('stars_4'))), '+', django.db.models.expressions.CombinedExpression(models.Value(5), '*', models.F('stars_5'))))), name='ratings_summary_total_is_the_sum_of_its_scores'),
                    models.CheckConstraint(condition=models.Q(('stars_1__gte', 0), ('stars_2__gte', 0), ('stars_3__gte', 0), ('stars_4__gte', 0), ('stars_5__gte', 0)), name='ratings_summary_stars_are_not_negative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RatingSwitch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='rating_switch', to='news.category', verbose_name='category')),
                ('article', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='rating_switch', to='news.article', verbose_name='article')),
                ('is_on', models.BooleanField(blank=True, choices=[(None, 'As the level above says'), (True, 'On'), (False, 'Off')], null=True, verbose_name='readers may rate')),
            ],
            options={
                'verbose_name': 'rating switch',
                'verbose_name_plural': 'rating switches',
                'constraints': [
                    models.UniqueConstraint(fields=('category', 'article'), name='ratings_switch_once_for_the_site', nulls_distinct=False, violation_error_message='There is a switch for this already.'),
                    models.CheckConstraint(condition=models.Q(('category', None), ('article', None), _connector='OR'), name='ratings_switch_of_a_category_or_an_article', violation_error_message='Choose a category or an article, not both.'),
                ],
            },
        ),
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
                'indexes': [
                    models.Index(fields=['hour'], name='ratings_networkcount_by_hour'),
                ],
            },
        ),
        # Immediate, unlike Django's own, which are checked at commit: a new rating holds its article
        # before it touches the summary, so that deleting the article cannot end in a deadlock with it.
        migrations.RunSQL(
            """
            ALTER TABLE ratings_rating ADD CONSTRAINT ratings_rating_of_an_article
            FOREIGN KEY (article_id) REFERENCES news_article ON DELETE CASCADE;
            ALTER TABLE ratings_ratingsummary ADD CONSTRAINT ratings_summary_of_an_article
            FOREIGN KEY (article_id) REFERENCES news_article ON DELETE CASCADE;
            """,
            """
            ALTER TABLE ratings_ratingsummary DROP CONSTRAINT ratings_summary_of_an_article;
            ALTER TABLE ratings_rating DROP CONSTRAINT ratings_rating_of_an_article;
            """,
        ),
    ]
