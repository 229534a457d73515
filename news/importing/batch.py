"""One batch of records: what becomes of each, and the transaction that writes them.

Locks are taken in the order of docs/database.md, so that an import and members of staff wait for
each other and do not deadlock: the lock of imports, the articles, the lock of the listings, only
then the categories.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _

from news.importing.records import LONGEST_NAME, CheckedRecord, article_digest
from news.markup import first_words
from news.models import Article, Author, Category, OldAddress, Tag
from news.models.listings import lock_listings
from news.old_addresses import old_path
from news.text import comparison_key

# A category of this site like any other, so its name is not translated.
UNSORTED = "Chưa phân loại"


@dataclass(frozen=True)
class Options:
    """How to import. `undated` is the publication time of records that have none."""

    is_dry_run: bool = False
    undated: datetime | None = None
    category: Category | None = None
    as_drafts: bool = False
    overwrite: bool = False


@dataclass
class Plan:
    """What becomes of one record."""

    checked: CheckedRecord
    existing: Article | None = None
    outcome: str = "created"
    reason: str = ""
    paths: list[str] = field(default_factory=list)  # old addresses to add
    notes: list[str] = field(default_factory=list)

    @property
    def article(self) -> Article:
        return self.checked.article


class Batch:
    """The plans for a batch, and the writing of it within the caller's transaction."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.categories: dict[tuple[int | None, str], Category] = {}
        self.authors: dict[str, Author] = {}
        self.tags: dict[str, Tag] = {}

    def plan(self, batch: list[CheckedRecord], *, for_update: bool = False) -> list[Plan]:
        """Decide what becomes of each record; write nothing."""
        articles = Article.objects.filter(import_id__in=[one.record.import_id for one in batch])
        if for_update:
            articles = articles.select_for_update(of=("self",), no_key=True)
        existing = {
            article.import_id: article
            for article in articles.order_by("pk").prefetch_related("tags", "more_categories")
        }
        plans = []
        for one in batch:
            plan = Plan(one, existing.get(one.record.import_id))
            if plan.existing:
                self._plan_update(plan, plan.existing)
            plans.append(plan)
        _plan_old_addresses(plans)
        return plans

    def _plan_update(self, plan: Plan, article: Article) -> None:
        plan.outcome = "updated"
        if article.import_digest[:32] == plan.checked.digest:
            plan.outcome = "unchanged"  # by another import in the meantime
        elif article.import_digest[32:] != _current_digest(article):
            if self.options.overwrite:
                plan.notes.append(_("Changes made by staff since the import were overwritten."))
            else:
                plan.outcome = "skipped"
                plan.reason = _(
                    "The article was changed by staff since the import; it was left as it is."
                )
        if plan.outcome == "updated" and _is_published(article) and not _is_published(plan.article):
            plan.notes.append(_("The article is published already and stays so."))

    def write(self, batch: list[CheckedRecord]) -> list[Plan]:
        _lock_imports()
        plans = self.plan(batch, for_update=True)
        to_write = [plan for plan in plans if plan.outcome in ("created", "updated")]
        if not to_write:
            return plans
        lock_listings()
        self._load_names(to_write)
        tags, more = {}, {}
        for plan in to_write:
            article = plan.article
            article.category, *others = self._categories_of(plan)
            article.author = self._author_by_name(plan.checked.record.author)
            more[id(plan)] = [category.pk for category in others]
            tags[id(plan)] = [self._tag_by_name(name).pk for name in plan.checked.tags]
        for plan in to_write:
            if plan.existing:
                _keep_existing_values(plan.article, plan.existing)
            else:
                plan.article.pk = None  # set by an attempt that was rolled back
            plan.article.import_digest = plan.checked.digest + article_digest(
                plan.article, tags[id(plan)], more[id(plan)]
            )
        created = [plan for plan in to_write if not plan.existing]
        Article.objects.bulk_create([plan.article for plan in created])
        _insert_links(Article.tags.through, "tag_id", {p.article.pk: tags[id(p)] for p in created})
        _insert_links(
            Article.more_categories.through,
            "category_id",
            {p.article.pk: more[id(p)] for p in created},
        )
        for plan in to_write:
            if plan.existing:
                plan.article.save(update_fields=_IMPORTED_FIELDS)
                plan.article.tags.set(tags[id(plan)])
                plan.article.more_categories.set(more[id(plan)])
        OldAddress.objects.bulk_create(
            OldAddress(path=path, article_id=plan.article.pk)
            for plan in to_write
            for path in plan.paths
        )
        return plans

    def _load_names(self, plans: list[Plan]) -> None:
        for category in Category.objects.order_by("depth", "pk"):
            key = (category.parent_id, comparison_key(category.name))
            self.categories.setdefault(key, category)
        keys = {comparison_key(name) for plan in plans for name in plan.checked.tags}
        self.tags = {tag.key: tag for tag in Tag.objects.filter(key__in=keys)}
        if any(plan.checked.record.author for plan in plans):
            for author in Author.objects.order_by("pk"):
                self.authors.setdefault(comparison_key(author.name), author)

    def _categories_of(self, plan: Plan) -> list[Category]:
        """Return the categories of a record, the main one first; create those that are missing."""
        record = plan.checked.record
        if record.categories:
            found = [
                self._category_by_path(path)
                if record.categories_are_paths
                else self._category_by_name(path[0])
                for path in record.categories
            ]
            return list({category.pk: category for category in found}.values())
        if plan.existing:
            return [plan.existing.category]
        return [self.options.category or self._category_by_path((UNSORTED,))]

    def _category_by_name(self, name: str) -> Category:
        """Return the category of that name on the highest level, else a new one."""
        key = comparison_key(first_words(name, LONGEST_NAME))
        for (_parent_id, other), category in self.categories.items():
            if other == key:
                return category
        return self._category_by_path((name,))

    def _category_by_path(self, path: tuple[str, ...]) -> Category:
        parent: Category | None = None
        for name in path:
            name = first_words(name, LONGEST_NAME)
            key = (parent.pk if parent else None, comparison_key(name))
            category = self.categories.get(key)
            if category is None:
                category = Category(name=name, parent=parent)
                category.full_clean()
                category.save()
                self.categories[key] = category
            parent = category
        assert parent is not None, "a path has at least one name"  # noqa: S101
        return parent

    def _author_by_name(self, name: str) -> Author | None:
        name = first_words(name, LONGEST_NAME)
        key = comparison_key(name)
        if key and key not in self.authors:
            author = Author(name=name)
            author.full_clean()
            author.save()
            self.authors[key] = author
        return self.authors.get(key)

    def _tag_by_name(self, name: str) -> Tag:
        key = comparison_key(name)
        if key not in self.tags:
            tag = Tag(name=name)
            tag.full_clean()
            tag.save()
            self.tags[key] = tag
        return self.tags[key]


_IMPORTED_FIELDS = [
    *("title", "slug", "summary", "body", "status", "published_at", "first_published_at"),
    *("category", "author", "origin", "source_name", "source_url", "import_digest"),
]


def _keep_existing_values(article: Article, existing: Article) -> None:
    """Take over from the existing article what no import may change."""
    article.pk = existing.pk
    article._state.adding = False
    if existing.has_been_public:
        article.first_published_at = existing.first_published_at
    is_taken_back = existing.status in (Article.Status.WITHDRAWN, Article.Status.UNPUBLISHED)
    would_vanish = existing.has_been_public and (not _is_published(article) or article.is_scheduled)
    if is_taken_back or would_vanish or (_is_published(existing) and not _is_published(article)):
        # An import neither publishes an article that was taken back nor takes one back.
        article.status = existing.status
        article.published_at = existing.published_at
        article.first_published_at = existing.first_published_at


def _is_published(article: Article) -> bool:
    return article.status == Article.Status.PUBLISHED


def _current_digest(article: Article) -> str:
    tags = [tag.pk for tag in article.tags.all()]
    return article_digest(
        article, tags, [category.pk for category in article.more_categories.all()]
    )


def _plan_old_addresses(plans: list[Plan]) -> None:
    """Plan the old addresses to add; one that leads to another article is left to that one."""
    wanted = [
        (plan, path)
        for plan in plans
        if plan.outcome in ("created", "updated")
        for path in dict.fromkeys(filter(None, map(old_path, plan.checked.record.addresses)))
    ]
    known = OldAddress.objects.filter(path__in=[path for _plan, path in wanted])
    owners: dict[str, object] = dict(known.values_list("path", "article_id"))
    for plan, path in wanted:
        owner = plan.existing.pk if plan.existing else plan.checked
        if path not in owners:
            owners[path] = owner
            plan.paths.append(path)
        elif owners[path] != owner:
            reason = _("The old address %(path)s leads to another article already.")
            plan.notes.append(reason % {"path": path})


def _lock_imports() -> None:
    """Until the commit: one import at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('news_import'))")


def _insert_links(through: type[Model], column: str, linked: dict[int, list[int]]) -> None:
    through._default_manager.bulk_create(
        through(article_id=article, **{column: other})
        for article, others in linked.items()
        for other in others
    )
