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
        create_functions('news/sql/listings.sql'),
        create_functions('news/sql/search.sql'),
        # Not among the tables: news_search_keys() must be there first.
        migrations.AddIndex(
            model_name='searchentry',
            index=django.contrib.postgres.indexes.GinIndex(news.models.search.SearchKeys(models.F('labels'), models.F('title'), models.F('parts')), gin_pending_list_limit=256, name='news_searchentry_keys'),
        ),
    ]
