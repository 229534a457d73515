"""A title without a letter or a digit ("…", a picture sign) is no first, empty word of its article.

It was one, which no tsvector takes: such an article could not be published.
"""

from django.db import migrations

MEND = """
DO $$
BEGIN
    EXECUTE replace(
        pg_get_functiondef('news_search_enter(bigint[])'::regprocedure),
        'concat_ws('' | '', title, nullif(summary',
        'concat_ws('' | '', nullif(title, ''''), nullif(summary'
    );
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("news", "0006_article_corrected")]

    operations = [migrations.RunSQL(MEND, migrations.RunSQL.noop)]
