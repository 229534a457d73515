"""`manage.py import_articles`: what stands in the database after it."""

import csv
import io
import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from news import services
from news.importing import service
from news.importing.batch import Options
from news.importing.records import Record
from news.importing.service import Importer
from news.markup import clean_html, plain_text
from news.models import Article, Author, Category, Listing, OldAddress, Tag
from news.text import normalize
from tests.factories import make_article, make_category, make_tag

SAMPLE = Path(__file__).parent.parent / "fixtures" / "xa-mau.wxr.xml"
HANOI = timezone(timedelta(hours=7))

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def imported(tmp_path):
    """Write records to a file, import it, and return the summary and the rows of the report."""

    def run(*records, path=None, **options):
        if path is None:
            path = tmp_path / "tin.jsonl"
            path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
        report = tmp_path / "report.csv"
        out = io.StringIO()
        call_command(
            "import_articles", str(path), stdout=out, verbosity=0, report=report, **options
        )
        with report.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        counts = {name: int(n) for name, n in re.findall(r"^  (\w+): (\d+)$", out.getvalue(), re.M)}
        return {name: n for name, n in counts.items() if n}, rows

    return run


def source(number=1, **fields):
    return {
        "id": f"cu:{number}",
        "title": f"Tin số {number}",
        "body_html": "<p>Nội dung.</p>",
        "category": "Thời sự",
        "published_at": "2024-03-05T07:30:00",
    } | fields


def reasons(rows):
    return [(int(row["line"]), row["id"], row["outcome"], row["reason"]) for row in rows]


def writes(queries):
    return [q["sql"] for q in queries if re.match(r"(INSERT|UPDATE|DELETE)", q["sql"])]


# --- What becomes of a record -------------------------------------------------------------------


def test_record_becomes_an_article_with_all_that_hangs_on_it(imported):
    counts, rows = imported(
        source(
            lead="Tóm tắt.",
            source="Báo Lam Giang",
            url="https://bao.example.vn/tin/1.html",
            tags=["Lễ hội", "chợ Hạ"],
            author="Minh An",
        )
    )
    article = Article.objects.get()
    assert (counts, rows) == ({"created": 1}, [])
    assert article.title == "Tin số 1"
    assert article.slug == "tin-so-1"
    assert article.summary == "Tóm tắt."
    assert article.status == "published"
    assert article.published_at == datetime(2024, 3, 5, 7, 30, tzinfo=HANOI)
    assert article.first_published_at == article.published_at
    assert article.updated_at is None
    assert (article.origin, article.source_name) == ("republished", "Báo Lam Giang")
    assert article.source_url == "https://bao.example.vn/tin/1.html"
    assert article.author.name == "Minh An"
    assert article.category.name == "Thời sự"
    assert {tag.name for tag in article.tags.all()} == {"Lễ hội", "chợ Hạ"}
    assert article.old_addresses.get().path == "/tin/1.html"
    assert Listing.objects.filter(article=article, category=article.category).exists()


def test_old_address_leads_to_the_article(imported, client):
    imported(source(url="https://cu.example.vn/portal/pages/2023-01-21/Niem-vui-465087.aspx"))
    answer = client.get("/portal/pages/2023-01-21/Niem-vui-465087.aspx")
    assert answer.status_code == 301
    assert answer["Location"] == f"/tin-tuc/tin-so-1-{Article.objects.get().pk}"


def test_record_without_a_date_becomes_a_draft(imported):
    imported(source(published_at=None))
    assert Article.objects.get().status == "draft"


@pytest.mark.parametrize("day", ["2020-05-01", "01/05/2020"])
def test_record_without_a_date_is_published_on_the_day_that_is_told(imported, day):
    imported(source(published_at=None), undated=day)
    article = Article.objects.get()
    assert article.status == "published"
    assert article.published_at == datetime(2020, 5, 1, tzinfo=HANOI)


def test_record_of_the_future_is_scheduled(imported):
    imported(source(published_at="2090-01-01"))
    assert Article.objects.get().is_scheduled


def test_nothing_is_published_where_drafts_are_asked_for(imported):
    imported(source(), as_drafts=True)
    article = Article.objects.get()
    assert (article.status, article.published_at.year) == ("draft", 2024)


def test_category_is_found_in_another_spelling_and_on_any_level(imported):
    below = make_category("Văn hoá - xã hội", parent=make_category("Tin tức"))
    imported(source(category="VĂN HÓA  - Xã hội"))
    assert Article.objects.get().category == below


def test_record_without_a_category_is_unsorted(imported):
    imported(source(category=None), source(2, category=" "))
    assert Category.objects.get().name == "Chưa phân loại"


def test_record_without_a_category_goes_where_it_is_told(imported):
    category = make_category("Tin cũ")
    imported(source(category=None), category="tin-cu")
    assert Article.objects.get().category == category


def test_two_spellings_of_a_tag_are_one_tag(imported):
    tag = make_tag("Hòa giải")
    imported(source(tags=["hoà giải", "HÒA GIẢI"]), source(2, tags=["Hoà  giải"]))
    assert Tag.objects.get() == tag
    assert tag.articles.count() == 2


def test_hostile_body_is_stored_clean(imported):
    imported(
        source(body_html="<p>Chữ<script>x()</script><img src=x onerror=x()></p><svg/onload=x>")
    )
    body = Article.objects.get().body
    assert body == "<p>Chữ</p>"
    assert clean_html(body) == body


# --- What is refused ----------------------------------------------------------------------------


def test_refused_records_are_reported_and_the_others_taken(imported):
    counts, rows = imported(source(), [1], source(2, title=""), source(3))
    assert counts == {"created": 2, "refused": 2}
    assert reasons(rows) == [
        (2, "", "refused", "The line is not a JSON object."),
        (3, "cu:2", "refused", "It has no title."),
    ]


def test_id_that_repeats_in_one_run_is_refused(imported):
    counts, rows = imported(source(title="Trước"), source(title="Sau"))
    assert counts == {"created": 1, "refused": 1}
    assert reasons(rows) == [
        (2, "cu:1", "refused", "The id stands already in line 1 of this import.")
    ]
    assert Article.objects.get().title == "Trước"


def test_record_that_only_the_database_refuses_goes_alone(imported):
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE news_article ADD CONSTRAINT no_bad_luck CHECK (title <> 'Tin số 13')"
        )
    counts, rows = imported(*map(source, range(20)))
    assert counts == {"created": 19, "refused": 1}
    assert reasons(rows) == [
        (14, "cu:13", "refused", "The database does not take it: no_bad_luck.")
    ]


def test_refused_records_fail_the_command_only_if_strict(imported):
    imported(source(title=""))
    with pytest.raises(CommandError, match="Records refused: 1"):
        imported(source(title=""), strict=True)


def test_spreadsheet_runs_no_formula_of_the_report(imported):
    _counts, rows = imported(source(id="=1+1", title=""))
    assert rows[0]["id"] == "'=1+1"


def test_report_may_be_json_lines(tmp_path):
    path, report = tmp_path / "tin.jsonl", tmp_path / "report.jsonl"
    path.write_text(json.dumps(source(title="")))
    call_command("import_articles", str(path), verbosity=0, report=report, stdout=io.StringIO())
    assert json.loads(report.read_text())["reason"] == "It has no title."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"[{}]", "The file is one JSON list"),
        (b"id,title\n1,A", "neither JSON Lines nor a WordPress export"),
        ("{}".encode("utf-16"), "The file is in UTF-16"),
        (b"<html></html>", "no WordPress export"),
    ],
)
def test_file_of_another_kind_is_refused_in_words(tmp_path, content, reason):
    path, errors = tmp_path / "tin.jsonl", io.StringIO()
    path.write_bytes(content)
    with pytest.raises(CommandError, match="Not read to the end"):
        call_command(
            "import_articles",
            str(path),
            report=tmp_path / "r.csv",
            stdout=io.StringIO(),
            stderr=errors,
        )
    assert reason in errors.getvalue()


def test_missing_file_does_not_keep_the_next_from_being_read(tmp_path, imported):
    with pytest.raises(CommandError, match="Not read to the end"):
        call_command(
            "import_articles",
            str(tmp_path / "không có.xml"),
            str(SAMPLE),
            report=tmp_path / "r.csv",
            stdout=io.StringIO(),
            stderr=io.StringIO(),
        )
    assert Article.objects.count() == 9


def test_what_stood_before_a_break_in_the_file_is_imported(tmp_path):
    path = tmp_path / "nua.xml"
    path.write_bytes(SAMPLE.read_bytes()[:12_000])
    with pytest.raises(CommandError, match="Not read to the end"):
        call_command(
            "import_articles",
            str(path),
            report=tmp_path / "r.csv",
            stdout=io.StringIO(),
            stderr=io.StringIO(),
        )
    assert Article.objects.filter(import_id__endswith=":101").exists()


@pytest.mark.parametrize(
    "option",
    [{"category": "khong-co"}, {"undated": "hôm qua"}, {"report": Path("/dev/null/r.csv")}],
)
def test_impossible_option_stops_before_anything_is_read(tmp_path, option):
    with pytest.raises(CommandError):
        call_command("import_articles", str(SAMPLE), **option)
    assert not Article.objects.exists()


# --- A second run -------------------------------------------------------------------------------


@pytest.mark.parametrize("is_sample", [True, False])
def test_second_run_writes_nothing(imported, is_sample):
    records = () if is_sample else (source(tags=["a"], url="/tin/1"), source(2))
    path = SAMPLE if is_sample else None
    imported(*records, path=path)
    before = list(Article.objects.order_by("pk").values())
    with CaptureQueriesContext(
        connection,
    ) as captured:
        counts, _rows = imported(*records, path=path)
    assert counts.pop("unchanged") == len(before)
    assert not counts.keys() & {"created", "updated", "refused"}
    assert writes(captured.captured_queries) == []
    assert list(Article.objects.order_by("pk").values()) == before


def test_changed_record_updates_its_article(imported):
    imported(source(tags=["cũ", "giữ"], url="/tin/1"), source(2))
    counts, _rows = imported(
        source(title="Tin mới", category="Kinh tế", tags=["giữ", "mới"], url="/tin/mot"), source(2)
    )
    article = Article.objects.get(import_id="cu:1")
    assert counts == {"updated": 1, "unchanged": 1}
    assert (article.title, article.category.name) == ("Tin mới", "Kinh tế")
    assert {tag.name for tag in article.tags.all()} == {"giữ", "mới"}
    assert {old.path for old in article.old_addresses.all()} == {"/tin/1", "/tin/mot"}
    assert article.updated_at is None
    assert Listing.objects.filter(article=article).count() == 2
    assert imported(
        source(title="Tin mới", category="Kinh tế", tags=["giữ", "mới"], url="/tin/mot")
    )[0] == {"unchanged": 1}


def change_title(article):
    Article.objects.filter(pk=article.pk).update(title="Tòa soạn đã sửa")


def add_tag(article):
    article.tags.add(make_tag("của tòa soạn"))


def withdraw(article):
    Article.objects.filter(pk=article.pk).update(status="withdrawn", status_reason="Sai số liệu.")


@pytest.mark.parametrize("change", [change_title, add_tag, withdraw])
def test_article_that_staff_changed_is_left_as_it_is(imported, change):
    imported(source())
    change(Article.objects.get())
    before = (Article.objects.values().get(), Article.tags.through.objects.count())
    counts, rows = imported(source(body_html="<p>Khác.</p>"))
    assert counts == {"skipped": 1}
    assert reasons(rows) == [
        (
            1,
            "cu:1",
            "skipped",
            "The article was changed by staff since the import; it was left as it is.",
        )
    ]
    assert (Article.objects.values().get(), Article.tags.through.objects.count()) == before


def test_changes_of_staff_are_overwritten_where_it_is_asked_for_and_said(imported):
    imported(source())
    change_title(Article.objects.get())
    counts, rows = imported(source(body_html="<p>Khác.</p>"), overwrite=True)
    assert counts == {"updated": 1}
    assert [row["reason"] for row in rows] == [
        "Changes made by staff since the import were overwritten."
    ]
    assert Article.objects.get().title == "Tin số 1"


def test_withdrawn_article_stays_withdrawn_even_where_it_is_overwritten(imported):
    imported(source())
    withdraw(Article.objects.get())
    imported(source(body_html="<p>Khác.</p>"), overwrite=True)
    article = Article.objects.get()
    assert (article.status, article.body) == ("withdrawn", "<p>Khác.</p>")


def test_what_the_import_does_not_know_survives_an_update(imported):
    imported(source())
    Article.objects.update(byline="Tin, ảnh: An", change_note="Đã đính chính.")
    imported(source(title="Tin mới"))
    article = Article.objects.get()
    assert (article.title, article.byline) == ("Tin mới", "Tin, ảnh: An")
    assert article.change_note == "Đã đính chính."


def test_update_keeps_the_first_publication_and_a_category_that_the_record_does_not_name(imported):
    imported(source())
    before = Article.objects.get()
    imported(source(title="Tên mới", category=None, published_at="2024-01-02T07:30:00"))
    after = Article.objects.get()
    assert (after.title, after.category) == ("Tên mới", before.category)
    assert after.published_at < before.published_at
    assert after.first_published_at == before.first_published_at


def in_days(days):
    return (datetime.now(HANOI) + timedelta(days=days)).isoformat()


def test_schedule_that_is_imported_again_with_a_past_time_has_been_public(imported):
    imported(source(published_at=in_days(5)))
    imported(source(published_at=in_days(-5)))
    article = Article.objects.published().get()
    assert article.has_been_public
    services.check_withdraw(article)
    with pytest.raises(ValidationError):
        services.check_delete(article)


def test_first_publication_moves_with_a_schedule_that_is_imported_again(imported):
    imported(source(published_at=in_days(5)))
    imported(source(published_at=in_days(9)))
    article = Article.objects.get()
    assert article.is_scheduled
    assert article.first_published_at == article.published_at


def test_schedule_stays_where_a_draft_is_imported_again(imported):
    imported(source(published_at=in_days(5)))
    before = Article.objects.get()
    imported(source(title="Tên mới", published_at=None))
    after = Article.objects.get()
    assert (after.title, after.status) == ("Tên mới", "published")
    assert after.published_at == after.first_published_at == before.published_at


def test_article_that_readers_have_seen_is_not_scheduled_again(imported):
    imported(source())
    before = Article.objects.get()
    imported(source(title="Tên mới", published_at="2099-01-02T07:30:00"))
    after = Article.objects.published().get()
    assert (after.title, after.published_at) == ("Tên mới", before.published_at)


def test_record_in_review_becomes_a_draft_where_drafts_are_asked_for():
    record = Record(
        line=1, import_id="wp:1", title="Tin", body="<p>a</p>", status=Article.Status.IN_REVIEW
    )
    for number, as_drafts in enumerate((False, True)):
        importer = Importer(Options(as_drafts=as_drafts), report=lambda *_: None)
        list(importer.run([replace(record, import_id=f"wp:{number}")]))
    assert list(Article.objects.order_by("pk").values_list("status", flat=True)) == [
        Article.Status.IN_REVIEW,
        Article.Status.DRAFT,
    ]


def test_batch_is_bounded_in_number_and_in_text():
    small = Record(line=1, import_id="a", title="Tin")
    large = replace(small, body="a" * (service.BATCH_CHARACTERS // 2))
    sizes = [len(batch) for batch in service._split_into_batches([small] * 201 + [large] * 3)]
    assert sizes == [200, 3, 1]


def test_undated_draft_is_published_once_a_day_is_told(imported):
    imported(source(published_at=None))
    counts, _rows = imported(source(published_at=None), undated="2020-05-01")
    article = Article.objects.get()
    assert counts == {"updated": 1}
    assert article.status == "published"
    assert article.first_published_at == article.published_at


@pytest.mark.parametrize("options", [{}, {"as_drafts": True}])
def test_published_article_is_never_turned_back_into_a_draft(imported, options):
    imported(source(published_at=None), undated="2020-05-01")
    before = Article.objects.values("status", "published_at").get()
    _counts, rows = imported(source(published_at=None), **options)
    assert Article.objects.values("status", "published_at").get() == before
    assert [row["reason"] for row in rows] == ["The article is published already and stays so."]


def test_old_address_of_another_article_is_not_stolen(imported):
    other = make_article()
    OldAddress.objects.create(path="/tin/1", article=other)
    counts, rows = imported(source(url="/tin/1"), source(2, url="/tin/2"), source(3, url="/tin/2/"))
    assert counts == {"created": 3}
    assert [(row["id"], row["reason"]) for row in rows] == [
        ("cu:1", "The old address /tin/1 leads to another article already."),
        ("cu:3", "The old address /tin/2 leads to another article already."),
    ]
    assert OldAddress.objects.get(path="/tin/1").article == other


# --- A dry run ----------------------------------------------------------------------------------


def test_dry_run_tells_the_same_and_writes_nothing(imported):
    records = [source(tags=["a"], url="/tin/1"), source(2, title=""), source(3, published_at=None)]
    imported(source(3, title="Trước"))
    with CaptureQueriesContext(connection) as captured:
        dry = imported(*records, dry_run=True)
    assert writes(captured.captured_queries) == []
    assert not any("advisory" in q["sql"] for q in captured.captured_queries)
    assert Article.objects.count() == 1
    assert not Tag.objects.exists()
    assert dry == imported(*records)
    assert dry[0] == {"created": 1, "updated": 1, "refused": 1}


# --- The WordPress sample -----------------------------------------------------------------------


def test_sample_export_stands_as_it_should(imported):
    counts, rows = imported(path=SAMPLE)
    assert counts == {"created": 9, "skipped": 5}
    assert Counter(Article.objects.values_list("status", flat=True)) == {"published": 7, "draft": 2}
    assert {row["outcome"] for row in rows} == {"warning", "skipped"}
    tree = {c.name: c.parent and c.parent.name for c in Category.objects.all()}
    assert tree == {
        "Tin tức - Sự kiện": None,
        "Văn hóa - Xã hội": "Tin tức - Sự kiện",
        "Nông thôn mới & đô thị văn minh": "Tin tức - Sự kiện",
        "Cải cách hành chính": None,
        "Chưa phân loại": None,
    }
    assert Author.objects.get().name == "Ban biên tập"
    assert set(Article.objects.values_list("origin", flat=True)) == {"own"}


def test_old_addresses_of_wordpress_lead_to_the_article(imported, client):
    imported(path=SAMPLE)
    article = Article.objects.get(import_id__endswith=":102")
    answer = client.get("/ra-qu%c3%a2n-v%e1%bb%87-sinh/")
    assert answer["Location"] == f"/tin-tuc/ra-quan-ve-sinh-{article.pk}"
    assert OldAddress.objects.get(path="/?p=102").article == article


def test_format_is_known_by_the_content_and_not_by_the_name(imported, tmp_path):
    path = tmp_path / "tin.jsonl"
    shutil.copy(SAMPLE, path)
    assert imported(path=path)[0]["created"] == 9


# --- Real articles ------------------------------------------------------------------------------


def letters(text):
    return Counter(re.sub(r"\W", "", normalize(text)))


def test_real_articles_keep_their_words(real_input, imported):
    path = real_input / "real_articles_200.jsonl"
    counts, rows = imported(path=path)
    assert counts == {"created": 200}
    assert {re.sub(r"\d+", "N", row["reason"]) for row in rows} == {"Pictures left out: N."}
    articles = {article.import_id: article for article in Article.objects.all()}
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        article = articles[record["id"]]
        wanted = letters(record["body_text"] + "".join(record["image_captions"]))
        stored = letters(article.summary + plain_text(article.body))
        lost = (wanted - stored).total() / max(1, wanted.total())
        assert lost <= 0.001, record["id"]
        assert article.title == normalize(record["title"])
        assert clean_html(article.body) == article.body
