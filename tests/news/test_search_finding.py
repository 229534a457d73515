"""What is found and in which order, with a real database."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from news import services
from news.models import Article, AttachmentText, SearchEntry
from news.search import suggestions
from news.search.finding import Filters, SearchTooSlowError, find_articles, time_limit
from news.search.query import parse
from news.search.results import results_of
from news.search.text import fold, words
from news.text import normalize
from tests.factories import make_article, make_category

pytestmark = pytest.mark.django_db


def titles(typed: str, **filters: Any) -> list[str]:
    with time_limit():
        found = find_articles(parse(typed), Filters(**filters))
    by_id = dict(Article.objects.values_list("pk", "title"))
    return [by_id[pk] for pk in found.articles]


def an_hour_ago(days: int = 0) -> Any:
    return timezone.now() - timedelta(days=days, hours=1)


# --- The SQL says what the Python says ----------------------------------------------------------


def test_sql_and_python_agree_on_words() -> None:
    letters = [chr(code) for code in [*range(0x20, 0x250), *range(0x1EA0, 0x1EFA)]]
    texts = [
        "Thuỷ lợi, HOÀ giải; ĐẢNG ủy – Quý, quỳ, hoàn, khoẻ, loã, tuý, huỳnh, hoặc",
        "15/2023/NQ-HĐND 3.750.188 COVID-19 Đ/c o'clock café naïve Ångström",
        "toà, toán, thuở, khuỷu, ngoằn ngoèo, quốc, quà, giá, gìn, giữ",
        # Where the two ways to write small disagree (ß, µ), no Vietnamese word is lost.
        " ".join(c for c in letters if c.casefold() == c.lower() and not unicodedata.combining(c)),
        "x\u0301 \u0301 o\u0301\u0302",
        unicodedata.normalize("NFD", "Trường Sa"),
    ]
    with connection.cursor() as cursor:
        for text in texts:
            cursor.execute("SELECT news_search_words(%s)", [normalize(text)])
            exact = cursor.fetchone()[0]
            assert exact.split() == words(text)
            cursor.execute("SELECT news_search_fold(%s)", [exact])
            assert cursor.fetchone()[0].split() == [fold(word) for word in exact.split()]


# --- Accents ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "thi dua", "THI ĐUA", "thi đua", unicodedata.normalize("NFD", "thi đua khen thưởng"),
        "thi đua khen thươ\u0309ng", "Thi Ðua",
    ],
)  # fmt: skip
def test_accents_case_and_encodings_do_not_matter(typed: str) -> None:
    make_article("Phong trào thi đua khen thưởng")
    make_article("Bài khác")
    assert titles(typed) == ["Phong trào thi đua khen thưởng"]


def test_place_of_the_tone_does_not_matter() -> None:
    make_article("Kênh thủy lợi")
    make_article("Đập thuỷ lợi")
    assert set(titles("thuỷ lợi")) == set(titles("thủy lợi")) == {"Kênh thủy lợi", "Đập thuỷ lợi"}


def test_spelling_as_typed_comes_first_though_older_and_in_the_body_only() -> None:
    make_article("Cái bàn mới", published_at=an_hour_ago())
    make_article("Ủy ban nhân dân", published_at=an_hour_ago())
    make_article("Chợ quê", body="<p>Chị bán rau.</p>", published_at=an_hour_ago(400))
    assert titles("bán")[0] == "Chợ quê"
    assert len(titles("bán")) == 3


# --- Place and time -----------------------------------------------------------------------------


def test_title_counts_more_than_summary_and_summary_more_than_body() -> None:
    make_article("Một", summary="Hai", body="<p>đê sông</p>", published_at=an_hour_ago())
    make_article("Ba", summary="đê sông", published_at=an_hour_ago(3))
    make_article("Đê sông", published_at=an_hour_ago(9))
    assert titles("đê sông") == ["Đê sông", "Ba", "Một"]


def test_newer_counts_more_than_older() -> None:
    make_article("Họp tổ cũ", published_at=an_hour_ago(800))
    make_article("Họp tổ mới", published_at=an_hour_ago(1))
    assert titles("họp tổ") == ["Họp tổ mới", "Họp tổ cũ"]


def test_words_side_by_side_come_before_words_apart() -> None:
    make_article("A", body="<p>thủy sản và thuận lợi</p>", published_at=an_hour_ago())
    make_article("B", body="<p>kênh thủy lợi</p>", published_at=an_hour_ago(100))
    assert titles("thuy loi") == ["B", "A"]


def test_newest_first_goes_by_time_alone() -> None:
    make_article("Đê sông", published_at=an_hour_ago(9))
    make_article("Khác", body="<p>Con đê bên sông</p>", published_at=an_hour_ago(1))
    assert titles("đê sông", newest_first=True) == ["Khác", "Đê sông"]


# --- The language of queries --------------------------------------------------------------------


def test_phrase_needs_its_words_side_by_side() -> None:
    make_article("Lợi ích của thủy sản")
    make_article("Công trình thủy lợi")
    assert titles('"thủy lợi"') == ["Công trình thủy lợi"]


def test_phrase_does_not_reach_from_title_into_summary() -> None:
    make_article("Kênh thủy", summary="Lợi ích lớn")
    assert titles('"thủy lợi"') == []


def test_excluded_word_is_left_out_and_its_other_spellings_are_not() -> None:
    make_article("Tiêm phòng dại")
    make_article("Tiêm phòng dài ngày")
    assert titles("tiêm -dại") == ["Tiêm phòng dài ngày"]
    assert titles("tiem -dai") == []


@pytest.mark.parametrize(
    "typed",
    [
        "15/2023", "15/2023/NQ-HĐND", "15/2023/nq-hdnd", "nq-hđnd", "15 /2023", "15/ 2023",
        "nghị quyết 15/2023", "15/2023/N",
    ],
)  # fmt: skip
def test_document_number_is_found_by_its_parts(typed: str) -> None:
    make_article("Về Nghị quyết 15/2023/NQ-HĐND")
    make_article("Năm 2023 có 15 lớp học")
    assert titles(typed)[0] == "Về Nghị quyết 15/2023/NQ-HĐND"


def test_number_typed_with_a_space_and_without_its_stroke_is_found() -> None:
    make_article("Ban hành Quyết định 12/QĐ-UBND")
    assert titles("12 /QD-UBND") == ["Ban hành Quyết định 12/QĐ-UBND"]


@pytest.mark.parametrize("typed", ["tiêm ch", "tiêm c", "tiem chu", "chủn"])
def test_last_word_may_be_unfinished(typed: str) -> None:
    make_article("Lịch tiêm chủng")
    assert titles(typed) == ["Lịch tiêm chủng"]


def test_formatting_inside_a_word_and_entities_do_not_hide_it() -> None:
    make_article("A", body="<p>Th<strong>ủ</strong>y lợi &amp; kênh mương</p>")
    assert titles("thủy lợi kênh") == ["A"]
    assert titles("strong") == titles("amp") == []


# --- What may be found --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"status": "in_review"},
        {"status": "withdrawn"},
        {"status": "unpublished"},
        {"published_at": timezone.now() + timedelta(days=1)},
        {
            "published_at": timezone.now() - timedelta(days=2),
            "expires_at": timezone.now() - timedelta(days=1),
        },
    ],
)
def test_only_what_lists_may_show_is_found(fields: dict[str, Any]) -> None:
    make_article("Chuyện riêng", **fields)
    assert titles("chuyện riêng") == []


def test_scheduled_article_is_found_from_its_minute_on() -> None:
    make_article("Sắp tới", published_at=timezone.now() + timedelta(days=1))
    with time_limit():
        found = find_articles(parse("sắp tới"), Filters(), timezone.now() + timedelta(days=2))
    assert found.total == 1


@pytest.mark.parametrize("field", ["title", "summary", "body"])
def test_correction_of_one_part_of_an_article_is_found(field: str) -> None:
    make_article("Tin")
    Article.objects.update(**{field: "Bến thuyền"})
    assert len(titles("bến thuyền")) == 1


def test_index_follows_corrections_withdrawals_bulk_changes_and_deletion() -> None:
    article = make_article("Tên cũ")
    Article.objects.filter(pk=article.pk).update(title="Tên mới", slug="ten-moi")
    assert titles("cũ") == []
    assert titles("tên mới") == ["Tên mới"]
    article.refresh_from_db()
    services.withdraw_article(article=article, reason="Sai số liệu.")
    assert SearchEntry.objects.count() == 0
    services.publish_article(article=article, by=None)
    assert titles("tên mới") == ["Tên mới"]
    article.delete()
    assert SearchEntry.objects.count() == 0


def test_category_filter_takes_what_stands_below_and_additional_shelves() -> None:
    root, other = make_category("Tin tức"), make_category("Khác")
    child = make_category("Kinh tế", parent=root)
    make_article("Họp A", category=child, published_at=an_hour_ago(1))
    make_article("Họp B", category=other, more=[root], published_at=an_hour_ago(2))
    make_article("Họp C", category=other, published_at=an_hour_ago(3))
    assert titles("họp", category=root) == ["Họp A", "Họp B"]
    child.parent = other
    child.save()
    assert titles("họp", category=root) == ["Họp B"]
    assert titles("họp", category=other) == ["Họp A", "Họp B", "Họp C"]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (None, None, {"a", "b", "c"}),
        (date(2023, 1, 1), date(2023, 1, 1), {"a"}),
        (date(2023, 1, 1), date(2023, 1, 31), {"a", "b"}),
        (date(2023, 1, 2), None, {"b", "c"}),
        (None, date(2023, 1, 31), {"a", "b"}),
        (date(2022, 1, 1), date(2022, 12, 31), set()),
        (date(2099, 1, 1), None, set()),
        (None, date(1950, 1, 1), set()),
    ],
)
def test_days_are_whole_days_of_the_ward(
    since: date | None, until: date | None, found: set[str]
) -> None:
    zone = timezone.get_default_timezone()
    for name, moment in {
        # In UTC still the last hour of 2022, and the last of January.
        "a": (2023, 1, 1, 0, 30),
        "b": (2023, 1, 31, 23, 59),
        "c": (2023, 2, 1, 0, 0),
    }.items():
        make_article(f"Tin {name}", published_at=timezone.datetime(*moment, tzinfo=zone))
    assert {title[-1] for title in titles("tin", since=since, until=until)} == found


# --- Files --------------------------------------------------------------------------------------


def add_file(article: Article, title: str, text: str) -> Any:
    attachment = article.attachments.create(
        file="tep/a.pdf", title=title, extension="pdf", content_type="application/pdf", size=1
    )
    AttachmentText.objects.create(attachment=attachment, text=text)
    return attachment


def test_words_of_a_file_are_found_and_it_is_named() -> None:
    article = make_article("Thông báo")
    file = add_file(article, "Quyết định 128", "Thành lập tổ kiểm tra bến thuyền")
    with time_limit():
        found = find_articles(parse("bến thuyền"), Filters())
    assert (found.articles, found.files) == ([article.pk], {article.pk: [file.pk]})


def test_file_is_found_by_its_title_before_it_is_read_and_by_what_it_is_called_later() -> None:
    article = make_article("Thông báo")
    file = article.attachments.create(file="tep/a.pdf", title="Bến thuyền", extension="pdf", size=1)
    assert titles("bến thuyền") == ["Thông báo"]
    file.title = "Chợ Hạ"
    file.save()
    assert titles("bến thuyền") == []
    assert titles("chợ hạ") == ["Thông báo"]


def test_file_is_found_by_its_words_as_they_were_read_last() -> None:
    file = add_file(make_article("Thông báo"), "Tệp", "bến thuyền")
    AttachmentText.objects.filter(attachment=file).update(text="chợ hạ")
    assert titles("bến thuyền") == []
    assert titles("chợ hạ") == ["Thông báo"]


def test_file_deleted_by_plain_sql_leaves_nothing_to_find() -> None:
    file = add_file(make_article("Thông báo"), "Tệp", "bến thuyền")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM news_attachment WHERE id = %s", [file.pk])
    connection.check_constraints()
    assert titles("bến thuyền") == []
    assert not AttachmentText.objects.exists()


def test_file_counts_less_than_the_text_of_an_article() -> None:
    add_file(make_article("Một", published_at=an_hour_ago()), "Tệp", "bến thuyền")
    make_article("Hai", body="<p>bến thuyền</p>", published_at=an_hour_ago(30))
    assert titles("bến thuyền") == ["Hai", "Một"]


def test_file_of_a_withdrawn_article_or_removed_is_not_found() -> None:
    article = make_article("Thông báo")
    file = add_file(article, "Tệp", "bến thuyền")
    services.withdraw_article(article=article, reason="Sai.")
    assert titles("bến thuyền") == []
    services.publish_article(article=article, by=None)
    assert titles("bến thuyền") == ["Thông báo"]
    services.remove_attachment(attachment=file)
    assert titles("bến thuyền") == []
    assert titles("thông báo") == ["Thông báo"]


# --- Bounds -------------------------------------------------------------------------------------


def test_count_is_capped(django_assert_max_num_queries: Callable) -> None:
    category = make_category()
    Article.objects.bulk_create(
        Article(
            title=f"Họp số {n}",
            slug="hop",
            status="published",
            category=category,
            published_at=an_hour_ago(n % 300),
            first_published_at=an_hour_ago(n % 300),
        )
        for n in range(1100)
    )
    with django_assert_max_num_queries(4), time_limit():
        found = find_articles(parse("họp"), Filters())
    assert (found.total, found.is_capped) == (1000, True)


def test_newest_of_too_many_articles_are_those_that_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("news.search.finding.MAX_HITS", 2)
    for day in (3, 0, 4, 1, 2):
        make_article(f"Tin {day}", body="<p>bến thuyền</p>", published_at=an_hour_ago(day))
    assert titles("bến thuyền", newest_first=True) == ["Tin 0", "Tin 1"]


def test_last_words_of_a_long_article_are_found() -> None:
    make_article("Dài", body=f"<p>{'báo cáo ' * 8000} bến thuyền</p>")
    assert titles("bến thuyền") == ["Dài"]


@pytest.mark.parametrize(("hits", "is_capped"), [(3, False), (4, True)])
def test_as_many_hits_as_are_counted_are_not_called_more(
    monkeypatch: pytest.MonkeyPatch, hits: int, is_capped: bool
) -> None:
    monkeypatch.setattr("news.search.finding.MAX_HITS", 3)
    for _ in range(hits):
        make_article("Họp tổ")
    with time_limit():
        found = find_articles(parse("họp"), Filters())
    assert (found.total, found.is_capped) == (3, is_capped)


def test_oldest_article_with_the_words_in_its_title_is_found_among_a_thousand_newer() -> None:
    category = make_category()
    make_article("Chợ Hạ", category=category, published_at=an_hour_ago(3000))
    Article.objects.bulk_create(
        Article(
            title=f"Tin {n}",
            slug="tin",
            body="<p>Họ đi chợ rồi hạ nêu.</p>",
            status="published",
            category=category,
            published_at=an_hour_ago(n % 300),
            first_published_at=an_hour_ago(n % 300),
        )
        for n in range(1100)
    )
    assert titles("chợ hạ")[0] == "Chợ Hạ"


def test_statement_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("news.search.finding.TIMEOUT", timedelta(milliseconds=800))
    with pytest.raises(SearchTooSlowError), time_limit(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")


def test_enormous_texts_are_indexed_as_far_as_the_index_goes() -> None:
    letters = "bcdghklmnpqrstvx"
    chance = random.Random(3)  # noqa: S311
    text = " ".join("".join(chance.choices(letters, k=9)) for _ in range(30_000))
    make_article("Dài", body=f"<p>đầu bài {text} cuối bài</p><p>{'ă' * 9000}</p>")
    assert titles("đầu bài") == ["Dài"]


# --- Help with words ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("tiem chug", "tiêm chủng"), ("tiêm trủng", "tiêm chủng"), ("khai shin", "khai sinh")],
)
def test_mistyped_words_are_suggested_from_titles(typed: str, meant: str) -> None:
    make_article("Lịch tiêm chủng mở rộng cho trẻ")
    make_article("Đăng ký khai sinh tại nhà")
    with time_limit():
        assert meant in suggestions.similar_words(parse(typed))


def test_nothing_is_suggested_for_what_resembles_no_title() -> None:
    make_article("Lịch tiêm chủng mở rộng cho trẻ")
    with time_limit():
        assert suggestions.similar_words(parse("zzzz qqqq")) == []


def test_words_that_stand_in_a_title_as_typed_are_not_taken_for_mistyped() -> None:
    make_article("Lịch tiêm chủng mở rộng cho trẻ")
    make_article("Tiếng chuông ở đình làng")
    with time_limit():
        assert suggestions.similar_words(parse("tiem chung")) == []


def test_suggestions_do_not_repeat_each_other() -> None:
    make_article("Lịch tiêm chủng mở rộng cho trẻ")
    with time_limit():
        assert suggestions.similar_words(parse("tiem chug")) == ["tiêm chủng"]


WIDE, RABIES = "Lịch tiêm chủng mở rộng cho trẻ", "Tiêm chủng phòng bệnh dại"


@pytest.mark.parametrize(
    ("left_out", "led_to"),
    [
        ("", {WIDE, RABIES}),
        (" -dại", {WIDE}),
        (' -"mở rộng"', {RABIES}),
        # Said in the text of one, not in its title.
        (' -"vắc xin"', {WIDE}),
        # Without accents every spelling is left out: the text of the other has "kéo dài".
        (" -dai", set()),
        (" -trẻ -dại", set()),
    ],
)
def test_suggestions_lead_to_nothing_that_was_left_out(left_out: str, led_to: set[str]) -> None:
    make_article(WIDE, body="<p>Đợt tiêm kéo dài một tuần.</p>")
    make_article(RABIES, summary="Vắc-xin đã có đủ.")
    with time_limit():
        suggested = suggestions.similar_words(parse(f"tiem chug{left_out}"))
        assert all(words.endswith(left_out) for words in suggested)
        assert {title for words in suggested for title in titles(words)} == led_to


def test_titles_are_offered_by_the_beginnings_of_their_words() -> None:
    make_article("Lịch tiêm chủng", published_at=an_hour_ago(5))
    make_article("Tiêm phòng dại", published_at=an_hour_ago(1))
    make_article("Bài khác")
    offered = [article.title for article in suggestions.articles_by_title("ti")]
    assert offered == ["Tiêm phòng dại", "Lịch tiêm chủng"]
    assert [a.title for a in suggestions.articles_by_title("tiem chu")] == ["Lịch tiêm chủng"]
    assert [a.title for a in suggestions.articles_by_title("chủng li")] == ["Lịch tiêm chủng"]
    assert (
        suggestions.articles_by_title("t")
        == suggestions.articles_by_title("%")
        == suggestions.articles_by_title("")
        == []
    )


def test_titles_with_the_accents_typed_are_offered_first() -> None:
    make_article("Cái bàn", published_at=an_hour_ago(1))
    make_article("Người bán", published_at=an_hour_ago(9))
    assert [a.title for a in suggestions.articles_by_title("bán")] == ["Người bán", "Cái bàn"]


@pytest.mark.parametrize("title", ["…", "😀", "-", "| |"])
def test_article_whose_title_has_no_word_is_found_by_its_text(title: str) -> None:
    article = make_article(title, summary="", body="<p>Họp chợ phiên.</p>")
    file = article.attachments.create(file="a.pdf", title=title, extension="pdf", size=1)
    AttachmentText.objects.create(attachment=file, text="bến thuyền")
    for typed in ("chợ phiên", "bến thuyền"):
        assert titles(typed) == [article.title]


def test_article_withdrawn_since_it_was_found_is_not_shown() -> None:
    article = make_article("Chợ Hạ")
    query = parse("chợ")
    with time_limit():
        found = find_articles(query, Filters())
    Article.objects.filter(pk=article.pk).update(status="withdrawn", status_reason="Sai.")
    assert results_of(query, found, found.articles, []) == []
