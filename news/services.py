"""Writes to articles, pictures and attachments, each in one transaction.

A refusal is a ValidationError whose message is a sentence for the member of staff. The functions
named `check_…` raise the same errors and change nothing, so that a form can validate with them.
"""

from __future__ import annotations

import copy
from collections.abc import Collection
from datetime import datetime
from typing import IO, TypeAlias

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from news import documents, images, pdf
from news.library import uses_of
from news.models import Article, Attachment, AttachmentText, Image
from news.models.listings import lock_listings
from news.stored_files import delete_orphaned_file, file_rows_locked, remove_unused_files
from news.transactions import retry_on_conflict

Status = Article.Status
Upload: TypeAlias = File | IO[bytes]
# As `request.user` is typed; the views let no anonymous user come here.
User: TypeAlias = AbstractBaseUser | AnonymousUser


# --- The status of an article -------------------------------------------------------------------


def _locked(article: Article) -> Article:
    """Read the article from the database and lock its row until the end of the transaction.

    Rows that point to the article may be written meanwhile (`no_key`). Otherwise whoever has the
    lock of the listings, which is taken here next, would wait for the article at the commit.

    Raises ValidationError if it has been deleted.
    """
    rows = Article.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.filter(pk=article.pk).first()
    if locked is None:
        raise ValidationError(_("This article has been deleted in the meantime."))
    return locked


def _save(article: Article, locked: Article) -> Article:
    """Validate and save the locked row, and copy what changed to the caller's object."""
    locked.full_clean()
    locked.save()
    for name in (
        *("status", "status_reason", "published_at", "first_published_at", "withdrawn_at"),
        *("updated_at", "change_note", "redirect_to"),
    ):
        setattr(article, name, getattr(locked, name))
    return locked


def _require(condition: bool, refusal: str) -> None:
    if not condition:
        raise ValidationError(refusal)


def _required_reason(reason: str) -> str:
    reason = reason.strip()
    _require(bool(reason), _("Write down the reason."))
    return reason


def check_submit(article: Article) -> None:
    """Raise ValidationError unless the article is a draft with a text."""
    _require(article.status == Status.DRAFT, _("Only a draft can be submitted for review."))
    _require_text(article)


def _require_text(article: Article) -> None:
    _require(bool(article.body.strip()), _("The article has no text yet."))


@retry_on_conflict
@transaction.atomic
def submit_article(*, article: Article) -> Article:
    """Put a draft into review."""
    locked = _locked(article)
    check_submit(locked)
    locked.status = Status.IN_REVIEW
    locked.status_reason = ""
    return _save(article, locked)


@retry_on_conflict
@transaction.atomic
def return_to_draft(*, article: Article, reason: str) -> Article:
    """Make a draft of an article in review or of a scheduled one, with a reason for its author."""
    locked = _locked(article)
    check_return(locked)
    locked.status_reason = _required_reason(reason)
    if locked.status == Status.PUBLISHED:
        # Scheduled: it was never public.
        locked.published_at = locked.first_published_at = None
    locked.status = Status.DRAFT
    return _save(article, locked)


def check_return(article: Article) -> None:
    """Raise ValidationError unless the article is in review or scheduled."""
    is_scheduled = article.status == Status.PUBLISHED and not article.has_been_public
    _require(
        article.status == Status.IN_REVIEW or is_scheduled,
        _("Only an article in review or a scheduled one can be returned."),
    )


def check_publish(article: Article, at: datetime | None = None) -> None:
    """Raise ValidationError unless the article can be published, now or `at` a time.

    It has a text, is valid with its new status, and if readers have seen it, is not scheduled.
    """
    _require_text(article)
    trial = copy.copy(article)
    _set_published(trial, at)
    _require(
        not article.has_been_public or not trial.is_scheduled,
        _("Readers have seen this article already; it cannot be scheduled again."),
    )
    trial.full_clean()


def _set_published(article: Article, at: datetime | None) -> None:
    now = timezone.now()
    article.published_at = at or article.published_at or now
    if not article.has_been_public:
        # `published_at` may be set into the past; readers see the article from now on.
        article.first_published_at = max(article.published_at, now)
    article.status = Status.PUBLISHED
    article.status_reason = ""
    article.withdrawn_at = None
    article.redirect_to = None


@retry_on_conflict
@transaction.atomic
def publish_article(*, article: Article, by: User | None, at: datetime | None = None) -> Article:
    """Publish an article of any status.

    Args:
        by: the member of staff who becomes its creator if it has none.
        at: the publication time. A future one schedules the article. Default: `published_at` of
            the article, else now.

    Raises ValidationError as `check_publish` does.
    """
    locked = _locked(article)
    check_publish(locked, at)
    _set_published(locked, at)
    if locked.created_by_id is None and by is not None:
        locked.created_by_id = by.pk
    return _save(article, locked)


def check_correct(article: Article, note: str) -> None:
    """Raise ValidationError unless the article is public and the note says what changed."""
    _require(
        article.status in {Status.PUBLISHED, Status.WITHDRAWN} and article.has_been_public,
        _("Only an article that readers have seen can be corrected."),
    )
    _require(bool(note.strip()), _("Say in a few words what was corrected."))


@retry_on_conflict
@transaction.atomic
def correct_article(*, article: Article, note: str, at: datetime | None = None) -> Article:
    """Announce a correction: readers see the note and the time `at` (default: now)."""
    locked = _locked(article)
    check_correct(locked, note)
    locked.change_note = note
    locked.updated_at = at or timezone.now()
    return _save(article, locked)


_TEXT_FIELDS = {"title", "summary", "body", "lead_caption"}


@retry_on_conflict
@transaction.atomic
def record_change(*, article: Article, changed: Collection[str]) -> Article:
    """Set the times that depend on a change of the fields.

    An article that has been public gets `updated_at` if its text changed; the first publication
    of a scheduled one moves with `published_at`.

    Args:
        changed: the names of the fields that were written.
    """
    locked = _locked(article)
    if locked.status == Status.PUBLISHED and locked.published_at and not locked.has_been_public:
        locked.first_published_at = max(locked.published_at, timezone.now())
        return _save(article, locked)
    if locked.has_been_public and _TEXT_FIELDS & set(changed):
        locked.updated_at = timezone.now()
        return _save(article, locked)
    return locked


def check_withdraw(article: Article) -> None:
    """Raise ValidationError unless readers can see the article."""
    _require(
        article.status == Status.PUBLISHED and article.has_been_public,
        _("Only a published article can be withdrawn."),
    )


@retry_on_conflict
@transaction.atomic
def withdraw_article(*, article: Article, reason: str) -> Article:
    """Remove an article from all lists; its page stays, under a notice with reason and time."""
    locked = _locked(article)
    check_withdraw(locked)
    locked.status_reason = _required_reason(reason)
    locked.withdrawn_at = timezone.now()
    locked.status = Status.WITHDRAWN
    return _save(article, locked)


def check_unpublish(article: Article) -> None:
    """Raise ValidationError unless the article has a public page."""
    _require(
        article.status in {Status.PUBLISHED, Status.WITHDRAWN} and article.has_been_public,
        _("Only a published or withdrawn article can be unpublished."),
    )


@retry_on_conflict
@transaction.atomic
def unpublish_article(
    *, article: Article, reason: str, redirect_to: Article | None = None
) -> Article:
    """Remove the page of an article: its address answers 410, or redirects to `redirect_to`."""
    locked = _locked(article)
    check_unpublish(locked)
    locked.status_reason = _required_reason(reason)
    locked.redirect_to = redirect_to
    locked.withdrawn_at = None
    locked.status = Status.UNPUBLISHED
    return _save(article, locked)


def check_delete(article: Article) -> None:
    """Raise ValidationError if the article has ever been public."""
    _require(
        not article.has_been_public,
        _("Readers have seen this article; unpublish it instead of deleting it."),
    )


@retry_on_conflict
@transaction.atomic
def delete_article(*, article: Article) -> None:
    """Delete an article that has never been public, with its attachments."""
    check_delete(_locked(article))
    # Before any row that goes with it, in whichever order Django deletes them.
    lock_listings()
    paths = list(article.attachments.values_list("file", flat=True))
    article.delete()
    remove_unused_files(Attachment, paths)


# --- Pictures and attachments -------------------------------------------------------------------


@retry_on_conflict
def add_image(
    *,
    upload: Upload,
    alt: str,
    is_decorative: bool,
    caption: str,
    credit: str,
    by: User | None,
) -> Image:
    """Add a picture to the media library; return the existing row if it holds the same picture.

    Raises ValidationError if the alt text is missing or the file is no picture we can read.
    """
    image = Image(
        alt=alt,
        is_decorative=is_decorative,
        caption=caption,
        credit=credit,
        original_name=(getattr(upload, "name", None) or "")[-255:],
        created_by_id=by.pk if by else None,
    )
    # Checked before the file is decoded, which takes longer.
    image.full_clean(exclude={"file", "width", "height", "size", "sha256"})
    picture = images.decode_image(upload)
    stored = images.store_image(picture, image.original_name)
    try:
        with file_rows_locked():
            if not images.is_whole(stored.path):  # deleted since, as unused
                images.store_image(picture, image.original_name)
            existing = Image.objects.filter(sha256=stored.sha256).first()
            if existing is None:
                image.file = stored.path
                image.width, image.height = stored.width, stored.height
                image.size, image.sha256 = stored.bytes, stored.sha256
                image.full_clean()
                image.save()
    except BaseException:
        delete_orphaned_file(Image, stored.path, images.delete_image_files)
        raise
    if existing is not None:
        # Under another file name the same picture has another path.
        remove_unused_files(Image, [stored.path], remove=images.delete_image_files)
        return existing
    return image


def check_delete_images(pictures: Collection[Image]) -> None:
    """Raise ValidationError, with a sentence for each picture that is in use."""
    refusals = [
        _("The picture is in use and stays: %(places)s")
        % {"places": "; ".join(f"“{place}”" for place in places[:5])}
        for places in uses_of(pictures).values()
        if places
    ]
    if refusals:
        raise ValidationError(refusals)


@retry_on_conflict
@transaction.atomic
def delete_images(*, pictures: Collection[Image]) -> None:
    """Delete pictures that are not in use, and after the commit their files."""
    check_delete_images(pictures)
    paths = [image.file.name for image in pictures]
    Image.objects.filter(pk__in=[image.pk for image in pictures]).delete()
    remove_unused_files(Image, paths, remove=images.delete_image_files)


@retry_on_conflict
def add_attachment(*, article: Article, upload: Upload, title: str) -> Attachment:
    """Attach a file to an article; the text of a PDF is extracted for the search.

    Raises ValidationError if the kind of file is not accepted, or the content is of another kind.
    """
    name = getattr(upload, "name", None) or ""
    title = title.strip() or name.rsplit(".", 1)[0][:200]
    stored = documents.store_document(upload, title)
    try:
        return _save_attachment(article, upload, title, stored, _pdf_text(stored))
    except BaseException:
        delete_orphaned_file(Attachment, stored.path, default_storage.delete)
        raise


@transaction.atomic
def _save_attachment(
    article: Article, upload: Upload, title: str, stored: documents.StoredDocument, text: str
) -> Attachment:
    _locked(article)
    # Before the files: a form has listed its article when it comes to them.
    lock_listings()
    with file_rows_locked():
        if not default_storage.exists(stored.path):  # deleted since, as unused
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
        if text:
            AttachmentText.objects.create(attachment=attachment, text=text)
    return attachment


def _pdf_text(stored: documents.StoredDocument) -> str:
    if stored.extension != "pdf":
        return ""
    with default_storage.open(stored.path) as file:
        return pdf.extract_text(file.read())


@retry_on_conflict
@transaction.atomic
def remove_attachment(*, attachment: Attachment) -> None:
    """Remove an attachment from its article, and after the commit its file."""
    path = attachment.file.name
    attachment.delete()
    remove_unused_files(Attachment, [path])
