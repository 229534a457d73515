"""A reader who sends comments, as the tests need one."""

from __future__ import annotations

import re
from typing import Any

from captcha.models import CaptchaStore
from django.test import Client

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
