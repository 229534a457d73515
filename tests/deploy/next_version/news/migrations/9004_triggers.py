"""As pgtrigger replaces a trigger that is declared anew: drop and create, in one transaction."""

from django.db import migrations

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

    dependencies = [('news', '9003_functions')]

    operations = [migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop)]
