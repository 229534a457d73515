"""The functions of comments/sql/."""

from django.db import migrations

from news.sql_files import create_functions


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0001_initial'),
    ]

    operations = [
        create_functions('comments/sql/counts.sql', digest='5219277c9535'),
    ]
