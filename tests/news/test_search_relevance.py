"""What people search for, and the article that must come first.

The texts are the demo ward's own: real Vietnamese of a ward's newsroom, 67 articles. The table was
written from the reader's side: what somebody remembers, as they type it, with and without accents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from news.markup import clean_html
from news.models import Article, Category
from news.search.finding import RANKED_BETTER, Filters, find_articles, time_limit
from news.search.query import parse
from news.search.snippets import plain
from news.search.text import fold, words
from news.text import slugify
from portal.demo.articles import read_articles
from tests.factories import make_category

FIRST = [
    ("bánh lá gai", "am-thuc-1"),
    ("banh la gai cho ha", "am-thuc-1"),
    ("leo núi", "di-tich-danh-thang-2"),
    ("suoi va phien da nghe gio", "di-tich-danh-thang-2"),
    ("đình yên thượng", "di-tich-danh-thang-1"),
    ("dinh lang", "di-tich-danh-thang-1"),
    ("đạo sắc ống tre", "van-hoa-xa-hoi-5"),
    ("mô tê răng rứa", "lich-su-van-hoa-2"),
    ("tieng dia phuong", "lich-su-van-hoa-2"),
    ("hũ gạo học", "giao-duc-y-te-5"),
    ("quỹ khuyến học họ phan", "giao-duc-y-te-5"),
    ("đại hội đại biểu", "thoi-su-chinh-tri-3"),
    ("nghị quyết đại hội", "xay-dung-dang-chinh-quyen-1"),
    ("diễn tập chữa cháy", "quoc-phong-an-ninh-4"),
    ("chua chay cho", "quoc-phong-an-ninh-4"),
    ("vỉa hè", "do-thi-van-minh-3"),
    ("via he bay hang", "do-thi-van-minh-3"),
    ("ba trụ sở", "xay-dung-dang-chinh-quyen-4"),
    ("bến hạ ba trăm năm", "lich-su-van-hoa-1"),
    ("chợ hoa tết", "kinh-te-5"),
    ("giá thuê lô", "kinh-te-5"),
    ("loa phường", "chuyen-doi-so-4"),
    ("truyen thanh", "chuyen-doi-so-4"),
    ("bánh chưng", "van-hoa-xa-hoi-4"),
    ("noi banh chung", "van-hoa-xa-hoi-4"),
    ("cây nêu", "le-hoi-2"),
    ("tân binh", "quoc-phong-an-ninh-3"),
    ("nghĩa vụ quân sự", "quoc-phong-an-ninh-3"),
    ("bà chúa bến", "le-hoi-1"),
    ("lễ hội", "le-hoi-1"),
    ("một cửa lưu động", "cai-cach-hanh-chinh-3"),
    ("giống lúa", "kinh-te-4"),
    ("lua chiu ung", "kinh-te-4"),
    ("hiến máu", "mat-tran-doan-the-3"),
    ("hien mau", "mat-tran-doan-the-3"),
    ("hoà giải", "phap-luat-2"),
    ("hai nha khong nhin mat", "phap-luat-2"),
    ("bể bơi", "nguoi-tot-viec-tot-2"),
    ("dạy bơi", "nguoi-tot-viec-tot-2"),
    ("điểm đen", "an-toan-giao-thong-2"),
    ("diệt lăng quăng", "giao-duc-y-te-4"),
    ("sốt xuất huyết", "giao-duc-y-te-4"),
    ("bơi thuyền", "van-hoa-xa-hoi-3"),
    ("mã qr", "chuyen-doi-so-3"),
    ("tiền mặt", "chuyen-doi-so-3"),
    ("quy hoạch ven sông", "quy-hoach-1"),
    ("kê khai thuế", "kinh-te-3"),
    ("ke khai thue ho kinh doanh", "kinh-te-3"),
    ("bão vào", "phong-chong-thien-tai-1"),
    ("mạch sủi", "phong-chong-thien-tai-2"),
    ("làm sạch giếng", "phong-chong-thien-tai-3"),
    ("năm học mới", "giao-duc-y-te-3"),
    ("phân loại rác", "do-thi-van-minh-2"),
    ("tiêm phòng dại", "thong-bao-5"),
    ("tiem phong cho meo", "thong-bao-5"),
    ("phiên họp thường kỳ", "chi-dao-dieu-hanh-2"),
    ("khai sinh", "cai-cach-hanh-chinh-2"),
    ("dang ky khai sinh", "cai-cach-hanh-chinh-2"),
    ("ung ho dong bao vung lu", "mat-tran-doan-the-2"),
    ("tổ xung kích", "quoc-phong-an-ninh-2"),
    ("câu kẻ lừa đảo hay nói", "chuyen-doi-so-2"),
    ("mạo danh cán bộ", "quoc-phong-an-ninh-1"),
    ("ngan sach", "ngan-sach-1"),
    ("làng nón", "kinh-te-2"),
    ("tuyển nhân viên hợp đồng", "tuyen-dung-1"),
    ("bữa trưa", "giao-duc-y-te-2"),
    ("cam xe tai", "thong-bao-4"),
    ("đặt tên đường", "thoi-su-chinh-tri-5"),
    ("đăng ký tạm trú", "phap-luat-1"),
    ("vớt rác", "nguoi-tot-viec-tot-1"),
    ("trợ cấp xã hội", "van-hoa-xa-hoi-2"),
    ("cổng trường", "an-toan-giao-thong-1"),
    ("thư xin lỗi", "xay-dung-dang-chinh-quyen-2"),
    ("con duong hoa", "do-thi-van-minh-1"),
    ("khám sức khoẻ miễn phí", "giao-duc-y-te-1"),
    ("tiêm chủng", "thong-bao-3"),
    ('"tiêm chủng mở rộng"', "thong-bao-3"),
    ("tiêm -chủng", "thong-bao-5"),
    ("lớp học điện thoại", "chuyen-doi-so-1"),
    ("chợ đêm", "kinh-te-1"),
    ("túi ni lông", "kinh-te-1"),
    ("sáng thứ bảy một cửa", "cai-cach-hanh-chinh-1"),
    ("con ngõ rộng thêm", "mat-tran-doan-the-1"),
    ("lịch tiếp công dân", "thong-bao-2"),
    ("hát ví", "van-hoa-xa-hoi-1"),
    ("lối thoát nạn", "chi-dao-dieu-hanh-1"),
    ("ngừng cấp điện", "thong-bao-1"),
    ("đối thoại tổ trưởng", "thoi-su-chinh-tri-1"),
    ("tiêm ch", "thong-bao-3"),
    # Without accents both syllables stand in many texts; as one word, side by side, in one alone.
    ("bat ngo", "van-hoa-xa-hoi-5"),
    ("o dich", "giao-duc-y-te-4"),
    ("thuc don", "giao-duc-y-te-2"),
    ("dau an", "giao-duc-y-te-2"),
    ("bong den", "do-thi-van-minh-2"),
    ("phong hop", "xay-dung-dang-chinh-quyen-4"),
    ("bai do", "quy-hoach-1"),
    ("hoc tap", "xay-dung-dang-chinh-quyen-1"),
    ("mai nha", "chuyen-doi-so-3"),
    ("hoa tan", "phong-chong-thien-tai-3"),
]

# Words of two syllables and more, as they are typed on a telephone.
TOGETHER = [
    *("thi dua", "khen thuong", "thanh nien", "dan quan", "cai cach", "can bo", "hoc sinh"),
    *("giao vien", "phu nu", "cuu chien binh", "an toan", "giao thong", "van hoa", "the thao"),
    *("chinh quyen", "cong an", "thu tuc", "dat dai", "tham nhung", "dau gia", "dau tu"),
    *("bau cu", "ho tro", "ho ngheo", "bao hiem y te", "mat tran", "chuyen doi so", "ban do"),
]


@pytest.fixture(scope="module")
def demo_articles(django_db_setup: None, django_db_blocker: object) -> Iterator[dict[int, str]]:
    """The demo's articles by id, written once for all queries."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        category = Category.objects.create(name="Tất cả", slug="tat-ca-bai")
        names = {}
        for source in read_articles():
            article = Article.objects.create(
                title=source.header["title"],
                slug=source.name,
                summary=source.summary,
                body=source.body,
                status=Article.Status.PUBLISHED,
                published_at=source.published_at,
                first_published_at=source.published_at,
                category=category,
            )
            names[article.pk] = source.name
        yield names
        Article.objects.filter(pk__in=names).delete()
        category.delete()


@pytest.mark.django_db
def test_table_is_as_long_as_promised() -> None:
    assert len({typed for typed, _ in FIRST}) >= 60


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "expected"), FIRST)
def test_right_article_comes_first(
    demo_articles: dict[int, str], typed: str, expected: str
) -> None:
    with time_limit():
        found = find_articles(parse(typed), Filters())
    assert [demo_articles.get(pk) for pk in found.articles[:1]] == [expected]


def _write_press_articles(folder: Path) -> list[Article]:
    category = make_category()
    moment = timezone.now() - timedelta(days=1)
    lines = (folder / "real_articles_200.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    return Article.objects.bulk_create(
        Article(
            title=record["title"][:300],
            slug="bai",
            summary=record["lead"] or "",
            body=clean_html(record["body_html"] or ""),
            status=Article.Status.PUBLISHED,
            published_at=moment,
            first_published_at=moment,
            category=category,
        )
        for record in records
    )


@pytest.mark.django_db
def test_real_articles_are_found_by_their_titles_however_typed(real_input: Path) -> None:
    """Each of 200 real articles is the first hit for its own title, typed with no accents."""
    articles = _write_press_articles(real_input)
    missed = []
    for article in articles:
        typed = slugify(article.title).replace("-", " ")
        with time_limit():
            found = find_articles(parse(typed), Filters())
        firsts = {a.title for a in articles if a.pk in found.articles[:1]}
        if article.title not in firsts:
            missed.append(article.pk)
    assert len(missed) <= len(articles) // 50


def _words_of(article: Article) -> str:
    """All words as they are written, a space around each and a bar between two stretches."""
    texts = [article.title, article.summary, plain(article.body)]
    return f" {' | '.join(' '.join(words(text)) for text in texts)} "


@pytest.mark.django_db
def test_syllables_of_one_word_come_before_strewn_ones(real_input: Path) -> None:
    """In the real press, however the titles look: first where they stand side by side."""
    texts = {article.pk: _words_of(article) for article in _write_press_articles(real_input)}
    folded = {pk: f" {' '.join(map(fold, text.split()))} " for pk, text in texts.items()}
    told = 0
    for typed in TOGETHER:
        with time_limit():
            found = [pk for pk in find_articles(parse(typed), Filters()).articles if pk in texts]
        together = [f" {typed} " in folded[pk] for pk in found[:RANKED_BETTER]]
        assert together == sorted(together, reverse=True), typed
        told += len(set(together)) == 2
    # Else the texts have nothing to tell one from the other.
    assert told >= len(TOGETHER) // 2


@pytest.mark.django_db
def test_accents_as_typed_come_before_all_others(real_input: Path) -> None:
    texts = {article.pk: _words_of(article) for article in _write_press_articles(real_input)}
    for typed in ("thi đua", "bản đồ", "đầu tư", "cán bộ", "thanh niên", "hỗ trợ", "đấu giá"):
        accented = [f" {word} " for word in typed.split() if word != fold(word)]
        with time_limit():
            found = [pk for pk in find_articles(parse(typed), Filters()).articles if pk in texts]
        firsts = found[:RANKED_BETTER]
        as_typed = [all(word in texts[pk] for word in accented) for pk in firsts]
        assert as_typed == sorted(as_typed, reverse=True), typed
        assert f" {typed} " in texts[found[0]], typed
