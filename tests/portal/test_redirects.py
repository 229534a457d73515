"""Old addresses lead on: what is kept, what a reader gets, and what staff may write."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from news.models import Article, Category, Listing, OldAddress, Tag
from news.models.listings import months
from news.old_addresses import MAX_BYTES, old_path
from portal.models import HomeBlock, MenuItem, MissingAddress, Page, Redirect
from portal.redirects import services, table
from portal.redirects.guessing import guess
from portal.redirects.merging import merge_category, merge_tag
from portal.redirects.services import Wish, plan, save_redirects
from tests.factories import make_article, make_author, make_category, make_series, make_tag

pytestmark = pytest.mark.django_db

Status = Article.Status


def lead(*pairs: tuple[str, object]) -> list[services.Step]:
    """Write redirects from pairs of old and new."""
    wishes = [Wish(line, old, str(new)) for line, (old, new) in enumerate(pairs, start=1)]
    return save_redirects(wishes=wishes, by=None)


def where(client: Client, path: str) -> tuple[int, str]:
    answer = client.get(path)
    return answer.status_code, answer.headers.get("Location", "")


def make_page(slug: str = "lien-he", **fields: Any) -> Page:
    page = Page(title="Liên hệ", slug=slug, body="<p>Nội dung.</p>", **fields)
    page.full_clean()
    page.save()
    return page


# --- What a reader gets -------------------------------------------------------------------------

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
    lead((old, article.pk))
    asked = "/" + re.sub(r"^https?://[^/]+/", "", old).lstrip("/")
    assert where(client, asked) == (301, article.get_absolute_url())


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
    lead(*((url, article.pk) for url in urls))
    for url in urls:
        asked = "/" + re.sub(r"^https?://[^/]+/", "", url).lstrip("/")
        assert where(client, asked) == (301, article.get_absolute_url()), url


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
        lead((f"/cu/{number}", thing.get_absolute_url()))
        row = Redirect.objects.get(path=f"/cu/{number}")
        assert row.target == thing
        assert row.address == ""
        assert where(client, f"/cu/{number}") == (301, thing.get_absolute_url())
        assert client.get(thing.get_absolute_url()).status_code == 200


def test_redirect_leads_to_a_list_a_file_and_another_site(client: Client) -> None:
    default_storage.save("documents/quy-che.pdf", ContentFile(b"%PDF-1.4"))
    for old, new in [
        ("/cu/1", "/luu-tru/"),
        ("/cu/2", "/media/documents/quy-che.pdf"),
        ("/cu/3", "https://dichvucong.gov.vn/"),
    ]:
        lead((old, new))
        assert where(client, old) == (301, new)


def test_redirect_follows_its_target_when_that_is_renamed(client: Client) -> None:
    category = make_category()
    lead(("/cu", category.get_absolute_url()))
    Category.objects.filter(pk=category.pk).update(slug="ten-moi")
    assert where(client, "/cu") == (301, "/chuyen-muc/ten-moi/")


def test_redirect_in_english_leads_to_the_english_page(client: Client) -> None:
    lead(("/cu", make_category(slug="tin").get_absolute_url()), ("/cu-2", "/luu-tru/"))
    assert where(client, "/en/cu") == (301, "/en/chuyen-muc/tin/")
    assert where(client, "/en/cu-2") == (301, "/en/luu-tru/")


def test_english_address_of_an_earlier_site_goes_before_the_same_without_language(
    client: Client,
) -> None:
    first, second = make_article(), make_article()
    lead(("/about", first.pk), ("/en/about", second.pk))
    assert where(client, "/en/about")[1] == f"/en{second.get_absolute_url()}"
    assert where(client, "/about")[1] == first.get_absolute_url()


def test_query_of_an_address_that_has_a_name_of_its_own_is_ignored(client: Client) -> None:
    lead(("/cu", "/luu-tru/"))
    assert where(client, "/cu?page=2&utm_source=zalo") == (301, "/luu-tru/")


def test_query_that_names_the_page_is_looked_up_before_the_home_page(client: Client) -> None:
    article = make_article()
    lead(("/?p=12", article.pk))
    assert where(client, "/?p=12&fbclid=1") == (301, article.get_absolute_url())
    assert where(client, "/?p=13")[0] == 200


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
    lead(("/cu", article.pk))
    OldAddress.objects.create(path="/cu-hon", article=article)
    assert [client.get(path).status_code for path in ("/cu", "/cu-hon")] == [code, code]


def test_redirect_to_an_unpublished_article_leads_to_the_one_that_replaces_it(
    client: Client,
) -> None:
    heir = make_article()
    lead(("/cu", make_article(status=Status.UNPUBLISHED, redirect_to=heir).pk))
    assert where(client, "/cu") == (301, heir.get_absolute_url())


def test_redirect_to_a_scheduled_article_waits_for_its_time(client: Client) -> None:
    later = timezone.now() + timezone.timedelta(hours=1)
    lead(("/cu", make_article(published_at=later).pk))
    assert client.get("/cu").status_code == 404


def test_redirect_to_a_page_that_is_not_public_is_missing(client: Client) -> None:
    lead(("/cu", make_page(is_public=False).get_absolute_url()))
    assert client.get("/cu").status_code == 404


def test_redirect_goes_with_its_target(client: Client) -> None:
    tag = make_tag()
    lead(("/cu", tag.get_absolute_url()))
    tag.delete()
    assert client.get("/cu").status_code == 404
    assert not Redirect.objects.exists()


def test_decision_of_staff_goes_before_what_an_article_remembers(client: Client) -> None:
    OldAddress.objects.create(path="/cu", article=make_article())
    lead(("/cu", "/luu-tru/"))
    assert where(client, "/cu") == (301, "/luu-tru/")


def test_page_of_the_site_is_never_led_away(client: Client) -> None:
    make_category(slug="tin")
    Redirect.objects.create(path="/chuyen-muc/tin", address="/luu-tru/")
    assert client.get("/chuyen-muc/tin/").status_code == 200


def test_wrong_redirect_is_not_remembered_for_ever_by_browsers(client: Client) -> None:
    lead(("/cu", "/luu-tru/"))
    assert client.get("/cu")["Cache-Control"] == "public, max-age=3600"


def test_address_without_its_slash_leads_on_in_one_step(client: Client) -> None:
    lead(("/chuyen-muc/cu", "/luu-tru/"))
    assert where(client, "/chuyen-muc/cu") == (301, "/luu-tru/")


def test_head_is_answered_as_get_and_post_is_not_led_away(client: Client) -> None:
    lead(("/cu", "/luu-tru/"))
    assert client.head("/cu").status_code == 301
    assert client.post("/cu").status_code == 404


def test_look_up_is_one_statement_after_the_404(
    client: Client, django_assert_num_queries: Callable
) -> None:
    lead(("/cu", make_article().pk))
    client.get("/cu")
    # The frame of the page that is not sent, and the look-up.
    with django_assert_num_queries(2):
        assert client.get("/cu").status_code == 301


def test_page_that_is_there_costs_no_look_up(
    client: Client, django_assert_num_queries: Callable
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


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
    lead(("/mot", "/hai"), ("/hai", "/ba"), ("/ba", article.pk))
    lead(("/khong", "/mot/"))
    assert {row.article for row in Redirect.objects.all()} == {article}


def test_chain_through_what_an_article_remembers_is_cut_short() -> None:
    article = make_article()
    OldAddress.objects.create(path="/nho", article=article)
    lead(("/cu", "/nho"))
    assert Redirect.objects.get().article == article


def test_what_led_to_an_address_that_is_led_away_now_is_cut_short(client: Client) -> None:
    saved = default_storage.save("documents/cu.pdf", ContentFile(b"%PDF-1.4"))
    lead(("/truoc", f"/media/{saved}"))
    default_storage.delete(saved)
    lead((f"/media/{saved}", "/luu-tru/"))
    assert where(client, "/truoc") == (301, "/luu-tru/")


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
        lead(*pairs)
    assert circle in refusal.value.messages[0]
    assert not Redirect.objects.exists()


def test_circle_through_a_redirect_that_is_there_is_refused() -> None:
    saved = default_storage.save("documents/cu.pdf", ContentFile(b"%PDF-1.4"))
    lead(("/truoc", f"/media/{saved}"))
    default_storage.delete(saved)
    with pytest.raises(ValidationError, match="/truoc → /media/documents/cu"):
        lead((f"/media/{saved}", "/truoc"))


def test_chain_of_ten_thousand_lines_ends_in_one_place() -> None:
    article = make_article()
    chain = [(f"/{n}", f"/{n + 1}") for n in range(9999)]
    steps = plan([Wish(n, *pair) for n, pair in enumerate([*chain, ("/9999", str(article.pk))])])
    assert {step.target.value for step in steps if step.target} == {article.pk}
    assert {step.outcome for step in steps} == {services.NEW}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("/cu", "999999", "999999"),
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
def test_wish_that_cannot_be_fulfilled_is_refused(old: str, new: str, words: str) -> None:
    [step] = plan([Wish(1, old, new)])
    assert step.outcome == services.REFUSED
    assert words in step.note


def test_address_of_an_article_that_is_there_cannot_be_led_away() -> None:
    article = make_article()
    [step] = plan([Wish(1, f"/tin-tuc/tieu-de-khac-{article.pk}", "/luu-tru/")])
    assert step.outcome == services.REFUSED


def test_own_host_in_front_of_a_target_is_dropped(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["yenha.example.gov.vn"]
    article = make_article()
    url = f"https://yenha.example.gov.vn{article.get_absolute_url()}?utm_source=zalo"
    [step] = plan([Wish(1, "/cu", url)])
    assert step.target is not None
    assert (step.target.field, step.target.value) == ("article", article.pk)


def test_longest_path_of_vietnamese_letters_fits_the_index() -> None:
    # No letter follows another as it did before: nothing for the database to compress.
    letters = [chr(0x1EA0 + n * n * 31 % 89) for n in range((MAX_BYTES - 1) // 3)]
    path = "/" + "".join(letters)
    lead((path, "/luu-tru/"))
    assert Redirect.objects.get().path == path
    assert old_path(path + "ệ") == ""


@pytest.mark.parametrize("path", ["/\u202e\u05d0\u05d1/gif.exe", "/a\ud800b", "/%ED%A0%80", "/%"])
def test_hostile_path_is_an_ordinary_404(path: str, client: Client) -> None:
    from urllib.parse import quote

    asked = path if "%" in path else quote(path, errors="surrogatepass")
    assert client.get(asked).status_code == 404


# --- A changed slug -----------------------------------------------------------------------------


def rename(admin_client: Client, row: Any, slug: str, **values: Any) -> None:
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    form = admin_client.get(address).context["adminform"].form
    data = {k: "" if v is None else v for k, v in form.initial.items() if not isinstance(v, list)}
    answer = admin_client.post(address, data | {"slug": slug} | values)
    assert answer.status_code == 302, answer.context["adminform"].form.errors


@pytest.mark.parametrize("make", [make_category, make_tag, make_series, make_author, make_page])
def test_changed_slug_leaves_a_redirect(make: Any, admin_client: Client, client: Client) -> None:
    row = make(slug="ten-cu")
    earlier = row.get_absolute_url()
    rename(admin_client, row, "ten-moi")
    row.refresh_from_db()
    assert row.slug == "ten-moi"
    assert where(client, earlier) == (301, row.get_absolute_url())
    assert where(client, f"/en{earlier}") == (301, f"/en{row.get_absolute_url()}")


def test_slug_that_goes_and_comes_back_leaves_no_circle(
    admin_client: Client, client: Client
) -> None:
    tag = make_tag(slug="mot")
    for slug in ("hai", "ba", "mot"):
        rename(admin_client, tag, slug)
    assert client.get("/the/mot/").status_code == 200
    assert [where(client, f"/the/{slug}/") for slug in ("hai", "ba")] == [(301, "/the/mot/")] * 2
    assert not Redirect.objects.filter(path="/the/mot").exists()


def test_slug_changed_in_the_english_admin_leaves_the_address_without_language(
    admin_client: Client,
) -> None:
    tag = make_tag(slug="mot")
    address = f"/en/admin/news/tag/{tag.pk}/change/"
    admin_client.post(address, {"name": tag.name, "slug": "hai"})
    assert Redirect.objects.get().path == "/the/mot"


def test_saving_without_a_new_slug_leaves_no_redirect(admin_client: Client) -> None:
    tag = make_tag(slug="mot")
    rename(admin_client, tag, "mot", name="Tên khác")
    assert not Redirect.objects.exists()


# --- Merging ------------------------------------------------------------------------------------


def test_merged_category_gives_everything_to_the_other(client: Client) -> None:
    top = make_category("Tin tức")
    old, new = make_category("Cũ", slug="cu"), make_category("Mới", slug="moi", parent=top)
    child = make_category(parent=old)
    main, both = make_article(category=old), make_article(category=old, more=[new])
    extra = make_article(category=top, more=[old])
    item = MenuItem.objects.create(category=old)
    block = HomeBlock.objects.create(kind="category", category=old)
    lead(("/rat-cu", old.get_absolute_url()))

    assert merge_category(category=old, into=new, by=None) == 3

    assert set(Article.objects.filter(category=new)) == {main, both}
    assert list(extra.more_categories.all()) == [new]
    assert not both.more_categories.exists()
    child.refresh_from_db()
    assert (child.parent, child.depth) == (new, 3)
    item.refresh_from_db()
    block.refresh_from_db()
    assert (item.category, block.category) == (new, new)
    assert not Category.objects.filter(slug="cu").exists()
    for path in ("/chuyen-muc/cu/", "/rat-cu"):
        assert where(client, path) == (301, "/chuyen-muc/moi/")
    assert set(Listing.objects.filter(category=new).values_list("article", flat=True)) == {
        main.pk,
        both.pk,
        extra.pk,
    }
    assert sum(month.count for month in months(new)) == 3
    assert client.get("/chuyen-muc/moi/").status_code == 200


def test_home_page_shows_a_category_once_after_merging() -> None:
    old, new = make_category(), make_category()
    for category in (old, new):
        HomeBlock.objects.create(kind="category", category=category)
    merge_category(category=old, into=new, by=None)
    assert HomeBlock.objects.get().category == new


def test_every_relation_to_a_category_is_thought_of_in_merging() -> None:
    """A new foreign key to Category needs its line in `merge_category`, and then here."""
    related = {
        f"{field.related_model._meta.label}.{field.field.name}"
        for field in Category._meta.get_fields(include_hidden=True)
        if field.auto_created and not field.concrete and field.related_model._meta.managed
    }
    assert related == {
        "news.Article.category",
        "news.Article.more_categories",
        "news.Article_more_categories.category",
        "news.Category.parent",
        "portal.HomeBlock.category",
        "portal.MenuItem.category",
        "portal.Redirect.category",
        # Kept by the database itself.
        "news.Listing.category",
        "news.ListingMonth.category",
    }


def test_category_is_not_merged_into_itself_or_into_one_below_it() -> None:
    top = make_category()
    below = make_category(parent=make_category(parent=top))
    for into in (top, below):
        with pytest.raises(ValidationError):
            merge_category(category=top, into=into, by=None)
    assert Category.objects.count() == 3


def test_category_whose_tree_would_be_too_deep_is_not_merged() -> None:
    low = make_category(parent=make_category(parent=make_category()))
    old = make_category()
    child = make_category("Nhánh con", parent=old)
    with pytest.raises(ValidationError, match="Nhánh con"):
        merge_category(category=old, into=low, by=None)
    child.refresh_from_db()
    assert child.parent == old


def test_merging_that_fails_on_the_way_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = make_category(), make_category()
    article = make_article(category=old)

    def fail(**kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("portal.redirects.merging.leave_redirect", fail)
    with pytest.raises(RuntimeError):
        merge_category(category=old, into=new, by=None)
    article.refresh_from_db()
    assert article.category == old


def test_merged_tag_gives_its_articles_to_the_other(client: Client) -> None:
    old, new = make_tag(slug="cu"), make_tag(slug="moi")
    one, two = make_article(tags=[old]), make_article(tags=[old, new])
    merge_tag(tag=old, into=new, by=None)
    assert [list(article.tags.all()) for article in (one, two)] == [[new], [new]]
    assert where(client, "/the/cu/") == (301, "/the/moi/")
    assert not Tag.objects.filter(slug="cu").exists()


@pytest.mark.parametrize(
    ("name", "make"), [("category", make_category), ("tag", make_tag)], ids=["category", "tag"]
)
def test_merging_asks_for_the_target_and_then_merges(
    name: str, make: Any, admin_client: Client
) -> None:
    old, other, new = make(), make(), make()
    plural = {"category": "categories", "tag": "tags"}[name]
    data = {"action": f"merge_{plural}", "_selected_action": [old.pk, other.pk]}
    address = reverse(f"admin:news_{name}_changelist")
    asked = admin_client.post(address, data)
    assert asked.status_code == 200
    assert old.name in asked.content.decode()
    wrong = admin_client.post(address, data | {"into": old.pk})
    assert wrong.context["form"].errors["into"]
    admin_client.post(address, data | {"into": new.pk})
    assert list(type(new).objects.all()) == [new]
    assert Redirect.objects.count() == 2


# --- A table ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "/cu,/moi\n",
        "/cu;/moi\n",
        "/cu\t/moi",
        "\ufeff/cu;/moi\r\n",
        "Địa chỉ cũ;Địa chỉ mới\r\n/cu;/moi;ghi chú\r\n;;\r\n",
        "old,new\n\n/cu,/moi\n",
        '"/cu","/moi"\n',
        " /cu , /moi \n",
    ],
)
def test_table_is_read_as_spreadsheets_write_it(text: str) -> None:
    [wish] = table.read(text)
    assert (wish.old, wish.new) == ("/cu", "/moi")


def test_line_of_a_wish_is_that_of_the_file() -> None:
    wishes = table.read("cũ;mới\n\n/a;/b\n/c\n;/d\n")
    assert [(wish.line, bool(wish.problem)) for wish in wishes] == [
        (3, False),
        (4, True),
        (5, True),
    ]


def test_other_marks_may_stand_inside_an_address() -> None:
    [wish] = table.read("/tin,va-bai/index.php?nv=news&op=a;b,/tin-tuc/\n".replace(";", "%3B"))
    assert wish.old == "/tin"  # a comma of the address asks for quotation marks
    [wish] = table.read('"/tin,va-bai";/tin-tuc/\n')
    assert (wish.old, wish.new) == ("/tin,va-bai", "/tin-tuc/")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_table_comes_in_unicode(encoding: str) -> None:
    assert table.read(table.decode("/điều-kiện;12".encode(encoding)))[0].old == "/điều-kiện"


@pytest.mark.parametrize(
    "data", ["/điều-kiện;12".encode("cp1258", "replace"), b"\x89PNG\0\0", b"a" * 3_200_000]
)
def test_what_is_no_text_in_unicode_is_refused(data: bytes) -> None:
    with pytest.raises(ValidationError):
        table.decode(data)


@pytest.mark.parametrize("text", ["", "\n\n", "cũ;mới\n", "/a;/b\n" * 10_001])
def test_empty_or_endless_table_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        table.read(text)


def test_lines_are_judged_one_by_one() -> None:
    article, other = make_article(), make_article()
    lead(("/co-roi", article.pk), ("/khac", article.pk))
    lines = [
        ("/moi", article.pk, services.NEW),
        ("/co-roi", article.pk, services.SAME),
        ("/khac", other.pk, services.CHANGED),
        ("/moi/", article.get_absolute_url(), services.REPEATED),
        ("/moi", other.pk, services.REFUSED),
        ("/khong", "/khong-co", services.REFUSED),
    ]
    steps = plan([Wish(n, old, str(new)) for n, (old, new, _) in enumerate(lines, start=1)])
    assert [step.outcome for step in steps] == [outcome for *_, outcome in lines]
    assert "1" in steps[4].note


def test_ten_thousand_lines_cost_few_statements(django_assert_max_num_queries: Callable) -> None:
    articles = [make_article() for _ in range(3)]
    wishes = [Wish(n, f"/cu/bai-{n}.html", str(articles[n % 3].pk)) for n in range(10_000)]
    with django_assert_max_num_queries(40):
        save_redirects(wishes=wishes, by=None)
    assert Redirect.objects.count() == 10_000


def upload(text: str, name: str = "chuyen-huong.csv") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, text.encode("utf-8-sig"))}


IMPORT = "/admin/portal/redirect/import/"


def test_import_shows_first_and_writes_afterwards(admin_client: Client) -> None:
    article = make_article()
    shown = admin_client.post(IMPORT, upload(f"cũ;mới\n/cu-1;{article.pk}\n/cu-2;/luu-tru/\n"))
    assert [step.outcome for step in shown.context["steps"]] == [services.NEW] * 2
    assert not Redirect.objects.exists()
    admin_client.post(IMPORT, {"table": shown.context["table"], "_write": "1"})
    assert {row.created_by.username for row in Redirect.objects.all()} == {"admin"}
    assert Redirect.objects.count() == 2


def test_import_with_an_error_names_its_line_and_writes_nothing(admin_client: Client) -> None:
    text = "/cu-1;/luu-tru/\n/cu-2;/khong-co\n"
    shown = admin_client.post(IMPORT, upload(text))
    assert shown.context["steps"][0].wish.line == 2
    assert b"_write_rest" in shown.content
    assert b'name="_write"' not in shown.content
    admin_client.post(IMPORT, {"table": text, "_write": "1"})
    assert not Redirect.objects.exists()


def test_import_leaves_out_the_lines_with_errors_when_told_to(admin_client: Client) -> None:
    text = "/cu-1;/luu-tru/\n/cu-2;/khong-co\n"
    admin_client.post(IMPORT, {"table": text, "_write_rest": "1"})
    assert Redirect.objects.get().path == "/cu-1"


def test_import_judges_anew_what_comes_back_from_the_browser(admin_client: Client) -> None:
    admin_client.post(IMPORT, {"table": "/cu;javascript:alert(1)", "_write": "1"})
    assert not Redirect.objects.exists()


@pytest.mark.parametrize("data", [b"\xff\xd8\xff", b"", b"\n\n"])
def test_file_that_is_no_table_is_refused_beside_its_field(
    data: bytes, admin_client: Client
) -> None:
    answer = admin_client.post(IMPORT, {"file": SimpleUploadedFile("x.csv", data)})
    assert answer.status_code == 200
    assert "steps" not in answer.context


def test_writer_may_not_import(client: Client, django_user_model: Any) -> None:
    from django.contrib.auth.models import Group

    user = django_user_model.objects.create_user("viet", password="mat-khau-dai", is_staff=True)
    user.groups.add(Group.objects.get(name="Cộng tác viên"))
    client.force_login(user)
    assert client.get(IMPORT).status_code == 403
    user.groups.add(Group.objects.get(name="Biên tập viên"))
    assert client.get(IMPORT).status_code == 200


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "chuyen-huong.csv"
        path.write_text(text, encoding="utf-8-sig")
        return path

    return write


def test_command_imports_a_file(csv_file: Callable[[str], Path], capsys: Any) -> None:
    call_command("import_redirects", csv_file("/cu;/luu-tru/\n"))
    assert Redirect.objects.get().path == "/cu"
    assert "mới: 1" in capsys.readouterr().out


def test_command_only_tells_in_a_dry_run(csv_file: Callable[[str], Path]) -> None:
    call_command("import_redirects", csv_file("/cu;/luu-tru/\n"), dry_run=True)
    assert not Redirect.objects.exists()


def test_command_writes_nothing_when_a_line_is_refused(
    csv_file: Callable[[str], Path], capsys: Any
) -> None:
    path = csv_file("/cu-1;/luu-tru/\n/cu-2;/khong-co\n")
    with pytest.raises(CommandError):
        call_command("import_redirects", path)
    assert "2: " in capsys.readouterr().err
    assert not Redirect.objects.exists()
    call_command("import_redirects", path, skip_errors=True)
    assert Redirect.objects.get().path == "/cu-1"


def test_command_says_that_a_file_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"khong-co\.csv"):
        call_command("import_redirects", tmp_path / "khong-co.csv")


# --- The form -----------------------------------------------------------------------------------

ADD = "/admin/portal/redirect/add/"


def form_of(**values: Any) -> dict[str, Any]:
    return {"path": "/cu", "article": "", "category": "", "address": "", **values}


def test_address_typed_in_the_form_becomes_the_thing_it_shows(admin_client: Client) -> None:
    tag = make_tag()
    admin_client.post(ADD, form_of(address=tag.get_absolute_url()))
    row = Redirect.objects.get()
    assert (row.tag, row.address, row.created_by.username) == (tag, "", "admin")
    change = admin_client.get(f"/admin/portal/redirect/{row.pk}/change/")
    assert change.context["adminform"].form.initial["address"] == tag.get_absolute_url()


def test_redirect_is_led_elsewhere_in_the_form(admin_client: Client) -> None:
    lead(("/cu", make_tag().get_absolute_url()))
    row, category = Redirect.objects.get(), make_category()
    admin_client.post(f"/admin/portal/redirect/{row.pk}/change/", form_of(category=category.pk))
    row.refresh_from_db()
    assert (row.tag, row.category) == (None, category)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "__all__"),
        ({"address": "/luu-tru/", "path": "/luu-tru/"}, "path"),
        ({"address": "/cu"}, "address"),
        ({"address": "/khong-co/"}, "address"),
        ({"address": "javascript:alert(1)"}, "address"),
    ],
)
def test_form_says_beside_the_field_what_is_wrong(
    values: dict[str, str], field: str, admin_client: Client
) -> None:
    answer = admin_client.post(ADD, form_of(**values))
    assert field in answer.context["adminform"].form.errors
    assert not Redirect.objects.exists()


def test_second_redirect_from_one_address_is_refused_in_any_spelling(admin_client: Client) -> None:
    lead(("/cu", "/luu-tru/"))
    answer = admin_client.post(ADD, form_of(path="https://cu.example.vn/cu/", address="/tin-tuc/"))
    assert "path" in answer.context["adminform"].form.errors


def test_redirect_takes_its_address_off_the_report(admin_client: Client) -> None:
    MissingAddress.objects.create(
        path="/cu", first_seen_at=timezone.now(), last_seen_on=timezone.localdate()
    )
    admin_client.post(ADD, form_of(address="/luu-tru/"))
    assert not MissingAddress.objects.exists()


# --- The guess ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/portal/pages/2025-04-22/le-ra-quan-don-ve-sinh-484841.aspx",
        "/portal/pages/2021-03-03/le-ra-quan-don-ve-sinhkv2451hlrdcb.aspx",
        "/portal/pages/2020-5-27/le-ra-quan-don-v-2xeuh82k8f0w.aspx",
        "/vi/bai-viet/Lễ-ra-quân-dọn-vệ-sinh",
        "/news/tin-phuong/le-ra-quan-don-ve-sinh-12.html",
        "/index.php?language=vi&nv=news&op=tin-phuong/le-ra-quan-don-ve-sinh-12",
        "/le-ra-quan-don-ve-sinh",
    ],
)
def test_article_is_guessed_by_the_words_of_an_address(path: str) -> None:
    make_article("Lễ hội mùa xuân")
    article = make_article("Lễ ra quân dọn vệ sinh")
    assert guess(path) == article


def test_category_is_guessed_by_its_slug() -> None:
    category = make_category("Tin tức sự kiện")
    assert guess("/vi/chuyen-muc/tin-tuc---su-kien") == category


def test_article_is_guessed_by_its_number_when_the_first_words_agree() -> None:
    article = make_article("Lễ ra quân dọn vệ sinh")
    assert guess(f"/tin/le-ra-mat-{article.pk}") == article
    assert guess(f"/tin/khac-han-{article.pk}") is None


def test_nothing_is_guessed_where_two_articles_begin_alike_or_nobody_may_read_it() -> None:
    make_article("Thông báo lịch tiếp công dân tháng 3")
    make_article("Thông báo lịch tiếp công dân tháng 4")
    make_article("Bản nháp chưa duyệt của phường", status=Status.DRAFT)
    assert guess("/thong-bao-lich-tiep-cong-dan") is None
    assert guess("/ban-nhap-chua-duyet-cua-phuong") is None
    assert guess("/0511202007") is None


def test_form_opens_with_the_guess_filled_in(admin_client: Client) -> None:
    article = make_article("Lễ ra quân dọn vệ sinh")
    answer = admin_client.get(ADD, {"path": "/le-ra-quan-don-ve-sinh-12.html"})
    assert answer.context["adminform"].form.initial["article"] == str(article.pk)
    assert article.title in answer.content.decode()
