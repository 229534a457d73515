"""Where the pictures of the media library are shown: by reference, and inside rich text.

Every installed model is looked at, so that apps above the newsroom are counted without being known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from news.fields import HtmlField
from news.models import Image


def _references() -> Iterator[models.ForeignKey]:
    """The foreign keys that point to a picture."""
    for relation in Image._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            yield relation.field


def _bodies() -> Iterator[tuple[type[models.Model], list[str]]]:
    """The models with rich text, and the names of those fields."""
    for model in apps.get_models():
        names = [f.name for f in model._meta.concrete_fields if isinstance(f, HtmlField)]
        if names:
            yield model, names


def places_of(image: Image) -> list[models.Model]:
    """Return the objects that show a picture, each once."""
    found: dict[tuple[str, int], models.Model] = {}
    for field in _references():
        for place in field.model._default_manager.filter(**{field.name: image}):
            found[field.model._meta.label, place.pk] = place
    for model, names in _bodies():
        within = Q()
        for name in names:
            within |= Q(**{f"{name}__contains": image.file.name})
        for place in model._default_manager.filter(within):
            found[model._meta.label, place.pk] = place
    return list(found.values())


def unused() -> models.QuerySet[Image]:
    """The pictures that nothing shows. Reads every body once: for a clerk who tidies up."""
    images = Image.objects.all()
    for field in _references():
        used = field.model._default_manager.exclude(**{field.name: None}).values(field.name)
        images = images.exclude(pk__in=used)
    return images.exclude(file__in=_named_in_bodies())


def _named_in_bodies() -> set[str]:
    source = re.compile(rf'src="{re.escape(settings.MEDIA_URL)}([^"]+)"')
    names: set[str] = set()
    for model, fields in _bodies():
        for field in fields:
            bodies = model._default_manager.filter(**{f"{field}__contains": "<img"})
            for body in bodies.values_list(field, flat=True).iterator():
                names.update(source.findall(body))
    return names
