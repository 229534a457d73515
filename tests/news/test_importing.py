"""Reading of import files: dates, bodies, JSON Lines and WordPress exports; no database."""

import io
import json
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from django.utils import translation

from news.importing import bodies, jsonl, wxr
from news.importing.records import Record, RefusedError, Remark, check_record, parse_moment
from news.markup import clean_html, plain_text
from news.models import Article

SAMPLE = Path(__file__).parent.parent / "fixtures" / "xa-mau.wxr.xml"
FIFTY_ONE = tuple(map(str, range(51)))
HANOI = timezone(timedelta(hours=7))


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def read_lines(*objects):
    lines = [value if isinstance(value, bytes) else json.dumps(value).encode() for value in objects]
    return list(jsonl.read_entries(io.BytesIO(b"\n".join(lines))))


def read_export(xml):
    return list(wxr.read_entries(io.BytesIO(xml if isinstance(xml, bytes) else xml.encode())))


@pytest.fixture(scope="module")
def sample():
    return {entry.import_id.rpartition(":")[2]: entry for entry in read_export(SAMPLE.read_bytes())}


def export(*items, header="", version="1.2", scheme="http"):
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        f'xmlns:excerpt="{scheme}://wordpress.org/export/{version}/excerpt/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:wp="{scheme}://wordpress.org/export/{version}/">\n<channel>'
        f"<link>https://cu.example.vn</link>{header}\n" + "\n".join(items) + "</channel></rss>"
    )


def item(number=1, title="Tin một", body="<p>Nội dung.</p>", extra="", **texts):
    texts = {"post_type": "post", "status": "publish", "post_date": "2024-03-05 07:30:00"} | texts
    return (
        f"<item><title>{title}</title><content:encoded><![CDATA[{body}]]></content:encoded>"
        f"<wp:post_id>{number}</wp:post_id>"
        + "".join(f"<wp:{name}><![CDATA[{text}]]></wp:{name}>" for name, text in texts.items())
        + f"{extra}</item>"
    )


# --- Dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2023-03-14", datetime(2023, 3, 14, tzinfo=HANOI)),
        ("14/03/2023", datetime(2023, 3, 14, tzinfo=HANOI)),
        ("14/03/2023 08:30", datetime(2023, 3, 14, 8, 30, tzinfo=HANOI)),
        ("2023-03-14 08:30:00", datetime(2023, 3, 14, 8, 30, tzinfo=HANOI)),
        ("2023-03-14T08:30:00Z", datetime(2023, 3, 14, 15, 30, tzinfo=HANOI)),
        ("2023-03-14T08:30:00+07:00", datetime(2023, 3, 14, 8, 30, tzinfo=HANOI)),
    ],
)
def test_moment_is_read_as_local_time_unless_it_names_a_zone(written, expected):
    assert parse_moment(written) == expected


@pytest.mark.parametrize(
    "written", ["", "hôm qua", "2023-02-30", "31/13/2023", "0001-01-01", "9999-01-01", "\x00"]
)
def test_impossible_moment_is_refused(written):
    with pytest.raises(RefusedError):
        parse_moment(written)


# --- Bodies -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Một.\n\nHai,\nvẫn hai.", "<p>Một.</p>\n<p>Hai,<br>vẫn hai.</p>\n"),
        ("Một.\r\nHai.", "<p>Một.</p>\n<p>Hai.</p>\n"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>\n"),
        (" \n\n ", ""),
    ],
)
def test_plain_text_becomes_paragraphs(text, expected):
    assert bodies.from_plain_text(text) == expected


@pytest.mark.parametrize(
    ("source", "expected", "pictures"),
    [
        (
            "<figure><img src='https://cu.vn/a.jpg'><figcaption>Lễ hội</figcaption></figure>",
            "<p><em>Lễ hội</em></p>",
            1,
        ),
        ("<figure><figcaption>Ảnh đã mất</figcaption></figure>", "<p><em>Ảnh đã mất</em></p>", 1),
        ("<p>Trước <img src='//cu.vn/a.jpg' alt='a > b'> sau</p>", "<p>Trước sau</p>", 1),
        ("<p>Trước</p><img src=x onerror=alert(1)>", "<p>Trước</p>", 1),
        (
            "<figure><figure><img src='/a.jpg'></figure><figure><img src='/b.jpg'>"
            "<figcaption>Hai</figcaption></figure><figcaption>Bộ ảnh</figcaption></figure>",
            "<p><em>Hai</em></p><p><em>Bộ ảnh</em></p>",
            2,
        ),
        (
            "<figure><table><tr><td>1</td></tr></table><figcaption>Bảng</figcaption></figure>",
            "<figure><table><tbody><tr><td>1</td></tr></tbody></table>"
            "<figcaption>Bảng</figcaption></figure>",
            0,
        ),
        ("<figure><img src='/a.jpg' alt='5\" x'><figcaption>Chữ", "<p><em>Chữ</em></p>", 1),
    ],
)
def test_strange_picture_goes_and_its_caption_stays(source, expected, pictures):
    opened, left_out = bodies.without_foreign_pictures(source)
    assert (clean_html(opened), left_out) == (expected, pictures)


def test_picture_of_our_own_library_stays():
    source = '<figure><img src="/media/images/a.webp" alt=""><figcaption>Ta</figcaption></figure>'
    assert bodies.without_foreign_pictures(source) == (source, 0)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Một\n\nHai\nvẫn hai", "<p>Một</p><p>Hai<br>vẫn hai</p>"),
        ("Một\r\n\r\n<b>Hai</b> tiếp", "<p>Một</p><p><strong>Hai</strong> tiếp</p>"),
        ("<ul>\n<li>a</li>\n\n<li>b</li>\n</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<p>a</p>\n\n<p>b</p>", "<p>a</p><p>b</p>"),
        ("<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>"),
        ("<!-- wp:paragraph -->\n<p>a\nb</p>\n<!-- /wp:paragraph -->", "<p>a b</p>"),
        ("a<!--more-->b", "<p>ab</p>"),
        ("a<!-- không đóng", "<p>a</p>"),
        ("Điều [1] và [a b] giữ nguyên", "<p>Điều [1] và [a b] giữ nguyên</p>"),
        ("[vc_row full='1']Chữ[/vc_row]", "<p>Chữ</p>"),
        (
            "[embed]https://v.vn/1[/embed]",
            '<p><a href="https://v.vn/1" rel="noopener">https://v.vn/1</a></p>',
        ),
        (
            '<iframe src="//www.youtube.com/embed/abcdefghijk"></iframe>',
            '<p><a href="https://www.youtube.com/watch?v=abcdefghijk" rel="noopener">'
            "https://www.youtube.com/watch?v=abcdefghijk</a></p>",
        ),
        ('<iframe src="https://evil.example/"></iframe>', ""),
    ],
)
def test_wordpress_notation_becomes_html(source, expected):
    assert clean_html(bodies.from_wordpress(source)[0]) == expected


@pytest.mark.parametrize(
    "source",
    [
        '[caption id="a"]<a href="/b"><img src="/a.jpg" /></a> Lễ <em>hội</em>[/caption]',
        '[caption caption="Lễ hội"]<img src="/a.jpg" />[/caption]',
    ],
)
def test_wordpress_caption_outlives_its_picture(source):
    opened, pictures = bodies.without_foreign_pictures(bodies.from_wordpress(source)[0])
    assert plain_text(clean_html(opened)) == "Lễ hội"
    assert pictures == 1


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<!--",
        "[caption ",
        "[gallery]",
        "<figure>",
        "<img ",
        "<img alt='",
        '<img alt="',
        "[",
        "\n",
    ],
)
def test_hostile_body_takes_linear_time(piece):
    started = time.process_time()  # a busy machine is no failure
    bodies.without_foreign_pictures(bodies.from_wordpress(piece * (300_000 // len(piece)))[0])
    assert time.process_time() - started < 3


# --- JSON Lines ---------------------------------------------------------------------------------


def test_line_with_every_field_becomes_a_record():
    (record,) = read_lines(
        {
            "id": 7,
            "title": "Khai giảng",
            "lead": "Sáng nay.",
            "body_html": "<p>Chữ</p>",
            "image_captions": ["Sân trường", " "],
            "category": "Giáo dục",
            "source": "Báo Lam Giang",
            "url": "https://bao.example.vn/1.html",
            "tags": ["trường học"],
            "author": "Minh An",
            "published_at": "2024-09-05T07:00:00+07:00",
            "approx_year": 2024,
        }
    )
    assert record == Record(
        line=1,
        import_id="7",
        title="Khai giảng",
        summary="Sáng nay.",
        body="<p>Chữ</p>",
        status=Article.Status.PUBLISHED,
        published_at=datetime(2024, 9, 5, 7, tzinfo=HANOI),
        categories=(("Giáo dục",),),
        tags=("trường học",),
        author="Minh An",
        source_name="Báo Lam Giang",
        source_url="https://bao.example.vn/1.html",
        addresses=("https://bao.example.vn/1.html",),
        captions=("Sân trường",),
    )


def test_body_text_stands_in_for_a_missing_body_html():
    (record,) = read_lines({"id": "a", "title": "A", "body_html": " ", "body_text": "x\n\ny"})
    assert record.body == "<p>x</p>\n<p>y</p>\n"


@pytest.mark.parametrize(
    ("line", "import_id", "reason"),
    [
        (b"{", "", "The line is not JSON."),
        (b"[" * 100_000, "", "The line is not JSON."),
        (b"[1]", "", "The line is not a JSON object."),
        (b'{"id": "\xff"}', "", "The line is not in UTF-8."),
        ({"title": "A"}, "", "It has no id."),
        ({"id": " ", "title": "A"}, "", "It has no id."),
        ({"id": True, "title": "A"}, "", "It has no id."),
        ({"id": "x" * 301, "title": "A"}, "", "The id is longer than 300 characters."),
        ({"id": "a", "title": 5}, "a", "The field “title” is not a text."),
        ({"id": "a", "title": "A", "tags": "b"}, "a", "The field “tags” is not a list of texts."),
        ({"id": "a", "title": "A", "tags": [1]}, "a", "The field “tags” is not a list of texts."),
        (
            {"id": "a", "title": "A", "published_at": "mai"},
            "a",
            "“mai” is not a possible date.",
        ),
    ],
)
def test_bad_line_is_refused_with_line_id_and_reason(line, import_id, reason):
    good = {"id": "b", "title": "B"}
    first, second, third = read_lines(good, line, {"id": "c", "title": "C"})
    assert second == Remark(2, import_id, "refused", reason)
    assert (first.import_id, third.import_id, third.line) == ("b", "c", 3)


def test_overlong_line_is_refused_and_the_next_one_read(monkeypatch):
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 100)
    long, short = read_lines({"id": "a", "title": "x" * 500}, {"id": "b", "title": "B"})
    assert long == Remark(1, "", "refused", "The line is longer than 32 MB.")
    assert (short.import_id, short.line) == ("b", 2)


def test_empty_lines_and_a_byte_order_mark_do_not_matter():
    entries = read_lines(b'\xef\xbb\xbf{"id": "a", "title": "A"}', b"", b"  ", b"")
    assert [entry.import_id for entry in entries] == ["a"]


# --- What is checked of a record ----------------------------------------------------------------


def record(**fields):
    return Record(**{"line": 1, "import_id": "a", "title": "Tin", "body": "<p>Chữ</p>"} | fields)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"title": ""}, "It has no title."),
        ({"title": "\u200b\ud800 "}, "It has no title."),
        ({"title": "", "body": "<br>", "title_from_body": True}, "It has no title."),
        ({"body": "ư" * (5 * 1024 * 1024 // 2 + 1)}, "The text is larger than 5 MB."),
    ],
)
def test_unusable_record_is_refused(fields, reason):
    with pytest.raises(RefusedError, match=reason):
        check_record(record(**fields))


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({"title": "chữ " * 100}, "The title is longer than 300 characters and was cut."),
        ({"body": ""}, "It has no text."),
        ({"body": "<img src='/a.jpg'>x"}, "Pictures left out: 1."),
        ({"captions": ("a", "b")}, "Pictures left out: 2."),
        ({"tags": ("x" * 151,)}, "A tag is longer than 150 characters and was left out."),
        (
            {"tags": FIFTY_ONE},
            "It has more than 50 tags; the first 50 were taken.",
        ),
        (
            {"source_name": "Báo", "source_url": "javascript:alert(1)"},
            "The original address is no web address and was not kept as a link.",
        ),
        (
            {"title": "", "title_from_body": True},
            "It has no title; the first words of the text became the title.",
        ),
    ],
)
def test_doubtful_record_is_taken_with_a_warning(fields, warning):
    assert check_record(record(**fields)).warnings == [warning]


def test_overlong_title_is_cut_at_a_word():
    title = check_record(record(title="chữ " * 100)).article.title
    assert len(title) <= 300
    assert title.endswith("chữ…")


def test_nul_and_lone_surrogates_are_dropped():
    article = check_record(
        record(title="T\x00i\ud800n", summary="\udfff", body="<p>\x00ch\ud800ữ</p>")
    )
    assert article.article.title == "Tin"
    assert article.article.summary == ""
    assert article.article.body == "<p>chữ</p>"


def test_caption_that_is_not_in_the_text_is_added_as_often_as_it_repeats():
    body = check_record(record(captions=("Chữ", "(Ảnh: An)", "(Ảnh: An)"))).article.body
    assert body == "<p>Chữ</p><p><em>(Ảnh: An)</em></p><p><em>(Ảnh: An)</em></p>"


def test_first_paragraph_that_repeats_the_summary_is_dropped():
    body = "<p><b>Sáng nay,  mưa.</b></p><p>Chiều nắng.</p>"
    assert (
        check_record(record(summary="Sáng nay, mưa.", body=body)).article.body
        == "<p>Chiều nắng.</p>"
    )


@pytest.mark.parametrize(
    ("fields", "origin"),
    [
        ({}, "own"),
        ({"source_url": "https://a.example/"}, "own"),
        ({"source_name": "Báo"}, "sent_in"),
        ({"source_name": "Báo", "source_url": "/tin/1"}, "sent_in"),
        ({"source_name": "Báo", "source_url": "https://a.example/"}, "republished"),
    ],
)
def test_origin_follows_from_source_and_address(fields, origin):
    assert check_record(record(**fields)).article.origin == origin


def test_hostile_html_is_cleaned():
    body = (
        "<p onclick=x()>Chữ<script>alert(1)</script><svg onload=x()></svg>"
        "<a href='javascript:x()'>nối</a><style>p{}</style><iframe src=//e></iframe></p>"
    )
    article = check_record(record(body=body)).article
    assert article.body == "<p>Chữnối</p>"
    assert clean_html(article.body) == article.body


# --- WordPress ----------------------------------------------------------------------------------


def test_sample_has_its_articles_pages_and_other_entries(sample):
    outcome = {
        number: entry.outcome if isinstance(entry, Remark) else entry.status.value
        for number, entry in sample.items()
    }
    assert outcome == {
        **dict.fromkeys(["101", "102", "103", "104", "106", "108", "109"], "published"),
        **dict.fromkeys(["105", "107"], "draft"),
        **dict.fromkeys(["150", "151", "201", "202", "301"], "skipped"),
    }


def test_sample_entry_has_author_category_path_tags_and_addresses(sample):
    entry = sample["101"]
    assert entry.import_id == "wp:xamau.honglinh.example.vn:101"
    assert entry.line == 14
    assert entry.author == "Ban biên tập"
    assert entry.categories == (("Tin tức - Sự kiện", "Văn hóa - Xã hội"),)
    assert entry.tags == ("khuyến học",)
    assert entry.published_at == datetime(2024, 3, 5, 7, 30, tzinfo=HANOI)
    assert entry.addresses == (
        "https://xamau.honglinh.example.vn/sang-mai-truyen-thong-hieu-hoc/",
        "https://xamau.honglinh.example.vn/?p=101",
    )


def test_percent_encoded_slug_is_read(sample):
    assert check_record(sample["102"]).article.slug == "ra-quan-ve-sinh"


def test_category_above_another_of_the_same_entry_is_left_out(sample):
    assert sample["102"].categories == (("Tin tức - Sự kiện", "Nông thôn mới & đô thị văn minh"),)


def test_draft_has_no_date_and_uncategorized_is_no_category(sample):
    assert sample["105"].published_at is None
    assert sample["105"].categories == ()


def test_numeric_slug_gives_way_to_the_title(sample):
    assert check_record(sample["108"]).article.slug.startswith("bai-khong-co-tieu-de")


def test_gallery_counts_its_pictures(sample):
    assert sample["109"].pictures == 2


def test_every_body_of_the_sample_is_a_fixed_point(sample):
    records = [entry for entry in sample.values() if isinstance(entry, Record)]
    bodies = [check_record(record).article.body for record in records]
    assert any(bodies)
    assert [clean_html(body) for body in bodies] == bodies
    assert "alert" not in "".join(bodies)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_each_spelling_of_the_namespace_is_read(version, scheme):
    (entry,) = read_export(export(item(), version=version, scheme=scheme))
    assert (entry.import_id, entry.title) == ("wp:cu.example.vn:1", "Tin một")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("publish", "published"),
        ("future", "published"),
        ("draft", "draft"),
        ("pending", "in_review"),
        ("private", "draft"),
    ],
)
def test_wordpress_status_has_its_state_here(status, expected):
    (entry,) = read_export(export(item(status=status)))
    assert entry.status == expected


@pytest.mark.parametrize("status", ["trash", "auto-draft", "inherit", "spam"])
def test_entry_that_was_never_public_is_skipped_without_a_word(status):
    assert read_export(export(item(status=status))) == [Remark(3, "wp:cu.example.vn:1", "skipped")]


def test_private_and_password_protected_entries_are_never_published():
    entries = read_export(export(item(status="private"), item(2, post_password="mật khẩu")))
    assert [entry.status for entry in entries] == ["draft", "draft"]
    assert all(entry.warnings for entry in entries)


def test_universal_time_stands_in_for_a_zero_local_time():
    zeros = "0000-00-00 00:00:00"
    first, second = read_export(
        export(
            item(post_date=zeros, post_date_gmt="2024-03-05 00:30:00"),
            item(2, post_date=zeros, post_date_gmt=zeros),
        )
    )
    assert first.published_at == datetime(2024, 3, 5, 7, 30, tzinfo=HANOI)
    assert second.published_at is None


def test_entities_in_titles_and_names_are_read():
    creator = "<dc:creator>&lt;b&gt;Lan &amp;amp; Huệ&lt;/b&gt;</dc:creator>"
    (entry,) = read_export(export(item(title="Mưa &amp;#8211; gió &amp;amp; bão", extra=creator)))
    assert entry.title == "Mưa – gió & bão"
    assert entry.author == "Lan & Huệ"


def category(nicename, parent, name):
    return (
        f"<wp:category><wp:term_id>{len(nicename)}</wp:term_id>"
        f"<wp:category_nicename>{nicename}</wp:category_nicename>"
        f"<wp:category_parent>{parent}</wp:category_parent>"
        f"<wp:cat_name><![CDATA[{name}]]></wp:cat_name></wp:category>"
    )


def filed(*nicenames):
    return "".join(
        f'<category domain="category" nicename="{n}"><![CDATA[{n}]]></category>' for n in nicenames
    )


def test_category_below_the_third_level_is_moved_up_to_it():
    header = (
        category("a", "", "A")
        + category("bb", "a", "B")
        + category("ccc", "bb", "C")
        + category("dddd", "ccc", "D")
    )
    (entry,) = read_export(export(item(extra=filed("dddd")), header=header))
    assert entry.categories == (("A", "B", "D"),)
    assert entry.warnings == (
        "The category “D” stood below the third level and was moved up to it.",
    )


def test_categories_in_a_ring_do_not_hang_the_reader():
    header = category("a", "bb", "A") + category("bb", "a", "B")
    (entry,) = read_export(export(item(extra=filed("a")), header=header))
    assert entry.categories == (("B", "A"),)


def test_marked_primary_category_comes_first():
    header = category("a", "", "A") + category("bb", "", "B")
    meta = (
        "<wp:postmeta><wp:meta_key>_yoast_wpseo_primary_category</wp:meta_key>"
        "<wp:meta_value>2</wp:meta_value></wp:postmeta>"
    )
    (entry,) = read_export(export(item(extra=filed("a", "bb") + meta), header=header))
    assert entry.categories == (("B",), ("A",))


def test_comments_do_not_mix_with_the_article():
    comment = "<wp:comment><wp:comment_id>1</wp:comment_id><wp:status>x</wp:status></wp:comment>"
    (entry,) = read_export(export(item(extra=comment)))
    assert entry.status == "published"


def test_control_characters_and_broken_utf_8_do_not_stop_the_reader():
    xml = export(item(title="Tin mộtZ")).encode().replace(b"Z", b"\x0b\xff\x00 hai")
    (entry,) = read_export(xml)
    assert entry.title == "Tin một\ufffd hai"


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (
            '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss>&b;</rss>',
            "The file declares XML entities",
        ),
        ('<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss>&a;</rss>', "entities"),
        ("<html><body>Không tìm thấy</body></html>", "The file is XML, but no WordPress export."),
        ("<rss>\n<channel>\n<item></channel></rss>", "no well-formed XML from line 3 on"),
    ],
)
def test_file_that_is_no_export_is_refused(xml, reason):
    with pytest.raises(RefusedError, match=reason):
        read_export(xml)


def test_what_stood_before_a_break_in_the_file_is_read():
    xml = export(item(), item(2)).replace("</channel></rss>", "<item><title>Tin")
    reader = wxr.read_entries(io.BytesIO(xml.encode()))
    assert [next(reader).title, next(reader).title] == ["Tin một", "Tin một"]
    with pytest.raises(RefusedError, match="well-formed"):
        next(reader)


def test_endless_entry_is_refused(monkeypatch):
    monkeypatch.setattr(wxr, "LARGEST_ENTRY", 1000)
    with pytest.raises(RefusedError, match="The entry in line 3 is larger than 64 MB"):
        read_export(export(item(body="x" * 2000)))
