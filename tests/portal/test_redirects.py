"""Old addresses lead on: what is kept, what a reader gets, and what staff may write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone

from news.models import Article, Category, OldAddress
from news.old_addresses import MAX_BYTES, old_path
from portal.models import Redirect
from portal.redirects import planning, targets
from portal.redirects.planning import RequestedRedirect, plan_redirects
from tests.factories import make_article, make_author, make_category, make_series, make_tag
from tests.portal.redirecting import get_location, make_page, make_redirects

pytestmark = pytest.mark.django_db

Status = Article.Status


# --- What a reader gets -------------------------------------------------------------------------


def addresses_without_a_parameter(patterns: list[Any], before: str = "") -> Iterator[str]:
    """Every address of the site that is made for one page alone."""
    for pattern in patterns:
        whole = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from addresses_without_a_parameter(pattern.url_patterns, whole)
        elif not re.search(r"[<(]", whole):
            yield f"/{whole}"


# The shapes of addresses that earlier sites have left, with words of our own.
SHAPES = [
    "https://cu.example.vn/portal/pages/2025-04-22/Phuong-Yen-Ha-lay-y-kien-nhan-dan-484841.aspx",
    "https://cu.example.vn/portal/pages/2021-03-03/Phuong-ra-quan-don-ve-sinhkv2451hlrdcb.aspx",
    "https://cu.example.vn/portal/pages/2020-5-27/Phuong-quyet-tam-xay-dung-2xeuh82k8f0w.aspx",
    "http://cu.example.vn/zh/-ieu-kien-tu-nhien",
    "https://cu.example.vn/quyet-dinh-ban-hanh-bo-tieu-chi/",
    "https://cu.example.vn/vi/chuyen-muc/tin-tuc---su-kien?page=2",
    "https://cu.example.vn/vi/bai-viet/ra-quan",
    "/news/tin-phuong/ra-quan-12.html",
    "index.php?language=vi&nv=news&op=tin-phuong/ra-quan-12",
    "http://cu.example.vn/0511202007/",
    "https://cu.example.vn/?p=12",
    "https://cu.example.vn/ra-qu%C3%A2n",
]


@pytest.mark.parametrize("old", SHAPES)
def test_address_of_an_earlier_site_is_kept_and_found_again(old: str, client: Client) -> None:
    article = make_article()
    make_redirects((old, article.pk))
    asked = "/" + re.sub(r"^https?://[^/]+/", "", old).lstrip("/")
    assert get_location(client, asked) == (301, article.get_absolute_url())


def test_addresses_found_on_the_real_web_are_kept_and_found_again(
    real_input: Path, client: Client
) -> None:
    text = (real_input / "legacy_urls.txt").read_text(encoding="utf-8")
    lines = [line.partition(" | ")[2] for line in text.splitlines() if " | " in line]
    urls = [
        re.sub(r"<[\w-]+>", "mau", url)
        for line in lines
        for url in re.findall(r"(?:https?://|/(?=<|\d)|index\.php\?)[^\s()]+", line)
    ]
    assert len(urls) >= 11
    article = make_article()
    make_redirects(*((url, article.pk) for url in urls))
    for url in urls:
        asked = "/" + re.sub(r"^https?://[^/]+/", "", url).lstrip("/")
        assert get_location(client, asked) == (301, article.get_absolute_url()), url


def test_redirect_leads_to_every_kind_of_thing(client: Client, settings: Any) -> None:
    things = [
        make_article(),
        make_category(),
        make_tag(),
        make_series(),
        make_author(),
        make_page(),
    ]
    for number, thing in enumerate(things):
        make_redirects((f"/cu/{number}", thing.get_absolute_url()))
        row = Redirect.objects.get(path=f"/cu/{number}")
        assert row.target == thing
        assert row.address == ""
        assert get_location(client, f"/cu/{number}") == (301, thing.get_absolute_url())
        assert client.get(thing.get_absolute_url()).status_code == 200


def test_redirect_leads_to_a_list_a_file_and_another_site(client: Client) -> None:
    default_storage.save("documents/quy-che.pdf", ContentFile(b"%PDF-1.4"))
    for old, new in [
        ("/cu/1", "/luu-tru/"),
        ("/cu/2", "/media/documents/quy-che.pdf"),
        ("/cu/3", "https://dichvucong.gov.vn/"),
    ]:
        make_redirects((old, new))
        assert get_location(client, old) == (301, new)


def test_redirect_follows_its_target_when_that_is_renamed(client: Client) -> None:
    category = make_category()
    make_redirects(("/cu", category.get_absolute_url()))
    Category.objects.filter(pk=category.pk).update(slug="ten-moi")
    assert get_location(client, "/cu") == (301, "/chuyen-muc/ten-moi/")


def test_redirect_in_english_leads_to_the_english_page(client: Client) -> None:
    make_redirects(("/cu", make_category(slug="tin").get_absolute_url()), ("/cu-2", "/luu-tru/"))
    assert get_location(client, "/en/cu") == (301, "/en/chuyen-muc/tin/")
    assert get_location(client, "/en/cu-2") == (301, "/en/luu-tru/")


def test_english_address_of_an_earlier_site_goes_before_the_same_without_language(
    client: Client,
) -> None:
    first, second = make_article(), make_article()
    make_redirects(("/about", first.pk), ("/en/about", second.pk))
    assert get_location(client, "/en/about")[1] == f"/en{second.get_absolute_url()}"
    assert get_location(client, "/about")[1] == first.get_absolute_url()


def test_query_of_an_address_that_has_a_name_of_its_own_is_ignored(client: Client) -> None:
    make_redirects(("/cu", "/luu-tru/"))
    assert get_location(client, "/cu?page=2&utm_source=zalo") == (301, "/luu-tru/")


def test_query_that_names_the_page_is_looked_up_before_the_home_page(client: Client) -> None:
    article = make_article()
    make_redirects(("/?p=12", article.pk))
    assert get_location(client, "/?p=12&fbclid=1") == (301, article.get_absolute_url())
    assert get_location(client, "/?p=13")[0] == 200


def test_query_that_names_the_page_is_looked_up_in_english_too(client: Client) -> None:
    article = make_article()
    make_redirects(("/?p=12", article.pk))
    OldAddress.objects.create(path="/en", article=article)
    assert get_location(client, "/en/?p=12") == (301, f"/en{article.get_absolute_url()}")
    assert get_location(client, "/en/?p=13")[0] == 200
    assert get_location(client, "/en/")[0] == 200


def test_number_of_an_earlier_site_is_not_mistaken_for_ours(client: Client) -> None:
    ours, imported = make_article(slug="ho-tieu"), make_article(slug="ra-quan")
    OldAddress.objects.create(path=f"/tin-tuc/ra-quan-{ours.pk}", article=imported)
    old = f"/tin-tuc/ra-quan-{ours.pk}"
    assert get_location(client, old) == (301, imported.get_absolute_url())
    assert get_location(client, f"{old}/") == (301, imported.get_absolute_url())
    assert get_location(client, f"/en{old}") == (301, f"/en{imported.get_absolute_url()}")
    # What nobody kept is an earlier title of our article.
    assert get_location(client, f"/tin-tuc/ten-cu-{ours.pk}") == (301, ours.get_absolute_url())
    assert client.get(ours.get_absolute_url()).status_code == 200


def test_page_of_an_article_costs_no_look_up_of_old_addresses(client: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        client.get(make_article().get_absolute_url())
    assert not [q for q in captured if "portal_redirect" in q["sql"]]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.PUBLISHED, 301),
        (Status.WITHDRAWN, 301),
        (Status.UNPUBLISHED, 410),
        (Status.DRAFT, 404),
        (Status.IN_REVIEW, 404),
    ],
)
def test_redirect_never_leads_to_an_error(status: str, code: int, client: Client) -> None:
    article = make_article(status=status)
    make_redirects(("/cu", article.pk))
    OldAddress.objects.create(path="/cu-hon", article=article)
    assert [client.get(path).status_code for path in ("/cu", "/cu-hon")] == [code, code]


def test_redirect_to_an_unpublished_article_leads_to_the_one_that_replaces_it(
    client: Client,
) -> None:
    replacement = make_article()
    make_redirects(("/cu", make_article(status=Status.UNPUBLISHED, redirect_to=replacement).pk))
    assert get_location(client, "/cu") == (301, replacement.get_absolute_url())


def test_redirect_to_a_scheduled_article_waits_for_its_time(client: Client) -> None:
    later = timezone.now() + timezone.timedelta(hours=1)
    make_redirects(("/cu", make_article(published_at=later).pk))
    assert client.get("/cu").status_code == 404


def test_redirect_to_a_page_that_is_not_public_is_missing(client: Client) -> None:
    make_redirects(("/cu", make_page(is_public=False).get_absolute_url()))
    assert client.get("/cu").status_code == 404


def test_redirect_goes_with_its_target(client: Client) -> None:
    tag = make_tag()
    make_redirects(("/cu", tag.get_absolute_url()))
    tag.delete()
    assert client.get("/cu").status_code == 404
    assert not Redirect.objects.exists()


def test_decision_of_staff_goes_before_what_an_article_remembers(client: Client) -> None:
    OldAddress.objects.create(path="/cu", article=make_article())
    make_redirects(("/cu", "/luu-tru/"))
    assert get_location(client, "/cu") == (301, "/luu-tru/")


def test_page_of_the_site_is_never_led_away(client: Client) -> None:
    make_category(slug="tin")
    Redirect.objects.create(path="/chuyen-muc/tin", address="/luu-tru/")
    assert client.get("/chuyen-muc/tin/").status_code == 200


def test_wrong_redirect_is_not_remembered_for_ever_by_browsers(client: Client) -> None:
    make_redirects(("/cu", "/luu-tru/"))
    assert client.get("/cu")["Cache-Control"] == "public, max-age=3600"


def test_address_without_its_slash_leads_on_in_one_step(client: Client) -> None:
    make_redirects(("/chuyen-muc/cu", "/luu-tru/"))
    assert get_location(client, "/chuyen-muc/cu") == (301, "/luu-tru/")


def test_head_is_answered_as_get_and_post_is_not_led_away(client: Client) -> None:
    make_redirects(("/cu", "/luu-tru/"))
    assert client.head("/cu").status_code == 301
    assert client.post("/cu").status_code == 404


def test_look_up_is_one_statement_after_the_404(
    client: Client, django_assert_num_queries: Callable
) -> None:
    make_redirects(("/cu", make_article().pk))
    client.get("/cu")
    # The frame of the page that is not sent, and the look-up.
    with django_assert_num_queries(2):
        assert client.get("/cu").status_code == 301


def test_page_that_is_there_costs_no_look_up(client: Client) -> None:
    for path in ("/", "/luu-tru/", "/?utm_source=zalo", make_article().get_absolute_url()):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        assert captured.captured_queries
        assert not [q for q in captured if "portal_redirect" in q["sql"]], path


# --- What may be written ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "columns",
    [{}, {"address": "/luu-tru/", "tag": True}, {"tag": True, "category": True}],
)
def test_redirect_has_one_target(columns: dict[str, Any]) -> None:
    made = {"tag": make_tag, "category": make_category}
    values = {k: made[k]() if k in made else v for k, v in columns.items()}
    with pytest.raises(IntegrityError, match="portal_redirect_has_one_target"):
        Redirect.objects.create(path="/cu", **values)


def test_path_of_a_redirect_starts_with_a_slash() -> None:
    with pytest.raises(IntegrityError, match="portal_redirect_path_starts_with_slash"):
        Redirect.objects.create(path="cu", address="/luu-tru/")


def test_chain_is_cut_short_when_it_is_written() -> None:
    article = make_article()
    make_redirects(("/mot", "/hai"), ("/hai", "/ba"), ("/ba", article.pk))
    make_redirects(("/khong", "/mot/"))
    assert {row.article for row in Redirect.objects.all()} == {article}


def test_chain_through_what_an_article_remembers_is_cut_short() -> None:
    article = make_article()
    OldAddress.objects.create(path="/nho", article=article)
    make_redirects(("/cu", "/nho"))
    assert Redirect.objects.get().article == article


def test_what_led_to_an_address_that_is_led_away_now_is_cut_short(client: Client) -> None:
    saved = default_storage.save("documents/cu.pdf", ContentFile(b"%PDF-1.4"))
    make_redirects(("/truoc", f"/media/{saved}"))
    default_storage.delete(saved)
    make_redirects((f"/media/{saved}", "/luu-tru/"))
    assert get_location(client, "/truoc") == (301, "/luu-tru/")


@pytest.mark.parametrize("address", ["/cu", "/cu/"])
def test_chain_is_cut_short_however_its_slash_is_written(address: str) -> None:
    Redirect.objects.create(path="/truoc", address=address)
    make_redirects(("/cu", "/luu-tru/"))
    assert {row.address for row in Redirect.objects.all()} == {"/luu-tru/"}


@pytest.mark.parametrize(
    ("pairs", "circle"),
    [
        ([("/a", "/a")], "/a → /a"),
        ([("/a", "/b"), ("/b", "/a/")], "/a → /b → /a"),
        ([("/a", "/b"), ("/b", "/c"), ("/c", "/b")], "/b → /c → /b"),
    ],
)
def test_circle_is_refused_with_a_sentence(pairs: list[tuple[str, str]], circle: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_redirects(*pairs)
    assert circle in refusal.value.messages[0]
    assert not Redirect.objects.exists()


def test_circle_through_a_redirect_that_is_there_is_refused() -> None:
    saved = default_storage.save("documents/cu.pdf", ContentFile(b"%PDF-1.4"))
    make_redirects(("/truoc", f"/media/{saved}"))
    default_storage.delete(saved)
    with pytest.raises(ValidationError, match="/truoc → /media/documents/cu"):
        make_redirects((f"/media/{saved}", "/truoc"))


def test_chain_of_ten_thousand_lines_ends_in_one_place() -> None:
    article = make_article()
    chain = [(f"/{n}", f"/{n + 1}") for n in range(9999)]
    plans = plan_redirects(
        [RequestedRedirect(n, *pair) for n, pair in enumerate([*chain, ("/9999", str(article.pk))])]
    )
    assert {plan.target.value for plan in plans if plan.target} == {article.pk}
    assert {plan.outcome for plan in plans} == {planning.NEW}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("/cu", "999999", "999999"),
        ("/cu", "9" * 30, "9" * 30),
        ("/cu", "https://example.org/" + "a" * 981, "https://"),  # 1,001 characters
        ("/cu", "/tin-tuc/khong-co-999999", "/tin-tuc/khong-co-999999"),
        ("/cu", "/khong-co/", "/khong-co/"),
        ("/cu", "/media/khong-co.pdf", "khong-co.pdf"),
        ("/cu", "/media/../../etc/passwd", "etc/passwd"),
        ("/cu", "/admin/", "/admin/"),
        ("/cu", "javascript:alert(1)", "https://"),
        ("/cu", "//example.org/", "https://"),
        ("/cu", "lien-he", "https://"),
        ("", "/luu-tru/", "/tin-tuc/bai-cu.html"),
        ("https://cu.example.vn/", "/luu-tru/", "/tin-tuc/bai-cu.html"),
        ("/luu-tru/", "/so-do-cong/", "không bao giờ được dùng"),
        ("/admin/news", "/so-do-cong/", "không bao giờ được dùng"),
        ("/en/admin", "/so-do-cong/", "không bao giờ được dùng"),
        ("/static/x.css", "/so-do-cong/", "không bao giờ được dùng"),
    ],
)
def test_request_that_cannot_be_met_is_refused(old: str, new: str, words: str) -> None:
    [plan] = plan_redirects([RequestedRedirect(1, old, new)])
    assert plan.outcome == planning.REFUSED
    assert words in plan.reason


def test_longest_address_is_accepted() -> None:
    [plan] = make_redirects(("/cu", "https://example.org/" + "a" * 980))
    assert plan.outcome == planning.NEW
    assert len(Redirect.objects.get().address) == 1000


@pytest.mark.parametrize("new", ["/danh-gia/{}/cua-toi", "/binh-luan/{}/", "/binh-luan/{}/1/"])
def test_redirect_never_leads_to_what_is_one_visitors_own(new: str) -> None:
    [plan] = plan_redirects([RequestedRedirect(1, "/cu", new.format(make_article().pk))])
    assert plan.outcome == planning.REFUSED


@pytest.mark.parametrize("language", ["", "/en"])
def test_address_of_an_article_that_is_there_cannot_be_led_away(language: str) -> None:
    [plan] = plan_redirects(
        [RequestedRedirect(1, language + make_article().get_absolute_url(), "/luu-tru/")]
    )
    assert plan.outcome == planning.REFUSED


@pytest.mark.parametrize("language", ["", "/en"])
def test_other_words_before_the_number_of_an_article_can_be_led_away(
    client: Client, language: str
) -> None:
    old = f"{language}/tin-tuc/cua-cong-cu-{make_article().pk}"
    make_redirects((old, "/luu-tru/"))
    assert get_location(client, old) == (301, f"{language}/luu-tru/")


def test_every_address_that_may_be_led_to_answers(client: Client) -> None:
    found = targets.find_targets(addresses_without_a_parameter(get_resolver().url_patterns))
    assert {"/", "/luu-tru/", "/tim-kiem", "/rss/", "/sitemap.xml"} <= set(found)
    assert "/tim-kiem/dem" not in found
    assert {path: code for path in found if (code := client.get(path).status_code) >= 400} == {}


def test_own_host_in_front_of_a_target_is_dropped(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["yenha.example.gov.vn"]
    article = make_article()
    url = f"https://yenha.example.gov.vn{article.get_absolute_url()}?utm_source=zalo"
    [plan] = plan_redirects([RequestedRedirect(1, "/cu", url)])
    assert plan.target is not None
    assert (plan.target.field, plan.target.value) == ("article", article.pk)


def test_own_address_is_known_where_any_name_is_answered(settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.SITE_URL = ["*"], "https://*"
    [unknown] = plan_redirects([RequestedRedirect(1, "/cu", "https://yenha.example.gov.vn/cu/")])
    assert unknown.outcome == planning.NEW
    settings.SITE_URL = "https://yenha.example.gov.vn"
    [circle] = plan_redirects([RequestedRedirect(1, "/cu", "https://yenha.example.gov.vn/cu/")])
    assert circle.outcome == planning.REFUSED
    [other] = plan_redirects([RequestedRedirect(1, "/cu", "https://khac.example.gov.vn/cu/")])
    assert other.outcome == planning.NEW


def test_longest_path_of_vietnamese_letters_fits_the_index() -> None:
    # No letter follows another as it did before: nothing for the database to compress.
    letters = [chr(0x1EA0 + n * n * 31 % 89) for n in range((MAX_BYTES - 1) // 3)]
    path = "/" + "".join(letters)
    make_redirects((path, "/luu-tru/"))
    assert Redirect.objects.get().path == path
    assert old_path(path + "ệ") == ""


@pytest.mark.parametrize("path", ["/\u202e\u05d0\u05d1/gif.exe", "/a\ud800b", "/%ED%A0%80", "/%"])
def test_hostile_path_is_an_ordinary_404(path: str, client: Client) -> None:
    from urllib.parse import quote

    asked = path if "%" in path else quote(path, errors="surrogatepass")
    assert client.get(asked).status_code == 404
