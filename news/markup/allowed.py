"""Which elements, attributes and URL schemes rich text may hold, and the sanitizers for them."""

import re

import nh3

INLINE = {"strong", "em", "u", "s", "sub", "sup", "a", "code", "br", "img"}
HEADINGS = {"h2", "h3", "h4"}
TABLE = {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
BLOCKS = HEADINGS | TABLE | {"p", "ul", "ol", "li", "blockquote", "hr", "pre"}
TAGS = INLINE | BLOCKS | {"figure", "figcaption"}
VOID = {"br", "hr", "img"}

ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height", "loading", "decoding"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
ATTRIBUTE_VALUES = {
    "start": re.compile(r"-?[0-9]{1,4}"),
    "type": re.compile(r"[1aAiI]"),
    "colspan": re.compile(r"[1-9][0-9]{0,2}"),
    "rowspan": re.compile(r"[1-9][0-9]{0,2}"),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
}

# The h1 of the page is the title of the article, so headings in a body begin at h2.
RENAMED = {
    "b": "strong",
    "i": "em",
    "strike": "s",
    "del": "s",
    "h1": "h2",
    "h5": "h4",
    "h6": "h4",
}
# Containers that are dropped: their content becomes paragraphs.
BOXES = {
    *("address", "article", "aside", "center", "dd", "details", "dir", "div", "dl", "dt"),
    *("fieldset", "footer", "form", "header", "hgroup", "main", "nav", "section", "summary"),
}
# Elements that are removed with their content.
DROPPED = {
    *("applet", "audio", "canvas", "embed", "iframe", "math", "noembed", "noframes", "noscript"),
    *("object", "script", "select", "style", "svg", "template", "textarea", "title", "video"),
    "xml",
}

SCHEMES = {"http", "https", "mailto", "tel"}

FIRST_PASS = nh3.Cleaner(
    tags=TAGS | RENAMED.keys() | BOXES,
    attributes=ATTRIBUTES,
    clean_content_tags=DROPPED,
    # Checked here, again in `addresses` after decoding, and once more in the last pass.
    url_schemes=SCHEMES,
    link_rel=None,
)
LAST_PASS = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    clean_content_tags=DROPPED,
    url_schemes=SCHEMES,
    link_rel="noopener",
)
