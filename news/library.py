"""Where the pictures of the media library are shown: by reference, and inside rich text.

Every installed model is looked at, so that apps above the newsroom are counted without being known.
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


def places_of(images: Collection[Image]) -> dict[int, list[models.Model]]:
    """Return the objects that show each picture, by its id; each model is asked once."""
    found: dict[int, dict[tuple[str, int], models.Model]] = {image.pk: {} for image in images}
    for field in _references():
        for place in field.model._default_manager.filter(**{f"{field.name}__in": images}):
            found[getattr(place, field.attname)][field.model._meta.label, place.pk] = place
    named = {image.file.name: image.pk for image in images}
    for model, fields in _bodies():
        within = Q()
        for column, name in product(fields, named):
            within |= Q(**{f"{column}__contains": name})
        for place in model._default_manager.filter(within) if named else []:
            for name in _names_in(place, fields) & named.keys():
                found[named[name]][model._meta.label, place.pk] = place
    return {pk: list(places.values()) for pk, places in found.items()}


def _names_in(place: models.Model, fields: list[str]) -> set[str]:
    return {name for field in fields for name in _SOURCE.findall(getattr(place, field))}


def unused() -> models.QuerySet[Image]:
    """The pictures that nothing shows. Reads every body once: for a clerk who tidies up."""
    images = Image.objects.all()
    for field in _references():
        used = field.model._default_manager.exclude(**{field.name: None}).values(field.name)
        images = images.exclude(pk__in=used)
    return images.exclude(file__in=_named_in_bodies())


def _named_in_bodies() -> set[str]:
    names: set[str] = set()
    for model, fields in _bodies():
        for field in fields:
            bodies = model._default_manager.filter(**{f"{field}__contains": "<img"})
            for body in bodies.values_list(field, flat=True).iterator():
                names.update(_SOURCE.findall(body))
    return names
