"""Merge a category or a tag into another: what belongs to it moves, its address redirects."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from news.models import Article, Category, Tag
from news.models.listings import lock_listings
from news.transactions import retry_on_conflict
from portal.models import HomeBlock, MenuItem, Redirect, User
from portal.redirects.services import lock_redirects, redirect_earlier_url

Merged = TypeVar("Merged", Category, Tag)

LOCK_ATTEMPTS = 20


def check_merge_category(category: Category, into: Category) -> None:
    """Raise ValidationError unless all that belongs to the category can move to the other."""
    if category.pk == into.pk:
        raise ValidationError(_("A category cannot be merged into itself."))
    if category.pk in {ancestor.pk for ancestor in into.ancestors}:
        raise ValidationError(
            _("“%(into)s” stands below “%(category)s”. Move it to another place first.")
            % {"into": into.name, "category": category.name}
        )
    for child in category.children.all():
        child.parent = into
        try:
            child.clean()
        except ValidationError as refusal:
            raise ValidationError(f"{child.name}: {' '.join(refusal.messages)}") from None


@retry_on_conflict
@transaction.atomic
def merge_category(*, category: Category, into: Category, by: User | None) -> int:
    """Move everything of a category to another, delete it, and leave a redirect.

    Returns the number of articles that moved. Raises ValidationError as `check_merge_category`.
    """
    lock_for_merging([category])
    locked = _lock_rows(category, into)
    if len(locked) < len({category.pk, into.pk}):
        raise ValidationError(_("One of them has been deleted in the meantime."))
    category, into = locked[category.pk], locked[into.pk]
    check_merge_category(category, into)
    moved = _articles_of([category]).count()

    Article.objects.filter(category=category).update(category=into)
    _move_links(Article.more_categories.through, "category_id", category, into)
    links = Article.more_categories.through._default_manager
    links.filter(category=into, article__category=into).delete()
    category.children.update(parent=into)
    MenuItem.objects.filter(category=category).update(category=into)
    _move_home_blocks(category, into)
    Redirect.objects.filter(category=category).update(category=into)
    _delete_and_redirect(category, into, by)
    return moved


def _articles_of(categories: Collection[Category]) -> models.QuerySet[Article]:
    is_in_category = Q(category__in=categories) | Q(more_categories__in=categories)
    return Article.objects.filter(pk__in=Article.objects.filter(is_in_category).values("pk"))


def lock_for_merging(categories: Collection[Category]) -> None:
    """Take all locks that merging these categories needs, in the order of docs/database.md.

    Whoever merges several in one transaction calls this before the first one.

    An article that is filed here while the locks are waited for is not among those that are
    locked: then they are released and taken again.

    Raises ValidationError if articles are filed here all the time.
    """
    lock_redirects()
    articles = _articles_of(categories).order_by("pk").values_list("pk", flat=True)
    for _attempt in range(LOCK_ATTEMPTS):
        with transaction.atomic():
            locked = set(articles.select_for_update(no_key=True))
            lock_listings()
            if locked.issuperset(articles):
                return
            transaction.set_rollback(True)
    raise ValidationError(_("Others are working on these articles. Please try again."))


def _lock_rows(merged: Merged, into: Merged) -> dict[int, Merged]:
    """Lock two rows and return them by primary key.

    Nothing is filed under the first one any more, as it is about to be deleted: whoever does so
    waits at the commit. Other rows may go on pointing to the second one.
    """
    rows: models.QuerySet[Merged] = type(merged)._default_manager.all()
    locked = {row.pk: row for row in rows.select_for_update().filter(pk=merged.pk)}
    for row in rows.select_for_update(no_key=True).filter(pk=into.pk):
        locked[row.pk] = row
    return locked


def _move_home_blocks(category: Category, into: Category) -> None:
    """A home page that has a block of the other category needs no second one."""
    if HomeBlock.objects.filter(category=into).exists():
        HomeBlock.objects.filter(category=category).delete()
    else:
        HomeBlock.objects.filter(category=category).update(category=into)


@retry_on_conflict
@transaction.atomic
def merge_tag(*, tag: Tag, into: Tag, by: User | None) -> int:
    """Give the articles of a tag another one, delete it, and leave a redirect.

    Returns the number of articles. Raises ValidationError if it is the same tag, or deleted.
    """
    if tag.pk == into.pk:
        raise ValidationError(_("A tag cannot be merged into itself."))
    lock_redirects()
    locked = _lock_rows(tag, into)
    if len(locked) < 2:
        raise ValidationError(_("One of them has been deleted in the meantime."))
    tag, into = locked[tag.pk], locked[into.pk]
    moved = _move_links(Article.tags.through, "tag_id", tag, into)
    Redirect.objects.filter(tag=tag).update(tag=into)
    _delete_and_redirect(tag, into, by)
    return moved


def _move_links(through: type[models.Model], column: str, old: Merged, into: Merged) -> int:
    """Link the articles of `old` to `into`; return how many.

    By INSERT and DELETE: the triggers of the listings do not see an UPDATE.
    """
    links = through._default_manager
    articles = list(links.filter(**{column: old.pk}).values_list("article_id", flat=True))
    links.bulk_create(
        [through(article_id=pk, **{column: into.pk}) for pk in articles],
        ignore_conflicts=True,
        batch_size=5000,
    )
    links.filter(**{column: old.pk}).delete()
    return len(articles)


def _delete_and_redirect(old: Merged, into: Merged, by: User | None) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        earlier_url = old.get_absolute_url()
    old.delete()
    redirect_earlier_url(earlier_url=earlier_url, target=into, by=by)
