"""Articles, their files and their categories: by services, and by the forms of the admin."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, OperationalError, transaction
from django.urls import reverse
from django.utils import timezone
from psycopg.errors import DeadlockDetected, ForeignKeyViolation

from news import services
from news.library import unused_images
from news.models import Article, Attachment, Author, Category, Image, Series, Tag
from news.stored_files import remove_unused_files
from portal.services.merging import merge_category, merge_tag
from tests.factories import make_article, make_category, make_image, make_tag, picture_upload
from tests.workload.actions import Actor, NothingThereError, RefusedError, action
from tests.workload.browser import Form, open_form, raise_refusal, send

Status = Article.Status
LIST = "/admin/news/article/"
PICTURES = "/admin/news/image/"
FEW_CATEGORIES, FEW_TAGS, FEW_ARTICLES = 6, 5, 8
_PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def pick_article(actor: Actor, *statuses: str) -> Article:
    """One of the newest articles that have one of these statuses; a new one if there are few."""
    rows = Article.objects.filter(status__in=statuses) if statuses else Article.objects.all()
    if rows.count() < FEW_ARTICLES:
        try:
            return make_article(
                actor.new_words("Bài viết"),
                status=statuses[0] if statuses else Status.PUBLISHED,
                category=pick_category(actor),
                more=[pick_category(actor)],
                tags=[pick_tag(actor)],
            )
        except IntegrityError as error:  # what it was to be filed under has been deleted
            raise NothingThereError from error
    article: Article = actor.pick(rows)
    return article


def pick_category(actor: Actor) -> Category:
    if Category.objects.count() < FEW_CATEGORIES:
        return make_category(actor.new_words("Chuyên mục"))
    category: Category = actor.pick(Category)
    return category


def pick_tag(actor: Actor) -> Tag:
    if Tag.objects.count() < FEW_TAGS:
        return make_tag(actor.new_words("từ khóa"))
    tag: Tag = actor.pick(Tag)
    return tag


def some_moment(actor: Actor) -> datetime:
    """A publication time of the last three months, or in the next seconds or days."""
    if actor.maybe(0.3):
        return timezone.now() + timedelta(seconds=actor.random.choice([1, 5, 100_000]))
    return timezone.now() - timedelta(hours=actor.random.randrange(2000))


# --- The states, by services ------------------------------------------------------------------


@action(services.submit_article)
def submit_draft(actor: Actor) -> None:
    services.submit_article(article=pick_article(actor, Status.DRAFT))


@action(services.return_to_draft)
def return_article(actor: Actor) -> None:
    services.return_to_draft(article=pick_article(actor, Status.IN_REVIEW), reason="Thiếu nguồn.")


@action(services.publish_article, weight=4)
def publish(actor: Actor) -> None:
    article = pick_article(actor, Status.DRAFT, Status.IN_REVIEW, Status.WITHDRAWN)
    services.publish_article(article=article, by=actor.user, at=some_moment(actor))


@action(services.correct_article, weight=2)
def correct(actor: Actor) -> None:
    article = pick_article(actor, Status.PUBLISHED, Status.WITHDRAWN)
    services.correct_article(article=article, note=actor.new_words("Sửa số liệu"))


@action(services.record_change)
def record_change(actor: Actor) -> None:
    services.record_change(article=pick_article(actor, Status.PUBLISHED), changed=["title"])


@action(services.withdraw_article, weight=4)
def withdraw(actor: Actor) -> None:
    services.withdraw_article(article=pick_article(actor, Status.PUBLISHED), reason="Sai số liệu.")


@action(services.unpublish_article, weight=2)
def unpublish(actor: Actor) -> None:
    article = pick_article(actor, Status.PUBLISHED, Status.WITHDRAWN)
    other = pick_article(actor, Status.PUBLISHED) if actor.maybe() else None
    services.unpublish_article(
        article=article, reason="Tin trùng.", redirect_to=other if other != article else None
    )


@action(services.publish_article, weight=2)
def restore(actor: Actor) -> None:
    services.publish_article(article=pick_article(actor, Status.UNPUBLISHED), by=actor.user)


@action(services.delete_article, weight=2)
def delete_draft(actor: Actor) -> None:
    services.delete_article(article=pick_article(actor, Status.DRAFT))


@action()
def delete_scheduled_past_the_service(actor: Actor) -> None:
    """As a shell would: the triggers alone take the locks.

    A row that somebody adds for the article meanwhile refuses it, as the foreign key should. And a
    service that has locked the article may meet it in a deadlock: docs/database.md says so.
    """
    scheduled = Article.objects.filter(
        status=Status.PUBLISHED, first_published_at__gt=timezone.now()
    )
    article = scheduled.order_by("?").first() or make_article(
        published_at=timezone.now() + timedelta(days=1)
    )
    try:
        with transaction.atomic():
            paths = list(article.attachments.values_list("file", flat=True))
            article.delete()
            remove_unused_files(Attachment, paths)
    except (IntegrityError, OperationalError) as error:
        if not isinstance(error.__cause__, ForeignKeyViolation | DeadlockDetected):
            raise
        raise RefusedError(type(error.__cause__).__name__) from error


# --- Articles, by the admin -----------------------------------------------------------------------


def _filled(actor: Actor, form: Form) -> dict[str, Any]:
    at = timezone.localtime(some_moment(actor))
    values = form.values | {
        "title": actor.new_words("Tin"),
        "body": f"<p>{actor.new_words('Nội dung')}.</p>",
        "category": pick_category(actor).pk,
        "more_categories": [pick_category(actor).pk],
        "tags": [pick_tag(actor).pk],
        "published_at_0": f"{at:%d/%m/%Y}",
        "published_at_1": f"{at:%H:%M:%S}",
        "correction": "Sửa số liệu.",
    }
    picture, author, series = (
        rows.objects.order_by("?").first() for rows in (Image, Author, Series)
    )
    for name, row in (("lead_image", picture), ("author", author), ("series", series)):
        values[name] = row.pk if row is not None and actor.maybe() else ""
    if actor.maybe(0.3):
        values["attachments-0-title"] = "Quyết định"
        values["attachments-0-upload"] = ContentFile(_PDF, name="quyet-dinh.pdf")
    else:
        values["attachments-TOTAL_FORMS"] = values["attachments-INITIAL_FORMS"]
    return values


@action(services.add_attachment, weight=3, writes=("add news.Article",))
def write_article(actor: Actor) -> None:
    form = open_form(actor, f"{LIST}add/")
    button = actor.random.choice(["_continue", "_submit", "_publish"])
    send(actor, f"{LIST}add/", {**_filled(actor, form), button: "1"})


@action(weight=6, writes=("change news.Article",))
def edit_article(actor: Actor) -> None:
    """Another process may write the article between the two requests."""
    url = f"{LIST}{pick_article(actor).pk}/change/"
    form = open_form(actor, url)
    button = actor.random.choice([b for b in form.buttons if b != "_preview"])
    changed = _filled(actor, form)
    names = actor.random.sample(sorted(changed), len(changed) // 2)
    values = form.values | {name: changed[name] for name in names if "attachments" not in name}
    send(actor, url, {**values, "title": changed["title"], button: "1"})


@action(writes=("delete news.Article",))
def delete_article_by_its_page(actor: Actor) -> None:
    url = f"{LIST}{pick_article(actor, Status.DRAFT).pk}/delete/"
    send(actor, url, {"post": "yes"}, is_asked=True)


@action(weight=3, writes=("news_article_take_back",))
def take_back_by_its_page(actor: Actor) -> None:
    name = actor.random.choice(["withdraw", "unpublish", "return"])
    status = Status.IN_REVIEW if name == "return" else Status.PUBLISHED
    url = reverse("admin:news_article_take_back", args=[pick_article(actor, status).pk, name])
    send(actor, url, {"reason": "Sai số liệu.", "redirect_to": ""})


def _selected(actor: Actor, *statuses: str) -> list[int]:
    return sorted({pick_article(actor, *statuses).pk for _ in range(4)})


@action(writes=("news.Article: publish_selected",))
def publish_several(actor: Actor) -> None:
    selected = _selected(actor, Status.DRAFT, Status.IN_REVIEW)
    send(actor, LIST, {"action": "publish_selected", "_selected_action": selected})


@action(writes=("news.Article: withdraw_selected",))
def withdraw_several(actor: Actor) -> None:
    selected = _selected(actor, Status.PUBLISHED)
    values = {"action": "withdraw_selected", "_selected_action": selected, "reason": "Sai."}
    send(actor, LIST, values)


@action(writes=("news.Article: delete_selected",))
def delete_several(actor: Actor) -> None:
    selected = _selected(actor, Status.DRAFT)
    values = {"action": "delete_selected", "_selected_action": selected, "post": "yes"}
    send(actor, LIST, values, is_asked=True)


# --- Files ----------------------------------------------------------------------------------------

WORDS: dict[str, Any] = {"alt": "Cầu", "is_decorative": False, "caption": "", "credit": ""}


def _picture(actor: Actor) -> Any:
    """A small picture; sometimes the one that another process sends too."""
    if actor.maybe(0.3):
        return copy.copy(_SAME_PICTURE)
    return picture_upload(size=(40 + actor.random.randrange(40), 30))


_SAME_PICTURE = picture_upload(size=(40, 40))


@action(services.add_image)
def add_picture(actor: Actor) -> None:
    services.add_image(upload=_picture(actor), by=actor.user, **WORDS)


@action(writes=("add news.Image",))
def upload_pictures(actor: Actor) -> None:
    values: dict[str, Any] = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0"}
    for index in range(2):
        values |= {f"form-{index}-upload": _picture(actor), f"form-{index}-alt": "Trường học"}
    send(actor, f"{PICTURES}add/", values)


@action(services.delete_images)
def delete_pictures(actor: Actor) -> None:
    picture = unused_images().order_by("?").first() or make_image()
    services.delete_images(pictures=[picture])


@action(services.add_attachment, weight=2)
def attach_file(actor: Actor) -> None:
    _attach(actor)


def _attach(actor: Actor) -> None:
    upload = ContentFile(_PDF, name="quyet-dinh.pdf")
    services.add_attachment(article=pick_article(actor), upload=upload, title="Quyết định")


@action(services.remove_attachment)
def remove_file(actor: Actor) -> None:
    if not Attachment.objects.exists():
        _attach(actor)
    services.remove_attachment(attachment=actor.pick(Attachment))


# --- Categories and tags --------------------------------------------------------------------------


@action(weight=4, writes=("change news.Category",))
def move_category(actor: Actor) -> None:
    url = f"/admin/news/category/{pick_category(actor).pk}/change/"
    form = open_form(actor, url)
    above = pick_category(actor).pk if actor.maybe(0.7) else ""
    send(actor, url, form.values | {"parent": above}, is_logged=False)


@action(weight=2)
def move_category_past_the_form(actor: Actor) -> None:
    category, above = pick_category(actor), pick_category(actor)
    category.parent = above if actor.maybe(0.7) else None
    category.full_clean()
    category.save()


def _two_of(actor: Actor, pick: Callable[[Actor], Any]) -> tuple[Any, Any]:
    first, second = pick(actor), pick(actor)
    if first == second:
        raise NothingThereError
    return first, second


@action(merge_category, weight=2)
def merge_categories(actor: Actor) -> None:
    category, into = _two_of(actor, pick_category)
    merge_category(category=category, into=into, by=actor.user)


@action(merge_tag, weight=2)
def merge_tags(actor: Actor) -> None:
    tag, into = _two_of(actor, pick_tag)
    merge_tag(tag=tag, into=into, by=actor.user)


@action(writes=("news.Category: merge_categories",))
def merge_categories_by_the_list(actor: Actor) -> None:
    category, into = _two_of(actor, pick_category)
    _merge(actor, "/admin/news/category/", "merge_categories", category, into)


@action(writes=("news.Tag: merge_tags",))
def merge_tags_by_the_list(actor: Actor) -> None:
    tag, into = _two_of(actor, pick_tag)
    _merge(actor, "/admin/news/tag/", "merge_tags", tag, into)


def _merge(actor: Actor, url: str, name: str, row: Any, into: Any) -> None:
    values = {"action": name, "_selected_action": [row.pk], "into": into.pk}
    send(actor, url, values)


@action(weight=3)
def read_pages(actor: Actor) -> None:
    """The pages that are made of what the others write."""
    article = pick_article(actor, Status.PUBLISHED)
    addresses = ["/", article.get_absolute_url(), article.category.get_absolute_url()]
    addresses += [f"/tim-kiem/?q={article.title.split()[0]}", "/admin/news/article/"]
    for address in addresses:
        browser = actor.staff if address.startswith("/admin") else actor.reader
        answer = browser.get(address)
        if answer.status_code not in {200, 301, 302}:
            raise_refusal(answer)
