"""Visitors for the tests: their addresses and user agents, and what they do."""

from __future__ import annotations

from typing import Any

from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from django.test import Client

from stats.recorder import recorder
from stats.recording import is_bot, kind_of, visitor_key

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def people_agents(count: int) -> list[str]:
    """User agents of as many browsers, all different."""
    systems = [
        "Windows NT 10.0; Win64; x64",
        "Macintosh; Intel Mac OS X 10_15_7",
        "X11; Linux x86_64",
        "Linux; Android 14; SM-A155F",
        "Linux; Android 13; CPH2473",
    ]
    return [
        f"Mozilla/5.0 ({systems[n % 5]}) AppleWebKit/537.36 (KHTML, like Gecko) "
        f"Chrome/{100 + n // 5 % 40}.0.{n // 200}.0 Safari/537.36"
        for n in range(count)
    ]


def bot_agents(count: int) -> list[str]:
    """User agents that bots of the maintained list really send, all different.

    A few of the list's examples are older than its patterns and fit none of them: left out.
    """
    known = dict.fromkeys(
        example
        for entry in CRAWLER_USER_AGENTS_DATA
        for example in entry["instances"]
        if example.strip() and example.isascii() and is_bot(example[:512])
    )
    assert len(known) >= count
    return list(known)[:count]


def see(number: int, at: float, article: int = 0, agent: str = FIREFOX) -> None:
    """Let the visitor with this number look at a page at a moment, past the view."""
    meta: dict[str, Any] = {
        "REMOTE_ADDR": f"10.0.{number // 256}.{number % 256}",
        "HTTP_USER_AGENT": agent,
    }
    kind = kind_of(meta)
    assert kind is not None
    recorder.add(
        kind, visitor_key(meta, at), at, article, visitor_key(meta, at, article) if article else b""
    )


def beacon(client: Client, body: str = "", agent: str = FIREFOX, **headers: str) -> Any:
    """Send what the script of a page sends."""
    return client.post(
        "/thong-ke/luot",
        body,
        content_type="text/plain",
        headers={"user-agent": agent, **headers},
    )
