"""Who may do what at the addresses of the moderation queue: each checks the right by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from comments import services
from comments.admin.decisions import DECISIONS, decide_comments
from comments.models import Block, Comment, Decision, ListedPhrase, Report
from portal.groups import EDITORS, MODERATORS, WRITERS
from tests.comments.database import values_by_column
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db

QUEUE = "/admin/comments/comment/"
EMAIL = "man@example.org"
REASON = {"reason": "insult", "note": "Đã xem.", "asked": "1"}


@pytest.fixture
def rows() -> dict[str, int]:
    """The primary keys of one row of each kind."""
    article = make_article()
    pending = make_comment(article, email=EMAIL, network_hash="a" * 32)
    published = make_comment(article, status="approved", email=EMAIL)
    report = services.report_comment(comment=published, reason="insult", text="Xúc phạm.")
    return {
        "pending": pending.pk,
        "published": published.pk,
        "removed": make_comment(article, status="removed").pk,
        "report": report.pk,
    }


# Address, fields of the form; {pending} and others stand for a primary key.
MODERATING: list[tuple[str, dict[str, Any]]] = [
    ("decide/", {"decision": "approve", "_selected_action": "{pending}"}),
    ("decide/", {"decision": "reject", "_selected_action": "{pending}", **REASON}),
    ("decide/", {"decision": "spam", "_selected_action": "{published}"}),
    ("decide/", {"decision": "remove", "_selected_action": "{published}", **REASON}),
    ("decide/", {"decision": "restore", "_selected_action": "{removed}"}),
    ("{pending}/correct/", {"text": "Mong phường sửa con đường này ạ."}),
    ("{published}/answer/", {"text": "Phường đã sửa."}),
    ("{pending}/block/", {"kinds": "network", "days": "3", "reason": "Quảng cáo."}),
    ("{published}/authority/", {"reason": "insult", "text": "Công văn số 1.", "hide": "on"}),
    ("../report/{report}/handle/", {"outcome": "upheld", "note": "Có xúc phạm."}),
    ("../report/{report}/hide/", {}),
]
ERASING: list[tuple[str, dict[str, Any]]] = [
    ("sender/", {"who": EMAIL}),
    ("sender/export/", {"who": EMAIL}),
    ("sender/erase/", {"who": EMAIL, "sure": "on"}),
]


def filled(address: str, fields: dict[str, Any], rows: dict[str, int]) -> tuple[str, dict]:
    address = f"{QUEUE}{address.format(**rows)}".replace("comment/../", "")
    return address, {name: value.format(**rows) for name, value in fields.items()}


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def user_with(django_user_model: Any, group: str = "", *permissions: str) -> Any:
    user = django_user_model.objects.create_user("hoa", password="password", is_staff=True)
    if group:
        user.groups.add(Group.objects.get(name=group))
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def content() -> dict[str, list[str]]:
    """What the comments app keeps."""
    return {name: sorted(rows) for name, rows in values_by_column("comments_").items()}


@pytest.mark.parametrize(("address", "fields"), [*MODERATING, *ERASING])
@pytest.mark.parametrize("who", ["writer", "viewer", "nobody"])
def test_whoever_may_not_moderate_changes_nothing(
    who: str, address: str, fields: dict[str, Any], rows: dict[str, int], django_user_model: Any
) -> None:
    user = {
        "writer": lambda: user_with(django_user_model, WRITERS),
        "viewer": lambda: user_with(django_user_model, "", "view_comment", "view_report"),
        "nobody": lambda: user_with(django_user_model),
    }[who]()
    before = content()
    address, data = filled(address, fields, rows)
    client = client_of(user)
    assert client.post(address, data).status_code == 403
    assert client.get(address).status_code in {403, 405}
    assert content() == before


@pytest.mark.parametrize(("address", "fields"), MODERATING)
def test_a_moderator_does_each_of_it(
    address: str, fields: dict[str, Any], rows: dict[str, int], django_user_model: Any
) -> None:
    before = content()
    address, data = filled(address, fields, rows)
    answer = client_of(user_with(django_user_model, MODERATORS)).post(address, data)
    assert answer.status_code == 302
    assert content() != before


@pytest.mark.parametrize(("address", "fields"), ERASING)
def test_personal_data_are_for_those_who_may_delete_comments(
    address: str, fields: dict[str, Any], rows: dict[str, int], django_user_model: Any
) -> None:
    address, data = filled(address, fields, rows)
    moderator = user_with(django_user_model, MODERATORS)
    before = content()
    assert client_of(moderator).post(address, data).status_code == 403
    assert content() == before
    moderator.groups.set([Group.objects.get(name=EDITORS)])
    assert client_of(moderator).post(address, data).status_code in {200, 302}


def test_only_who_may_delete_blocks_lifts_them(django_user_model: Any, admin_user: Any) -> None:
    now = timezone.now()
    block = Block.objects.create(
        kind="network", key="a" * 32, reason="Quảng cáo.", by=admin_user, created_at=now,
        until=now + timedelta(days=1),
    )  # fmt: skip
    data = {"action": "lift", "_selected_action": [block.pk]}
    viewer = client_of(user_with(django_user_model, "", "view_block"))
    viewer.post("/admin/comments/block/", data)
    assert Block.objects.exists()
    moderator = django_user_model.objects.create_user("lan", password="password", is_staff=True)
    moderator.groups.add(Group.objects.get(name=MODERATORS))
    client_of(moderator).post("/admin/comments/block/", data)
    assert not Block.objects.exists()


def test_a_text_is_tried_only_by_who_may_see_the_word_list(django_user_model: Any) -> None:
    ListedPhrase.objects.create(phrase="cá độ")
    client = client_of(user_with(django_user_model, WRITERS))
    answer = client.post("/admin/comments/listedphrase/", {"text": "Chơi cá độ bóng đá ở đây."})
    assert answer.status_code == 403
    assert "cá độ" not in answer.content.decode()


def test_a_reader_of_the_queue_is_offered_no_decision_and_no_erasure(
    rows: dict[str, int], django_user_model: Any
) -> None:
    client = client_of(user_with(django_user_model, "", "view_comment", "view_report"))
    for address in (
        f"{QUEUE}?status=all",
        f"{QUEUE}{rows['pending']}/change/",
        f"/admin/comments/report/{rows['report']}/change/",
    ):
        page = client.get(address).content.decode()
        assert "decide/" not in page
        assert 'name="_selected_action"' not in page
        for step in ("correct", "answer", "block", "authority", "handle", "hide", "sender"):
            assert f"/{step}/" not in page, (address, step)


def test_nothing_is_decided_by_following_a_link(
    rows: dict[str, int], django_user_model: Any
) -> None:
    client = client_of(user_with(django_user_model, MODERATORS))
    before = content()
    for address, fields in MODERATING:
        client.get(*filled(address, fields, rows))
    assert content() == before


def test_comments_that_are_gone_are_told_and_hold_up_no_others(django_user_model: Any) -> None:
    """Deleted after the view has read them: with their article, by a colleague."""
    gone, stays = make_comment(make_article()), make_comment(make_article())
    Comment.objects.filter(pk=gone.pk).delete()
    result = decide_comments(
        DECISIONS["approve"],
        [gone, stays],
        by=user_with(django_user_model),
        reasons={},
        shown={},
    )
    assert result.decided == [stays]
    assert [comment for comment, _reason in result.refused] == [gone]
    assert Decision.objects.get().comment == stays


def test_complaint_about_a_comment_that_was_deleted_is_not_found(
    rows: dict[str, int], django_user_model: Any
) -> None:
    client = client_of(user_with(django_user_model, MODERATORS))
    Comment.objects.get(pk=rows["published"]).delete()
    assert not Report.objects.exists()
    for step in ("handle", "hide"):
        assert client.post(f"/admin/comments/report/{rows['report']}/{step}/").status_code == 404


@pytest.mark.parametrize(
    "selected", [["1" * 19], ["-1"], ["1.0"], ["x"], ["１"], [str(number) for number in range(201)]]
)
def test_a_selection_that_no_page_offers_is_a_bad_request(
    selected: list[str], django_user_model: Any
) -> None:
    client = client_of(user_with(django_user_model, MODERATORS))
    data = {"decision": "approve", "_selected_action": selected}
    assert client.post(f"{QUEUE}decide/", data).status_code == 400


def test_two_hundred_comments_are_decided_at_once(django_user_model: Any) -> None:
    client = client_of(user_with(django_user_model, MODERATORS))
    data = {"decision": "approve", "_selected_action": [str(number) for number in range(200)]}
    assert client.post(f"{QUEUE}decide/", data).status_code == 302


@pytest.mark.parametrize("take_back", ["withdraw_comment", "erase_comment"])
def test_no_decision_is_offered_on_what_its_sender_took_back(
    take_back: str, rows: dict[str, int], django_user_model: Any
) -> None:
    getattr(services, take_back)(comment=Comment.objects.get(pk=rows["published"]))
    client = client_of(user_with(django_user_model, MODERATORS))
    for row, is_offered in (("published", False), ("removed", True)):
        page = client.get(f"{QUEUE}{rows[row]}/change/").content.decode()
        assert ('name="decision"' in page) == is_offered
