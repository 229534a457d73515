"""The plural of groups of links stands in sentences of the admin: "delete the selected …"."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("portal", "0004_pages_and_identity")]
    operations = [
        migrations.AlterModelOptions(
            name="linkgroup",
            options={
                "ordering": ["position", "pk"],
                "verbose_name": "group of links",
                "verbose_name_plural": "groups of links",
            },
        ),
    ]
