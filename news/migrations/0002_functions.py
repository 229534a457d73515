"""The functions of news/sql/, and the one index that is made of a function."""

import django.contrib.postgres.indexes
from django.db import migrations, models

import news.models.search
from news.sql_files import create_functions


class Migration(migrations.Migration):

    dependencies = [
        ('news', '0001_initial'),
    ]

    operations = [
        create_functions('news/sql/listings.sql', digest='763d789ed9d3'),
        create_functions('news/sql/search.sql', digest='41856ab3cf04'),
        # Not among the tables: news_search_keys() must be there first.
        migrations.AddIndex(
            model_name='searchentry',
            index=django.contrib.postgres.indexes.GinIndex(news.models.search.SearchKeys(models.F('labels'), models.F('title'), models.F('parts')), gin_pending_list_limit=256, name='news_searchentry_keys'),
        ),
    ]
