from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # an index that is made beside the writers
    dependencies = [('news', '9005_widen')]

    operations = [
        AddIndexConcurrently('article', models.Index(fields=['next_note'], name='news_next_note')),
    ]
