"""The tables of visits and page views."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('news', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='OpeningBalance',
            fields=[
                ('id', models.SmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('figure', models.BigIntegerField(verbose_name='visits until then')),
                ('since', models.DateField(help_text='The first day that is added to the figure.', verbose_name='counted here since')),
            ],
            options={
                'verbose_name': 'opening balance',
                'verbose_name_plural': 'opening balance',
                'default_permissions': ('view', 'change'),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('id', 1)), name='stats_openingbalance_is_one_row'),
                    models.CheckConstraint(condition=models.Q(('figure__gte', 0)), name='stats_openingbalance_figure_not_negative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='DailyTotal',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False, verbose_name='day')),
                ('visits', models.BigIntegerField(default=0, verbose_name='visits')),
                ('page_views', models.BigIntegerField(default=0, verbose_name='page views')),
                ('bot_visits', models.BigIntegerField(default=0, verbose_name='visits of bots')),
                ('bot_page_views', models.BigIntegerField(default=0, verbose_name='page views of bots')),
            ],
            options={
                'verbose_name': 'daily total',
                'verbose_name_plural': 'daily totals',
                'ordering': ['-day'],
                'default_permissions': ('view',),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('visits__gte', 0)), name='stats_dailytotal_visits_not_negative'),
                    models.CheckConstraint(condition=models.Q(('page_views__gte', 0)), name='stats_dailytotal_page_views_not_negative'),
                    models.CheckConstraint(condition=models.Q(('bot_visits__gte', 0)), name='stats_dailytotal_bot_visits_not_negative'),
                    models.CheckConstraint(condition=models.Q(('bot_page_views__gte', 0)), name='stats_dailytotal_bot_page_views_not_negative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ArticleViews',
            fields=[
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='article_views', serialize=False, to='news.article', verbose_name='article')),
                ('opening_balance', models.BigIntegerField(default=0, help_text='Views that an earlier site had counted.', verbose_name='opening balance')),
                ('views', models.BigIntegerField(default=0, editable=False, verbose_name='views')),
            ],
            options={
                'verbose_name': 'views of an article',
                'verbose_name_plural': 'views of articles',
                'default_permissions': ('view', 'change'),
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('opening_balance__gte', 0)), name='stats_articleviews_opening_balance_not_negative'),
                    models.CheckConstraint(condition=models.Q(('views__gte', 0)), name='stats_articleviews_views_not_negative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='DailyArticleViews',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='daily_views', to='news.article', verbose_name='article')),
                ('day', models.DateField(verbose_name='day')),
                ('views', models.BigIntegerField(default=0, verbose_name='views')),
                ('bot_views', models.BigIntegerField(default=0, verbose_name='views of bots')),
            ],
            options={
                'verbose_name': 'views of an article on a day',
                'verbose_name_plural': 'views of articles by day',
                'default_permissions': ('view',),
                'indexes': [
                    models.Index(fields=['day'], include=('article', 'views'), name='stats_article_views_by_day'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('article', 'day'), name='stats_dailyarticleviews_one_row_a_day'),
                    models.CheckConstraint(condition=models.Q(('views__gte', 0)), name='stats_dailyarticleviews_views_not_negative'),
                    models.CheckConstraint(condition=models.Q(('bot_views__gte', 0)), name='stats_dailyarticleviews_bot_views_not_negative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='HourlyArticleViews',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.article', verbose_name='article')),
                ('hour', models.DateTimeField(help_text='The moment at which it begins.', verbose_name='hour')),
                ('views', models.BigIntegerField(default=0, verbose_name='views')),
            ],
            options={
                'verbose_name': 'views of an article in an hour',
                'verbose_name_plural': 'views of articles by hour',
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['hour'], include=('article', 'views'), name='stats_article_views_by_hour'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('article', 'hour'), name='stats_hourlyarticleviews_one_row_an_hour'),
                    models.CheckConstraint(condition=models.Q(('views__gte', 0)), name='stats_hourlyarticleviews_views_not_negative'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('key', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.SmallIntegerField(choices=[(1, 'person'), (2, 'bot'), (3, 'person at one article')])),
                ('arrived_at', models.DateTimeField(help_text='When the visit began.')),
                ('last_seen_at', models.DateTimeField()),
                ('counted_in', models.UUIDField(help_text='The batch that counted the visit.')),
            ],
            options={
                'verbose_name': 'presence',
                'verbose_name_plural': 'presences',
                'default_permissions': (),
                'indexes': [
                    models.Index(fields=['last_seen_at'], name='stats_presence_by_last_seen'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('kind__in', [1, 2, 3])), name='stats_presence_kind'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Writer',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('batch', models.BigIntegerField()),
                ('written_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'writer',
                'verbose_name_plural': 'writers',
                'default_permissions': (),
            },
        ),
    ]
