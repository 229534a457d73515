"""The admin of the frame, of staff, and of the site as a whole."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from comments.services import reply_officially
from portal.groups import EDITORS, WRITERS, create_groups
from portal.models import (
    AlertBanner,
    HomeBlock,
    LinkGroup,
    MenuItem,
    Page,
    SidebarBlock,
    SiteIdentity,
    Song,
    WardMap,
)
from portal.version import VERSION
from tests.factories import (
    make_article,
    make_author,
    make_category,
    make_comment,
    make_image,
    make_tag,
)

# The first frame of an MP3 file, and silence.
MP3 = b"\xff\xfb\x90\x00" + bytes(413)

pytestmark = pytest.mark.django_db

MODELS = [
    model._meta.label_lower.replace(".", "_")
    for model in admin.site._registry
    if model._meta.app_label in {"news", "portal", "auth"}
]


@pytest.fixture
def one_of_each() -> None:
    image = make_image()
    make_article(lead_image=image)
    now = timezone.now()
    page = Page(title="Giới thiệu", body="<p>Phường Yên Hà.</p>")
    rows = [
        page,
        SiteIdentity(valid_from=date(2025, 7, 1), name="ỦY BAN NHÂN DÂN PHƯỜNG YÊN HÀ"),
        MenuItem(address="/", label="Trang chủ"),
        HomeBlock(kind="newest"),
        SidebarBlock(kind="map"),
        WardMap(title="Bản đồ phường", image=image),
        LinkGroup(name="Cơ quan nhà nước"),
        AlertBanner(text="Bão số 5", starts_at=now, ends_at=now + timedelta(days=1)),
        Song(title="Về Yên Hà", link="https://example.org/bai-hat"),
    ]
    for row in rows:
        row.full_clean()
        row.save()


@pytest.mark.parametrize("name", MODELS)
def test_every_list_and_every_form_opens(name: str, admin_client: Any, one_of_each: None) -> None:
    assert admin_client.get(reverse(f"admin:{name}_changelist")).status_code == 200
    model = next(m for m in admin.site._registry if name == m._meta.label_lower.replace(".", "_"))
    answer = admin_client.get(reverse(f"admin:{name}_add"))
    may_add = admin.site._registry[model].has_add_permission(answer.wsgi_request)
    assert answer.status_code == (200 if may_add else 403)
    for row in model._default_manager.all()[:1]:
        address = reverse(f"admin:{name}_change", args=[row.pk])
        assert admin_client.get(address).status_code == 200


def test_sections_and_pages_stand_in_the_order_of_our_alphabet(admin_client: Any) -> None:
    sections = admin_client.get("/admin/").context["app_list"]
    assert [section["name"] for section in sections] == [
        "Bình luận",
        "Cổng thông tin",
        "Đánh giá",
        "Tài khoản và phân quyền",
        "Thống kê truy cập",
        "Tin tức",
    ]
    news = [entry["name"] for entry in sections[-1]["models"]]
    assert news[0] == "Ảnh"
    assert news.index("Địa chỉ cũ") < news.index("Tác giả")


def test_staff_see_in_the_footer_which_version_runs_and_nobody_else_does(
    admin_client: Any, client: Client
) -> None:
    words = f"Cổng Tin, phiên bản {VERSION}"
    assert words in admin_client.get("/admin/").content.decode()
    assert words not in client.get("/admin/login/").content.decode()


def test_the_menu_lists_each_entry_below_its_own(admin_client: Any) -> None:
    second = MenuItem.objects.create(address="/hai", label="Hai", position=2)
    MenuItem.objects.create(address="/mot", label="Một", position=1)
    MenuItem.objects.create(address="/hai-a", label="Hai A", position=1, parent=second)
    MenuItem.objects.create(address="/ba", label="Ba", position=3)
    response = admin_client.get(reverse("admin:portal_menuitem_changelist"))
    assert [item.label for item in response.context["cl"].result_list] == [
        "Một",
        "Hai",
        "Hai A",
        "Ba",
    ]


@pytest.mark.parametrize(
    ("model", "data", "field", "words"),
    [
        ("homeblock", {"kind": "category"}, "category", "Vui lòng chọn chuyên mục."),
        ("sidebarblock", {"kind": "banner"}, "image", "Vui lòng chọn ảnh."),
    ],
)
def test_a_block_says_what_its_kind_needs(
    model: str, data: dict[str, str], field: str, words: str, admin_client: Any
) -> None:
    response = admin_client.post(reverse(f"admin:portal_{model}_add"), {"position": "0", **data})
    assert dict(response.context["adminform"].form.errors) == {field: [words]}


def test_a_second_identity_of_the_same_day_is_refused_in_words(admin_client: Any) -> None:
    SiteIdentity.objects.create(valid_from=date(2025, 7, 1), name="UBND PHƯỜNG YÊN HÀ")
    data = {"valid_from": "01/07/2025", "name": "UBND PHƯỜNG", "kind": "Cổng thông tin điện tử"}
    response = admin_client.post(reverse("admin:portal_siteidentity_add"), data)
    assert response.context["adminform"].form.errors["valid_from"] == [
        "Đã có thông tin cơ quan bắt đầu có hiệu lực từ ngày này."
    ]


def test_a_wrong_day_without_a_time_is_named(admin_client: Any) -> None:
    data = {"text": "Bão số 5", "starts_at_0": "31/02/2026", "starts_at_1": ""}
    response = admin_client.post(reverse("admin:portal_alertbanner_add"), data)
    assert "Ngày không hợp lệ" in response.context["adminform"].form.errors["starts_at"][0]


def test_bulk_actions_and_lists_speak_of_what_is_picked(
    admin_client: Any, one_of_each: None
) -> None:
    spoken = {
        "portal_linkgroup": "nhóm liên kết",
        "portal_menuitem": "mục menu",
        "comments_listedphrase": "cụm từ cần xem xét",
        "ratings_ratingswitch": "tùy chọn đánh giá",
        "comments_commentswitch": "tùy chọn bình luận",
    }
    for name, words in spoken.items():
        answer = admin_client.get(reverse(f"admin:{name}_changelist"))
        assert answer.context["title"] == f"Danh sách {words}"
        actions = dict(answer.context["cl"].model_admin.get_action_choices(answer.wsgi_request))
        assert actions["delete_selected"] == f"Xóa {words} đã chọn"


def test_deletion_names_contents_and_not_what_ties_two_tables(admin_client: Any) -> None:
    tag = make_tag("chuyển đổi số")
    make_article(tags=[tag])
    picked = {"action": "delete_selected", "_selected_action": [tag.pk]}
    for answer in (
        admin_client.get(f"/admin/news/tag/{tag.pk}/delete/"),
        admin_client.post("/admin/news/tag/", picked),
    ):
        lost = "bài viết vẫn giữ nhưng không còn nội dung này ở mục “Thẻ”"
        assert dict(answer.context["model_count"]) == {"thẻ": 1, lost: 1}
        assert "object (" not in answer.content.decode()


def test_what_is_kept_is_the_reason_and_not_a_right_that_nobody_has(
    admin_client: Any, django_user_model: Any
) -> None:
    author = django_user_model.objects.create_user("hoa")
    comment = make_comment(make_article(), status="approved")
    reply_officially(comment=comment, by=author, text="Phường đã tiếp nhận ý kiến.")
    page = admin_client.get(f"/admin/portal/user/{author.pk}/delete/").content.decode()
    assert "Không xóa được người dùng “hoa”" in page
    assert "không có quyền" not in page


@pytest.mark.parametrize(
    "typed",
    ["title__regex=(", "title__unaccent=a", "title__trigram_similar=a", "title__search=a"],
)
def test_an_expression_typed_into_the_address_of_a_list_is_a_bad_request(
    admin_client: Any, typed: str
) -> None:
    assert admin_client.get(f"/admin/portal/page/?{typed}").status_code == 400


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("news/article/?published_at__year=9999", 302),
        ("news/article/?published_at__year=9999&published_at__month=12&published_at__day=31", 302),
        ("news/article/?published_at__year=0001", 200),
        ("news/article/?p=99999999999999999999", 200),
        ("news/article/?o=99999999999999999999", 200),
        ("news/article/add/?published_at=x&category=abc", 200),
        ("portal/alertbanner/add/?starts_at=0001-01-01", 200),
        ("comments/consenttext/add/?valid_from=x", 200),
    ],
)
def test_nonsense_in_the_address_is_no_fault_of_the_server(
    admin_client: Any, address: str, status: int
) -> None:
    make_article()
    assert admin_client.get(f"/admin/{address}").status_code == status


@pytest.mark.parametrize("day", ["01/01/0001", "31/12/9999"])
def test_a_year_that_means_nothing_is_refused_wherever_a_day_is_asked_for(
    admin_client: Any, admin_user: Any, day: str
) -> None:
    moments = {"valid_from_0": day, "valid_from_1": "00:00", "text": "Tôi đồng ý."}
    account = {"username": "admin", "date_joined_0": day, "date_joined_1": "00:00"}
    for address, field, data in (
        ("comments/consenttext/add/", "valid_from", moments),
        (f"portal/user/{admin_user.pk}/change/", "date_joined", account),
        ("portal/siteidentity/add/", "valid_from", {"valid_from": day}),
    ):
        form = admin_client.post(f"/admin/{address}", data).context["adminform"].form
        assert form.errors[field] == ["Năm phải nằm trong khoảng từ 1900 đến 2199."]


def test_a_row_that_somebody_else_deleted_meanwhile_is_named(admin_client: Any) -> None:
    group = LinkGroup.objects.create(name="Trung ương")
    link = group.links.create(label="Chính phủ", address="https://chinhphu.vn/")
    data = {
        "name": "Trung ương",
        "position": "0",
        "links-TOTAL_FORMS": "1",
        "links-INITIAL_FORMS": "1",
        "links-0-id": str(link.pk),
        "links-0-group": str(group.pk),
        "links-0-label": "Cổng Chính phủ",
        "links-0-address": "https://chinhphu.vn/",
        "links-0-position": "0",
    }
    link.delete()
    answer = admin_client.post(f"/admin/portal/linkgroup/{group.pk}/change/", data)
    assert "Có dòng trong bảng này đã bị người khác xóa" in answer.content.decode()
    assert not group.links.exists()
    # What both have deleted is gone as both wanted.
    other = group.links.create(label="Quốc hội", address="https://quochoi.vn/")
    data |= {
        "links-0-DELETE": "on",
        "links-TOTAL_FORMS": "2",
        "links-INITIAL_FORMS": "2",
        "links-1-id": str(other.pk),
        "links-1-group": str(group.pk),
        "links-1-label": "Cổng Quốc hội",
        "links-1-address": "https://quochoi.vn/",
        "links-1-position": "0",
    }
    answer = admin_client.post(f"/admin/portal/linkgroup/{group.pk}/change/", data)
    assert answer.status_code == 302
    assert [row.label for row in group.links.all()] == ["Cổng Quốc hội"]


def test_a_list_with_a_row_that_is_gone_is_not_written(admin_client: Any) -> None:
    first, second = (LinkGroup.objects.create(name=name) for name in ("Trung ương", "Tỉnh"))
    data = {
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "2",
        "form-0-id": str(first.pk),
        "form-0-position": "7",
        "form-1-id": str(second.pk),
        "form-1-position": "8",
        "_save": "Lưu",
    }
    first.delete()
    answer = admin_client.post("/admin/portal/linkgroup/", data, follow=True)
    assert "chưa thay đổi nào được lưu" in answer.content.decode()
    second.refresh_from_db()
    assert second.position == 0


def test_what_was_picked_and_is_gone_is_said(admin_client: Any) -> None:
    picked = {"action": "delete_selected", "_selected_action": ["999"], "post": "yes"}
    answer = admin_client.post("/admin/news/tag/", picked, follow=True)
    assert "Mục đã chọn không còn trong danh sách này." in answer.content.decode()


def test_a_book_pasted_into_a_text_is_refused_in_words(admin_client: Any) -> None:
    data = {"text": "Đ" * 1_000_000, "valid_from_0": "01/11/2026", "valid_from_1": "07:00"}
    answer = admin_client.post("/admin/comments/consenttext/add/", data)
    words = "Nội dung quá dài: tối đa 20000 ký tự (hiện có 1000000)."
    assert answer.context["adminform"].form.errors["text"] == [words]


def test_deletion_says_which_rows_stay_and_lose_something(admin_client: Any) -> None:
    author = make_author("Ban Biên tập")
    make_article(author=author)
    answer = admin_client.get(f"/admin/news/author/{author.pk}/delete/")
    lost = "bài viết vẫn giữ nhưng không còn nội dung này ở mục “Tác giả”"
    assert dict(answer.context["model_count"]) == {"tác giả": 1, lost: 1}


def test_nobody_closes_his_own_account(admin_client: Any, admin_user: Any) -> None:
    address = f"/admin/portal/user/{admin_user.pk}/"
    assert admin_client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    picked = {"action": "delete_selected", "_selected_action": [admin_user.pk], "post": "yes"}
    page = admin_client.post("/admin/portal/user/", picked).content.decode()
    assert "Bạn không thể xóa tài khoản của chính mình." in page
    day = {"date_joined_0": "01/11/2026", "date_joined_1": "07:00"}
    admin_client.post(f"{address}change/", {"username": "admin", "first_name": "Hòa", **day})
    admin_user.refresh_from_db()
    assert admin_user.first_name == "Hòa"
    assert admin_user.is_active
    assert admin_user.is_superuser


def test_permissions_are_named_in_words(admin_client: Any) -> None:
    form = admin_client.get(reverse("admin:auth_group_add")).context["adminform"].form
    labels = {str(label) for _, label in form.fields["permissions"].choices}
    assert not [label for label in labels if "Can " in label]
    assert any(label.endswith("| Xóa bài viết") for label in labels)
    assert any(
        label.endswith("| Được xuất bản, đính chính, thu hồi và gỡ bài viết") for label in labels
    )


def test_a_form_of_the_admin_without_its_session_says_how_to_keep_the_text(
    django_user_model: Any,
) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("admin:news_article_add"), {"title": "Tin dài"})
    assert response.status_code == 403
    assert "Không tải lại trang này" in response.content.decode()
    assert 'target="_blank"' in response.content.decode()


def mp3() -> SimpleUploadedFile:
    return SimpleUploadedFile("ve-yen-ha.mp3", MP3 * 3)


def song_form(**values: Any) -> dict[str, Any]:
    return {"title": "Về Yên Hà", "position": "0", "is_public": "on", **values}


def test_a_song_is_taken_in_with_its_file(admin_client: Any) -> None:
    data = song_form(upload=mp3())
    admin_client.post(reverse("admin:portal_song_add"), data)
    assert Song.objects.get().file.name.startswith("am-thanh/")


def test_a_song_needs_a_file_or_a_link(admin_client: Any) -> None:
    response = admin_client.post(reverse("admin:portal_song_add"), song_form())
    assert response.status_code == 200
    assert not Song.objects.exists()


def test_a_file_that_is_no_sound_is_refused_beside_its_field(admin_client: Any) -> None:
    data = song_form(upload=SimpleUploadedFile("bai-hat.mp3", b"MZ\x90\x00"))
    response = admin_client.post(reverse("admin:portal_song_add"), data)
    assert response.context["adminform"].form.errors["upload"]


def test_deleting_a_song_takes_its_file_along(
    admin_client: Any, django_capture_on_commit_callbacks: Any
) -> None:
    admin_client.post(
        reverse("admin:portal_song_add"),
        song_form(upload=mp3()),
    )
    song = Song.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(reverse("admin:portal_song_delete", args=[song.pk]), {"post": "yes"})
    assert not default_storage.exists(song.file.name)


def codenames(group: str) -> set[str]:
    return set(Group.objects.get(name=group).permissions.values_list("codename", flat=True))


def test_editors_may_publish_and_edit_the_frame_but_not_staff() -> None:
    granted = codenames(EDITORS)
    assert {"publish_article", "change_page", "change_song", "change_menuitem"} <= granted
    assert not {"change_user", "add_user", "change_group"} & granted


def test_writers_may_write_but_not_publish() -> None:
    granted = codenames(WRITERS)
    assert {"add_article", "change_article", "add_image"} <= granted
    assert not {"publish_article", "delete_image", "change_category"} & granted


def test_what_an_office_changed_in_its_groups_stays() -> None:
    Group.objects.get(name=WRITERS).permissions.clear()
    create_groups(apps=apps)
    assert codenames(WRITERS) == set()


def test_a_page_in_the_admin_is_kept_by_nobody(admin_client: Any) -> None:
    response = admin_client.get(reverse("admin:index"))
    assert "no-store" in response["Cache-Control"]


def test_the_editor_pages_carry_their_nonce_in_policy_and_import_map(admin_client: Any) -> None:
    make_category()
    response = admin_client.get(reverse("admin:portal_page_add"))
    policy = response["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert nonce
    maps = re.findall(r"<script[^>]*importmap[^>]*>", response.content.decode())
    assert len(maps) == 1
    assert f'nonce="{nonce}"' in maps[0]
    assert "unsafe-inline" not in policy


def test_the_public_pages_keep_their_strict_policy(client: Any) -> None:
    policy = client.get("/khong-co")["Content-Security-Policy"]
    assert "nonce" not in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.django_db(transaction=True)
def test_the_groups_are_there_again_after_a_flush() -> None:
    call_command("flush", interactive=False, verbosity=0)
    assert "publish_article" in codenames(EDITORS)


def test_menu_form_costs_the_same_with_many_entries_below(
    admin_client: Any, django_assert_max_num_queries: Any
) -> None:
    top = MenuItem.objects.create(label="Giới thiệu", address="/gioi-thieu/")
    for position in range(12):
        MenuItem.objects.create(
            parent=top, label=f"Mục {position}", address="/muc/", position=position
        )
    with django_assert_max_num_queries(16):
        admin_client.get(f"/admin/portal/menuitem/{top.pk}/change/")
