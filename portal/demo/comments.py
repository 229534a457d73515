"""Comments of the demo site, and the official answers of the ward."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from comments import moderation
from comments.models import (
    CannedReason,
    Comment,
    CommentSettings,
    ConsentText,
    ListedPhrase,
    Reason,
    Report,
)
from news.models import Article
from portal.models import User

AGENCY = "Ủy ban nhân dân phường Yên Hà"
Status = Comment.Status


@dataclass(frozen=True)
class DemoComment:
    """A comment, sent `after` hours after publication. Official answers have no name."""

    after: float
    name: str
    text: str
    status: str = Status.APPROVED
    replies: tuple[DemoComment, ...] = field(default_factory=tuple)
    sent_text: str = ""


COMMENTS: dict[str, list[DemoComment]] = {
    "thoi-su-chinh-tri-1": [
        DemoComment(
            2.5,
            "Trần Thị Mận",
            "Tôi là người nêu câu hỏi về cống thoát nước đầu ngõ 12. Rất mừng vì lần này có ngày "
            "hẹn cụ thể. Mong phường cho bà con xem danh sách 22 việc ở nhà văn hóa tổ dân phố để "
            "cùng theo dõi.",
            replies=(
                DemoComment(
                    20,
                    "",
                    "Cảm ơn bà Mận. Danh sách 22 việc, kèm ngày hẹn và người phụ trách, được dán "
                    "tại nhà văn hóa của 14 tổ dân phố từ sáng thứ Hai và cập nhật hằng tuần.",
                ),
                DemoComment(
                    26,
                    "Trần Thị Mận",
                    "Vâng, sáng nay tôi đã thấy ở nhà văn hóa rồi. Cảm ơn phường.",
                ),
            ),
        ),
        DemoComment(
            5,
            "Lê Văn Quýt",
            "Nên có buổi đối thoại vào buổi tối để người đi làm ca cũng dự được.",
            replies=(
                DemoComment(
                    6,
                    "Hoàng Bưởi",
                    "Đồng ý với anh Quýt, nhà tôi ban ngày không ai ở nhà.",
                ),
            ),
        ),
        DemoComment(
            7.5,
            "Nguyễn Thị Na",
            "Đề nghị phường sớm lắp đèn ở đoạn từ cổng trường ra bờ sông, buổi tối các cháu đi học "
            "thêm về rất tối.",
            sent_text="Đề nghị phường sớm lắp đèn ở đoạn từ cổng trường ra bờ xông, "
            "buổi tối các cháu "
            "đi học thêm về rất tối.",
        ),
        DemoComment(
            9,
            "Thanh Trà",
            "phuong minh lam viec tot qua, mong giu duoc lau dai",
            Status.PENDING,
        ),
        DemoComment(
            11,
            "Nhà xe Mười",
            "Cần vay vốn nhanh, lãi thấp, không cần thế chấp, "
            "vào www.vay-nhanh.example nhé bà con.",
            Status.SPAM,
        ),
    ],
    "chuyen-doi-so-1": [
        DemoComment(
            3,
            "Phạm Văn Ổi",
            "Đọc mà thương bà cụ. Nhà tôi cũng có mẹ già, cho hỏi lớp học còn nhận thêm "
            "người không?",
            replies=(
                DemoComment(
                    18,
                    "",
                    "Lớp học mở vào 19 giờ thứ Ba và thứ Năm hằng tuần, nhận thêm học viên của mọi "
                    "tổ dân phố và không thu phí. Ông bà chỉ cần mang theo điện thoại.",
                ),
            ),
        ),
        DemoComment(
            8,
            "Đỗ Thị Sim",
            "Hoan hô các cháu trong tổ công nghệ số. Kiên nhẫn với người già là quý lắm.",
        ),
        DemoComment(
            10,
            "Bạn đọc tổ 9",
            "Ai cần hỏi thêm về lớp thì gọi cho con trai tôi số 0912 000 111 nhé.",
            Status.PENDING,
        ),
    ],
    "kinh-te-1": [
        DemoComment(
            4,
            "Vũ Thị Khế",
            "Chợ đêm vui nhưng xe để kín cả vỉa hè. Nên mượn sân trường làm chỗ gửi xe buổi tối.",
            replies=(
                DemoComment(
                    9,
                    "Bùi Văn Mít",
                    "Sân trường thì phải có người trông, không thì bẩn hết.",
                ),
                DemoComment(
                    30,
                    "",
                    "Phường đang bàn với nhà trường về việc gửi xe tối thứ Sáu và thứ Bảy, sẽ báo "
                    "kết quả trên cổng thông tin trong tháng này.",
                ),
            ),
        ),
        DemoComment(
            6,
            "Lý Thị Cam",
            "Bớt được túi ni lông là mừng nhất. Tôi đi chợ đã mang làn từ nhà.",
        ),
        DemoComment(
            12,
            "KHÁCH HÀNG",
            "CHỢ NÀY BÁN ĐẮT QUÁ MỌI NGƯỜI ĐỪNG CÓ ĐẾN NỮA NHÉ!!!!!!!!!!",
            Status.PENDING,
        ),
    ],
    "do-thi-van-minh-1": [
        DemoComment(
            3,
            "Ngô Văn Đào",
            "Đoạn mương này ngày trước đi qua phải bịt mũi. Cảm ơn bà con tổ 3 đã góp công.",
        ),
        DemoComment(28, "Mai Thị Hồng", "Xin hỏi giống hoa trồng ở đây là hoa gì mà bền thế ạ?"),
        DemoComment(
            40,
            "Tổ 7",
            "Tổ 7 chúng tôi cũng muốn làm, phường hướng dẫn thủ tục giúp.",
            Status.PENDING,
        ),
    ],
    "thong-bao-1": [
        DemoComment(
            1.5,
            "Cao Thị Lựu",
            "Nhà tôi có người bệnh dùng máy thở, đề nghị báo trước ít nhất ba ngày giúp chúng tôi.",
            Status.PENDING,
        ),
    ],
}

PHRASES = [("lừa đảo", False), ("cờ bạc", False), ("đồ ngu", False), ("vay nóng", False)]
CANNED = [
    ("Không dấu", Reason.UNREADABLE, "Bình luận viết không dấu, khó đọc. Mời bạn viết lại có dấu."),
    ("Quảng cáo", Reason.ADVERTISING, "Cổng thông tin không đăng nội dung quảng cáo."),
    (
        "Lộ dữ liệu cá nhân",
        Reason.PERSONAL_DATA,
        "Bình luận có số điện thoại hoặc dữ liệu cá nhân khác. Mời bạn bỏ phần này và gửi lại.",
    ),
    ("Không liên quan", Reason.OFF_TOPIC, "Bình luận không liên quan đến nội dung bài viết."),
]


def load_comments(articles: dict[str, Article]) -> None:
    """Load settings, listed phrases and comments; `articles` are by the names of their files."""
    CommentSettings.objects.create(
        controller=AGENCY,
        privacy_page="/trang/chinh-sach-bao-ve-du-lieu/",
        reserved_names="Phường Yên Hà\nUBND phường Yên Hà",
    )
    consent = ConsentText.objects.create(
        version=1,
        text=f"Tôi đồng ý để {AGENCY} xử lý họ tên, thư điện tử của tôi nhằm tiếp nhận và kiểm "
        "duyệt bình luận. Để chống lạm dụng, mã băm có khóa của mạng tôi dùng được giữ 12 tháng.",
        valid_from=timezone.now() - timedelta(days=365),
    )
    ListedPhrase.objects.bulk_create(
        ListedPhrase(phrase=phrase, accents_matter=accents) for phrase, accents in PHRASES
    )
    CannedReason.objects.bulk_create(
        CannedReason(title=title, reason=reason, text=text, position=place)
        for place, (title, reason, text) in enumerate(CANNED)
    )
    # Official answers need an author: an account without password.
    staff = User.objects.create(username="tra-loi-binh-luan", is_active=False)
    staff.set_unusable_password()
    staff.save()
    phrases = moderation.PhraseList(PHRASES)
    for name, threads in COMMENTS.items():
        for comment in threads:
            _load_comment(articles[name], comment, None, consent, staff, phrases)
    reported = Comment.objects.approved().filter(name="Bùi Văn Mít").get()
    received = min(reported.submitted_at + timedelta(hours=5), timezone.now())
    Report.objects.create(
        comment=reported,
        reason=Reason.OFF_TOPIC,
        text="Ý kiến này làm mất lòng các thầy cô trông coi sân trường.",
        received_at=received,
        due_at=received + Report.HOURS[Report.Kind.READER],
    )


def _in_daytime(published_at: datetime, hours: float) -> datetime:
    """Return the time some hours after publication, but not in the future and not at night.

    A time between 22 and 6 o'clock is moved to the evening before.
    """
    at = min(published_at + timedelta(hours=hours), timezone.now())
    local = timezone.localtime(at)
    if local.hour >= 22 or local.hour < 6:
        evening = local.replace(hour=21, minute=int(hours * 7) % 60)
        at = evening if local.hour >= 22 else evening - timedelta(days=1)
    return max(at, published_at + timedelta(minutes=int(hours * 3)))


def _load_comment(
    article: Article,
    demo: DemoComment,
    parent: Comment | None,
    consent: ConsentText,
    staff: User,
    phrases: moderation.PhraseList,
) -> None:
    published_at = article.published_at or timezone.now()
    at = _in_daytime(published_at, demo.after)
    findings = moderation.examine(demo.text, phrases)
    official = not demo.name
    comment = Comment.objects.create(
        article=article,
        parent=parent,
        name=demo.name or AGENCY,
        text=demo.text,
        sent_text=demo.sent_text,
        corrected_at=at if demo.sent_text else None,
        status=demo.status,
        hold_reason="" if official else moderation.hold_reason(findings),
        findings=[[finding.reason, finding.start, finding.end] for finding in findings],
        is_official=official,
        staff=staff if official else None,
        consent=None if official else consent,
        consented_at=None if official else at,
        submitted_at=at,
        published_at=at if demo.status == Status.APPROVED else None,
    )
    for reply in demo.replies:
        _load_comment(article, reply, comment, consent, staff, phrases)
