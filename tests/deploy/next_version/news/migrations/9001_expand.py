"""What a migration may do: this stands for that of any next version, in the test of updates."""

import re
from pathlib import Path

from django.conf import settings
from django.db import migrations, models

HERE = Path(__file__)
LAST = max(path.stem for path in HERE.parent.glob('[0-9]*.py') if path.stem < HERE.stem)
# The same functions, with the same arguments, and not the same text.
FUNCTIONS = re.sub(
    r'AS \$\$', 'AS $$\n-- as the next version has it',
    (settings.BASE_DIR / 'news/sql/listings.sql').read_text(),
)
# As pgtrigger replaces a trigger: drop and create, in one transaction.
TRIGGERS = """
    DO $$
    DECLARE
        found record;
    BEGIN
        FOR found IN
            SELECT tgname, pg_get_triggerdef(oid) AS definition FROM pg_trigger
            WHERE tgrelid = 'news_article'::regclass AND NOT tgisinternal
        LOOP
            EXECUTE format('DROP TRIGGER %I ON news_article', found.tgname);
            EXECUTE found.definition;
        END LOOP;
    END $$
"""


class Migration(migrations.Migration):

    dependencies = [('news', LAST)]

    operations = [
        migrations.AddField('article', 'next_note', models.TextField(db_default='')),
        migrations.AddField('article', 'next_count', models.IntegerField(null=True)),
        migrations.CreateModel(
            'NextThing',
            [
                ('id', models.BigAutoField(primary_key=True)),
                ('article', models.ForeignKey('news.article', models.CASCADE)),
            ],
        ),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
    ]
