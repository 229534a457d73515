"""Single pages: articles in each state, the home page, the probes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from news import reading, services
from portal.models import (
    HomeBlock,
    SiteIdentity,
)
from tests.factories import (
    make_article,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("middle_of_an_hour")]


def test_wrong_slug_leads_to_the_right_one(client: Client) -> None:
    article = make_article("Đường mới")
    for address in (f"/tin-tuc/cu-{article.pk}", f"/tin-tuc/duong-moi-{article.pk}/"):
        response = client.get(address)
        assert response.status_code == 301
        assert response["Location"] == f"/tin-tuc/duong-moi-{article.pk}"
        # Remembered for ever, a slug changed back would lead round in a circle.
        assert response["Cache-Control"] == "public, max-age=300"


def test_withdrawn_article_answers_under_a_notice_with_its_reason(client: Client) -> None:
    article = make_article(status="withdrawn", status_reason="Số liệu chưa được kiểm chứng.")
    response = client.get(article.get_absolute_url())
    assert response.status_code == 200
    assert "Số liệu chưa được kiểm chứng." in response.content.decode()


@pytest.mark.parametrize(
    ("prefix", "sentence"),
    [("", "Thu hồi lúc 09:15, 15/03/2023."), ("/en", "It was withdrawn at 09:15, 15/03/2023.")],
)
def test_notice_of_a_withdrawn_article_says_since_when(
    client: Client, prefix: str, sentence: str
) -> None:
    at = datetime(2023, 3, 15, 2, 15, tzinfo=UTC)
    article = make_article(status="withdrawn", withdrawn_at=at)
    assert sentence in client.get(prefix + article.get_absolute_url()).content.decode()


def test_notice_of_a_withdrawn_article_whose_time_is_unknown_says_none(client: Client) -> None:
    article = make_article(status="withdrawn")
    assert "Thu hồi lúc" not in client.get(article.get_absolute_url()).content.decode()


def test_unpublished_article_answers_410_in_vietnamese(client: Client) -> None:
    article = make_article(status="unpublished")
    response = client.get(article.get_absolute_url())
    assert response.status_code == 410
    assert "Bài viết đã được gỡ" in response.content.decode()


def test_unpublished_article_leads_to_the_one_that_replaces_it(client: Client) -> None:
    replacement = make_article("Bài thay thế")
    article = make_article(status="unpublished", redirect_to=replacement)
    response = client.get(article.get_absolute_url())
    assert (response.status_code, response["Location"]) == (301, replacement.get_absolute_url())


@pytest.mark.parametrize("status", ["draft", "in_review"])
def test_unfinished_article_is_not_to_be_found(client: Client, status: str) -> None:
    article = make_article(status=status)
    assert client.get(article.get_absolute_url()).status_code == 404


def test_scheduled_article_is_not_to_be_found_before_its_time(client: Client) -> None:
    article = make_article(published_at=timezone.now() + timedelta(hours=1))
    assert client.get(article.get_absolute_url()).status_code == 404


def test_article_prints_the_vietnamese_date_line(client: Client) -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    at = datetime(2023, 3, 14, 8, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    html = client.get(make_article(published_at=at).get_absolute_url()).content.decode()
    assert "Thứ Ba, 14/03/2023 | 08:30" in html
    assert 'datetime="2023-03-14T08:30:00+07:00"' in html


def test_old_address_of_an_article_leads_to_it(client: Client) -> None:
    from news.models import OldAddress
    from news.old_addresses import old_path

    article = make_article()
    url = "https://cu.example.vn/portal/pages/2023-01-21/Niềm-vui-465087.aspx"
    OldAddress.objects.create(path=old_path(url), article=article)
    response = client.get("/portal/pages/2023-01-21/Ni%E1%BB%81m-vui-465087.aspx")
    assert (response.status_code, response["Location"]) == (301, article.get_absolute_url())


def test_empty_portal_still_has_a_home_page(client: Client) -> None:
    assert client.get("/").status_code == 200


def test_agency_shows_the_names_that_are_valid_on_the_day() -> None:
    from portal import frame

    for day, name in ((date(2020, 1, 1), "THỊ XÃ CŨ"), (date(2025, 7, 1), "PHƯỜNG MỚI")):
        SiteIdentity.objects.create(valid_from=day, name=name)
    at = timezone.make_aware(timezone.datetime(2025, 6, 30, 23, 59))
    assert frame.load_frame(at).identity["name"] == "THỊ XÃ CŨ"
    assert frame.load_frame(at + timedelta(minutes=1)).identity["name"] == "PHƯỜNG MỚI"


def test_home_page_without_featured_block_loses_no_article(client: Client) -> None:
    HomeBlock.objects.create(kind="newest", position=1)
    for number in range(3):
        make_article(f"Tin thứ {number}")
    html = client.get("/").content.decode()
    assert all(f"Tin thứ {number}" in html for number in range(3))


def test_articles_of_one_moment_are_neighbours_too(client: Client) -> None:
    at = timezone.now() - timedelta(days=3)
    first, middle, last = (make_article(published_at=at) for _ in range(3))
    around = reading.articles_around(middle, [])
    assert ([a.pk for a in around.newer], [a.pk for a in around.older]) == ([last.pk], [first.pk])


def test_document_goes_with_its_article(client: Client, admin_client: Client) -> None:
    article = make_article()
    upload = ContentFile("%PDF-1.4 danh sách".encode(), "ds.pdf")
    attachment = services.add_attachment(article=article, upload=upload, title="Danh sách")

    def status(reader: Client) -> int:
        answer = reader.get(attachment.file.url)
        if answer.streaming:
            b"".join(answer.streaming_content)  # to the end, which closes the file
        return answer.status_code

    assert status(client) == 200
    services.unpublish_article(article=article, reason="Lộ thông tin cá nhân.")
    assert status(client) == 404
    assert status(admin_client) == 200
