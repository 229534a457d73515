from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [('news', '9007_rule')]

    operations = [ValidateConstraint('article', 'news_article_next_note_is_known')]
