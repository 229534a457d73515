"""How long an import takes, and how much memory.

    python bench/import_articles.py [--wxr] [--empty] 10000      (in an environment with a database)

Writes that many articles of made-up Vietnamese sentences as JSON Lines (or with --wxr as a
WordPress export) into a temporary file and imports it twice, each time in a process of its own;
prints the seconds and the peak memory of each. With --empty all articles are deleted first and
nothing else is: use a database of your own.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
SUBJECTS = [
    "Ủy ban nhân dân phường",
    "Hội Liên hiệp Phụ nữ",
    "Đoàn Thanh niên",
    "Trạm Y tế phường",
    "Công an phường",
    "Ban điều hành tổ dân phố",
    "Hội Nông dân",
    "Trường Tiểu học Tân Lộc",
    "Hội Cựu chiến binh",
]
VERBS = [
    "tổ chức",
    "phối hợp triển khai",
    "vừa tổng kết",
    "phát động",
    "kiểm tra",
    "hướng dẫn người dân thực hiện",
    "lấy ý kiến về",
    "tiếp tục duy trì",
    "công bố kết quả",
]
OBJECTS = [
    "tuần lễ vệ sinh môi trường",
    "việc nộp hồ sơ trực tuyến",
    "đợt tiêm chủng mở rộng",
    "giải bóng chuyền",
    "công tác phòng, chống lụt bão",
    "lớp dạy nghề cho lao động nông thôn",
    "chỉnh trang đường Bờ Kè",
    "mô hình thu gom rác thải tại nguồn",
    "phiên chợ nông sản",
    "kế hoạch gieo cấy vụ xuân",
]
WHEN = [
    "trong tháng này",
    "vào sáng thứ Bảy",
    "tại hội trường phường",
    "ở các tổ dân phố ven sông Lam Yên",
    "với hơn hai trăm người tham gia",
    "theo kế hoạch đã đề ra",
    "ngay từ đầu năm",
]
CATEGORIES = ["Thời sự", "Kinh tế", "Văn hóa - Xã hội", "Giáo dục", "Y tế", "Cải cách hành chính"]


def sentence(rng: random.Random) -> str:
    words = (rng.choice(SUBJECTS), rng.choice(VERBS), rng.choice(OBJECTS), rng.choice(WHEN))
    return " ".join(words)


def article(number: int) -> dict:
    rng = random.Random(number)  # noqa: S311 – the same articles every time
    paragraphs = [". ".join(sentence(rng) for _ in range(rng.randint(2, 5))) for _ in range(7)]
    caption = "<figure><img src='https://cu.example.vn/a.jpg'><figcaption>{}</figcaption></figure>"
    body = "".join(f"<p style='text-align:justify'>{text}.</p>\n" for text in paragraphs)
    return {
        "id": f"bench:{number}",
        "title": f"{sentence(rng)} lần thứ {number}",
        "lead": sentence(rng) + ".",
        "body_html": body + caption.format(sentence(rng)),
        "category": rng.choice(CATEGORIES),
        "source": "Báo Lam Giang",
        "url": f"https://cu.example.vn/tin-tuc/bai-{number}.html",
        "tags": [*rng.sample(OBJECTS, 2), f"tổ dân phố số {rng.randint(1, 300)}"],
        "published_at": f"20{number % 14 + 12}-{number % 12 + 1:02}-{number % 28 + 1:02}T08:30:00",
    }


def write_jsonl(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(article(number), ensure_ascii=False) + "\n")


def write_wxr(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:wp="http://wordpress.org/export/1.2/"><channel>'
            "<wp:base_blog_url>https://cu.example.vn</wp:base_blog_url>\n"
        )
        for number in range(count):
            values = article(number)
            file.write(
                f"<item><title>{escape(values['title'])}</title><link>{values['url']}</link>"
                f"<content:encoded><![CDATA[{values['body_html']}]]></content:encoded>"
                f"<wp:post_id>{number + 1}</wp:post_id><wp:post_type>post</wp:post_type>"
                f"<wp:status>publish</wp:status>"
                f"<wp:post_date>{values['published_at'].replace('T', ' ')}</wp:post_date></item>\n"
            )
        file.write("</channel></rss>\n")


def run_import(path: Path) -> None:
    """Import in this process and print what it took; the work of `--import`."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django

    django.setup()
    from django.core.management import call_command

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    call_command("import_articles", str(path), verbosity=0)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{seconds:.1f} s, peak {peak / 1024:.0f} MB (before the import {before / 1024:.0f} MB)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10_000)
    parser.add_argument("--wxr", action="store_true")
    parser.add_argument("--empty", action="store_true", help="delete all articles first")
    parser.add_argument("--import", dest="path", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.path:
        run_import(options.path)
        return
    if options.empty:
        code = "from news.models import Article; Article.objects.all().delete()"
        shell = [sys.executable, ROOT / "manage.py", "shell", "-v", "0", "-c", code]
        subprocess.run(shell, check=True)  # noqa: S603
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench"
        (write_wxr if options.wxr else write_jsonl)(path, options.count)
        print(f"{options.count} articles, {path.stat().st_size / 1e6:.1f} MB", flush=True)
        for run in ("first", "second"):
            print(f"{run} run:", flush=True)
            subprocess.run([sys.executable, __file__, "--import", path], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
