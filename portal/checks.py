"""System checks of the data, run by `manage.py check --database default`."""

from __future__ import annotations

from collections.abc import Sequence

from django.core import checks
from django.db import DatabaseError
from django.utils import timezone

from portal.models import SiteIdentity


@checks.register("database")
def footer_fields_are_filled(
    databases: Sequence[str] | None = None, **kwargs: object
) -> list[checks.CheckMessage]:
    """Warn of blank footer fields, which the rules on state websites require."""
    if not databases:
        return []
    try:
        identity = SiteIdentity.objects.valid_on(timezone.localdate()).get()
    except DatabaseError:
        return []  # before the first migration there is no table
    except SiteIdentity.DoesNotExist:
        return [checks.Warning("No identity of the agency is valid today.", id="portal.W001")]
    return [
        checks.Warning(
            f"The footer field “{field.verbose_name}” is blank.",
            hint="Fill it in under Admin → identity of the agency.",
            id="portal.W002",
        )
        for field in SiteIdentity._meta.concrete_fields
        if field.name in SiteIdentity.FOOTER_FIELDS and not getattr(identity, field.name)
    ]
