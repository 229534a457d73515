from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # an index that is made beside the writers
    dependencies = [('news', '9002_widen')]

    operations = [
        AddIndexConcurrently('article', models.Index(fields=['next_note'], name='news_next_note')),
        AddConstraintNotValid(
            'article',
            models.CheckConstraint(
                condition=models.Q(next_count=None) | models.Q(next_count__gte=0),
                name='news_article_next_count_is_no_debt',
            ),
        ),
    ]
