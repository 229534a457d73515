"""Rules of the portal's own rows that no page shows by itself."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from portal.models import Page

pytestmark = pytest.mark.django_db


def made(**fields: str) -> Page:
    page = Page(body="<p>Nội dung.</p>", **fields)
    page.full_clean()
    page.save()
    return page


def test_pages_of_one_title_have_addresses_of_their_own() -> None:
    slugs = [made(title=title).slug for title in ("Giới thiệu", "Giới thiệu", "Giới thiệu", "…")]
    assert slugs == ["gioi-thieu", "gioi-thieu-2", "gioi-thieu-3", "trang"]


def test_page_keeps_its_address_when_its_title_changes() -> None:
    page = made(title="Giới thiệu")
    page.title = "Về chúng tôi"
    page.full_clean()
    assert page.slug == "gioi-thieu"


def test_address_of_another_page_is_refused_in_one_sentence() -> None:
    made(title="Giới thiệu")
    with pytest.raises(ValidationError) as refusal:
        made(title="Khác", slug="gioi-thieu")
    assert refusal.value.message_dict == {"slug": ["Địa chỉ này đã được dùng cho trang khác."]}
