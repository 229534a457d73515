"""The tree of elements between the two passes of the sanitizer."""

import html
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

from news.markup.allowed import INLINE, RENAMED, VOID
from news.markup.limits import MAX_DEPTH


class Element:
    __slots__ = ("attributes", "children", "tag")

    def __init__(self, tag: str, children: "list[Node]", attributes: dict[str, str] | None = None):
        self.tag = tag
        self.children = children
        self.attributes = attributes or {}


Node = Element | str


class TreeBuilder(HTMLParser):
    """Builds a tree from the output of nh3, in which every element that is not void is closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", [])
        self._path = [self.root]
        self._too_deep = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID and (self._too_deep or len(self._path) > MAX_DEPTH):
            self._too_deep += 1
            return
        tag = RENAMED.get(tag, tag)
        element = Element(tag, [], {name: value or "" for name, value in attrs})
        self._path[-1].children.append(element)
        if tag not in VOID:
            self._path.append(element)

    def handle_endtag(self, tag: str) -> None:
        if self._too_deep:
            self._too_deep -= 1
        elif len(self._path) > 1:
            self._path.pop()

    def handle_data(self, data: str) -> None:
        self._path[-1].children.append(data)


def serialize(nodes: Iterable[Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield html.escape(node, quote=False)
            continue
        attributes = "".join(
            f' {name}="{html.escape(value)}"' for name, value in node.attributes.items()
        )
        yield f"<{node.tag}{attributes}>"
        if node.tag not in VOID:
            yield from serialize(node.children)
            yield f"</{node.tag}>"


def is_inline(node: Node) -> bool:
    return isinstance(node, str) or node.tag in INLINE


def has_text(nodes: Iterable[Node]) -> bool:
    return any(
        bool(node.strip()) if isinstance(node, str) else has_text(node.children) for node in nodes
    )


def contains(nodes: Iterable[Node], tags: set[str]) -> bool:
    return any(
        node.tag in tags or contains(node.children, tags)
        for node in nodes
        if not isinstance(node, str)
    )


def is_blank(nodes: list[Node]) -> bool:
    return not (has_text(nodes) or contains(nodes, {"img", "hr"}))
