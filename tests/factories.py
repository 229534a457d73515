"""Small makers of valid rows, so that a test names only what it is about."""

from __future__ import annotations

import itertools
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image as PillowImage

from comments import hashing
from comments.models import Comment, ConsentText
from news.models import Article, Author, Category, Image, Series, Tag

_number = itertools.count(1)


def _saved(row: Any) -> Any:
    # The constraints are asked once, by the database itself; full_clean() would ask each twice.
    row.clean_fields()
    row.clean()
    row.save()
    return row


def make_category(name: str = "", **fields: Any) -> Category:
    return _saved(Category(name=name or f"Chuyên mục {next(_number)}", **fields))


def make_tag(name: str = "", **fields: Any) -> Tag:
    return _saved(Tag(name=name or f"từ khóa {next(_number)}", **fields))


def make_series(name: str = "", **fields: Any) -> Series:
    return _saved(Series(name=name or f"Sự kiện {next(_number)}", **fields))


def make_author(name: str = "", **fields: Any) -> Author:
    return _saved(Author(name=name or f"Tác giả {next(_number)}", **fields))


def make_article(title: str = "", *, tags: Any = (), more: Any = (), **fields: Any) -> Article:
    """A published article of an hour ago, unless the fields say otherwise."""
    if "category" not in fields:
        fields["category"] = Category.objects.first() or make_category()
    fields.setdefault("status", Article.Status.PUBLISHED)
    if fields["status"] not in {Article.Status.DRAFT, Article.Status.IN_REVIEW}:
        fields.setdefault("published_at", timezone.now() - timedelta(hours=1))
        fields.setdefault("first_published_at", fields["published_at"])
    if fields["status"] in {Article.Status.WITHDRAWN, Article.Status.UNPUBLISHED}:
        fields.setdefault("status_reason", "Số liệu chưa được kiểm chứng.")
    fields.setdefault("summary", "Tóm tắt của bài viết.")
    fields.setdefault("body", "<p>Nội dung của bài viết.</p>")
    article = _saved(Article(title=title or f"Bài viết số {next(_number)}", **fields))
    article.tags.set(tags)
    article.more_categories.set(more)
    return article


def picture_upload(
    name: str = "anh.jpg", size: tuple[int, int] = (800, 500), kind: str = "JPEG"
) -> SimpleUploadedFile:
    """A picture file as a browser sends it; each call draws another colour."""
    n = next(_number)
    buffer = BytesIO()
    colour = (n * 37 % 256, n * 91 % 256, n * 151 % 256)
    PillowImage.new("RGB", size, colour).save(buffer, kind)
    return SimpleUploadedFile(name, buffer.getvalue(), f"image/{kind.lower()}")


def make_image(alt: str = "Trụ sở Ủy ban nhân dân phường", **fields: Any) -> Image:
    from news import services

    values = {"is_decorative": False, "caption": "", "credit": "", "by": None} | fields
    return services.add_image(upload=picture_upload(), alt=alt, **values)


def make_rating(article: Article, score: int = 4, **given: Any) -> Any:
    """A rating by somebody who has not rated before."""
    from ratings.services import rate_article

    return rate_article(article=article, rater=uuid4(), score=score, **given)


def make_comment(article: Article, **fields: Any) -> Comment:
    """A comment that waits, unless the fields say otherwise; an e-mail address brings its hash."""
    now = timezone.now()
    consent, _ = ConsentText.objects.get_or_create(
        version=1, defaults={"text": "Tôi đồng ý.", "valid_from": now}
    )
    values = {
        "name": f"Người dân {next(_number)}",
        "text": "Mong phường sớm sửa con đường này.",
        "submitted_at": now,
        "consent": consent,
        "consented_at": now,
        "email_hash": hashing.email_hash(fields.get("email", "")),
    } | fields
    if values.get("status") == Comment.Status.APPROVED:
        values.setdefault("published_at", values["submitted_at"])
    return Comment.objects.create(article=article, **values)
