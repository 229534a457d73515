"""The daily mail to the moderators."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from comments import services
from comments.models import Comment
from portal.groups import EDITORS, MODERATORS, WRITERS
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = "https://yenha.example.gov.vn"


def person(django_user_model: Any, name: str, group: str, **fields: Any) -> Any:
    values = {"is_staff": True, "email": f"{name}@example.org"} | fields
    user = django_user_model.objects.create_user(name, password="password", **values)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def moderator(django_user_model: Any) -> Any:
    return person(django_user_model, "hoa", MODERATORS, last_name="Trần", first_name="Hòa")


def send() -> None:
    call_command("send_comment_digest", verbosity=0)


def test_mail_tells_what_waits_and_leads_there(moderator: Any) -> None:
    article = make_article()
    make_comment(article, submitted_at=timezone.now() - timedelta(hours=26))
    make_comment(article)
    reported = make_comment(article, status=Comment.Status.APPROVED)
    report = services.report_comment(
        comment=reported, reason="insult", text='Xúc phạm "nặng" & láo'
    )
    send()
    [letter] = mail.outbox
    assert letter.to == ["hoa@example.org"]
    assert letter.subject == (
        "[yenha.example.gov.vn] 2 bình luận chờ duyệt, 1 phản ánh vi phạm chưa xử lý"
    )
    for words in (
        "Kính gửi ",
        "Bình luận chờ duyệt: 2",
        "đã chờ 1 ngày 2 giờ",
        "https://yenha.example.gov.vn/admin/comments/comment/",
        f"https://yenha.example.gov.vn/admin/comments/report/{report.pk}/change/",
        "còn 1 ngày 23 giờ",
        "Phản ánh vi phạm chưa xử lý: 1, trong đó quá hạn: 0",
    ):
        assert words in letter.body
    assert "&#" not in letter.body
    assert "&quot;" not in letter.body
    # What readers wrote does not leave the portal.
    assert reported.text not in letter.body
    assert letter.content_subtype == "plain"


def test_nothing_waits_and_nobody_is_written_to(moderator: Any) -> None:
    make_comment(make_article(), status=Comment.Status.APPROVED)
    send()
    assert mail.outbox == []


@pytest.mark.usefixtures("middle_of_an_hour")
def test_a_day_brings_one_mail_however_often_the_command_runs(
    moderator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_comment(make_article())
    send()
    send()
    assert len(mail.outbox) == 1
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: tomorrow)
    send()
    assert len(mail.outbox) == 2


def test_only_active_moderators_with_an_address_are_written_to(django_user_model: Any) -> None:
    make_comment(make_article())
    person(django_user_model, "bien", EDITORS)
    person(django_user_model, "viet", WRITERS)
    person(django_user_model, "nghi", MODERATORS, is_active=False)
    person(django_user_model, "khach", MODERATORS, is_staff=False)
    person(django_user_model, "khong", MODERATORS, email="")
    django_user_model.objects.create_superuser("sep", "sep@example.org", "password")
    send()
    assert sorted(letter.to[0] for letter in mail.outbox) == ["bien@example.org", "sep@example.org"]


def test_a_mail_that_could_not_leave_goes_out_with_the_next_run(
    moderator: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_comment(make_article())

    def refuse(*args: Any, **kwargs: Any) -> int:
        raise ConnectionRefusedError("no mail server")

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        with pytest.raises(CommandError, match="hoa: no mail server"):
            send()
    assert not LogEntry.objects.exists()
    send()
    assert len(mail.outbox) == 1
