"""Rules that the database itself holds; each test names the constraint it leans on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from news.models import Article, Category, FeaturedSlot, Image, OldAddress, Tag
from tests.factories import make_article, make_category, make_tag

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("news_article_public_status_has_published_at", {"published_at": None}),
        ("news_article_public_status_has_first_published_at", {"first_published_at": None}),
        ("news_article_withdrawn_has_reason", {"status": "withdrawn"}),
        ("news_article_withdrawn_has_reason", {"status": "unpublished"}),
        ("news_article_withdrawn_at_is_of_a_withdrawn_one", {"withdrawn_at": timezone.now()}),
        ("news_article_republished_names_its_source", {"origin": "republished"}),
        ("news_article_status_is_known", {"status": "hidden"}),
        ("news_article_origin_is_known", {"origin": "copied"}),
        ("news_article_has_a_slug", {"slug": ""}),
        ("news_article_has_a_title", {"title": ""}),
    ],
)
def test_database_refuses_a_broken_article(constraint: str, change: dict[str, Any]) -> None:
    article = make_article()
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(**change)


def test_database_refuses_an_expiry_before_publication() -> None:
    article = make_article()
    early = article.published_at - timedelta(hours=1)
    with (
        pytest.raises(DatabaseError, match="news_article_expires_after_publication"),
        transaction.atomic(),
    ):
        Article.objects.filter(pk=article.pk).update(expires_at=early)


def test_database_refuses_an_article_that_redirects_to_itself() -> None:
    article = make_article()
    with (
        pytest.raises(DatabaseError, match="news_article_does_not_redirect_to_itself"),
        transaction.atomic(),
    ):
        Article.objects.filter(pk=article.pk).update(redirect_to=article.pk)


def test_database_refuses_text_that_is_not_nfc() -> None:
    article = make_article()
    from django.db import connection

    with (
        pytest.raises(DatabaseError, match="news_article_title_is_nfc"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE news_article SET title = %s WHERE id = %s", ["Ho\u0302\u0300ng", article.pk]
        )


@pytest.mark.parametrize(("alt", "is_decorative"), [("", False), ("Cây cầu", True)])
def test_picture_has_alternative_text_or_is_decorative(alt: str, is_decorative: bool) -> None:
    with (
        pytest.raises(DatabaseError, match="news_image_has_alt_or_is_decorative"),
        transaction.atomic(),
    ):
        Image.objects.create(
            file="a.webp", alt=alt, is_decorative=is_decorative, width=1, height=1, size=1
        )


@pytest.mark.parametrize("position", [0, 7])
def test_featured_place_is_one_of_six(position: int) -> None:
    with (
        pytest.raises(DatabaseError, match="news_featuredslot_position_1_to_6"),
        transaction.atomic(),
    ):
        FeaturedSlot.objects.create(position=position, article=make_article())


def test_old_address_starts_with_a_slash() -> None:
    with (
        pytest.raises(DatabaseError, match="news_oldaddress_path_starts_with_slash"),
        transaction.atomic(),
    ):
        OldAddress.objects.create(path="tin-cu", article=make_article())


def test_two_spellings_of_one_word_are_one_tag() -> None:
    make_tag("Thủy lợi")
    with pytest.raises(ValidationError, match="name"):
        make_tag("thuỷ lợi")
    with pytest.raises(DatabaseError), transaction.atomic():
        Tag.objects.create(name="Thuỷ Lợi", slug="khac")


def test_tags_are_ordered_as_in_a_vietnamese_dictionary() -> None:
    for name in ("Đậu", "Ân", "Dân", "An", "Bắc", "Ăn"):
        make_tag(name)
    assert [tag.name for tag in Tag.objects.all()] == ["An", "Ăn", "Ân", "Bắc", "Dân", "Đậu"]


def test_equal_names_get_addresses_of_their_own() -> None:
    first, second = make_category("Má"), make_category("Mả")
    assert (first.slug, second.slug) == ("ma", "ma-2")


def test_slug_is_made_by_the_vietnamese_rule() -> None:
    assert make_article("Đậu Liêu: đón Tết – 2026!").slug == "dau-lieu-don-tet-2026"


def test_category_tree_is_read_in_one_statement(django_assert_num_queries: Any) -> None:
    b = make_category("B", position=2)
    a = make_category("A", position=1)
    make_category("A2", parent=a, position=2)
    make_category("A1", parent=a, position=1)
    make_category("B1", parent=b)
    with django_assert_num_queries(1):
        assert [c.name for c in Category.objects.all().tree()] == ["A", "A1", "A2", "B", "B1"]


@pytest.mark.parametrize(
    ("fields", "published", "readable"),
    [
        ({}, True, True),
        ({"published_at": timezone.now() + timedelta(days=1)}, False, False),
        (
            # Both told: this moment is that of the collection, which a long run leaves far behind.
            {
                "published_at": timezone.now() - timedelta(days=2),
                "expires_at": timezone.now() - timedelta(days=1),
            },
            False,
            True,
        ),
        ({"status": "withdrawn"}, False, True),
        ({"status": "unpublished"}, False, False),
        ({"status": "draft"}, False, False),
        ({"status": "in_review"}, False, False),
    ],
)
def test_what_is_published_and_what_is_readable(
    fields: dict[str, Any], published: bool, readable: bool
) -> None:
    fields.setdefault("first_published_at", timezone.now())
    make_article(**fields)
    assert Article.objects.published().exists() is published
    assert Article.objects.readable().exists() is readable


@pytest.mark.parametrize("year", [1, 1899, 2200, 9999])
@pytest.mark.parametrize("field", ["published_at", "expires_at", "source_published_at"])
def test_year_that_is_a_slip_of_the_hand_is_refused(field: str, year: int) -> None:
    """Near the years 1 and 9999 a moment could be written and never be read again."""
    moment = datetime(year, 6, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    article = make_article()
    setattr(article, field, moment)
    with pytest.raises(ValidationError) as refusal:
        article.clean_fields()
    assert "1900" in str(refusal.value)
    with pytest.raises(DatabaseError, match=r"sane|expires_after"), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(**{field: moment})


def test_row_that_is_checked_again_keeps_its_address() -> None:
    category = make_category("Má")
    category.slug = ""
    category.full_clean()
    assert category.slug == "ma"


def test_form_refuses_a_category_below_itself() -> None:
    root = make_category()
    root.parent = make_category(parent=root)
    with pytest.raises(ValidationError) as refused:
        root.clean()
    assert list(refused.value.message_dict) == ["parent"]


def test_form_refuses_to_move_three_levels_below_another() -> None:
    root, other = make_category(), make_category()
    make_category(parent=make_category(parent=root))
    root.parent = other
    with pytest.raises(ValidationError) as refused:
        root.clean()
    assert list(refused.value.message_dict) == ["parent"]


def test_form_refuses_an_article_that_replaces_itself_beside_its_field() -> None:
    article = make_article(status="unpublished")
    article.redirect_to = article
    with pytest.raises(ValidationError) as refused:
        article.full_clean()
    assert "redirect_to" in refused.value.message_dict
