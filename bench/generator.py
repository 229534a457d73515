"""Articles of made-up Vietnamese sentences, as many as a bench wants; the same ones every time.

Sentences are walked through the demo ward's own articles, word by word, each next word one that
followed the last two somewhere (a Markov chain of the second order). So common words are as common
as in real news, rare ones as rare. Names, numbers of documents and money are drawn anew for each
article, so that the number of different words grows with the archive as it does in life.
"""

# ruff: noqa: SIM905 – lists of syllables read better as text

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.demo.articles import read_articles

FAMILY = "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Mai Trịnh Đoàn".split()
MIDDLE = "Văn Thị Hữu Đức Minh Ngọc Thanh Quang Xuân Thu Kim Hồng Bảo Gia Khánh Đình".split()
GIVEN = (
    "An Anh Bình Chi Cường Dung Dũng Đạt Giang Hà Hải Hạnh Hiền Hiếu Hoa Hòa Hùng Huy Hương Khoa "
    "Khôi Lan Linh Loan Long Mận Mỹ Nam Nga Nghĩa Nhung Phong Phúc Phương Quân Quyên Sơn Tâm Thảo "
    "Thắng Thành Thoa Thủy Tiến Trang Trí Trung Tú Tuấn Tuyết Uyên Vân Việt Vinh Yến"
).split()
KINDS = ["QĐ-UBND", "NQ-HĐND", "KH-UBND", "TB-UBND", "BC-UBND", "CT-UBND", "GM-UBND", "TTr-UBND"]
# Syllables put together by chance make pairs that hardly any other article has.
ONSETS = "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x".split()
RHYMES = (
    "ài án ăng âm ạch em ệt ia ích oàn ong ộc ơi ung ước ượng ao ay ẩn ân uyện óp ành iêu".split()
)

Words = tuple[str, str]


@dataclass(frozen=True)
class MadeUp:
    """One generated article, in the words of `news.models.Article`."""

    number: int
    title: str
    summary: str
    body: str
    published_at: datetime


class Generator:
    """Makes articles by number: number 7 is the same article in every run."""

    SENTENCES = 30_000

    def __init__(self, newest: datetime, years: int = 15) -> None:
        self.newest, self.years = newest, years
        self._next: dict[Words, list[str]] = defaultdict(list)
        self._first: list[Words] = []
        for article in read_articles(newest):
            plain = re.sub(r"<[^>]*>", " \n ", article.summary + "\n" + article.body)
            for sentence in re.split(r"[.;:?!\n]+", plain):
                words = sentence.split()
                if len(words) < 4:
                    continue
                self._first.append((words[0], words[1]))
                for a, b, c in zip(words, words[1:], [*words[2:], ""], strict=False):
                    self._next[a, b].append(c)
        chance = random.Random(0)  # noqa: S311 – a bench wants the same articles each time
        self._sentences = [self._walk(chance) for _ in range(self.SENTENCES)]

    def _walk(self, chance: random.Random) -> str:
        a, b = chance.choice(self._first)
        words = [a, b]
        while len(words) < 28 and (follower := chance.choice(self._next[a, b])):
            words.append(follower)
            a, b = b, follower
        return " ".join(words)

    def article(self, number: int, of: int) -> MadeUp:
        """Return article `number` of `of`; number 0 is the newest."""
        chance = random.Random(number + 1)  # noqa: S311
        person = " ".join(chance.choice(part) for part in (FAMILY, MIDDLE, GIVEN))
        document = (
            f"{chance.randint(1, 4000)}/{2012 + number % 15}/{chance.choice(KINDS)}"
            if chance.random() < 0.5
            else f"{chance.randint(1, 4000)}/{chance.choice(KINDS)}"
        )
        rare = " ".join(chance.choice(ONSETS) + chance.choice(RHYMES) for _ in range(2))
        subject = self._sentences[chance.randrange(self.SENTENCES)]
        title = " ".join(subject.split()[:14]).rstrip(",") + f" {rare}"
        paragraphs = [
            ". ".join(chance.choices(self._sentences, k=chance.randint(3, 6)))
            for _ in range(chance.randint(4, 10))
        ]
        paragraphs.append(
            f"Theo Quyết định số {document}, {person} nhận {chance.randint(1, 900)}.500.000 đồng"
        )
        age = timedelta(days=365 * self.years) * (number / of)
        return MadeUp(
            number,
            title[:300],
            self._sentences[chance.randrange(self.SENTENCES)] + ".",
            "".join(f"<p>{text}.</p>" for text in paragraphs),
            self.newest - age - timedelta(minutes=1),
        )

    def articles(self, count: int) -> Iterator[MadeUp]:
        """Make `count` articles, oldest first, as an archive grows."""
        return (self.article(number, count) for number in reversed(range(count)))
