"""A changed slug, and two things that become one: the old address leads on."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from news.models import Article, Category, Listing, Tag
from news.models.listings import months
from portal.models import HomeBlock, MenuItem, Redirect
from portal.services.merging import merge_category, merge_tag
from tests.contention import result_of, threads, wait_until_blocked
from tests.factories import make_article, make_author, make_category, make_series, make_tag
from tests.portal.redirecting import get_location, make_page, make_redirects
from tests.portal.running import PATIENCE, wait_for

pytestmark = pytest.mark.django_db

Status = Article.Status


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
    assert get_location(client, earlier) == (301, row.get_absolute_url())
    assert get_location(client, f"/en{earlier}") == (301, f"/en{row.get_absolute_url()}")


@pytest.mark.parametrize(
    ("make", "feed"), [(make_category, "/{}/{}.xml"), (make_tag, "/{}/the/{}.xml")]
)
@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_feed_moves_with_its_list(
    make: Any, feed: str, kind: str, admin_client: Client, client: Client
) -> None:
    rename(admin_client, make(slug="ten-cu"), "ten-moi")
    assert get_location(client, feed.format(kind, "ten-cu")) == (301, feed.format(kind, "ten-moi"))
    assert client.get(feed.format(kind, "ten-moi")).status_code == 200
    assert client.get(feed.format(kind, "ten-khac")).status_code == 404


def test_slug_that_goes_and_comes_back_leaves_no_circle(
    admin_client: Client, client: Client
) -> None:
    tag = make_tag(slug="mot")
    for slug in ("hai", "ba", "mot"):
        rename(admin_client, tag, slug)
    assert client.get("/the/mot/").status_code == 200
    assert [get_location(client, f"/the/{slug}/") for slug in ("hai", "ba")] == [
        (301, "/the/mot/")
    ] * 2
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
    make_redirects(("/rat-cu", old.get_absolute_url()))

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
        assert get_location(client, path) == (301, "/chuyen-muc/moi/")
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
    # Deleted with it: from then on the settings of the other category hold for its articles.
    related -= {"comments.CommentSwitch.category", "ratings.RatingSwitch.category"}
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

    monkeypatch.setattr("portal.services.merging.redirect_earlier_url", fail)
    with pytest.raises(RuntimeError):
        merge_category(category=old, into=new, by=None)
    article.refresh_from_db()
    assert article.category == old


@pytest.mark.django_db(transaction=True)
def test_merging_waits_for_nobody_who_waits_for_it() -> None:
    """Clerks publish into a category, correct in it and move it, while it is merged."""
    old, new, other = make_category(), make_category(), make_category()
    articles = [make_article(category=old) for _ in range(6)]
    start = threading.Barrier(5)

    def publish(number: int) -> list[str]:
        problems = []
        start.wait()
        for turn in range(12):
            try:
                with transaction.atomic():
                    mine = articles[number]
                    Article.objects.filter(pk=mine.pk).update(category=other)
                    mine.more_categories.set([old] if turn % 2 else [])
                    make_article(category=old)
            except (IntegrityError, ValidationError):
                pass  # the category is gone: what the clerk is told
            except Exception as error:
                problems.append(repr(error))
        return problems

    def merge() -> list[str]:
        start.wait()
        merge_category(category=old, into=new, by=None)
        return []

    def closing(work: Any, *args: int) -> list[str]:
        try:
            return work(*args)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        runs = [pool.submit(closing, publish, n) for n in range(4)] + [pool.submit(closing, merge)]
    assert [run.result() for run in runs] == [[]] * 5
    assert not Category.objects.filter(pk=old.pk).exists()
    listed = Listing.objects.filter(category=new).count()
    assert listed == Article.objects.filter(Q(category=new) | Q(more_categories=new)).count()
    assert listed == sum(month.count for month in months(new))


@pytest.mark.django_db(transaction=True)
def test_nothing_is_filed_under_a_category_that_is_being_merged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A draft needs no lock of the listings: it waits for the row of its category."""
    old, new = make_category(), make_category()
    draft = {"category": old, "status": Article.Status.DRAFT}
    filing = []

    def file_a_draft(*_: Any) -> None:
        filing.append(start(make_article, **draft))
        wait_until_blocked(*filing)

    monkeypatch.setattr("portal.services.merging._move_home_blocks", file_a_draft)
    with threads() as start:
        merge_category(category=old, into=new, by=None)
        with pytest.raises(IntegrityError):
            result_of(filing[0])
    assert Category.objects.get() == new


def test_merged_tag_gives_its_articles_to_the_other(client: Client) -> None:
    old, new = make_tag(slug="cu"), make_tag(slug="moi")
    one, two = make_article(tags=[old]), make_article(tags=[old, new])
    merge_tag(tag=old, into=new, by=None)
    assert [list(article.tags.all()) for article in (one, two)] == [[new], [new]]
    assert get_location(client, "/the/cu/") == (301, "/the/moi/")
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
    alone = {"_selected_action": [old.pk], "into": old.pk}
    assert admin_client.post(address, data | alone).context["form"].errors["into"]
    admin_client.post(address, data | {"into": new.pk})
    assert list(type(new).objects.all()) == [new]
    assert Redirect.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "make"), [("categories", make_category), ("tags", make_tag)], ids=["category", "tag"]
)
def test_one_of_the_chosen_may_be_the_one_that_stays(
    name: str, make: Any, admin_client: Client
) -> None:
    old, other, stays = make(), make(), make()
    data = {"action": f"merge_{name}", "_selected_action": [old.pk, other.pk, stays.pk]}
    address = reverse(f"admin:news_{stays._meta.model_name}_changelist")
    assert "trừ" in admin_client.post(address, data).content.decode()
    admin_client.post(address, data | {"into": stays.pk})
    assert list(type(stays).objects.all()) == [stays]
    assert Redirect.objects.count() == 2


def test_merging_stands_in_the_history_of_both(admin_client: Client) -> None:
    old, new = make_tag("cũ"), make_tag("mới")
    data = {"action": "merge_tags", "_selected_action": [old.pk], "into": new.pk}
    admin_client.post(reverse("admin:news_tag_changelist"), data)
    logged = LogEntry.objects.order_by("pk").values_list("action_flag", "object_id", "object_repr")
    assert list(logged) == [(DELETION, str(old.pk), "cũ"), (CHANGE, str(new.pk), "mới")]


@pytest.mark.parametrize("into", ["khong-phai-so", "²", "9" * 30, ""])
@pytest.mark.parametrize(
    ("name", "make"), [("categories", make_category), ("tags", make_tag)], ids=["category", "tag"]
)
def test_target_that_is_none_is_refused_beside_its_field(
    into: str, name: str, make: Any, admin_client: Client
) -> None:
    row = make()
    answer = admin_client.post(
        reverse(f"admin:news_{row._meta.model_name}_changelist"),
        {"action": f"merge_{name}", "_selected_action": [row.pk], "into": into},
    )
    assert answer.status_code == 200
    assert answer.context["form"].errors["into"]


@pytest.mark.parametrize(
    ("rights", "may_merge"),
    [
        (["view"], False),
        (["view", "change"], False),
        (["view", "delete"], False),
        (["view", "change", "delete"], True),
    ],
    ids=["view", "view-change", "view-delete", "all"],
)
@pytest.mark.parametrize(
    ("name", "make"), [("categories", make_category), ("tags", make_tag)], ids=["category", "tag"]
)
def test_merging_needs_the_rights_to_change_and_to_delete(
    name: str, make: Any, rights: list[str], may_merge: bool, client: Client, django_user_model: Any
) -> None:
    old, new = make(), make()
    model = old._meta.model_name
    user = django_user_model.objects.create_user("viet", password="mat-khau-dai", is_staff=True)
    codenames = [f"{right}_{model}" for right in rights]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    client.post(
        reverse(f"admin:news_{model}_changelist"),
        {"action": f"merge_{name}", "_selected_action": [old.pk], "into": new.pk},
    )
    left = set(type(new).objects.all())
    assert left == ({new} if may_merge else {old, new})
    assert Redirect.objects.exists() == may_merge


@pytest.mark.parametrize("gone", ["old", "new"])
@pytest.mark.parametrize(
    ("merge", "name", "make"),
    [(merge_category, "category", make_category), (merge_tag, "tag", make_tag)],
    ids=["category", "tag"],
)
def test_what_was_deleted_meanwhile_is_not_merged(
    merge: Any, name: str, make: Any, gone: str
) -> None:
    rows = {"old": make(), "new": make()}
    type(rows[gone]).objects.filter(pk=rows[gone].pk).delete()
    with pytest.raises(ValidationError, match="vừa bị xóa"):
        merge(**{name: rows["old"], "into": rows["new"], "by": None})
    assert type(rows[gone]).objects.count() == 1
    assert not Redirect.objects.exists()


def test_tag_is_not_merged_into_itself() -> None:
    tag = make_tag()
    with pytest.raises(ValidationError, match="chính nó"):
        merge_tag(tag=tag, into=tag, by=None)
    assert Tag.objects.get() == tag


def test_merging_that_never_gets_its_locks_gives_up_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, new = make_category(), make_category()
    monkeypatch.setattr("portal.services.merging.LOCK_ATTEMPTS", 0)
    with pytest.raises(ValidationError, match="thử lại"):
        merge_category(category=old, into=new, by=None)
    assert Category.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("held", ["category", "article"])
def test_merging_waits_for_a_lock_that_somebody_holds(held: str) -> None:
    old, new = make_category(), make_category()
    article = make_article(category=old)
    is_held, release = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                rows = {"category": Category.objects.filter(pk=new.pk)}
                rows["article"] = Article.objects.filter(pk=article.pk)
                rows[held].select_for_update().get()
                is_held.set()
                release.wait(PATIENCE)
        finally:
            connections.close_all()

    def merge() -> int:
        try:
            return merge_category(category=old, into=new, by=None)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        holding = pool.submit(hold)
        assert is_held.wait(PATIENCE)
        merging = pool.submit(merge)
        wait_for(lambda: waiting_for_a_lock() or merging.done())
        assert not merging.done()
        release.set()
        holding.result()
        assert merging.result() == 1


def waiting_for_a_lock() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


# --- The columns that other apps add --------------------------------------------------------------


def test_articles_have_the_columns_of_every_app_in_this_order(admin_client: Client) -> None:
    answer = admin_client.get(reverse("admin:news_article_changelist"))
    columns = answer.context["cl"].list_display
    assert columns[-3:] == ["pending_comments", "views_of_a_week", "stars"]


@pytest.mark.parametrize("model", ["article", "category"])
def test_form_of_articles_and_categories_has_the_switches_of_every_app(
    model: str, admin_client: Client
) -> None:
    make_category()
    answer = admin_client.get(reverse(f"admin:news_{model}_add"))
    inlines = [
        formset.opts.__class__.__name__ for formset in answer.context["inline_admin_formsets"]
    ]
    assert inlines[-2:] == ["SwitchInline", "RatingSwitchInline"]
