"""A reader who sends comments, as the tests need one."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from captcha.models import CaptchaStore
from django.test import Client

from comments import hashing, services
from comments.models import Comment, CommentPolicy
from news.models import Article

TEXT = "Mong phường sớm sửa đoạn đường trước cổng trường."


def hidden(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no field {name}"
    return found[1]


def solution(html: str) -> dict[str, str]:
    """The right answer to the captcha in a form."""
    key = hidden(html, "captcha_key")
    return {
        "captcha_key": key,
        "captcha": CaptchaStore.objects.get(hashkey=key).response,
    }


def form_of(client: Client, article: Article, **query: Any) -> str:
    return client.get(f"/binh-luan/{article.pk}/gui", query).content.decode()


def filled(html: str, **fields: Any) -> dict[str, Any]:
    """What a browser posts from this form, answered rightly, with these fields typed."""
    return {
        "token": hidden(html, "token"),
        "agreed": hidden(html, "agreed"),
        "parent": hidden(html, "parent"),
        "name": "Nguyễn Văn An",
        "email": "",
        "text": TEXT,
        "consent": "on",
        "website": "",
        **solution(html),
        **fields,
    }


def send(client: Client, to: Article, **fields: Any) -> Any:
    """Fetch the form and send it."""
    query = {"tra-loi": fields["parent"]} if fields.get("parent") else {}
    data = filled(form_of(client, to, **query), **fields)
    return client.post(f"/binh-luan/{to.pk}/gui", data)


def submit(
    article: Article,
    *,
    name: str = "Nguyễn Văn An",
    text: str = TEXT,
    email: str = "",
    parent_id: int | None = None,
    address: str = "192.0.2.1",
) -> Comment:
    """Send a comment past the form and its captcha."""
    network = hashing.network_hash(address)
    return services.submit_comment(
        comment=Comment(
            article=article,
            parent_id=parent_id,
            name=name,
            text=text,
            email=email,
            network_hash=network,
            email_hash=hashing.email_hash(email),
            status_key_hash=uuid4().hex,
            fingerprint=hashing.fingerprint(article.pk, network, name, text),
        ),
        policy=CommentPolicy.for_article(article.pk),
    )
