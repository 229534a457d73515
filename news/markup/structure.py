"""The structure of a body: paragraphs, lists, tables and figures, nested as HTML requires."""

import re
from collections.abc import Iterator

from news.markup.addresses import link_address, picture
from news.markup.allowed import ATTRIBUTE_VALUES, BOXES, HEADINGS, INLINE, TABLE, VOID
from news.markup.tree import Element, Node, contains, has_text, is_blank, is_inline
from news.markup.whitespace import collapse_spaces, merge_texts, trim
from news.text import normalize, normalize_line


def arrange(nodes: list[Node]) -> list[Node]:
    """Arrange nodes from the innermost out; one may be replaced by none or by several."""
    arranged: list[Node] = []
    for node in nodes:
        if isinstance(node, str):
            arranged.append(normalize(node))
        else:
            node.children = arrange(node.children)
            arranged.extend(_arranged_element(node))
    return arranged


def _arranged_element(element: Element) -> list[Node]:
    """Return what replaces an element whose children are arranged."""
    tag, children = element.tag, element.children
    if tag == "br":
        return [Element("br", [])]
    if tag == "hr":
        return [Element("hr", [])]
    if tag == "img":
        return picture(element.attributes)
    if tag in INLINE:
        return _inline(element)
    if tag in BOXES:
        return make_blocks(children, "p")
    if tag == "p" or tag in HEADINGS or tag == "pre":
        return make_blocks(children, tag)
    if tag in ("ul", "ol"):
        return _list(element)
    if tag == "figure":
        return _figure(children)
    if tag in TABLE:
        return _table_part(element)
    if tag == "blockquote":
        children = group_list_items(make_blocks(children, "p"))
    elif tag == "figcaption":
        children = _caption_content(children)
    else:
        children = group_list_items(make_blocks(children, None))
    return [] if is_blank(children) else [Element(tag, children)]


def make_blocks(nodes: list[Node], wrap: str | None) -> list[Node]:
    """Wrap each run of inline nodes in an element named `wrap`, or in none; keep the blocks."""
    blocks: list[Node] = []
    run: list[Node] = []
    for node in [*nodes, None]:
        if node is not None and is_inline(node):
            run.append(node)
            continue
        for part in _split_at_breaks(run) if wrap == "p" else [run]:
            blocks.extend(_block(part, wrap))
        run = []
        if isinstance(node, Element):
            if node.tag == "figcaption":  # its figure has lost the picture
                node.tag = "p"
            if node.tag == "p" and wrap in HEADINGS:
                node.tag = wrap
            blocks.append(node)
    return blocks


def _split_at_breaks(run: list[Node]) -> Iterator[list[Node]]:
    """Split a run of inline nodes at two or more consecutive line breaks."""
    part: list[Node] = []
    breaks = 0
    for node in run:
        if isinstance(node, Element) and node.tag == "br":
            breaks += 1
        elif not isinstance(node, str) or node.strip():
            if breaks > 1:
                yield part
                part = []
            breaks = 0
        part.append(node)
    yield part


# Word writes list items as paragraphs that begin with a bullet of the fonts Symbol or Wingdings.
# On inner levels it is § or o, which is a bullet only if several spaces follow.
TYPED_BULLET = re.compile(r"\s*(?:[·•▪●\uf0b7\uf0a7]\s*|[§o]\s{2,})")


def _block(run: list[Node], wrap: str | None) -> list[Node]:
    """Wrap a run of inline nodes; return nothing if it is blank."""
    if wrap == "pre":
        return _preformatted(run)
    run = merge_texts(run)
    if wrap == "p" and run and isinstance(run[0], str):
        bullet = TYPED_BULLET.match(run[0])
        if bullet:
            run[0] = run[0][bullet.end() :]
            wrap = "li"
    run = trim(collapse_spaces(run))
    if is_blank(run):
        return []
    if wrap is None:
        return run
    if wrap in HEADINGS and not has_text(run):
        wrap = "p"  # a picture alone is no heading
    return [Element(wrap, run)]


def _preformatted(run: list[Node]) -> list[Node]:
    run = merge_texts(run)
    if run and isinstance(run[0], str):
        run[0] = run[0].lstrip("\n")  # a parser drops a newline after <pre>
    return [Element("pre", run)] if has_text(run) else []


def _caption_content(nodes: list[Node]) -> list[Node]:
    """Return the inline content of a caption; its blocks are separated by <br>."""
    line: list[Node] = []
    for node in make_blocks(nodes, None):
        if isinstance(node, str) or node.tag in INLINE:
            line.append(node)
        elif node.tag not in VOID and has_text(node.children):
            line.extend([Element("br", []), *_caption_content(node.children)])
    return trim(collapse_spaces(merge_texts(line)))


def _inline(element: Element) -> list[Node]:
    children = element.children
    # Formatting around blocks comes from the clipboard, which wraps everything in <b>; drop it.
    if not all(map(is_inline, children)) or not (has_text(children) or contains(children, {"img"})):
        return children
    attributes: dict[str, str] = {}
    if element.tag == "a":
        address = link_address(element.attributes.get("href", ""))
        if not address:
            return children
        attributes["href"] = address
        title = normalize_line(element.attributes.get("title", ""))
        if title:
            attributes["title"] = title
    return [Element(element.tag, children, attributes)]


def _allowed_values(element: Element) -> dict[str, str]:
    return {
        name: value
        for name, value in element.attributes.items()
        if name in ATTRIBUTE_VALUES and ATTRIBUTE_VALUES[name].fullmatch(value)
    }


def group_list_items(nodes: list[Node]) -> list[Node]:
    """Wrap each run of list items that are outside a list in a list."""
    grouped: list[Node] = []
    items: Element | None = None
    for node in nodes:
        if isinstance(node, Element) and node.tag == "li":
            if items is None:
                items = Element("ul", [])
                grouped.append(items)
            items.children.append(node)
        else:
            items = None
            grouped.append(node)
    return grouped


def _list(element: Element) -> list[Node]:
    items: list[Node] = []
    for node in make_blocks(element.children, "li"):
        last = items[-1] if items else None
        if isinstance(node, str) or node.tag == "li":
            items.append(node)
        elif node.tag in ("ul", "ol") and isinstance(last, Element):
            last.children.append(node)
        else:
            items.append(Element("li", [node]))
    return [Element(element.tag, items, _allowed_values(element))] if items else []


_TABLE_PARTS = {
    "table": {"caption", "thead", "tbody", "tfoot", "tr"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tfoot": {"tr"},
    "tr": {"td", "th"},
}


def _table_part(element: Element) -> list[Node]:
    tag, children = element.tag, element.children
    if tag in ("td", "th"):
        return [
            Element(tag, group_list_items(make_blocks(children, None)), _allowed_values(element))
        ]
    if tag == "caption":
        line = _caption_content(children)
        return [] if is_blank(line) else [Element(tag, line)]
    parts = [
        node for node in children if isinstance(node, Element) and node.tag in _TABLE_PARTS[tag]
    ]
    if tag == "table" and not any(part.tag != "caption" for part in parts):
        return []
    return [Element(tag, [*parts])] if parts else []


def _figure(children: list[Node]) -> list[Node]:
    captions = [node for node in children if not isinstance(node, str) and node.tag == "figcaption"]
    content: list[Node] = []
    for node in children:
        if node in captions[:1]:
            continue
        is_wrapper = isinstance(node, Element) and node.tag == "p" and not has_text([node])
        content.extend(node.children if is_wrapper and isinstance(node, Element) else [node])
    content = group_list_items(make_blocks(content, None))
    if contains(content, {"figure"}) or not contains(
        content, {"img", "table", "pre", "blockquote"}
    ):
        return [*make_blocks(content, "p"), *captions[:1]] if not is_blank(content) else []
    return [Element("figure", [*content, *captions[:1]])]
