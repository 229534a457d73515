"""Rich text: the one function that cleans it on the way in, and its plain words.

A round of cleaning parses as browsers do and keeps known elements (nh3), puts the structure in
order (this module), and lets nh3, which alone decides what is safe, write the result. Rounds are
repeated until one changes nothing, so every cleaned body is a fixed point of `clean_html`.
"""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

import nh3
from django.conf import settings

from news.renditions import MasterName, srcset
from news.text import normalize, normalize_line

# --- What a body may hold -----------------------------------------------------------------------

_INLINE = {"strong", "em", "u", "s", "sub", "sup", "a", "code", "br", "img"}
_HEADINGS = {"h2", "h3", "h4"}
_TABLE = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
_BLOCKS = _HEADINGS | _TABLE | {"p", "ul", "ol", "li", "blockquote", "hr", "pre"}
_TAGS = _INLINE | _BLOCKS | {"figure", "figcaption"}
_VOID = {"br", "hr", "img"}

_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height", "loading", "decoding"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_ATTRIBUTE_VALUES = {
    "start": re.compile(r"-?[0-9]{1,4}"),
    "type": re.compile(r"[1aAiI]"),
    "colspan": re.compile(r"[1-9][0-9]{0,2}"),
    "rowspan": re.compile(r"[1-9][0-9]{0,2}"),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
}

# The page's own h1 is the title, so headings of a body begin at the second level.
_RENAMED = {
    "b": "strong",
    "i": "em",
    "strike": "s",
    "del": "s",
    "h1": "h2",
    "h5": "h4",
    "h6": "h4",
}
# Boxes without a meaning of their own: their content becomes paragraphs.
_BOXES = {
    *("address", "article", "aside", "center", "dd", "details", "dir", "div", "dl", "dt"),
    *("fieldset", "footer", "form", "header", "hgroup", "main", "nav", "section", "summary"),
}
# Elements whose content is no text of the article.
_DROPPED = {
    *("applet", "audio", "canvas", "embed", "iframe", "math", "noembed", "noframes", "noscript"),
    *("object", "script", "select", "style", "svg", "template", "textarea", "title", "video"),
    "xml",
}

_SCHEMES = {"http", "https", "mailto", "tel"}
# Lazy pictures let the browser measure the column; what cannot takes the width of the text.
_SIZES = "auto, (min-width: 48rem) 46rem, 100vw"

_first_pass = nh3.Cleaner(
    tags=_TAGS | _RENAMED.keys() | _BOXES,
    attributes=_ATTRIBUTES,
    clean_content_tags=_DROPPED,
    # Addresses are judged below, once the attribute is decoded; the last pass judges again.
    url_schemes=_SCHEMES,
    link_rel=None,
)
_last_pass = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    clean_content_tags=_DROPPED,
    url_schemes=_SCHEMES,
    link_rel="noopener",
)

_MOST_ROUNDS = 8


def clean_html(source: str) -> str:
    """Return the safe and orderly form of rich text: `clean_html` leaves its own output alone.

    Kept are the elements of `_TAGS`; old and presentational ones are renamed, boxes and bare text
    become paragraphs, the remains of word processors (fonts, empty paragraphs, typed bullets) go.
    Links lead to http, https, mailto, tel or a path of this site. Pictures come from the media
    library alone (`settings.MEDIA_URL`), with size and srcset as their name tells
    (`news.renditions`); another picture goes, with the caption under it.
    """
    for _ in range(_MOST_ROUNDS):
        cleaned = _clean_once(source)
        if cleaned == source:
            return cleaned
        source = cleaned
    # No input is known to come here. Words without structure are stable, and better than a loop.
    return _clean_once(html.escape(_BULLET.sub("", plain_text(source)), quote=False))


def _clean_once(source: str) -> str:
    builder = _TreeBuilder()
    builder.feed(_first_pass.clean(_bounded(normalize(source))))
    builder.close()
    body = _grouped(_flow(_tidied(builder.root.children), "p"))
    return _last_pass.clean(_texts_cut("".join(_written(body))))


# --- Bounds -------------------------------------------------------------------------------------
# The parser of nh3 follows the standard, which lets small inputs grow large or take quadratic
# time: deep nesting, open formatting that is opened again in every paragraph, thousands of
# attributes, a million references in one text. No article comes near these bounds.

_DEEPEST = 60
_LONGEST_TAG = 20_000
_MOST_REOPENED = 200_000  # characters of formatting tags that the parser may repeat

_TOKEN = re.compile(
    r"""<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)
    (?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s"'>][^\s>]*+)?)?)*+
    (?:>|\Z)""",
    re.VERBOSE,
)
_MANY_REFERENCES = re.compile(r"(?:&[^&<>]*+){500}")

_FORMATTING = {
    *("a", "b", "big", "code", "em", "font", "i", "nobr"),
    *("s", "small", "strike", "strong", "tt", "u"),
}
# These close themselves or hold nothing, so they do not nest.
_FLAT = {
    *("area", "base", "br", "caption", "col", "dd", "dt", "hr", "img", "input", "li", "link"),
    *("meta", "p", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr"),
}


def _bounded(source: str) -> str:
    return _TOKEN.sub(_Bounds().token, _texts_cut(source))


def _texts_cut(source: str) -> str:
    # A comment ends the text node, and is dropped with all comments.
    return _MANY_REFERENCES.sub(r"\g<0><!---->", source)


class _Bounds:
    """Goes through the tags in order and leaves out those that go beyond the bounds."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()
        self.depth = 0
        self.formatting: list[tuple[str, int]] = []
        self.reopened = 0

    def token(self, match: re.Match[str]) -> str:
        tag, name = match[0], match["name"].lower()
        if len(tag) > _LONGEST_TAG:
            return ""
        if name in _FORMATTING:
            return self._formatting(tag, name, is_end=bool(match["end"]))
        self.reopened += sum(length for _, length in self.formatting)
        if self.reopened > _MOST_REOPENED:
            tag = "".join(f"</{open_name}>" for open_name, _ in self.formatting) + tag
            self.formatting.clear()
        if name in _FLAT:
            return tag
        if match["end"]:
            if self.open[name]:
                self.open[name] -= 1
                self.depth -= 1
            return tag
        if self.depth >= _DEEPEST:
            return ""
        self.open[name] += 1
        self.depth += 1
        return tag

    def _formatting(self, tag: str, name: str, *, is_end: bool) -> str:
        if is_end:
            for index in reversed(range(len(self.formatting))):
                if self.formatting[index][0] == name:
                    del self.formatting[index]
                    break
            return tag
        if len(self.formatting) >= _DEEPEST:
            return ""
        self.formatting.append((name, len(tag)))
        return tag


# --- The tree -----------------------------------------------------------------------------------


class _Element:
    __slots__ = ("attributes", "children", "tag")

    def __init__(self, tag: str, children: "list[_Node]", attributes: dict[str, str] | None = None):
        self.tag = tag
        self.children = children
        self.attributes = attributes or {}


_Node = _Element | str


class _TreeBuilder(HTMLParser):
    """Reads what nh3 wrote: every element but the void ones is closed, in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("", [])
        self._path = [self.root]
        self._too_deep = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID and (self._too_deep or len(self._path) > _DEEPEST):
            self._too_deep += 1
            return
        tag = _RENAMED.get(tag, tag)
        element = _Element(tag, [], {name: value or "" for name, value in attrs})
        self._path[-1].children.append(element)
        if tag not in _VOID:
            self._path.append(element)

    def handle_endtag(self, tag: str) -> None:
        if self._too_deep:
            self._too_deep -= 1
        elif len(self._path) > 1:
            self._path.pop()

    def handle_data(self, data: str) -> None:
        self._path[-1].children.append(data)


def _written(nodes: Iterable[_Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield html.escape(node, quote=False)
            continue
        attributes = "".join(
            f' {name}="{html.escape(value)}"' for name, value in node.attributes.items()
        )
        yield f"<{node.tag}{attributes}>"
        if node.tag not in _VOID:
            yield from _written(node.children)
            yield f"</{node.tag}>"


def _is_inline(node: _Node) -> bool:
    return isinstance(node, str) or node.tag in _INLINE


def _has_text(nodes: Iterable[_Node]) -> bool:
    return any(
        bool(node.strip()) if isinstance(node, str) else _has_text(node.children) for node in nodes
    )


def _has(nodes: Iterable[_Node], tags: set[str]) -> bool:
    return any(
        node.tag in tags or _has(node.children, tags) for node in nodes if not isinstance(node, str)
    )


def _is_blank(nodes: list[_Node]) -> bool:
    return not (_has_text(nodes) or _has(nodes, {"img", "hr"}))


# --- Structure ----------------------------------------------------------------------------------


def _tidied(nodes: list[_Node]) -> list[_Node]:
    """Put each node in order, the inner ones first; one may become none or many."""
    tidied: list[_Node] = []
    for node in nodes:
        if isinstance(node, str):
            tidied.append(normalize(node))
        else:
            node.children = _tidied(node.children)
            tidied.extend(_tidy(node))
    return tidied


def _tidy(element: _Element) -> list[_Node]:
    """Return what stands for an element whose children are in order."""
    tag, children = element.tag, element.children
    if tag == "br":
        return [_Element("br", [])]
    if tag == "hr":
        return [_Element("hr", [])]
    if tag == "img":
        return _image(element.attributes)
    if tag in _INLINE:
        return _inline(element)
    if tag in _BOXES:
        return _flow(children, "p")
    if tag == "p" or tag in _HEADINGS or tag == "pre":
        return _flow(children, tag)
    if tag in ("ul", "ol"):
        return _list(element)
    if tag == "figure":
        return _figure(children)
    if tag in _TABLE:
        return _table_part(element)
    if tag == "blockquote":
        children = _grouped(_flow(children, "p"))
    elif tag == "figcaption":
        children = _one_line(children)
    else:
        children = _grouped(_flow(children, None))
    return [] if _is_blank(children) else [_Element(tag, children)]


def _flow(nodes: list[_Node], wrap: str | None) -> list[_Node]:
    """Wrap each run of inline nodes in a block of that name, or in none; blocks stand between."""
    flow: list[_Node] = []
    run: list[_Node] = []
    for node in [*nodes, None]:
        if node is not None and _is_inline(node):
            run.append(node)
            continue
        for part in _paragraphs(run) if wrap == "p" else [run]:
            flow.extend(_block(part, wrap))
        run = []
        if isinstance(node, _Element):
            if node.tag == "figcaption":  # not in a figure: no picture is left for it
                node.tag = "p"
            if node.tag == "p" and wrap in _HEADINGS:
                node.tag = wrap
            flow.append(node)
    return flow


def _paragraphs(run: list[_Node]) -> Iterator[list[_Node]]:
    """Cut a run of inline nodes where two or more line breaks follow one another."""
    part: list[_Node] = []
    breaks = 0
    for node in run:
        if isinstance(node, _Element) and node.tag == "br":
            breaks += 1
        elif not isinstance(node, str) or node.strip():
            if breaks > 1:
                yield part
                part = []
            breaks = 0
        part.append(node)
    yield part


# How word processors write list items as paragraphs: a bullet of the Symbol or Wingdings font, or
# for the inner levels § and o, which only a run of spaces tells from words.
_BULLET = re.compile(r"\s*(?:[·•▪●\uf0b7\uf0a7]\s*|[§o]\s{2,})")


def _block(run: list[_Node], wrap: str | None) -> list[_Node]:
    """Make one block of a run of inline nodes; none where it is blank."""
    if wrap == "pre":
        return _preformatted(run)
    run = _merged(run)
    if wrap == "p" and run and isinstance(run[0], str):
        bullet = _BULLET.match(run[0])
        if bullet:
            run[0] = run[0][bullet.end() :]
            wrap = "li"
    run = _trimmed(_folded(run))
    if _is_blank(run):
        return []
    if wrap is None:
        return run
    if wrap in _HEADINGS and not _has_text(run):
        wrap = "p"  # a picture alone is no heading
    return [_Element(wrap, run)]


def _preformatted(run: list[_Node]) -> list[_Node]:
    run = _merged(run)
    if run and isinstance(run[0], str):
        run[0] = run[0].lstrip("\n")  # a parser drops the first line end
    return [_Element("pre", run)] if _has_text(run) else []


def _merged(nodes: list[_Node]) -> list[_Node]:
    """Join neighbouring texts, here and inside, each in the one form of `news.text`."""
    merged: list[_Node] = []
    texts: list[str] = []
    for node in [*nodes, None]:
        if isinstance(node, str):
            texts.append(node)
            continue
        text = _standing_alone("".join(texts))
        if text:
            merged.append(text)
        texts = []
        if node is not None:
            node.children = _merged(node.children)
            merged.append(node)
    return merged


def _standing_alone(text: str) -> str:
    # A mark at the start would join the bracket of the tag before it: > and U+0338 make ≯.
    text = normalize(text)
    start = 0
    while start < len(text) and unicodedata.category(text[start]) in ("Mn", "Mc", "Me"):
        start += 1
    return text[start:]


def _folded(nodes: list[_Node]) -> list[_Node]:
    """Fold white space as a browser shows it: over the borders of inline elements."""
    after_space = True

    def fold(nodes: list[_Node]) -> list[_Node]:
        nonlocal after_space
        folded: list[_Node] = []
        for node in nodes:
            if isinstance(node, str):
                text = _standing_alone(re.sub(r"\s+", " ", node))
                if after_space:
                    text = _standing_alone(text.lstrip(" "))
                if text:
                    after_space = text.endswith(" ")
                    folded.append(text)
                continue
            if node.tag in _VOID:
                after_space = node.tag == "br"
            else:
                node.children = fold(node.children)
            folded.append(node)
        return folded

    return fold(nodes)


def _trimmed(nodes: list[_Node]) -> list[_Node]:
    """Take spaces and line breaks from both ends of a run of inline nodes."""
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


def _one_line(nodes: list[_Node]) -> list[_Node]:
    """Return the inline content of a caption; blocks in it become lines."""
    line: list[_Node] = []
    for node in _flow(nodes, None):
        if isinstance(node, str) or node.tag in _INLINE:
            line.append(node)
        elif node.tag not in _VOID and _has_text(node.children):
            line.extend([_Element("br", []), *_one_line(node.children)])
    return _trimmed(_folded(_merged(line)))


def _inline(element: _Element) -> list[_Node]:
    children = element.children
    # Formatting around blocks is a wrapper of the clipboard (bold with normal weight), not meant.
    if not all(map(_is_inline, children)) or not (_has_text(children) or _has(children, {"img"})):
        return children
    attributes: dict[str, str] = {}
    if element.tag == "a":
        address = _link(element.attributes.get("href", ""))
        if not address:
            return children
        attributes["href"] = address
        title = normalize_line(element.attributes.get("title", ""))
        if title:
            attributes["title"] = title
    return [_Element(element.tag, children, attributes)]


def _allowed_values(element: _Element) -> dict[str, str]:
    return {
        name: value
        for name, value in element.attributes.items()
        if name in _ATTRIBUTE_VALUES and _ATTRIBUTE_VALUES[name].fullmatch(value)
    }


def _grouped(nodes: list[_Node]) -> list[_Node]:
    """Put list items that stand in no list into one list for each run of them."""
    grouped: list[_Node] = []
    items: _Element | None = None
    for node in nodes:
        if isinstance(node, _Element) and node.tag == "li":
            if items is None:
                items = _Element("ul", [])
                grouped.append(items)
            items.children.append(node)
        else:
            items = None
            grouped.append(node)
    return grouped


def _list(element: _Element) -> list[_Node]:
    items: list[_Node] = []
    for node in _flow(element.children, "li"):
        last = items[-1] if items else None
        if isinstance(node, str) or node.tag == "li":
            items.append(node)
        elif node.tag in ("ul", "ol") and isinstance(last, _Element):
            last.children.append(node)
        else:
            items.append(_Element("li", [node]))
    return [_Element(element.tag, items, _allowed_values(element))] if items else []


_TABLE_PARTS = {
    "table": {"caption", "thead", "tbody", "tfoot", "tr"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tfoot": {"tr"},
    "tr": {"td", "th"},
}


def _table_part(element: _Element) -> list[_Node]:
    tag, children = element.tag, element.children
    if tag in ("td", "th"):
        return [_Element(tag, _grouped(_flow(children, None)), _allowed_values(element))]
    if tag == "caption":
        line = _one_line(children)
        return [] if _is_blank(line) else [_Element(tag, line)]
    parts = [
        node for node in children if isinstance(node, _Element) and node.tag in _TABLE_PARTS[tag]
    ]
    if tag == "table" and not any(part.tag != "caption" for part in parts):
        return []
    return [_Element(tag, [*parts])] if parts else []


def _figure(children: list[_Node]) -> list[_Node]:
    captions = [node for node in children if not isinstance(node, str) and node.tag == "figcaption"]
    content: list[_Node] = []
    for node in children:
        if node in captions[:1]:
            continue
        is_wrapper = isinstance(node, _Element) and node.tag == "p" and not _has_text([node])
        content.extend(node.children if is_wrapper and isinstance(node, _Element) else [node])
    content = _grouped(_flow(content, None))
    if _has(content, {"figure"}) or not _has(content, {"img", "table", "pre", "blockquote"}):
        return [*_flow(content, "p"), *captions[:1]] if not _is_blank(content) else []
    return [_Element("figure", [*content, *captions[:1]])]


# --- Addresses ----------------------------------------------------------------------------------

_ABSOLUTE = re.compile(r"https?://[^/\\\s?#]|mailto:[^\s]|tel:[+0-9]", re.IGNORECASE)


def _link(address: str) -> str:
    """Return the address of a link as it may stand in a page; empty where it may not."""
    # Browsers drop tabs and line ends anywhere in an address, and read \ as /.
    address = re.sub(r"[\t\n]", "", normalize(address)).strip().replace(" ", "%20")
    if address.startswith("//"):
        address = f"https:{address}"
    elif address.lower().startswith("www."):
        address = f"https://{address}"
    if _ABSOLUTE.match(address):
        return address
    is_path = address.startswith("/") and not address.startswith("/\\")
    return address if is_path else ""


_MEDIA_PATH = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")


def _image(given: dict[str, str]) -> list[_Node]:
    """Return the picture with what its name tells; none where it is not of our media library."""
    address = given.get("src", "").strip()
    media = settings.MEDIA_URL
    if not address.startswith(media) or not _MEDIA_PATH.fullmatch(address[len(media) :]):
        return []
    attributes = {"src": address}
    master = MasterName.parse(address)
    choices = srcset(address)
    if choices:
        attributes |= {"srcset": choices, "sizes": _SIZES}
    attributes["alt"] = normalize_line(given.get("alt", ""))
    if master:
        attributes |= {"width": str(master.width), "height": str(master.height)}
    return [_Element("img", [], attributes | {"loading": "lazy", "decoding": "async"})]


# --- Plain words --------------------------------------------------------------------------------

_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_INLINE - _VOID))})(?:\s[^>]*)?>")
_ANY_TAG = re.compile(r"<[^>]*>")


def plain_text(cleaned: str) -> str:
    """Return the words of a cleaned body on one line, those of neighbouring blocks apart."""
    words = _ANY_TAG.sub(" ", _INLINE_TAG.sub("", cleaned))
    return normalize_line(html.unescape(words))


def first_words(text: str, limit: int) -> str:
    """Return the text in at most `limit` characters: cut at a word, with an ellipsis, if longer."""
    text = normalize_line(text)
    if len(text) <= limit:
        return text
    head, space, _ = text[:limit].rpartition(" ")
    head = head if space else text[: limit - 1]
    return head.rstrip(" ,;:.–-") + "…"
