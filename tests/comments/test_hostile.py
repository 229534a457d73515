"""What is sent to break the site: stored whole or refused whole, shown as text, never a 5xx."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from comments import forms
from comments.captcha.challenges import Kind, issue_challenge
from comments.models import Comment, CommentSettings
from news.models import Article
from news.text import normalize, normalize_line
from tests.factories import make_article, make_comment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("middle_of_an_hour")]

# tests/comments/fixtures/blns.LICENSE (MIT)
NAUGHTY: list[str] = json.loads((Path(__file__).parent / "fixtures" / "blns.json").read_text())

MARKUP = [
    "<script>alert(1)</script>",
    "</p></div></article><script src=//x.example/a.js></script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)' x='",
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "javascript:alert(1)",
    "<a href='javas\tcript:alert(1)'>bấm</a>",
    "<style>body{display:none}</style>",
    "<!--",
    "-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
    "<template><script>alert(1)</script></template>",
    "{{ request.META }} {% debug %} ${7*7} #{7*7}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\u003cscript\u003ealert(1)\u003c/script\u003e",
    "＜script＞alert(1)＜/script＞",
    "<scr\u200bipt>alert(1)</scr\u200bipt>",
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "'; DROP TABLE comments_comment; --",
    "%s %(name)s %n %d {0} {name}",
]
ODD = [
    "\u202eđảo ngược hết cả câu này\u202c",
    "\u2067\u2066đảo\u2069\u2069 \u061c\u200f",
    "zero\u200bwidth\u200c\u200d\ufeff\u2060 khắp nơi",
    "a" + "\u0301" * 10_000,
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "👩‍👩‍👧‍👦" * 20,
    "🇻🇳" * 500,
    "\ud83d lẻ một nửa",
    "NUL \0 ở giữa câu",
    "\r\n\r\n\t\x0b\x0c\x85\u2028\u2029 xuống dòng",
    "﷽" * 100,
    "\U000e0041\U000e0042\U0010ffff\ufffe\uffff",
    " " * 3000,
    "=1+1|cmd|' /C calc'!A0",
    "../../../../etc/passwd%00",
]


class Tags(HTMLParser):
    """The tags and attributes of a page, each kind once."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"href", "src", "action"}:
                is_own = (value or "/").startswith(("/", "#", "?")) and (value or "")[:2] != "//"
                self.links.add("own" if is_own else str(value))


@pytest.fixture(autouse=True)
def rules(settings: Any) -> None:
    settings.CAPTCHA_PER_MINUTE = 10_000
    CommentSettings.objects.create(
        seconds_to_fill_in=0, seconds_between=0, per_hour_and_network=10_000
    )


@pytest.fixture
def article() -> Article:
    return make_article()


def post(client: Client, article: Article, **typed: str) -> Any:
    """Post what a browser would, without fetching the form first."""
    code = issue_challenge(Kind.PICTURE, "192.0.2.1")
    data = {
        "token": str(forms.new_token(article.pk)),
        "parent": "",
        "name": "Nguyễn Văn An",
        "email": "",
        "text": "",
        "consent": "on",
        "website": "",
        "captcha_key": code.key,
        "captcha": code.response,
    }
    # As browsers do: what is no character becomes a question mark.
    typed = {k: v.encode("utf-16", "replace").decode("utf-16") for k, v in typed.items()}
    return client.post(f"/binh-luan/{article.pk}/gui", data | typed)


def expect_shown_as_text(client: Client, article: Article) -> None:
    """Publish everything, and compare each page with one that holds a harmless comment."""
    plain = make_article()
    root = make_comment(plain, status="approved")
    make_comment(plain, parent=root, status="approved")
    make_comment(plain, status="approved")
    Comment.objects.filter(article=article).update(status="approved", published_at=timezone.now())
    expected = Tags(client.get(f"/binh-luan/{plain.pk}/").content.decode())
    address = f"/binh-luan/{article.pk}/"
    seen = 0
    while address:
        html = client.get(address).content.decode()
        found = Tags(html)
        seen += html.count('<article class="comment"')
        assert found.tags <= expected.tags | {"br"}
        assert found.attributes <= expected.attributes
        assert found.links <= expected.links
        after = html.rpartition("?truoc=")[2].partition('"')[0]
        address = f"/binh-luan/{article.pk}/?truoc={after}" if "?truoc=" in html else ""
    assert seen == Comment.objects.filter(article=article).count() > 0
    assert client.get(article.get_absolute_url()).status_code == 200


def test_naughty_strings_are_stored_or_refused_whole(client: Client, article: Article) -> None:
    for number, text in enumerate([*NAUGHTY, *MARKUP, *ODD]):
        before = Comment.objects.count()
        long = f"{text} – ý kiến thứ {number}."
        response = post(client, article, text=long)
        assert response.status_code in {400, 303}, repr(text)
        assert Comment.objects.count() - before == (response.status_code == 303)
        if response.status_code == 303:
            kept = normalize(long.encode("utf-16", "replace").decode("utf-16")).strip()
            assert Comment.objects.latest("pk").text == kept
    assert Comment.objects.count() > 450
    expect_shown_as_text(client, article)


def test_hostile_names_are_stored_or_refused_whole(client: Client, article: Article) -> None:
    for number, name in enumerate([*MARKUP, *ODD, *NAUGHTY[::9]]):
        response = post(client, article, name=name, text=f"Ý kiến thứ {number} của tôi.")
        assert response.status_code in {400, 303}, repr(name)
        if response.status_code == 303:
            assert Comment.objects.latest("pk").name == normalize_line(
                name.encode("utf-16", "replace").decode("utf-16")
            )
    expect_shown_as_text(client, article)


@pytest.mark.parametrize("field", ["email", "token", "parent", "captcha_key", "captcha", "website"])
def test_hostile_values_of_other_fields_are_refused_in_words(
    client: Client, article: Article, field: str
) -> None:
    for value in [*MARKUP[:6], *ODD]:
        if value.strip():
            response = post(client, article, text="Ý kiến của tôi đây.", **{field: value})
            assert response.status_code == 400
    assert not Comment.objects.exists()


def test_ten_megabytes_are_refused(client: Client, article: Article) -> None:
    response = post(client, article, text="ă" * 5_000_000)
    assert response.status_code in {400, 413}
    assert not Comment.objects.exists()


def test_text_that_becomes_short_once_it_is_cleaned_is_refused(
    client: Client, article: Article
) -> None:
    html = post(client, article, text="\u200b" * 50 + "ngắn").content.decode()
    assert "Nội dung quá ngắn (tối thiểu 10 ký tự)." in html


def test_length_is_counted_once_letters_are_composed(client: Client, article: Article) -> None:
    assert post(client, article, text="e\u0302\u0301" * 2000).status_code == 303
    assert len(Comment.objects.get().text) == 2000
