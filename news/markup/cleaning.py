"""`clean_html`: the one function that makes rich text safe.

One round: nh3 parses as browsers do and keeps known elements, `structure` arranges them, and nh3,
which alone decides what is safe, writes the result. Rounds are repeated until one changes nothing,
so every cleaned body is a fixed point of `clean_html`.
"""

import html

from news.markup.allowed import FIRST_PASS, LAST_PASS
from news.markup.limits import limit_markup, split_long_texts
from news.markup.structure import TYPED_BULLET, arrange, group_list_items, make_blocks
from news.markup.tree import TreeBuilder, serialize
from news.markup.words import plain_text
from news.text import normalize

MAX_ROUNDS = 8


def clean_html(source: str) -> str:
    """Return rich text made safe and well structured. It does not change its own output.

    Elements in `TAGS` are kept and old ones renamed; boxes and bare text become paragraphs. Fonts,
    empty paragraphs and typed bullets of word processors are removed. Links may lead to http,
    https, mailto, tel or a path of this site. Pictures are kept if they are in the media library
    (`settings.MEDIA_URL`), with the size and srcset that follow from their name
    (`news.renditions`); other pictures are removed with their captions.
    """
    for _ in range(MAX_ROUNDS):
        cleaned = _clean_once(source)
        if cleaned == source:
            return cleaned
        source = cleaned
    # No input is known that needs more rounds; the fallback, plain text, needs none.
    return _clean_once(html.escape(TYPED_BULLET.sub("", plain_text(source)), quote=False))


def _clean_once(source: str) -> str:
    builder = TreeBuilder()
    builder.feed(FIRST_PASS.clean(limit_markup(normalize(source))))
    builder.close()
    body = group_list_items(make_blocks(arrange(builder.root.children), "p"))
    return LAST_PASS.clean(split_long_texts("".join(serialize(body))))
