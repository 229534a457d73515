from django.db import migrations, models

import news.fields


class Migration(migrations.Migration):

    dependencies = [('news', '9001_expand')]

    operations = [
        # Of a column that prepared statements of the frame read.
        migrations.AlterField('category', 'name', news.fields.LineField('name', max_length=400)),
    ]
