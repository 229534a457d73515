"""The same functions with the same arguments, and not the same text."""

from django.conf import settings
from django.db import migrations

FUNCTIONS = (settings.BASE_DIR / 'news/sql/listings.sql').read_text()


class Migration(migrations.Migration):

    dependencies = [('news', '9002_thing')]

    operations = [
        migrations.RunSQL(
            FUNCTIONS.replace('AS $$', 'AS $$\n-- as the next version has it'),
            migrations.RunSQL.noop,
        ),
    ]
