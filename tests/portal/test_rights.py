"""Who may do what in the admin: every address and every action, for every role.

The tables below are the specification. A new address or action fails until it has a row. Buttons of
an article and decisions about comments have tests in `test_admin_rights.py` of their apps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from comments.models import Block, CannedReason, CommentSettings, CommentSwitch, ListedPhrase
from comments.services import report_comment
from news.models import Article, FeaturedSlot, OldAddress, SearchWords
from portal.groups import EDITORS, MODERATORS, WRITERS
from portal.models import (
    AlertBanner,
    HomeBlock,
    LinkGroup,
    MenuItem,
    MissingAddress,
    Page,
    Redirect,
    SidebarBlock,
    SiteIdentity,
    Song,
    User,
    WardMap,
)
from ratings.models import RatingSwitch
from stats.models import ArticleViews, DailyArticleViews, DailyTotal, OpeningBalance
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_rating,
    make_series,
    make_tag,
)

pytestmark = pytest.mark.django_db

# The letter of each role in the tables.
ROLES = {
    "anonymous": "-",
    "reader": "r",  # an account that is not staff
    "clerk": "c",  # staff without a group
    "writer": "w",
    "moderator": "m",
    "editor": "e",
    "superuser": "s",
}
NOBODY, STAFF, EVERYBODY = "", "cwmes", "-rcwmes"


@dataclass(frozen=True)
class Rights:
    """Which roles may see, add, change and delete the rows of a model."""

    view: str
    add: str = NOBODY
    change: str = NOBODY
    delete: str = NOBODY


FRAME = Rights(view="es", add="es", change="es", delete="es")

MODELS = {
    "auth.group": Rights(view="s", add="s", change="s", delete="s"),
    "comments.block": Rights(view="mes", delete="mes"),
    "comments.cannedreason": Rights(view="mes", add="mes", change="mes", delete="mes"),
    "comments.comment": Rights(view="mes"),
    # One row, which is there.
    "comments.commentsettings": Rights(view="mes", change="es"),
    "comments.commentswitch": Rights(view="mes", add="es", change="es", delete="es"),
    # Somebody agreed to this one, so it is evidence.
    "comments.consenttext": Rights(view="mes", add="es"),
    "comments.listedphrase": Rights(view="mes", add="mes", change="mes", delete="mes"),
    "comments.report": Rights(view="mes"),
    # A draft of somebody else.
    "news.article": Rights(view="wes", add="wes", change="es", delete="es"),
    "news.author": Rights(view="wes", add="es", change="es", delete="es"),
    "news.category": Rights(view="wes", add="es", change="es", delete="es"),
    "news.featuredslot": FRAME,
    "news.image": Rights(view="wes", add="wes", change="es", delete="es"),
    "news.oldaddress": Rights(view="es", delete="es"),
    "news.searchwords": Rights(view="es"),
    "news.series": Rights(view="wes", add="es", change="es", delete="es"),
    "news.tag": Rights(view="wes", add="wes", change="es", delete="es"),
    "portal.alertbanner": FRAME,
    "portal.homeblock": FRAME,
    "portal.linkgroup": FRAME,
    "portal.menuitem": FRAME,
    "portal.missingaddress": Rights(view="es", delete="es"),
    "portal.page": FRAME,
    "portal.redirect": FRAME,
    "portal.sidebarblock": FRAME,
    "portal.siteidentity": FRAME,
    "portal.song": FRAME,
    "portal.user": Rights(view="s", add="s", change="s", delete="s"),
    "portal.wardmap": FRAME,
    "ratings.ratingsummary": Rights(view="es"),
    "ratings.ratingswitch": FRAME,
    "stats.articleviews": Rights(view="es", change="es"),
    "stats.dailyarticleviews": Rights(view="es"),
    "stats.dailytotal": Rights(view="es"),
    "stats.openingbalance": Rights(view="es", change="es"),
}

# The other addresses, by name: who may open them, and who may send something there.
ADDRESSES = {
    "admin:index": (STAFF, STAFF),
    # The section of the news.
    "admin:app_list": ("wes", "wes"),
    "admin:login": (EVERYBODY, EVERYBODY),
    "admin:logout": (NOBODY, STAFF),
    "admin:jsi18n": (STAFF, NOBODY),
    "admin:password_change": (STAFF, STAFF),
    "admin:password_change_done": (STAFF, NOBODY),
    "admin:view_on_site": (STAFF, STAFF),
    # Asked here for the articles that another one may lead to.
    "admin:autocomplete": ("wes", NOBODY),
    "admin:auth_user_password_change": ("s", "s"),
    # Drafts of others as well: whoever may view articles sees all of them.
    "admin:news_article_preview": ("wes", "wes"),
    "admin:news_article_take_back": ("es", "es"),
    "admin:news_image_pick": ("wes", "wes"),
    "admin:portal_redirect_import": ("es", "es"),
    "admin:stats_article": ("es", "es"),
    # These lead to the list: a row has no page.
    "admin:stats_dailytotal_change": ("es", "es"),
    "admin:stats_dailyarticleviews_change": ("es", "es"),
    "admin:comments_comment_decide": (NOBODY, "mes"),
    "admin:comments_comment_correct": ("mes", "mes"),
    "admin:comments_comment_answer": ("mes", "mes"),
    "admin:comments_comment_block": ("mes", "mes"),
    "admin:comments_comment_authority": ("mes", "mes"),
    "admin:comments_comment_sender": ("es", "es"),
    "admin:comments_comment_export": ("es", "es"),
    "admin:comments_comment_erase": ("es", "es"),
    "admin:comments_report_handle": ("mes", "mes"),
    "admin:comments_report_hide": ("mes", "mes"),
    "admin:ratings_export": ("es", "es"),
    "admin:ratings_days": ("es", "es"),
    "admin:ratings_days_export": ("es", "es"),
    "admin:ratings_ratingsummary_hours": ("es", "es"),
}

# Actions on chosen rows of a list; `delete_selected` follows MODELS where it is not named here.
ACTIONS = {
    ("news.article", "publish_selected"): "es",
    ("news.article", "withdraw_selected"): "es",
    # A writer may delete drafts of his or her own, and is refused when others are among them.
    ("news.article", "delete_selected"): "wes",
    ("news.category", "merge_categories"): "es",
    ("news.tag", "merge_tags"): "es",
    ("comments.block", "lift"): "mes",
    ("comments.block", "delete_selected"): NOBODY,
    # Some of the wordings may be evidence, others not.
    ("comments.consenttext", "delete_selected"): "es",
}


# --- The data set -------------------------------------------------------------------------------


@dataclass
class DataSet:
    """An account for each role, and one row of each model."""

    users: dict[str, User]
    published: Article
    rows: dict[str, Model]


@pytest.fixture(scope="module")
def data(module_data: None) -> DataSet:
    users = make_users()
    published = make_article()
    rows = [
        *(users["reader"], Group.objects.create(name="Nhóm khác")),
        make_article(status=Article.Status.DRAFT, created_by=users["editor"]),
        *rows_of_the_newsroom(published),
        *rows_of_the_frame(),
        *rows_of_comments(published, users["editor"]),
    ]
    return DataSet(users, published, {row._meta.label_lower: row for row in rows})


def make_users() -> dict[str, User]:
    users = {}
    for name in ROLES.keys() - {"anonymous", "superuser"}:
        users[name] = User.objects.create_user(name, is_staff=name != "reader")
    for name, group in (("writer", WRITERS), ("moderator", MODERATORS), ("editor", EDITORS)):
        users[name].groups.add(Group.objects.get(name=group))
    users["superuser"] = User.objects.create_superuser("superuser")
    return users


def rows_of_the_newsroom(published: Article) -> Iterator[Model]:
    make_tag()  # another one, for merging
    yield from (make_image(), make_category(), make_tag(), make_series(), make_author())
    today = timezone.localdate()
    yield FeaturedSlot.objects.create(position=1, article=published)
    yield OldAddress.objects.create(path="/cu", article=published)
    yield SearchWords.objects.create(day=today, words="chợ", results=3)
    yield DailyTotal.objects.create(day=today)
    yield DailyArticleViews.objects.create(day=today, article=published, views=1)
    yield ArticleViews.objects.get_or_create(article=published)[0]
    yield OpeningBalance.objects.create(figure=5, since=today)
    make_rating(published)
    yield published.rating_summary
    yield RatingSwitch.objects.create(is_on=True)


def rows_of_the_frame() -> Iterator[Model]:
    now = timezone.now()
    yield Page.objects.create(title="Giới thiệu", slug="gioi-thieu", body="<p>Về phường.</p>")
    yield SiteIdentity.objects.create(valid_from=date(2025, 7, 1), name="PHƯỜNG YÊN HÀ")
    yield MenuItem.objects.create(address="/", label="Trang chủ")
    yield HomeBlock.objects.create(kind="newest")
    yield SidebarBlock.objects.create(kind="map")
    yield WardMap.objects.create(title="Bản đồ phường", image=make_image())
    yield LinkGroup.objects.create(name="Trung ương")
    yield AlertBanner.objects.create(text="Bão", starts_at=now, ends_at=now + timedelta(days=1))
    yield Song.objects.create(title="Về Yên Hà", link="https://example.org/bai-hat")
    yield Redirect.objects.create(path="/duong-cu", address="/")
    yield MissingAddress.objects.create(path="/mat", first_seen_at=now, last_seen_on=now.date())


def rows_of_comments(article: Article, by: User) -> Iterator[Model]:
    now = timezone.now()
    comment = make_comment(article, status="approved", email="dan@example.org")
    yield from (comment, comment.consent, report_comment(comment=comment, reason="insult"))
    yield ListedPhrase.objects.create(phrase="cụm từ")
    yield CannedReason.objects.create(title="Xúc phạm", reason="insult", text="Lời lẽ xúc phạm.")
    yield CommentSettings.objects.create()
    yield CommentSwitch.objects.create(article=article, is_open=True)
    yield Block.objects.create(
        kind="email", key="k", reason="Rác", until=now + timedelta(days=1), by=by, created_at=now
    )


# --- Asking -------------------------------------------------------------------------------------


@dataclass
class Answer:
    response: HttpResponse
    # How many rows of the database were written, by whatever.
    written: int

    @property
    def is_refusal(self) -> bool:
        """A 4xx that refuses, or the way to the form to sign in."""
        is_sent_to_sign_in = self.response.get("Location", "").startswith("/admin/login/?next=")
        return is_sent_to_sign_in or self.response.status_code in {403, 404, 405}


Ask = Callable[..., Answer]


@pytest.fixture
def ask(data: DataSet, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask for an address as a role; whatever that does is undone.

    No template is rendered: that takes most of the time, and decides about no right.
    """
    monkeypatch.setattr("django.template.backends.django.Template.render", lambda *_: "")
    sessions = {"anonymous": Client().cookies}
    for name, user in data.users.items():
        client = Client()
        client.force_login(user)
        sessions[name] = client.cookies

    earlier = rows_written()

    def ask_as(role: str, method: str, address: str, sent: Any = None) -> Answer:
        client = Client()
        client.cookies = sessions[role].copy()
        nonlocal earlier
        point = transaction.savepoint()
        response = getattr(client, method)(address, sent)
        leads_to = response.get("Location", "")
        if leads_to.startswith("/admin/") and "/login/" not in leads_to:
            response = client.get(leads_to)
        if response.streaming:
            response.getvalue()  # read to its end, the file of the answer is closed
        earlier, before = rows_written(), earlier
        transaction.savepoint_rollback(point)
        return Answer(response, earlier - before)

    return ask_as


def rows_written() -> int:
    """The rows inserted, changed and deleted in this transaction, save those of sessions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
            " WHERE relname <> 'django_session'"
        )
        return int(cursor.fetchone()[0])


# --- The addresses ------------------------------------------------------------------------------


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    """The name and the route of each pattern below a resolver."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, prefix + str(entry.pattern))
        else:
            assert isinstance(entry, URLPattern)
            yield entry.name or "", prefix + str(entry.pattern)


def admin_names() -> set[str]:
    """The names of all addresses of the admin.

    Two kinds have none: `…/<pk>/`, which leads to `…/<pk>/change/`, and what is no page at all.
    """
    routes = [(name, route) for name, route in patterns(get_resolver()) if "admin/" in route]
    unnamed = {re.sub(r"^admin/\w+/\w+/", "", route) for name, route in routes if not name}
    assert unnamed == {"<path:object_id>/", "admin/(?P<url>.*)$"}
    return {f"admin:{name}" for name, _route in routes if name}


def names_of_models() -> dict[str, tuple[str, str]]:
    """For each address that every ModelAdmin has: who may open it, and who may send to it.

    Sending to a list is what actions do: see ACTIONS.
    """
    names = {}
    for label, rights in MODELS.items():
        name = f"admin:{label.replace('.', '_')}"
        names |= {
            f"{name}_changelist": (rights.view, rights.view),
            f"{name}_history": (rights.view, rights.view),
            f"{name}_add": (rights.add, rights.add),
            f"{name}_change": (rights.view, rights.change),
            f"{name}_delete": (rights.delete, rights.delete),
        }
    return names


EXPECTED = names_of_models() | ADDRESSES


def address_of(name: str, data: DataSet) -> str:
    """An address with that name, about a row of the data set."""
    published = data.published
    of_content_type = [ContentType.objects.get_for_model(Article).pk, published.pk]
    arguments: dict[str, list[Any]] = {
        "admin:app_list": ["news"],
        "admin:view_on_site": of_content_type,
        "admin:auth_user_password_change": [data.users["reader"].pk],
        "admin:news_article_preview": [data.rows["news.article"].pk],
        "admin:news_article_take_back": [published.pk, "withdraw"],
        "admin:stats_article": [published.pk],
        "admin:ratings_export": ["csv"],
        "admin:ratings_days_export": ["csv"],
        "admin:ratings_ratingsummary_hours": [published.pk],
    }
    if name == "admin:autocomplete":
        query = "?app_label=news&model_name=article&field_name=redirect_to&term="
        return reverse(name) + query
    if name in arguments:
        return reverse(name, args=arguments[name])
    for label, row in data.rows.items():
        prefix = f"admin:{label.replace('.', '_')}_"
        if name.startswith(prefix) and name.removeprefix(prefix) not in WITHOUT_A_ROW:
            return reverse(name, args=[row.pk])
    return reverse(name)


WITHOUT_A_ROW = {"changelist", "add", "decide", "sender", "export", "erase", "import", "pick"}


# --- The tests ----------------------------------------------------------------------------------


def test_every_address_of_the_admin_has_a_row_in_the_tables() -> None:
    assert admin_names() == set(EXPECTED)


def test_every_model_of_the_admin_has_a_row_in_the_tables(data: DataSet) -> None:
    registered = {model._meta.label_lower for model in admin.site._registry}
    assert registered == set(MODELS) == set(data.rows)


@pytest.mark.parametrize("role", ROLES)
def test_role_opens_what_it_may_see_and_changes_nothing_by_it(
    role: str, data: DataSet, ask: Ask
) -> None:
    found = {}
    for name in EXPECTED:
        answer = ask(role, "get", address_of(name, data))
        found[name] = (not answer.is_refusal, answer.written)
    expected = {name: (ROLES[role] in may_open, 0) for name, (may_open, _) in EXPECTED.items()}
    assert differences(found, expected) == []


# A superuser has every right that there is, and opens the same pages above.
@pytest.mark.parametrize("role", [role for role in ROLES if role != "superuser"])
def test_role_is_refused_to_send_what_it_may_not_and_nothing_changes(
    role: str, data: DataSet, ask: Ask
) -> None:
    found = {}
    for name in EXPECTED:
        answer = ask(role, "post", address_of(name, data), {"post": "yes"})
        found[name] = (not answer.is_refusal, answer.written if answer.is_refusal else 0)
    expected = {name: (ROLES[role] in may_send, 0) for name, (_, may_send) in EXPECTED.items()}
    assert differences(found, expected) == []


def differences(found: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    return [
        f"{name}: {answer}, expected {expected[name]}"
        for name, answer in found.items()
        if answer != expected[name]
    ]


def actions() -> dict[tuple[str, str], str]:
    """Who may carry out each action of each list, by model and name."""
    expected = dict(ACTIONS)
    for model, pages in admin.site._registry.items():
        label = model._meta.label_lower
        if pages.actions is not None:
            expected.setdefault((label, "delete_selected"), MODELS[label].delete)
    return expected


def test_every_action_has_a_row_in_the_table() -> None:
    registered = {
        (model._meta.label_lower, name)
        for model, pages in admin.site._registry.items()
        if pages.actions is not None
        for _function, name, _words in pages._get_base_actions()
    }
    assert registered == set(actions())


@pytest.mark.parametrize("role", ["clerk", "writer", "moderator", "editor"])
def test_action_is_offered_to_who_may_carry_it_out_and_does_nothing_for_others(
    role: str, data: DataSet, ask: Ask
) -> None:
    for (label, action), may_act in actions().items():
        model = data.rows[label]._meta.model
        where = f"{label}: {action}"
        address = reverse(f"admin:{label.replace('.', '_')}_changelist")
        sent = {"action": action, "_selected_action": [data.rows[label].pk], "post": "yes"}
        if action.startswith("merge"):
            sent["into"] = model._default_manager.exclude(pk=data.rows[label].pk)[0].pk
        answer = ask(role, "post", address, sent)
        offered = admin.site._registry[model].get_actions(answer.response.wsgi_request)
        assert (where, action in offered) == (where, ROLES[role] in may_act)
        if ROLES[role] not in may_act:
            assert (where, answer.written) == (where, 0)
