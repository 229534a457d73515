"""The function of portal/sql/."""

from django.db import migrations

from news.sql_files import create_functions


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0002_tables'),
    ]

    operations = [
        create_functions('portal/sql/missing_addresses.sql', digest='ed5e1dc0be08'),
    ]
