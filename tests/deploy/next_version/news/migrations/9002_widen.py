from django.db import migrations

import news.fields


class Migration(migrations.Migration):

    dependencies = [('news', '9001_expand')]

    operations = [
        # Of columns that prepared statements read.
        migrations.AlterField('category', 'name', news.fields.LineField('name', max_length=400)),
        migrations.AlterField('article', 'title', news.fields.LineField('title', max_length=900)),
    ]
