"""Where pictures of the media library are used: by foreign keys, and inside rich text.

All installed models are searched, so that apps above this one count without being imported.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import product

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from news.fields import HtmlField
from news.models import Image

_SOURCE = re.compile(rf'src="{re.escape(settings.MEDIA_URL)}([^"]+)"')


def _foreign_keys() -> Iterator[models.ForeignKey]:
    """The foreign keys that point to a picture."""
    for relation in Image._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            yield relation.field


def _rich_text_models() -> Iterator[tuple[type[models.Model], list[str]]]:
    """The models that have rich text, with the names of those fields."""
    for model in apps.get_models():
        names = [f.name for f in model._meta.concrete_fields if isinstance(f, HtmlField)]
        if names:
            yield model, names


def uses_of(images: Collection[Image]) -> dict[int, list[models.Model]]:
    """Return the objects that use each picture, by its primary key; one query per model."""
    found: dict[int, dict[tuple[str, int], models.Model]] = {image.pk: {} for image in images}
    for field in _foreign_keys():
        for row in field.model._default_manager.filter(**{f"{field.name}__in": images}):
            found[getattr(row, field.attname)][field.model._meta.label, row.pk] = row
    named = {image.file.name: image.pk for image in images}
    for model, fields in _rich_text_models():
        within = Q()
        for column, name in product(fields, named):
            within |= Q(**{f"{column}__contains": name})
        for row in model._default_manager.filter(within) if named else []:
            for name in _picture_names_in(row, fields) & named.keys():
                found[named[name]][model._meta.label, row.pk] = row
    return {pk: list(rows.values()) for pk, rows in found.items()}


def _picture_names_in(row: models.Model, fields: list[str]) -> set[str]:
    return {name for field in fields for name in _SOURCE.findall(getattr(row, field))}


def unused_images() -> models.QuerySet[Image]:
    """The pictures that nothing uses. Slow: it reads all rich text."""
    images = Image.objects.all()
    for field in _foreign_keys():
        used = field.model._default_manager.exclude(**{field.name: None}).values(field.name)
        images = images.exclude(pk__in=used)
    return images.exclude(file__in=picture_names_in_rich_text())


def picture_names_in_rich_text() -> set[str]:
    """The storage paths of the pictures that rich text shows. Slow: it reads all of it."""
    names: set[str] = set()
    for model, fields in _rich_text_models():
        for field in fields:
            bodies = model._default_manager.filter(**{f"{field}__contains": "<img"})
            for body in bodies.values_list(field, flat=True).iterator():
                names.update(_SOURCE.findall(body))
    return names
