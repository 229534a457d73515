from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('news', '9003_index')]

    operations = [ValidateConstraint('article', 'news_article_next_count_is_no_debt')]
