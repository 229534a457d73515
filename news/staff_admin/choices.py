"""Categories as the choices of a drop-down list."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from news.models import Category


def indented_name(name: str, depth: int) -> str:
    """The name of a node of a tree, indented by its depth, which counts from 1."""
    return "— " * (depth - 1) + name


def category_choices(*, max_depth: int = Category.MAX_DEPTH) -> list[tuple[int, str]]:
    """All categories in the order of the tree, indented."""
    return [
        (category.pk, indented_name(category.name, category.depth))
        for category in Category.objects.tree()
        if category.depth <= max_depth
    ]


def set_choices(form: forms.ModelForm, name: str, choices: Sequence[tuple[object, object]]) -> None:
    """Set the choices of a ModelChoiceField; do nothing if the form shows it read-only."""
    field = form.fields.get(name)
    if isinstance(field, forms.ModelChoiceField):
        field.choices = choices
