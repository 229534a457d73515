"""What changes the newsroom's data: one verb a function, one transaction each.

A refusal is a ValidationError whose message is a sentence for the person at the desk. The functions
named `check_…` refuse in the same words and change nothing, so that a form can ask beforehand.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import Storage, default_storage
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from news import documents, images, pdf
from news.library import places_of
from news.models import Article, Attachment, AttachmentText, Image

Status = Article.Status
Upload = File | IO[bytes]


# --- The states of an article -------------------------------------------------------------------


def _lock(article: Article) -> Article:
    """Read the article anew and keep its row until the transaction ends."""
    return Article.objects.select_for_update(of=("self",)).get(pk=article.pk)


def _save(article: Article, locked: Article) -> Article:
    """Check and write the locked row, and let the object that was handed in read the same."""
    locked.full_clean()
    locked.save()
    for name in (
        *("status", "status_reason", "published_at", "first_published_at", "withdrawn_at"),
        *("updated_at", "change_note", "redirect_to"),
    ):
        setattr(article, name, getattr(locked, name))
    return locked


def is_out(article: Article) -> bool:
    """Whether readers have had the article before them: its moment of publication has passed."""
    return article.first_published_at is not None and article.first_published_at <= timezone.now()


def _require(condition: bool, refusal: str) -> None:
    if not condition:
        raise ValidationError(refusal)


def _reason(reason: str) -> str:
    reason = reason.strip()
    _require(bool(reason), _("Write down the reason."))
    return reason


def check_submit(article: Article) -> None:
    """Raise ValidationError unless the article is a draft with a text."""
    _require(article.status == Status.DRAFT, _("Only a draft can be submitted for review."))
    _require_text(article)


def _require_text(article: Article) -> None:
    _require(bool(article.body.strip()), _("The article has no text yet."))


@transaction.atomic
def submit_article(*, article: Article) -> Article:
    """Hand a draft to the editors."""
    locked = _lock(article)
    check_submit(locked)
    locked.status = Status.IN_REVIEW
    locked.status_reason = ""
    return _save(article, locked)


@transaction.atomic
def return_to_draft(*, article: Article, reason: str) -> Article:
    """Send an article in review back to its author, or call a scheduled one off; with a reason."""
    locked = _lock(article)
    check_return(locked)
    locked.status_reason = _reason(reason)
    if locked.status == Status.PUBLISHED:
        # Nobody has read it: it was not published yet.
        locked.published_at = locked.first_published_at = None
    locked.status = Status.DRAFT
    return _save(article, locked)


def check_return(article: Article) -> None:
    """Raise ValidationError unless the article waits for an editor or for its time."""
    waits = article.status == Status.PUBLISHED and not is_out(article)
    _require(
        article.status == Status.IN_REVIEW or waits,
        _("Only an article in review or a scheduled one can be returned."),
    )


def check_publish(article: Article, at: datetime | None = None) -> None:
    """Raise ValidationError unless `publish_article` would accept the article and the moment."""
    probe = copy.copy(article)
    _become_published(probe, at)
    probe.full_clean()


def _become_published(article: Article, at: datetime | None) -> None:
    _require_text(article)
    now = timezone.now()
    article.published_at = at or article.published_at or now
    if is_out(article):
        _require(
            article.published_at <= now,
            _("Readers have seen this article already; it cannot be scheduled again."),
        )
    else:
        # An article may be dated back; readers see it now at the earliest.
        article.first_published_at = max(article.published_at, now)
    article.status = Status.PUBLISHED
    article.status_reason = ""
    article.withdrawn_at = None
    article.redirect_to = None


@transaction.atomic
def publish_article(*, article: Article, by: Any, at: datetime | None = None) -> Article:
    """Publish a draft or an article in review, or put one back that was withdrawn or unpublished.

    Args:
        by: the member of staff who answers for it.
        at: the moment of publication. A future one schedules the article. If None: the one the
            article carries already, else now.

    Raises ValidationError if the article has no text, if readers have seen it and `at` lies ahead,
    or if a constraint is broken (a re-published article names its source …).
    """
    locked = _lock(article)
    _become_published(locked, at)
    if locked.created_by is None:
        locked.created_by = by
    return _save(article, locked)


def check_correct(article: Article, note: str) -> None:
    """Raise ValidationError unless the article is public and the note says what changed."""
    _require(
        article.status in {Status.PUBLISHED, Status.WITHDRAWN} and is_out(article),
        _("Only an article that readers have seen can be corrected."),
    )
    _require(bool(note.strip()), _("Say in a few words what was corrected."))


@transaction.atomic
def correct_article(*, article: Article, note: str, at: datetime | None = None) -> Article:
    """Announce a correction: readers see the note and the moment `at` (now)."""
    locked = _lock(article)
    check_correct(locked, note)
    locked.change_note = note
    locked.updated_at = at or timezone.now()
    return _save(article, locked)


# What readers take for the article itself.
_TEXT = {"title", "summary", "body", "lead_caption"}


@transaction.atomic
def record_change(*, article: Article, changed: Collection[str]) -> Article:
    """Let readers see that the text of an article changed after they may have read it.

    Args:
        changed: the names of the fields that were written. Those that are not text, and those of an
            article that nobody has read, leave no mark.
    """
    locked = _lock(article)
    if is_out(locked) and _TEXT & set(changed):
        locked.updated_at = timezone.now()
        return _save(article, locked)
    return locked


def check_withdraw(article: Article) -> None:
    """Raise ValidationError unless readers can see the article."""
    _require(
        article.status == Status.PUBLISHED and is_out(article),
        _("Only a published article can be withdrawn."),
    )


@transaction.atomic
def withdraw_article(*, article: Article, reason: str) -> Article:
    """Take an article out of all lists; its page stays, under a notice with reason and time."""
    locked = _lock(article)
    check_withdraw(locked)
    locked.status_reason = _reason(reason)
    locked.withdrawn_at = timezone.now()
    locked.status = Status.WITHDRAWN
    return _save(article, locked)


def check_unpublish(article: Article) -> None:
    """Raise ValidationError unless the article has a page to take away."""
    _require(
        article.status in {Status.PUBLISHED, Status.WITHDRAWN} and is_out(article),
        _("Only a published or withdrawn article can be unpublished."),
    )


@transaction.atomic
def unpublish_article(
    *, article: Article, reason: str, redirect_to: Article | None = None
) -> Article:
    """Take the page of an article away: its address answers 410, or leads to `redirect_to`."""
    locked = _lock(article)
    check_unpublish(locked)
    locked.status_reason = _reason(reason)
    locked.redirect_to = redirect_to
    locked.withdrawn_at = None
    locked.status = Status.UNPUBLISHED
    return _save(article, locked)


def check_delete(article: Article) -> None:
    """Raise ValidationError if readers have ever seen the article."""
    _require(
        not is_out(article),
        _("Readers have seen this article; unpublish it instead of deleting it."),
    )


@transaction.atomic
def delete_article(*, article: Article) -> None:
    """Delete an article that nobody has read, with its attachments."""
    check_delete(_lock(article))
    paths = list(article.attachments.values_list("file", flat=True))
    article.delete()
    remove_unused_files(Attachment, paths)


# --- Files --------------------------------------------------------------------------------------


def remove_unused_files(
    model: type[models.Model],
    paths: Iterable[str | None],
    *,
    remove: Callable[[str], None] | None = None,
    storage: Storage = default_storage,
) -> None:
    """After commit, remove those files of a model's `file` field that no row names any more.

    A path ends in a fingerprint of the content, so two rows may share one file.
    """

    def sweep() -> None:
        for path in filter(None, paths):
            with file_rows():
                if not model._default_manager.filter(file=path).exists():
                    (remove or storage.delete)(path)

    transaction.on_commit(sweep)


@contextmanager
def file_rows() -> Iterator[None]:
    """A transaction in which nobody else writes or removes rows that name files.

    Else a file found in the storage could be swept away before the row that relies on it is seen,
    and one picture sent twice at once would be two. Files are decoded and written before it; the
    lock is held for a few statements.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('news_file_rows'))")
        yield


def forget(model: type[models.Model], path: str, remove: Callable[[str], None]) -> None:
    """Remove a file whose row could not be written; the error that stopped it is the one to tell.

    Whoever rolls back an outer transaction leaves the file: it is found again by its name.
    """
    with suppress(Exception), file_rows():
        if not model._default_manager.filter(file=path).exists():
            remove(path)


def add_image(
    *,
    upload: Upload,
    alt: str,
    is_decorative: bool,
    caption: str,
    credit: str,
    by: Any,
) -> Image:
    """Take a picture into the media library; the same picture again is the one that is there.

    Raises ValidationError if the words are missing or the file is no picture we can read.
    """
    image = Image(
        alt=alt,
        is_decorative=is_decorative,
        caption=caption,
        credit=credit,
        original_name=(getattr(upload, "name", None) or "")[-255:],
        created_by=by,
    )
    of_the_file = {"file", "width", "height", "size", "sha256"}
    image.full_clean(exclude=of_the_file)
    picture = images.decode(upload)
    stored = images.store(picture, image.original_name)
    try:
        with file_rows():
            if not default_storage.exists(stored.path):  # swept away a moment ago
                images.store(picture, image.original_name)
            known = Image.objects.filter(sha256=stored.sha256).first()
            if known is None:
                image.file = stored.path
                image.width, image.height = stored.width, stored.height
                image.size, image.sha256 = stored.bytes, stored.sha256
                image.full_clean()
                image.save()
    except BaseException:
        forget(Image, stored.path, images.remove)
        raise
    if known is not None:
        # Sent under another name, the same picture was written a second time.
        remove_unused_files(Image, [stored.path], remove=images.remove)
        return known
    return image


def check_delete_images(pictures: Collection[Image]) -> None:
    """Raise ValidationError, with a sentence for each picture that something still shows."""
    refusals = [
        _("The picture is in use and stays: %(places)s")
        % {"places": "; ".join(f"“{place}”" for place in places[:5])}
        for places in places_of(pictures).values()
        if places
    ]
    if refusals:
        raise ValidationError(refusals)


@transaction.atomic
def delete_images(*, pictures: Collection[Image]) -> None:
    """Delete pictures that nothing shows; their files go once that is certain."""
    check_delete_images(pictures)
    paths = [image.file.name for image in pictures]
    Image.objects.filter(pk__in=[image.pk for image in pictures]).delete()
    remove_unused_files(Image, paths, remove=images.remove)


def add_attachment(*, article: Article, upload: Upload, title: str) -> Attachment:
    """Offer a file below an article; the words of a PDF are read, so that search finds them.

    Raises ValidationError if the file is of no accepted kind or not what its name says.
    """
    name = getattr(upload, "name", None) or ""
    title = title.strip() or name.rsplit(".", 1)[0][:200]
    stored = documents.store_document(upload, title)
    try:
        words = _words_of(stored)
        with file_rows():
            if not default_storage.exists(stored.path):  # swept away a moment ago
                documents.store_document(upload, title)
            position = article.attachments.aggregate(last=models.Max("position"))["last"] or 0
            attachment = Attachment(
                article=article,
                file=stored.path,
                title=title,
                position=position + 1,
                extension=stored.extension,
                content_type=stored.content_type,
                size=stored.size,
                sha256=stored.sha256,
            )
            attachment.full_clean()
            attachment.save()
            if words:
                AttachmentText.objects.create(attachment=attachment, text=words)
    except BaseException:
        forget(Attachment, stored.path, default_storage.delete)
        raise
    return attachment


def _words_of(stored: documents.StoredDocument) -> str:
    if stored.extension != "pdf":
        return ""
    with default_storage.open(stored.path) as file:
        return pdf.text_of(file.read())


@transaction.atomic
def remove_attachment(*, attachment: Attachment) -> None:
    """Take a file away from an article."""
    path = attachment.file.name
    attachment.delete()
    remove_unused_files(Attachment, [path])
