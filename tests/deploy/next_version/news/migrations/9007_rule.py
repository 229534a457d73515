from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('news', '9006_index')]

    operations = [
        AddConstraintNotValid(
            'article',
            models.CheckConstraint(
                condition=~models.Q(next_note='?'), name='news_article_next_note_is_known'
            ),
        ),
    ]
