from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('news', '9001_note')]

    operations = [
        migrations.CreateModel(
            'NextThing',
            [
                ('id', models.BigAutoField(primary_key=True)),
                ('article', models.ForeignKey('news.article', models.CASCADE)),
            ],
        ),
    ]
