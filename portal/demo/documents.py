"""Attachments for the demo notices: the notice itself as a word-processor document."""

from __future__ import annotations

import zipfile
from html.parser import HTMLParser
from io import BytesIO
from xml.sax.saxutils import escape

_SCHEMAS = "http://schemas.openxmlformats.org"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELS = "application/vnd.openxmlformats-package.relationships+xml"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_TYPES = (
    f'{_HEAD}<Types xmlns="{_SCHEMAS}/package/2006/content-types">'
    f'<Default Extension="rels" ContentType="{_RELS}"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_WORD}"/></Types>'
)
_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="{_SCHEMAS}/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_SCHEMAS}/officeDocument/2006/relationships/officeDocument"'
    ' Target="word/document.xml"/></Relationships>'
)
_DOCUMENT = (
    f'{_HEAD}<w:document xmlns:w="{_SCHEMAS}/wordprocessingml/2006/main">'
    "<w:body>%s</w:body></w:document>"
)


class _Paragraphs(HTMLParser):
    """Collect the text of each block; the cells of a table row share a line."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in {"p", "h2", "h3", "li", "tr", "blockquote"}:
            self.found.append("– " if tag == "li" else "")
        elif tag in {"td", "th"} and self.found[-1]:
            self.found[-1] += "; "

    def handle_data(self, data: str) -> None:
        self.found[-1] += " ".join(data.split(" ")).replace("\n", "")


def as_docx(title: str, body: str) -> bytes:
    """Return a document with a title and the paragraphs of an article's body."""
    parser = _Paragraphs()
    parser.feed(body)
    lines = [line for line in parser.found if line.strip()]
    heading = (
        "<w:p><w:r><w:rPr><w:b/><w:sz w:val='32'/></w:rPr>"
        f"<w:t xml:space='preserve'>{escape(title)}</w:t></w:r></w:p>"
    )
    paragraphs = "".join(
        f"<w:p><w:r><w:t xml:space='preserve'>{escape(line)}</w:t></w:r></w:p>" for line in lines
    )
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", _DOCUMENT % (heading + paragraphs))
    return buffer.getvalue()
