"""What a migration may do: these stand for those of any next version, in the test of updates."""

from pathlib import Path

from django.db import migrations, models

HERE = Path(__file__)
LAST = max(path.stem for path in HERE.parent.glob('[0-9]*.py') if path.stem < HERE.stem)


class Migration(migrations.Migration):

    dependencies = [('news', LAST)]

    operations = [migrations.AddField('article', 'next_note', models.TextField(db_default=''))]
