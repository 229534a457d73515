"""Converts the bodies of other sites so that `clean_html` loses none of their text.

`clean_html` alone decides what is safe. Here plain text becomes paragraphs, the shortcodes of
WordPress become HTML, and pictures of other hosts, which `clean_html` removes with their figures,
leave their captions. All patterns take linear time.
"""

from __future__ import annotations

import html
import re

from django.conf import settings

# --- Plain text ---------------------------------------------------------------------------------


def from_plain_text(text: str) -> str:
    """Return plain text as paragraphs, split at blank lines or, if there are none, at lines."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    escaped = html.escape("\n".join(lines).strip("\n"), quote=False)
    if "\n\n" not in escaped:
        return "".join(f"<p>{line}</p>\n" for line in escaped.split("\n") if line)
    paragraphs = re.split(r"\n{2,}", escaped)
    return "".join("<p>{}</p>\n".format(part.replace("\n", "<br>")) for part in paragraphs if part)


# --- Pictures -----------------------------------------------------------------------------------

# A > may be quoted; if the quotation marks are unbalanced, the first > ends the tag.
_ATTRIBUTES = r"""(?:(?:[^<>"']|"[^"<]*"|'[^'<]*')*+(?=>)|[^<>]*)"""
_IMAGE = re.compile(rf"<img\b({_ATTRIBUTES})>", re.IGNORECASE)
_SOURCE = re.compile(r"""\bsrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_FIGURE_TAG = re.compile(rf"(<(/?)(figure|figcaption)\b{_ATTRIBUTES}>)", re.IGNORECASE)
_FIGURE_START = re.compile(r"<figure\b", re.IGNORECASE)
_FIGURE_END = re.compile(r"</figure\b", re.IGNORECASE)
_KEEPS_FIGURE = re.compile(r"<(?:img|table|pre|blockquote)\b", re.IGNORECASE)


def caption_paragraph(caption: str) -> str:
    """Return the caption of a removed picture as a paragraph."""
    return f"<p><em>{html.escape(caption, quote=False)}</em></p>"


def without_foreign_pictures(source: str) -> tuple[str, int]:
    """Remove pictures that are not in our media library; their captions stay as paragraphs.

    Returns the HTML and the number of removed pictures; a figure without a picture counts as one.
    """
    source = _IMAGE.sub(_foreign_picture_to_mark, source)
    pictures = source.count(_MARK)
    source, empty_figures = _unwrap_empty_figures(source)
    return source.replace(_MARK, ""), pictures + empty_figures


_MARK = "<wbr data-picture>"


def _foreign_picture_to_mark(match: re.Match[str]) -> str:
    found = _SOURCE.search(match[1])
    address = next(filter(None, found.groups()), "") if found else ""
    return match[0] if address.strip().startswith(settings.MEDIA_URL) else _MARK


class _Figure:
    """An open figure: the indexes of its tags, and what was found in it so far."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.captions: list[int] = []
        self.is_kept = False
        self.is_filled = False


def _unwrap_empty_figures(source: str) -> tuple[str, int]:
    """Turn figures without content into <div>, and their captions into paragraphs.

    Returns the HTML and how many of them held nothing but a caption.
    """
    unclosed = len(_FIGURE_START.findall(source)) - len(_FIGURE_END.findall(source))
    # The parts repeat as: text, whole tag, its slash, its name.
    parts = _FIGURE_TAG.split(source + "</figure>" * unclosed)
    texts, tags, ends = parts[::4], parts[1::4], parts[2::4]
    is_caption = [name.lower() == "figcaption" for name in parts[3::4]]
    open_figures: list[_Figure] = []
    empty = 0
    for index in range(len(tags)):
        if open_figures:
            figure = open_figures[-1]
            figure.is_kept |= bool(_KEEPS_FIGURE.search(texts[index]))
            if not (is_caption[index - 1] and not ends[index - 1]):
                figure.is_filled |= bool(texts[index].strip())
        if is_caption[index]:
            if open_figures:
                open_figures[-1].captions.append(index)
        elif not ends[index]:
            open_figures.append(_Figure(index))
        elif open_figures:
            figure = open_figures.pop()
            if open_figures:
                open_figures[-1].is_kept |= figure.is_kept
                open_figures[-1].is_filled = True
            if figure.is_kept:
                continue
            tags[figure.start], tags[index] = "<div>", "</div>"
            for caption in figure.captions:
                tags[caption] = "</em></p>" if ends[caption] else "<p><em>"
            empty += bool(figure.captions) and not figure.is_filled
    return "".join(text + tag for text, tag in zip(texts, [*tags, ""], strict=True)), empty


# --- WordPress ----------------------------------------------------------------------------------

_GALLERY = re.compile(r"\[gallery\b([^\[\]]*)\]", re.IGNORECASE)
_CAPTION = re.compile(r"\[(?:wp_)?caption\b([^\[\]]*)\]", re.IGNORECASE)
_CAPTION_END = re.compile(r"\[/(?:wp_)?caption\]", re.IGNORECASE)
_EMBED = re.compile(r"\[embed\b[^\[\]]*\]\s*(https?://[^\s\[\]<>\"]+)\s*\[/embed\]", re.IGNORECASE)
# Shortcodes of WordPress and of the most used page builders; other brackets are text.
_SHORTCODE = re.compile(
    r"\[/?(?:gallery|playlist|audio|video|embed|(?:wp_)?caption|(?:vc|et_pb|fusion|elementor)[_-]\w+)"
    r"\b[^\[\]]*\]",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"\bids\s*=\s*[\"']?([0-9,\s]+)")
_OLD_CAPTION = re.compile(r"\bcaption\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_VIDEO_FRAME = re.compile(rf"<iframe\b({_ATTRIBUTES})>(?:\s*</iframe>)?", re.IGNORECASE)
_YOUTUBE = re.compile(
    r"(?:https?:)?//(?:www\.)?youtube(?:-nocookie)?\.com/embed/([A-Za-z0-9_-]{6,20})"
)
_LONE_ADDRESS = re.compile(r"^[ \t]*(https?://[^\s<>\"\[\]]+)[ \t]*$", re.MULTILINE)

_BLOCK_NAMES = (
    "address|article|aside|blockquote|center|dd|details|div|dl|dt|fieldset|figcaption|figure|"
    "footer|form|h[1-6]|header|hr|iframe|li|main|nav|ol|p|pre|section|table|tbody|td|tfoot|th|"
    "thead|tr|ul"
)
_TOKEN = re.compile(r"(</?[a-zA-Z][^<>]*>)")
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCK_NAMES})\b", re.IGNORECASE)
_RAW_TAG = re.compile(r"<(/?)(?:pre|script|style|textarea)\b", re.IGNORECASE)
_LINE_END = re.compile(r"[ \t]*\n[ \t]*")


def from_wordpress(source: str) -> tuple[str, int]:
    """Return the HTML of a WordPress article and the number of pictures in its galleries.

    Text of the classic editor has no paragraphs: a blank line begins one, and a newline is a line
    break (https://developer.wordpress.org/reference/functions/wpautop/).
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    is_blocks = "<!-- wp:" in source
    source = _without_comments(source)
    pictures = sum(_number_of_pictures(match) for match in _GALLERY.finditer(source))
    source = _captions_to_figures(source)
    source = _EMBED.sub(r"\n\n\1\n\n", source)
    source = _SHORTCODE.sub("", source)
    source = _VIDEO_FRAME.sub(_video_to_link, source)
    source = _LONE_ADDRESS.sub(_address_to_link, source)
    return source if is_blocks else _with_paragraphs(source), pictures


def _without_comments(source: str) -> str:
    kept = []
    position = 0
    while (start := source.find("<!--", position)) >= 0:
        kept.append(source[position:start])
        end = source.find("-->", start)
        if end < 0:
            return "".join(kept)
        position = end + 3
    return "".join([*kept, source[position:]])


def _number_of_pictures(gallery: re.Match[str]) -> int:
    numbers = _NUMBERS.search(gallery[1])
    return len([n for n in numbers[1].split(",") if n.strip()]) if numbers else 1


def _captions_to_figures(source: str) -> str:
    """`[caption …]<img> words[/caption]`, and the older `[caption caption="words"]<img>`."""
    written: list[str] = []
    position = 0
    while start := _CAPTION.search(source, position):
        end = _CAPTION_END.search(source, start.end())
        if end is None:
            break
        inside = source[start.end() : end.start()]
        images = "".join(match[0] for match in _IMAGE.finditer(inside))
        words = _IMAGE.sub("", inside).strip()
        old = _OLD_CAPTION.search(start[1])
        if old and not re.sub(r"<[^<>]*>", "", words).strip():
            words = html.escape(html.unescape(old[1] or old[2] or ""), quote=False)
        written.append(source[position : start.start()])
        written.append(f"<figure>{images}<figcaption>{words}</figcaption></figure>")
        position = end.end()
    return "".join([*written, source[position:]])


def _video_to_link(frame: re.Match[str]) -> str:
    found = _YOUTUBE.search(frame[1])
    if not found:
        return ""
    address = f"https://www.youtube.com/watch?v={found[1]}"
    # Often the text has the address as well.
    return "" if address in frame.string else f"\n\n{address}\n\n"


def _address_to_link(match: re.Match[str]) -> str:
    address = html.escape(html.unescape(match[1]))
    return f'<p><a href="{address}">{address}</a></p>'


def _with_paragraphs(source: str) -> str:
    tokens = _TOKEN.split(source)
    raw = 0
    for index, token in enumerate(tokens):
        if index % 2:
            if found := _RAW_TAG.match(token):
                raw = max(0, raw - 1) if found[1] else raw + 1
            continue
        if raw or "\n" not in token:
            continue
        if index and _BLOCK_TAG.match(tokens[index - 1]):
            token = token.lstrip()
        if index + 1 < len(tokens) and _BLOCK_TAG.match(tokens[index + 1]):
            token = token.rstrip()
        tokens[index] = _LINE_END.sub("<br>\n", token)
    return "".join(tokens)
