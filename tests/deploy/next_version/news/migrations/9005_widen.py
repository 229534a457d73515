"""A column that prepared statements read."""

from django.db import migrations

import news.fields


class Migration(migrations.Migration):

    dependencies = [('news', '9004_triggers')]

    operations = [
        migrations.AlterField('article', 'title', news.fields.LineField('title', max_length=900)),
    ]
