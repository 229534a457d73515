"""The report of missing addresses: what it counts, what it must not keep, and what it costs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from django.db.models import F
from django.test import Client
from django.utils import timezone

from portal.groups import EDITORS, create_groups
from portal.models import MissingAddress, Redirect
from portal.redirects import missing_addresses
from tests.contention import at_once
from tests.factories import make_article, make_category
from tests.portal.running import PATIENCE

LIST = "/admin/portal/missingaddress/"


def make_missing(path: str, *, count: int = 1, days: int = 0, **fields: Any) -> MissingAddress:
    """A row as it would stand if it was first and last seen some days ago."""
    at = timezone.now() - timedelta(days=days, minutes=2)
    fields = {"first_seen_at": at, "last_seen_on": timezone.localdate(at)} | fields
    return MissingAddress.objects.create(path=path, count=count, **fields)


def counted() -> dict[str, int]:
    return dict(MissingAddress.objects.values_list("path", "count"))


# --- Under which name ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("/vi/bai-viet/ra-quan/?page=2", "/vi/bai-viet/ra-quan"),
        ("/Pages/2025-04-22/Ra-quan-484841.aspx", "/pages/2025-04-22/ra-quan-484841.aspx"),
        ("/0511202007/", "/0511202007"),
        ("/index.php?nv=news&op=tin/ra-quan-12&ten=an", "/index.php?nv=news&op=tin/ra-quan-12"),
        ("/Default.aspx?ID=12&Ten=An", "/default.aspx?id=12"),
        ("/wp-content/uploads/2020/01/so-12.pdf", "/wp-content/uploads/2020/01/so-12.pdf"),
        ("/x?token=abc", "/x"),
        ("/tin/ra-quan-don-ve-sinhkv2451hlrdcb", "/tin/ra-quan-don-ve-sinhkv2451hlrdcb"),
        ("/Thi-xa-lay-y-kien-CU-TRI-484841", "/Thi-xa-lay-y-kien-CU-TRI-484841"),
        ("/", ""),
    ],
)  # fmt: skip
def test_address_is_counted_under_the_name_that_a_redirect_would_have(url: str, name: str) -> None:
    assert missing_addresses.report_name(url) == name
    assert missing_addresses.is_complete(name) == bool(name)


@pytest.mark.parametrize(
    "url",
    [
        "/wp-login.php",
        "/wp-admin/",
        "/xmlrpc.php",
        "/.env",
        "/api/.env.bak",
        "/.git/config",
        "/.aws/credentials",
        "/cgi-bin/luci",
        "/phpMyAdmin/index.php",
        "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
        "/shell.php?cmd=id",
        "/index.php?s=/Index/think",
        "/backup.sql",
        "/site.tar.gz",
        "/boaform/admin/formLogin",
        "/actuator/health",
        "/..%2f..%2fetc/passwd",
        "/a?x=1' union select pass from users",
        "/%3Cscript%3Ealert(1)%3C/script%3E",
        "/favicon.ico",
        "/apple-touch-icon-precomposed.png",
        "/.well-known/traffic-advice",
    ],
)
def test_scanners_and_automatic_requests_share_one_row(url: str) -> None:
    name = missing_addresses.report_name(url)
    # A query that no page is named by is dropped before anything is looked at.
    assert name == ("/a" if url.startswith("/a?") else MissingAddress.AUTOMATIC)
    assert name == "/a" or not missing_addresses.is_complete(name)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("/tra-cuu/nguyen.an@example.vn", "/tra-cuu/•••"),
        ("/tra-cuu/nguyen.an%40example.vn/x", "/tra-cuu/•••/x"),
        ("/tra-cuu/0912345678", "/tra-cuu/•••"),
        ("/tra-cuu/0912.345.678", "/tra-cuu/•••"),
        ("/tra-cuu/+84 912 345 678", "/tra-cuu/•••"),
        ("/tra-cuu/0912-345-678-x", "/tra-cuu/•••-x"),
        ("/cccd/001099012345", "/cccd/•••"),
        ("/cmnd-123456789.html", "/cmnd-•••.html"),
        ("/ho-so/123456", "/ho-so/•••"),
        ("/xac-nhan/otp-654321", "/xac-nhan/otp-•••"),
        # A mobile number goes before a day of the month.
        ("/0911202007", "/•••"),
        # Nine digits are an identity card, though the first eight be a day.
        ("/201012315", "/•••"),
        # The link that somebody was sent to confirm or to follow something.
        ("/xac-nhan/q5Zr8LhT2wYx0BvK-7pA_d/x", "/xac-nhan/•••/x"),
        ("/mat-khau/550e8400e29b41d4a716446655440000/", "/mat-khau/•••"),
        ("/mat-khau/550e8400-e29b-41d4-a716-446655440000", "/mat-khau/•••"),
    ],
)
def test_personal_data_in_an_address_is_masked(url: str, name: str) -> None:
    assert missing_addresses.report_name(url) == name
    assert not missing_addresses.is_complete(name)


def test_long_address_is_cut() -> None:
    for length in (400, 2000):
        name = missing_addresses.report_name("/" + "ệ" * length)
        assert len(name) <= missing_addresses.MAX_LENGTH
    assert missing_addresses.report_name("/" + "ệ" * 400).endswith("…")
    assert not missing_addresses.is_complete(missing_addresses.report_name("/" + "ệ" * 400))


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://tinh.example.gov.vn/bai/1?ten=An", "tinh.example.gov.vn"),
        ("https://AN:mat-khau@Tinh.Example.gov.vn:8443/", "tinh.example.gov.vn"),
        ("https://yenha.example.gov.vn/tin", ""),
        ("http://192.168.1.20/may-cua-an", ""),
        ("http://localhost/", ""),
        ("http://[::1", ""),
        ("android-app://com.zing.zalo/", "com.zing.zalo"),
        ("không phải địa chỉ", ""),
        ("https://" + "a" * 300 + ".vn/", ""),
        ("", ""),
    ],
)
def test_only_the_host_of_another_site_is_kept_of_a_referrer(referrer: str, host: str) -> None:
    assert missing_addresses.referrer_host(referrer, "yenha.example.gov.vn:443") == host


# --- What is counted ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_missing_address_is_counted_by_day_and_nobody_is_kept(client: Client) -> None:
    for _ in range(3):
        client.get(
            "/bai-cu?ten=An",
            headers={"referer": "https://tinh.example.gov.vn/x", "user-agent": "May cua An"},
            REMOTE_ADDR="203.0.113.7",
        )
    row = MissingAddress.objects.values().get()
    assert (row["path"], row["count"], row["last_seen_on"]) == (
        "/bai-cu",
        3,
        timezone.localdate(),
    )
    assert row["referrer_host"] == "tinh.example.gov.vn"
    assert set(row) == {"id", "path", "count", "first_seen_at", "last_seen_on", "referrer_host"}
    client.get("/bai-cu")
    assert MissingAddress.objects.get().referrer_host == "tinh.example.gov.vn"


@pytest.mark.django_db
def test_only_a_404_is_counted(client: Client) -> None:
    category = make_category()
    Redirect.objects.create(path="/cu", category=category)
    gone = make_article(status="unpublished")
    for path in (
        *("/", "/cu", gone.get_absolute_url(), "/?p=1", "/healthz", "/admin/khong-co/"),
        category.get_absolute_url().rstrip("/"),
    ):
        client.get(path)
    client.post("/khong-co")
    assert counted() == {}


@pytest.mark.django_db
def test_404_inside_the_admin_is_not_counted(admin_client: Client) -> None:
    assert admin_client.get("/admin/khong-co/").status_code == 404
    assert admin_client.get("/en/admin/khong-co/").status_code == 404
    assert counted() == {}


@pytest.mark.django_db
def test_404_costs_one_statement_more_than_the_look_up(
    client: Client, django_assert_num_queries: Callable
) -> None:
    # The frame of the error page, the look-up, the count.
    for _ in range(2):
        with django_assert_num_queries(3):
            client.get("/bai-cu")


HOSTILE = [
    "/" + "a" * 2040,
    "/" + quote("ệ" * 600),
    "/%FF%FE%80",
    "/%ED%A0%80%ED%B0%80",
    "/" + quote("\u202e\u2066gnp.exe\u2069"),
    "/" + quote("\u05d0\u05d1\u05d2/\u0627\u0644"),
    "/" + quote("a\u0301" * 200),
    "/" + quote("•••…"),
    "/" + quote("'; drop table portal_missingaddress; --"),
    "/%s%(x)s{}",
    "/*",
    "/a\\b",
    "//example.org/%2f..",
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", HOSTILE)
def test_hostile_address_is_a_plain_404_in_the_report_too(
    path: str, client: Client, admin_client: Client
) -> None:
    for _ in range(2):
        assert client.get(path).status_code == 404
    assert admin_client.get(LIST).status_code == 200
    for row in MissingAddress.objects.all():
        assert len(row.path) <= missing_addresses.MAX_LENGTH
        assert "\u202e" not in row.path


@pytest.mark.django_db
def test_star_that_somebody_asks_for_is_not_the_row_of_the_scanners(client: Client) -> None:
    client.get("/*")
    assert counted() == {"/*": 1}


# --- Bounds -------------------------------------------------------------------------------------


@pytest.fixture
def bounds(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def set_bounds(most: int = 2000, minute: int = 1000, day: int = 1000) -> None:
        monkeypatch.setattr(missing_addresses, "MAX_ADDRESSES", most)
        monkeypatch.setattr(missing_addresses, "NEW_PER_MINUTE", minute)
        monkeypatch.setattr(missing_addresses, "NEW_PER_DAY", day)

    return set_bounds


@pytest.mark.django_db
def test_full_report_counts_what_it_has_and_makes_room_for_one_at_a_time(
    bounds: Callable[..., None],
) -> None:
    bounds(most=3)
    for path in ("/1", "/2", "/3", "/1", "/3", "/4", "/1", "/wp-login.php"):
        missing_addresses.count_missing_address(path)
    assert counted() == {"/1": 3, "/3": 2, "/4": 1, "*": 1}


@pytest.mark.django_db
def test_room_is_made_of_what_was_asked_for_longest_ago_and_seldom(
    bounds: Callable[..., None],
) -> None:
    bounds(most=4)
    make_missing("/thuong-xuyen", count=40, days=20)
    make_missing("/hai-lan", count=2, days=5)
    make_missing("/hom-qua", count=1, days=1)
    make_missing("/do-quet", count=3, days=8)
    for path, gone in (("/moi-1", "/do-quet"), ("/moi-2", "/hai-lan"), ("/moi-3", "/hom-qua")):
        missing_addresses.count_missing_address(path)
        assert gone not in counted()
    assert set(counted()) == {"/thuong-xuyen", "/moi-1", "/moi-2", "/moi-3"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limit", "still", "no_longer"),
    [
        ("minute", timedelta(seconds=30), timedelta(minutes=2)),
        ("day", timedelta(hours=23), timedelta(hours=25)),
    ],
)
def test_new_addresses_are_few_in_a_minute_and_in_a_day(
    limit: str, still: timedelta, no_longer: timedelta, bounds: Callable[..., None]
) -> None:
    bounds(**{limit: 2})
    for path in ("/1", "/2", "/3", "/1"):
        missing_addresses.count_missing_address(path)
    assert counted() == {"/1": 2, "/2": 1}
    for ago, is_counted in [(still, False), (no_longer, True)]:
        MissingAddress.objects.update(first_seen_at=timezone.now() - ago)
        missing_addresses.count_missing_address("/3")
        assert ("/3" in counted()) is is_counted


@pytest.mark.django_db
def test_new_address_makes_the_outdated_ones_go() -> None:
    make_missing("/lau", count=50, days=91)
    make_missing("/gan", days=89)
    missing_addresses.count_missing_address("/moi")
    assert set(counted()) == {"/gan", "/moi"}


@pytest.mark.django_db
def test_scanner_that_asks_for_thousands_of_addresses_leaves_room_for_readers() -> None:
    for number in range(3000):
        missing_addresses.count_missing_address(f"/do-quet/{number}")
    assert len(counted()) == missing_addresses.NEW_PER_MINUTE


@pytest.mark.django_db
@pytest.mark.parametrize("times", [1, 2, 3])
def test_scanner_that_asks_again_day_after_day_does_not_keep_readers_out(
    times: int, bounds: Callable[..., None]
) -> None:
    """Programs ask with and without https, by HEAD and by GET: each address more than once."""
    bounds(most=40, day=10)
    make_missing("/bai-hay-hoi", count=30)
    for day in range(8, 0, -1):
        for number in range(10):
            missing_addresses.count_missing_address(f"/do-quet/{day}-{number}")
        MissingAddress.objects.filter(count=1).update(count=times)
        MissingAddress.objects.update(
            first_seen_at=F("first_seen_at") - timedelta(days=1),
            last_seen_on=F("last_seen_on") - 1,
        )
    missing_addresses.count_missing_address("/bai-moi")
    assert {"/bai-hay-hoi", "/bai-moi"} < set(counted())


@pytest.mark.django_db
def test_command_forgets_what_is_outdated(capsys: Any) -> None:
    make_missing("/lau", days=91)
    make_missing("/gan", days=89)
    call_command("purge_missing_addresses")
    assert set(counted()) == {"/gan"}


# --- Many at once, and no database --------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_go_over_the_bound(bounds: Callable[..., None]) -> None:
    bounds(most=20)

    def scan(thread: int) -> None:
        for number in range(40):
            missing_addresses.count_missing_address(f"/do-quet/{thread}-{number}")

    at_once([partial(scan, thread) for thread in range(8)])
    assert len(counted()) == 20


@pytest.fixture
def patient(transactional_db: None) -> Iterator[None]:
    """Let nobody give up waiting for a row because the machine is busy."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('portal_count_missing_address'::regproc)")
        [source] = cursor.fetchone()
        assert source.count("'200ms'") == 1
        cursor.execute(source.replace("'200ms'", f"'{PATIENCE}s'"))
        yield
        cursor.execute(source)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_lose_no_count_of_a_known_address(patient: None) -> None:
    missing_addresses.count_missing_address("/bai-cu")

    def ask() -> None:
        for _ in range(50):
            missing_addresses.count_missing_address("/bai-cu")

    at_once([ask] * 8)
    assert counted() == {"/bai-cu": 401}


@pytest.mark.django_db(transaction=True)
def test_reader_does_not_wait_for_whoever_holds_the_row(client: Client) -> None:
    missing_addresses.count_missing_address("/bai-cu")
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                MissingAddress.objects.select_for_update().get()
                held.set()
                done.wait(timeout=30)
        finally:
            connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(timeout=30)
        assert client.get("/bai-cu").status_code == 404
    finally:
        done.set()
        holder.join()
    assert counted() == {"/bai-cu": 1}


@pytest.mark.django_db(transaction=True)
def test_broken_database_leaves_a_404_a_404(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError

    connection.ensure_connection()
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", fail)
    assert client.get("/bai-cu").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_database_that_is_away_is_asked_once_by_a_404(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    attempts = []

    def refuse(*args: Any, **kwargs: Any) -> None:
        attempts.append(1)
        raise OperationalError

    connection.close()
    monkeypatch.setattr(type(connections["default"]), "get_new_connection", refuse)
    assert client.get("/bai-cu").status_code == 404
    assert len(attempts) <= 1


# --- In the admin -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_list_goes_by_count_and_leads_to_the_form_of_a_redirect(admin_client: Client) -> None:
    article = make_article("Lễ ra quân dọn vệ sinh")
    make_missing("/it", count=1)
    make_missing("/le-ra-quan-don-ve-sinh-12.html", count=9)
    make_missing("/tra-cuu/•••", count=5)
    make_missing(MissingAddress.AUTOMATIC, count=7)
    html = admin_client.get(LIST).content.decode()
    places = [html.index(p) for p in ("/le-ra-quan", "/tra-cuu", "/it<")]
    assert places == sorted(places)
    assert html.count("redirect/add/?path=") == 2
    form = admin_client.get(
        "/admin/portal/redirect/add/", {"path": "/le-ra-quan-don-ve-sinh-12.html"}
    ).context["adminform"].form  # fmt: skip
    assert form.initial["article"] == str(article.pk)
    admin_client.post(
        "/admin/portal/redirect/add/", {"path": form.initial["path"], "article": article.pk}
    )
    assert "/le-ra-quan-don-ve-sinh-12.html" not in counted()


@pytest.mark.django_db
def test_lines_are_deleted_together(admin_client: Client) -> None:
    rows = [make_missing(f"/{number}") for number in range(3)]
    admin_client.post(
        LIST,
        {
            "action": "delete_selected",
            "_selected_action": [row.pk for row in rows[:2]],
            "post": "yes",
        },
    )
    assert set(counted()) == {"/2"}


@pytest.mark.django_db
def test_outdated_address_is_not_shown(admin_client: Client) -> None:
    make_missing("/lau", days=91)
    assert "/lau" not in admin_client.get(LIST).content.decode()


@pytest.mark.django_db
def test_list_costs_the_same_for_many_lines(
    admin_client: Client, django_assert_max_num_queries: Callable
) -> None:
    for number in range(60):
        make_missing(f"/{number}")
    with django_assert_max_num_queries(8):
        admin_client.get(LIST)


@pytest.mark.django_db
def test_editors_get_the_rights_that_a_new_version_brings() -> None:
    from django.apps import apps

    group = Group.objects.get(name=EDITORS)
    new = Permission.objects.filter(content_type__model__in=["redirect", "missingaddress"])
    taken = Permission.objects.get(codename="delete_song")
    group.permissions.remove(taken)
    assert new.filter(group=group).count() == 8
    new.delete()
    create_groups(apps=apps)
    assert new.filter(group=group).count() == 8
    assert taken not in group.permissions.all()
