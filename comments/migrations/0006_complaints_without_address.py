"""Nobody answers a complaint by mail: the address is no longer asked for, and what was kept goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("comments", "0005_empty_places")]
    operations = [migrations.RemoveField(model_name="report", name="email")]
