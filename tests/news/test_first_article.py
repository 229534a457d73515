"""The page that this project starts from: one article of the portal of thị xã Hồng Lĩnh."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.test import Client

from news.markup import clean_html, plain_text
from news.models import Article
from news.text import normalize_line

pytestmark = pytest.mark.django_db

TITLE = "Thị xã Hồng Lĩnh vinh dự được nhận cờ thi đua xuất sắc năm 2022 của UBND tỉnh"


def test_the_first_article_looks_right(client: Client, real_input: Path, tmp_path: Path) -> None:
    page = (real_input / "hong-linh-article-page.txt").read_text(encoding="utf-8")
    text, _, _frame = page.partition("Đánh giá:")
    summary, caption, *paragraphs = [normalize_line(p) for p in text.split("\n") if p.strip()]
    record = {
        "id": "hong-linh:1",
        "title": TITLE,
        "lead": summary,
        "body_html": "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs),
        "image_captions": [caption],
        "category": "Thời sự – Chính trị",
        "url": None,
        "source": None,
        "tags": ["thi đua", "khen thưởng"],
        "published_at": "2023-03-14T08:30:00+07:00",
    }
    file = tmp_path / "hong-linh.jsonl"
    file.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    call_command("import_articles", str(file), report=str(tmp_path / "report.csv"))

    article = Article.objects.get()
    assert (
        article.slug
        == "thi-xa-hong-linh-vinh-du-duoc-nhan-co-thi-dua-xuat-sac-nam-2022-cua-ubnd-tinh"
    )
    assert article.published_at == datetime(2023, 3, 14, 8, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    assert clean_html(article.body) == article.body
    for paragraph in paragraphs:
        assert paragraph in normalize_line(plain_text(article.body))

    html = client.get(article.get_absolute_url()).content.decode()
    order = [
        "Trang chủ",
        f"{TITLE}</h1>",
        "Thứ Ba, 14/03/2023 | 08:30",
        "Với những thành tích nổi bật",
        "phong trào thi đua yêu nước của thị xã Hồng Lĩnh",
        "5.088 tỷ đồng",
        "tạo sức lan tỏa./.",
        "Từ khóa",
        '/the/khen-thuong/"',
    ]
    main = html[html.index('class="breadcrumb"') :]
    places = [main.find(words) for words in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
