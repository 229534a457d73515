"""A table of redirects, from a spreadsheet or on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from news.models import Article
from portal.groups import EDITORS, WRITERS
from portal.models import Redirect
from portal.redirects import planning
from portal.redirects.csv_table import decode_csv, parse_csv
from portal.redirects.planning import RequestedRedirect, plan_redirects
from portal.redirects.services import save_redirects
from tests.factories import make_article
from tests.portal.redirecting import make_redirects

pytestmark = pytest.mark.django_db

Status = Article.Status


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
        "sep=;\r\nĐịa chỉ cũ;Địa chỉ mới\r\n/cu;/moi\r\n",
        '"sep=,"\n/cu,/moi\n',
        "\r\n;;\r\ncũ;mới\r\n/cu;/moi\r\n",
    ],
)
def test_table_is_read_as_spreadsheets_write_it(text: str) -> None:
    [requested] = parse_csv(text)
    assert (requested.old, requested.new) == ("/cu", "/moi")


def test_line_of_a_requested_redirect_is_that_of_the_file() -> None:
    requests = parse_csv("cũ;mới\n\n/a;/b\n/c\n;/d\n")
    assert [(requested.line, bool(requested.problem)) for requested in requests] == [
        (3, False),
        (4, True),
        (5, True),
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_half_a_line_at_the_start_does_not_hide_what_divides_the_others(mark: str) -> None:
    requests = parse_csv("/thieu;\n/a, b;/c?x=1,2\n/d;12\n".replace(";", mark).replace(", ", " "))
    assert [bool(requested.problem) for requested in requests] == [True, False, False]
    assert (requests[2].old, requests[2].new) == ("/d", "12")


def test_other_marks_may_stand_inside_an_address() -> None:
    [requested] = parse_csv("/tin,va-bai/index.php?nv=news&op=a;b,/tin-tuc/\n".replace(";", "%3B"))
    assert requested.old == "/tin"  # a comma of the address asks for quotation marks
    [requested] = parse_csv('"/tin,va-bai";/tin-tuc/\n')
    assert (requested.old, requested.new) == ("/tin,va-bai", "/tin-tuc/")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_table_comes_in_unicode(encoding: str) -> None:
    assert parse_csv(decode_csv("/điều-kiện;12".encode(encoding)))[0].old == "/điều-kiện"


@pytest.mark.parametrize(
    "data", ["/điều-kiện;12".encode("cp1258", "replace"), b"\x89PNG\0\0", b"a" * 3_200_000]
)
def test_what_is_no_text_in_unicode_is_refused(data: bytes) -> None:
    with pytest.raises(ValidationError):
        decode_csv(data)


@pytest.mark.parametrize("text", ["", "\n\n", "cũ;mới\n", "/a;/b\n" * 10_001])
def test_empty_or_endless_table_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        parse_csv(text)


@pytest.mark.parametrize(
    ("text", "line"), [("Đ" * 200_000, 1), ('/a;/b\n"' + "/c;/d\n" * 30_000, 2)]
)
def test_a_line_that_never_ends_is_named(text: str, line: int) -> None:
    with pytest.raises(ValidationError, match=f"Không đọc được dòng {line};"):
        parse_csv(text)


def test_lines_are_judged_one_by_one() -> None:
    article, other = make_article(), make_article()
    make_redirects(("/co-roi", article.pk), ("/khac", article.pk))
    lines = [
        ("/moi", article.pk, planning.NEW),
        ("/co-roi", article.pk, planning.SAME),
        ("/khac", other.pk, planning.CHANGED),
        ("/moi/", article.get_absolute_url(), planning.REPEATED),
        ("/moi", other.pk, planning.REFUSED),
        ("/khong", "/khong-co", planning.REFUSED),
    ]
    plans = plan_redirects(
        [RequestedRedirect(n, old, str(new)) for n, (old, new, _) in enumerate(lines, start=1)]
    )
    assert [plan.outcome for plan in plans] == [outcome for *_, outcome in lines]
    assert "1" in plans[4].reason


def test_ten_thousand_lines_cost_few_statements(django_assert_max_num_queries: Callable) -> None:
    articles = [make_article() for _ in range(3)]
    requests = [
        RequestedRedirect(n, f"/cu/bai-{n}.html", str(articles[n % 3].pk)) for n in range(10_000)
    ]
    with django_assert_max_num_queries(40):
        save_redirects(requests=requests, by=None)
    assert Redirect.objects.count() == 10_000


def upload(text: str, name: str = "chuyen-huong.csv") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, text.encode("utf-8-sig"))}


IMPORT = "/admin/portal/redirect/import/"


def test_import_shows_first_and_writes_afterwards(admin_client: Client) -> None:
    article = make_article()
    shown = admin_client.post(IMPORT, upload(f"cũ;mới\n/cu-1;{article.pk}\n/cu-2;/luu-tru/\n"))
    assert [plan.outcome for plan in shown.context["plans"]] == [planning.NEW] * 2
    assert not Redirect.objects.exists()
    admin_client.post(IMPORT, {"table": shown.context["table"], "_write": "1"})
    assert {row.created_by.username for row in Redirect.objects.all()} == {"admin"}
    assert Redirect.objects.count() == 2


def test_import_remarks_on_a_target_outside_the_site(admin_client: Client) -> None:
    inside = "/cu-1;http://testserver/luu-tru/\n/cu-2;/luu-tru/\n"
    remark = "dẫn ra ngoài cổng"
    assert remark not in admin_client.post(IMPORT, upload(inside)).content.decode()
    shown = admin_client.post(IMPORT, upload(f"{inside}/cu-3;https://example.com/a\n"))
    assert shown.content.decode().count(remark) == 1


def test_import_with_an_error_names_its_line_and_writes_nothing(admin_client: Client) -> None:
    text = "/cu-1;/luu-tru/\n/cu-2;/khong-co\n"
    shown = admin_client.post(IMPORT, upload(text))
    assert shown.context["plans"][0].requested.line == 2
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
    assert "plans" not in answer.context


@pytest.mark.parametrize(
    ("rights", "status"),
    [
        ([], 403),
        (["add_redirect"], 403),
        (["change_redirect"], 403),
        (["view_redirect", "delete_redirect"], 403),
        (["add_redirect", "change_redirect"], 302),
    ],
)
def test_import_needs_the_rights_to_add_and_to_change(
    rights: list[str], status: int, client: Client, django_user_model: Any
) -> None:
    user = django_user_model.objects.create_user("viet", password="mat-khau-dai", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)
    text = "/cu;/luu-tru/\n"
    assert client.get(IMPORT).status_code == (403 if status == 403 else 200)
    assert client.post(IMPORT, upload(text)).status_code == (403 if status == 403 else 200)
    for button in ("_write", "_write_rest"):
        assert client.post(IMPORT, {"table": text, button: "1"}).status_code == status
    assert Redirect.objects.exists() == (status != 403)


def test_writer_may_not_import_and_an_editor_may(client: Client, django_user_model: Any) -> None:
    user = django_user_model.objects.create_user("viet", password="mat-khau-dai", is_staff=True)
    user.groups.add(Group.objects.get(name=WRITERS))
    client.force_login(user)
    assert client.get(IMPORT).status_code == 403
    user.groups.add(Group.objects.get(name=EDITORS))
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
