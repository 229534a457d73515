"""White space within one block: adjacent texts merged, spaces collapsed, both ends trimmed."""

import re
import unicodedata

from news.markup.allowed import VOID
from news.markup.tree import Node
from news.text import normalize


def merge_texts(nodes: list[Node]) -> list[Node]:
    """Join adjacent texts at every level, each normalised as `news.text` does."""
    merged: list[Node] = []
    texts: list[str] = []
    for node in [*nodes, None]:
        if isinstance(node, str):
            texts.append(node)
            continue
        text = _without_leading_marks("".join(texts))
        if text:
            merged.append(text)
        texts = []
        if node is not None:
            node.children = merge_texts(node.children)
            merged.append(node)
    return merged


def _without_leading_marks(text: str) -> str:
    # A combining mark would be composed with the end of the tag before: > and U+0338 make ≯.
    text = normalize(text)
    start = 0
    while start < len(text) and unicodedata.category(text[start]) in ("Mn", "Mc", "Me"):
        start += 1
    return text[start:]


def collapse_spaces(nodes: list[Node]) -> list[Node]:
    """Collapse white space as a browser does, across the borders of inline elements."""
    after_space = True

    def collapse(nodes: list[Node]) -> list[Node]:
        nonlocal after_space
        collapsed: list[Node] = []
        for node in nodes:
            if isinstance(node, str):
                text = _without_leading_marks(re.sub(r"\s+", " ", node))
                if after_space:
                    text = _without_leading_marks(text.lstrip(" "))
                if text:
                    after_space = text.endswith(" ")
                    collapsed.append(text)
                continue
            if node.tag in VOID:
                after_space = node.tag == "br"
            else:
                node.children = collapse(node.children)
            collapsed.append(node)
        return collapsed

    return collapse(nodes)


def trim(nodes: list[Node]) -> list[Node]:
    """Remove spaces and line breaks from both ends of a run of inline nodes."""
    for end in (0, -1):
        while nodes:
            node = nodes[end]
            if isinstance(node, str):
                text = node.strip(" ") if len(nodes) == 1 else node
                text = text.lstrip(" ") if end == 0 else text.rstrip(" ")
                if text:
                    nodes[end] = text
                    break
            elif node.tag != "br":
                break
            del nodes[end]
    return nodes
