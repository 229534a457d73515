"""A member of staff who uses the admin of a service as it runs, by HTTP."""

from __future__ import annotations

import html
import http.client
from collections.abc import Mapping
from typing import Any

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.deploy.conftest import HOST
from tests.deploy.unit import Service
from tests.portal.running import PATIENCE

SIGN_IN = """
from django.contrib.auth import get_user_model
from django.test import Client
user, _ = get_user_model().objects.get_or_create(
    username="mai", defaults={"is_staff": True, "is_superuser": True})
client = Client()
client.force_login(user)
print(client.cookies["sessionid"].value)
"""
TOKEN = "a" * 32


class Staff:
    """Signed in as a superuser of the site, past the form for it."""

    def __init__(self, site: Service) -> None:
        self.site = site
        self.session = site.manage("shell", "--verbosity=0", f"--command={SIGN_IN}").strip()

    def post(self, path: str, form: Mapping[str, Any]) -> tuple[int, str]:
        """Send a form, files too; return the status and the text, 0 if nobody answers."""
        body = encode_multipart(BOUNDARY, {**form, "csrfmiddlewaretoken": TOKEN})
        client = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=PATIENCE)
        headers = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "Origin": f"https://{HOST}",
            "Content-Type": MULTIPART_CONTENT,
            "Connection": "close",  # as nginx does
            "Cookie": f"sessionid={self.session}; csrftoken={TOKEN}",
        }
        try:
            client.request("POST", path, body, headers)
            answer = client.getresponse()
            return answer.status, html.unescape(answer.read().decode())
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            client.close()

    def count(self, *models: str) -> list[int]:
        """How many rows each model of `news` has."""
        names = ", ".join(f"{model}.objects.count()" for model in models)
        code = f"from news.models import *; from portal.models import Song; print({names})"
        shown = self.site.manage("shell", "--verbosity=0", f"--command={code}")
        return [int(number) for number in shown.split()]


def article_form(category: int, **values: Any) -> dict[str, Any]:
    """What a browser sends for the form of a new article that is to be published."""
    return {
        "title": "Chợ Hạ họp phiên cuối năm",
        "summary": "",
        "body": "<p>Bà con về rất đông.</p>",
        "category": str(category),
        "origin": "own",
        "attachments-TOTAL_FORMS": "0",
        "attachments-INITIAL_FORMS": "0",
        "_publish": "1",
        **values,
    }
