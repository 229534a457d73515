"""Every public page: what it costs, and that it is the same for everyone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news.models import Article, FeaturedSlot
from portal.models import (
    AlertBanner,
    HomeBlock,
    Link,
    LinkGroup,
    MenuItem,
    Page,
    SidebarBlock,
    SiteIdentity,
    Song,
    WardMap,
)
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_series,
    make_tag,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("middle_of_an_hour")]


@pytest.fixture(scope="module")
def site(module_data: None) -> dict[str, str]:
    """The addresses of a small site with something in every part of the frame.

    It is made once for all tests of this file, at the minute of `middle_of_an_hour`.
    """
    with time_machine.travel(datetime.now(UTC).replace(minute=20, second=0)):
        return make_site()


def make_site() -> dict[str, str]:
    image = make_image("Biểu trưng")
    SiteIdentity.objects.create(
        valid_from=date(2025, 7, 1),
        name="ỦY BAN NHÂN DÂN PHƯỜNG YÊN HÀ",
        name_en="People's Committee of Yên Hà Ward",
        emblem=image,
        address="Số 1, đường Bờ Sông",
    )
    root = make_category("Tin tức", name_en="News")
    categories = [make_category(parent=root, is_on_home=True) for _ in range(4)]
    page = Page(title="Giới thiệu", body="<p>Về phường.</p>", is_in_footer=True)
    page.full_clean()
    page.save()
    top = MenuItem.objects.create(category=root, position=1)
    MenuItem.objects.create(parent=top, category=categories[0], position=1)
    MenuItem.objects.create(page=page, position=2)
    MenuItem.objects.create(label="Dịch vụ công", address="https://dichvucong.gov.vn/", position=3)
    for position, kind in enumerate(["featured", "newest", "categories"]):
        HomeBlock.objects.create(kind=kind, position=position)
    for position, kind in enumerate(["map", "songs", "links"]):
        SidebarBlock.objects.create(kind=kind, position=position)
    WardMap.objects.create(title="Bản đồ phường", image=image, description="Phường nằm bên sông.")
    Song.objects.create(title="Bên dòng Lam Yên", link="https://example.vn/bai-hat")
    group = LinkGroup.objects.create(name="Trung ương")
    Link.objects.create(group=group, label="Chính phủ", address="https://chinhphu.vn/")
    now = timezone.now()
    AlertBanner.objects.create(
        text="Nước sông đang lên.",
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=1),
    )
    tag, series, author = make_tag("lũ lụt"), make_series("Mùa mưa"), make_author("Nguyễn An")
    articles = [
        make_article(
            category=categories[n % 4],
            tags=[tag],
            series=series,
            author=author,
            lead_image=image,
            published_at=now - timedelta(days=n, hours=1),
        )
        for n in range(10)
    ]
    FeaturedSlot.objects.create(position=1, article=articles[5])
    thread = make_comment(articles[3], status="approved")
    make_comment(articles[3], parent=thread, status="approved")
    month = timezone.localdate(articles[0].published_at)
    return {
        "home": "/",
        "newest": "/tin-tuc/",
        "article": articles[3].get_absolute_url(),
        "category": categories[0].get_absolute_url(),
        "root": root.get_absolute_url(),
        "tag": tag.get_absolute_url(),
        "series": series.get_absolute_url(),
        "author": author.get_absolute_url(),
        "archive": "/luu-tru/",
        "year": f"/luu-tru/{month.year}/",
        "month": f"/luu-tru/{month.year}/{month.month:02}/",
        "site-map": "/so-do-cong/",
        "page": page.get_absolute_url(),
        "statistics": "/thong-ke/",
        "most-read": "/thong-ke/doc-nhieu/",
    }


PAGES = [
    "home", "newest", "article", "category", "root", "tag", "series", "author",
    "archive", "year", "month", "site-map", "page", "statistics", "most-read",
]  # fmt: skip

# The most statements that these pages of `site` may cost. The README names the first two.
BUDGET = {"article": 13, "home": 7, "category": 6, "root": 6}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_page_answers_in_both_languages(
    client: Client, site: dict[str, str], name: str, prefix: str
) -> None:
    response = client.get(prefix + site[name])
    assert response.status_code == 200
    assert f'<html lang="{prefix[1:] or "vi"}"' in response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_page_is_the_same_bytes_for_everyone(site: dict[str, str], name: str) -> None:
    plain = Client().get(site[name])
    other = Client()
    other.cookies["sessionid"] = "x" * 32
    other.cookies["csrftoken"] = "y" * 32
    other.cookies["django_language"] = "en"
    strange = other.get(
        site[name], headers={"accept-language": "en", "user-agent": "Lynx", "referer": "http://a/"}
    )
    assert plain.content == strange.content
    for response in (plain, strange):
        assert "Set-Cookie" not in response
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert "Accept-Language" not in response.get("Vary", "")
        assert response["Cache-Control"].startswith("public")
        assert "csrfmiddlewaretoken" not in response.content.decode()


def test_page_is_the_same_bytes_for_staff(admin_client: Client, site: dict[str, str]) -> None:
    for name in PAGES:
        assert admin_client.get(site[name]).content == Client().get(site[name]).content


@pytest.mark.parametrize("name", PAGES)
def test_page_that_has_not_changed_is_not_sent_again(
    client: Client, site: dict[str, str], name: str
) -> None:
    tag = client.get(site[name])["ETag"]
    again = client.get(site[name], headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", PAGES)
def test_page_has_a_strict_policy_and_no_inline_code(
    client: Client, site: dict[str, str], name: str
) -> None:
    response = client.get(site[name])
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    html = response.content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert " onclick=" not in html


@pytest.mark.parametrize("name", list(BUDGET))
def test_statements_of_a_page_stay_within_budget(
    client: Client, site: dict[str, str], name: str, django_assert_max_num_queries: Callable
) -> None:
    with django_assert_max_num_queries(BUDGET[name]):
        client.get(site[name])


def test_statements_do_not_grow_with_the_archive(client: Client, site: dict[str, str]) -> None:
    few = {name: statements(client, site[name]) for name in PAGES}
    template = Article.objects.first()
    assert template is not None
    tags = list(template.tags.all())
    now = timezone.now()
    extra = [
        Article(
            title=f"Thêm {n}",
            slug=f"them-{n}",
            status="published",
            published_at=now - timedelta(hours=5 * n + 2),
            first_published_at=now,
            category_id=template.category_id,
            series_id=template.series_id,
            author_id=template.author_id,
            lead_image_id=template.lead_image_id,
        )
        for n in range(300)
    ]
    Article.objects.bulk_create(extra)
    through = Article.tags.through
    through.objects.bulk_create([through(article=a, tag=t) for a in extra for t in tags])
    assert {name: statements(client, site[name]) for name in PAGES} == few


def statements(client: Client, address: str) -> int:
    """How many statements one request costs."""
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def test_frame_is_read_in_one_statement(
    site: dict[str, str], django_assert_num_queries: Callable
) -> None:
    from portal import frame

    with django_assert_num_queries(1):
        loaded = frame.load_frame()
    assert loaded.identity["name"] == "ỦY BAN NHÂN DÂN PHƯỜNG YÊN HÀ"
    assert [entry.label for entry in loaded.menu] == ["Tin tức", "Giới thiệu", "Dịch vụ công"]
    assert [block["kind"] for block in loaded.sidebar] == ["map", "songs", "links"]
    assert [alert["text"] for alert in loaded.alerts] == ["Nước sông đang lên."]


@pytest.mark.parametrize(
    "cookie", ["csrftoken=%ff", "csrftoken=abc", "sessionid=abc", "sessionid=; csrftoken="]
)
def test_no_cookie_of_a_visitor_is_answered_with_one(site: dict[str, str], cookie: str) -> None:
    plain = Client().get("/")
    for name in ("home", "article"):
        answer = Client(enforce_csrf_checks=True).get(site[name], headers={"cookie": cookie})
        assert "Set-Cookie" not in answer
        assert not answer.cookies
        assert answer["Cache-Control"] == plain["Cache-Control"]
