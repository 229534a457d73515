"""Load the demo site through the services that staff use, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from news import services, text
from news.models import Article, Author, Category, FeaturedSlot, Image, Series, Tag
from portal.demo import comments, figures
from portal.demo.articles import FOLDER, DemoArticle, read_articles, split_header
from portal.demo.documents import as_docx
from portal.models import (
    AlertBanner,
    HomeBlock,
    Link,
    LinkGroup,
    MenuItem,
    Page,
    SidebarBlock,
    SiteIdentity,
    Song,
    WardMap,
)
from portal.services.songs import save_song

Report = Callable[[str], None]

# The one author of the demo that is not an office.
CONTRIBUTORS = "Cộng tác viên"

# slug, name, English name, shown on the home page, children
CATEGORIES: list[tuple[str, str, str, bool, list[tuple[str, str, str, bool]]]] = [
    (
        "tin-tuc-su-kien",
        "Tin tức – Sự kiện",
        "News",
        False,
        [
            ("thoi-su-chinh-tri", "Thời sự – Chính trị", "Current affairs", True),
            ("kinh-te", "Kinh tế", "Economy", True),
            ("van-hoa-xa-hoi", "Văn hóa – Xã hội", "Culture and society", True),
            ("giao-duc-y-te", "Giáo dục – Y tế", "Education and health", True),
            ("quoc-phong-an-ninh", "Quốc phòng – An ninh", "Defence and security", False),
            ("xay-dung-dang-chinh-quyen", "Xây dựng Đảng – Chính quyền", "Government", False),
            ("mat-tran-doan-the", "Mặt trận – Đoàn thể", "Mass organisations", False),
            ("nguoi-tot-viec-tot", "Gương người tốt, việc tốt", "Good neighbours", True),
        ],
    ),
    (
        "chuyen-de",
        "Chuyên đề",
        "Topics",
        False,
        [
            ("cai-cach-hanh-chinh", "Cải cách hành chính", "Administrative reform", True),
            ("chuyen-doi-so", "Chuyển đổi số", "Digital transformation", True),
            ("do-thi-van-minh", "Xây dựng đô thị văn minh", "A civilised town", False),
            ("phap-luat", "Phổ biến, giáo dục pháp luật", "The law explained", False),
            ("phong-chong-thien-tai", "Phòng, chống thiên tai", "Disaster prevention", False),
            ("an-toan-giao-thong", "An toàn giao thông", "Road safety", False),
        ],
    ),
    (
        "thong-tin-cong-khai",
        "Thông tin công khai",
        "Public information",
        False,
        [
            ("thong-bao", "Thông báo", "Notices", True),
            ("chi-dao-dieu-hanh", "Chỉ đạo, điều hành", "Directives", False),
            ("ngan-sach", "Công khai ngân sách", "Budget", False),
            ("quy-hoach", "Quy hoạch – Kế hoạch", "Plans", False),
            ("tuyen-dung", "Tuyển dụng", "Recruitment", False),
        ],
    ),
    (
        "dat-va-nguoi",
        "Đất và người Yên Hà",
        "The land and its people",
        False,
        [
            ("lich-su-van-hoa", "Lịch sử – Văn hóa", "History", False),
            ("di-tich-danh-thang", "Di tích – Danh thắng", "Sights", True),
            ("le-hoi", "Lễ hội", "Festivals", False),
            ("am-thuc", "Ẩm thực", "Food", False),
        ],
    ),
]

SERIES = {
    "mua-bao": ("Mùa mưa bão ở Yên Hà", "Phòng tránh, ứng phó và khắc phục qua các đợt mưa lũ."),
    "chuyen-doi-so-cong-dong": (
        "Tổ công nghệ số cộng đồng",
        "Những việc các tổ dân phố làm để không ai bị bỏ lại phía sau.",
    ),
    "dai-hoi-dang-bo": ("Đại hội Đảng bộ phường", "Từ đại hội chi bộ đến đại hội Đảng bộ phường."),
    "tet-yen-ha": ("Tết Yên Hà", "Chợ hoa, gói bánh và chăm lo cho hộ khó khăn dịp Tết."),
}

FEATURED = ["thoi-su-chinh-tri-1", "chuyen-doi-so-1", "kinh-te-1"]

LINKS = {
    ("Trung ương", "National"): [
        ("Cổng Thông tin điện tử Chính phủ", "https://chinhphu.vn/"),
        ("Quốc hội", "https://quochoi.vn/"),
        ("Cổng Dịch vụ công quốc gia", "https://dichvucong.gov.vn/"),
        ("Cơ sở dữ liệu quốc gia về văn bản pháp luật", "https://vbpl.vn/"),
    ],
    ("Báo, đài", "Press and radio"): [
        ("Báo Nhân Dân", "https://nhandan.vn/"),
        ("Thông tấn xã Việt Nam", "https://vnanet.vn/"),
        ("Đài Tiếng nói Việt Nam", "https://vov.vn/"),
        ("Đài Truyền hình Việt Nam", "https://vtv.vn/"),
    ],
}

PAGES = [  # slug, in the footer
    ("gioi-thieu", False),
    ("co-cau-to-chuc", False),
    ("lien-he", True),
    ("chinh-sach-bao-ve-du-lieu", True),
    ("tuyen-bo-tiep-can", True),
]


def load_demo(report: Report) -> None:
    """Load everything in one transaction.

    Args:
        report: called with a sentence for every step, to show progress.
    """
    with transaction.atomic():
        categories = _categories()
        series = {
            slug: _saved(Series(name=name, slug=slug, description=description))
            for slug, (name, description) in SERIES.items()
        }
        report(_("  pictures …"))
        pictures = _Pictures()
        _identity(pictures)
        pages = _pages()
        articles: dict[str, Article] = {}
        demo = read_articles()
        for number, source in enumerate(demo, start=1):
            articles[source.name] = _article(source, categories, series, pictures)
            if number % 20 == 0 or number == len(demo):
                report(_("  articles: %(done)s of %(all)s") % {"done": number, "all": len(demo)})
        for place, name in enumerate(FEATURED, start=1):
            _saved(FeaturedSlot(position=place, article=articles[name]))
        _menu(categories, pages)
        _blocks(categories, pictures)
        _songs()
        _links()
        _alert(pages)
        figures.load_visits(list(articles.values()))
        figures.load_ratings(list(articles.values()))
        comments.load_comments(articles)
        report(_("  menu, map, songs and links"))


Row = TypeVar("Row", bound=Model)


def _saved(row: Row) -> Row:
    row.full_clean()
    row.save()
    return row


def _categories() -> dict[str, Category]:
    found: dict[str, Category] = {}

    def add(slug: str, name: str, name_en: str, on_home: bool, parent: Category | None) -> Category:
        found[slug] = _saved(
            Category(
                slug=slug,
                name=name,
                name_en=name_en,
                is_on_home=on_home,
                parent=parent,
                position=len(found) + 1,
            )
        )
        return found[slug]

    for slug, name, name_en, on_home, children in CATEGORIES:
        parent = add(slug, name, name_en, on_home, None)
        for child in children:
            add(*child, parent)
    return found


class _Pictures:
    """The pictures of the demo, each added to the library when it is first used."""

    CREDIT = "Tranh minh họa: Ban Biên tập"

    def __init__(self) -> None:
        self._added: dict[str, Image] = {}
        lines = (FOLDER / "pictures" / "pictures.txt").read_text(encoding="utf-8").splitlines()
        self._alt_texts = dict(line.split(": ", 1) for line in lines if line and line[0] != "#")

    def illustration(self, name: str) -> Image:
        """Return the picture of an article by its name."""
        return self.get(f"pictures/{name}.webp", self._alt_texts[name], credit=self.CREDIT)

    def get(self, path: str, alt: str, credit: str = "") -> Image:
        """Return the picture of a file of the demo, such as `pictures/cho-ha.webp`."""
        if path not in self._added:
            with (FOLDER / path).open("rb") as file:
                self._added[path] = services.add_image(
                    upload=File(file, name=(FOLDER / path).name),
                    alt=alt,
                    is_decorative=False,
                    caption="",
                    credit=credit,
                    by=None,
                )
        return self._added[path]


def _identity(pictures: _Pictures) -> None:
    emblem = pictures.get("emblem.webp", "Biểu trưng của phường Yên Hà")
    shared = {
        "kind": "Cổng thông tin điện tử",
        "kind_en": "Web portal",
        "emblem": emblem,
        "address": "Số 1, đường Bờ Sông, phường Yên Hà, tỉnh Lam Giang",
        "phone": "0239 3000 000 (số minh họa)",
        "email": "banbientap@yenha.example",
        "reuse_sentence": (
            "Ghi rõ nguồn “Cổng thông tin điện tử phường Yên Hà” "
            "khi trích dẫn lại tin từ địa chỉ này."
        ),
    }
    _saved(
        SiteIdentity(
            valid_from=date(2020, 1, 1),
            name="ỦY BAN NHÂN DÂN PHƯỜNG YÊN THƯỢNG",
            name_en="People's Committee of Yên Thượng Ward",
            parent_name="THỊ XÃ YÊN HÀ",
            parent_name_en="Yên Hà Town",
            managing_agency="Ủy ban nhân dân phường Yên Thượng",
            governing_agency="Ủy ban nhân dân thị xã Yên Hà",
            responsible_person="Phó Chủ tịch Ủy ban nhân dân phường, Trưởng Ban Biên tập",
            copyright_line="© Ủy ban nhân dân phường Yên Thượng",
            **shared,
        )
    )
    _saved(
        SiteIdentity(
            valid_from=date(2025, 7, 1),
            name="ỦY BAN NHÂN DÂN PHƯỜNG YÊN HÀ",
            name_en="People's Committee of Yên Hà Ward",
            parent_name="TỈNH LAM GIANG",
            parent_name_en="Lam Giang Province",
            former_name="Phường Yên Thượng, phường Hà Đông Sơn và xã Tân Lộc, thị xã Yên Hà",
            slogan="Kỷ cương – Gần dân – Sáng tạo",
            managing_agency="Ủy ban nhân dân phường Yên Hà",
            governing_agency="Ủy ban nhân dân tỉnh Lam Giang",
            responsible_person="Phó Chủ tịch Ủy ban nhân dân phường, Trưởng Ban Biên tập",
            copyright_line="© Ủy ban nhân dân phường Yên Hà",
            **shared,
        )
    )


def _pages() -> dict[str, Page]:
    found = {}
    for position, (slug, in_footer) in enumerate(PAGES, start=1):
        header, body = split_header((FOLDER / "pages" / f"{slug}.txt").read_text(encoding="utf-8"))
        found[slug] = _saved(
            Page(
                slug=slug,
                title=header["title"],
                title_en=header["title_en"],
                body=body,
                is_in_footer=in_footer,
                position=position,
            )
        )
    return found


def _article(
    source: DemoArticle,
    categories: dict[str, Category],
    series: dict[str, Series],
    pictures: _Pictures,
) -> Article:
    header = source.header
    picture = pictures.illustration(header["picture"]) if "picture" in header else None
    article = _saved(
        Article(
            title=header["title"],
            summary=source.summary,
            body=source.body,
            category=categories[header["category"]],
            series=series.get(header.get("series", "")),
            author=_author(header["author"]),
            origin=header["origin"],
            source_name=header.get("source", ""),
            lead_image=picture,
            lead_caption=header.get("caption", "") if picture else "",
        )
    )
    article.more_categories.set([categories[slug] for slug in source.listed("also")])
    article.tags.set([_tag(name) for name in source.listed("tags")])
    if "attachment" in header:
        content = as_docx(header["attachment"], article.body)
        services.add_attachment(
            article=article,
            upload=ContentFile(content, name=f"{source.name}.docx"),
            title=header["attachment"],
        )
    services.publish_article(article=article, by=None, at=source.published_at)
    return article


def _author(name: str) -> Author:
    known = Author.objects.filter(name=name).first()
    return known or _saved(Author(name=name, is_office=name != CONTRIBUTORS))


def _tag(name: str) -> Tag:
    key = text.comparison_key(name)
    return Tag.objects.filter(key=key).first() or _saved(Tag(name=name))


def _menu(categories: dict[str, Category], pages: dict[str, Page]) -> None:
    def entry(
        position: int, parent: MenuItem | None = None, **target: Page | Category | str
    ) -> MenuItem:
        return _saved(MenuItem(parent=parent, position=position, **target))

    entry(1, label="Trang chủ", label_en="Home", address="/")
    about = entry(2, page=pages["gioi-thieu"], label="Giới thiệu", label_en="About")
    entry(1, about, page=pages["gioi-thieu"])
    entry(2, about, page=pages["co-cau-to-chuc"])
    for position, (slug, *_rest, children) in enumerate(CATEGORIES, start=3):
        parent = entry(position, category=categories[slug])
        for place, child in enumerate(children, start=1):
            entry(place, parent, category=categories[child[0]])
    entry(9, page=pages["lien-he"])


def _blocks(categories: dict[str, Category], pictures: _Pictures) -> None:
    _saved(HomeBlock(kind=HomeBlock.Kind.FEATURED, position=1))
    _saved(HomeBlock(kind=HomeBlock.Kind.NEWEST, position=2))
    _saved(HomeBlock(kind=HomeBlock.Kind.CATEGORY, category=categories["thong-bao"], position=3))
    _saved(HomeBlock(kind=HomeBlock.Kind.CATEGORIES, position=4))
    description = (FOLDER / "map.txt").read_text(encoding="utf-8").strip()
    _saved(
        WardMap(
            title="Bản đồ phường Yên Hà",
            title_en="Map of Yên Hà Ward",
            image=pictures.get(
                "map.webp",
                "Bản đồ hành chính phường Yên Hà với 14 tổ dân phố",
                credit="Bản vẽ: Ban Biên tập",
            ),
            description=description,
            service_link="https://www.openstreetmap.org/#map=13/18.53/105.71",
        )
    )
    for position, kind in enumerate(
        (SidebarBlock.Kind.MAP, SidebarBlock.Kind.SONGS, SidebarBlock.Kind.LINKS), start=1
    ):
        title, title_en = {
            SidebarBlock.Kind.MAP: ("", ""),
            SidebarBlock.Kind.SONGS: ("Các ca khúc hay về Yên Hà", "Songs about Yên Hà"),
            SidebarBlock.Kind.LINKS: ("", ""),
        }[kind]
        _saved(SidebarBlock(kind=kind, title=title, title_en=title_en, position=position))


def _songs() -> None:
    """The songs of `songs/songs.txt`: a block of header lines for each, `file` among them."""
    blocks = (FOLDER / "songs" / "songs.txt").read_text(encoding="utf-8").strip().split("\n\n")
    for position, block in enumerate(blocks, start=1):
        header = dict(line.split(": ", 1) for line in block.splitlines())
        path = FOLDER / "songs" / header["file"]
        with path.open("rb") as file:
            save_song(
                song=Song(
                    title=header["title"],
                    composer=header.get("composer", ""),
                    singer=header.get("singer", ""),
                    licence_note=header.get("licence_note", ""),
                    position=position,
                ),
                upload=File(file, name=path.name),
            )


def _links() -> None:
    for place, ((name, name_en), links) in enumerate(LINKS.items(), start=1):
        group = _saved(LinkGroup(name=name, name_en=name_en, position=place))
        for position, (label, address) in enumerate(links, start=1):
            _saved(Link(group=group, label=label, address=address, position=position))


def _alert(pages: dict[str, Page]) -> None:
    now = timezone.now()
    _saved(
        AlertBanner(
            text="Bộ phận Một cửa nhận hồ sơ cả sáng thứ Bảy hằng tuần, từ 7 giờ đến 11 giờ 30.",
            text_en="The one-stop office is also open on Saturday mornings, 7:00 to 11:30.",
            link=pages["lien-he"].get_absolute_url(),
            level=AlertBanner.Level.NOTICE,
            starts_at=now - timedelta(days=1),
            ends_at=now + timedelta(days=365),
        )
    )
