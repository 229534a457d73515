"""One spelling for the addresses of earlier sites."""

import pytest

from news.old_addresses import old_path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (
            "https://cu.example.vn/portal/pages/2023-01-21/Niem-vui-khi-xuan-den-465087.aspx",
            "/portal/pages/2023-01-21/niem-vui-khi-xuan-den-465087.aspx",
        ),
        (
            "/portal/pages/2021-03-03/Thi-uy-nghe-va-cho-y-kien2451hlrdcb.aspx?fbclid=1&x=2#top",
            "/portal/pages/2021-03-03/thi-uy-nghe-va-cho-y-kien2451hlrdcb.aspx",
        ),
        ("http://cu.example.vn/Default.aspx?ID=12&utm_source=zalo", "/default.aspx?id=12"),
        ("http://cu.example.vn/zh/-ieu-kien-tu-nhien", "/zh/-ieu-kien-tu-nhien"),
        ("https://cu.example.vn/quyet-dinh-ban-hanh/", "/quyet-dinh-ban-hanh"),
        ("https://cu.example.vn/vi/bai-viet/ra-quan?page=2", "/vi/bai-viet/ra-quan"),
        (
            "https://cu.example.vn/index.php?language=vi&nv=news&op=tin/ra-quan-12",
            "/index.php?language=vi&nv=news&op=tin/ra-quan-12",
        ),
        ("https://cu.example.vn/news/tin/ra-quan-12.html", "/news/tin/ra-quan-12.html"),
        ("http://cu.example.vn/0511202007/", "/0511202007"),
        ("https://cu.example.vn/?p=101", "/?p=101"),
        ("https://cu.example.vn/?p=101&fbclid=abc", "/?p=101"),
        ("https://cu.example.vn/ra-qu%c3%a2n/", "/ra-quân"),
        ("https://cu.example.vn/ra-qu%C3%A2n", "/ra-quân"),
        ("https://cu.example.vn//", ""),
        ("https://cu.example.vn", ""),
        ("", ""),
        ("http://[hỏng", ""),
        ("/" + "a" * 1001, ""),
    ],
)
def test_old_address_has_one_spelling(url, path):
    assert old_path(url) == path
