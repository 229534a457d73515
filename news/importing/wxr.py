"""Reader of WordPress exports (WXR 1.0 to 1.2, https://wordpress.org/documentation/article/tools-export-screen/).

The file is parsed as a stream: one entry at a time is held in memory.
"""

from __future__ import annotations

import codecs
import html
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, TypeAlias
from urllib.parse import unquote, urlsplit
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces
from xml.sax.xmlreader import AttributesNSImpl, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser
from django.utils.translation import gettext as _

from news.importing import bodies
from news.importing.records import LONGEST_ID, Entry, Record, RefusedError, Remark, parse_moment
from news.markup import clean_html, plain_text
from news.models import Article, Category
from news.text import normalize_line, slugify

QName: TypeAlias = tuple[str | None, str]  # namespace and local name

CHUNK = 64 * 1024  # bytes
LARGEST_ENTRY = 64 * 1024 * 1024  # characters
MOST_TERMS = 100_000

# WordPress writes http; copies that were "moved to https" by search and replace have https.
_WP = re.compile(r"https?://wordpress\.org/export/1\.[0-9]/(excerpt/)?")
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_ENCODING = re.compile(rb"""<\?xml[^>]*\bencoding\s*=\s*["']([A-Za-z0-9._-]+)""")
# XML allows no other control characters, but old sites have them in pasted text.
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})

_STATUS = {
    "publish": Article.Status.PUBLISHED,
    "future": Article.Status.PUBLISHED,
    "draft": Article.Status.DRAFT,
    "pending": Article.Status.IN_REVIEW,
    "private": Article.Status.DRAFT,
}
# Accounts of administrators: not the names of authors.
_NO_AUTHOR = {"admin", "administrator", "root"}
_PRIMARY_CATEGORY = ("_yoast_wpseo_primary_category", "rank_math_primary_category")


@dataclass(slots=True)
class _Item:
    """The texts of one entry, by short names such as `title`, `wp:status`, `content:encoded`."""

    line: int
    texts: dict[str, str] = field(default_factory=dict)
    terms: list[tuple[str, str, str]] = field(default_factory=list)  # domain, nicename, name
    meta: dict[str, str] = field(default_factory=dict)


def read_entries(file: IO[bytes]) -> Iterator[Entry]:
    """Yield a record or a remark for each entry of the export.

    Raises RefusedError, with the line, if the file stops being well-formed XML or declares
    entities; the entries before that line have been yielded.
    """
    parser = make_parser()
    handler = _ExportHandler()
    handler.setDocumentLocator(parser)
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(handler)
    site = _RecordMaker(handler)
    try:
        for chunk in _decoded_chunks(file):
            parser.feed(chunk)
            while handler.items:
                yield from site.entries(handler.items.popleft())
        parser.close()
    except DefusedXmlException as error:
        raise RefusedError(
            _("The file declares XML entities, which no export does; it is not read.")
        ) from error
    except SAXParseException as error:
        raise RefusedError(
            _("The file is no well-formed XML from line %(line)d on.")
            % {"line": error.getLineNumber() or 0}
        ) from error
    except SAXException as error:
        raise RefusedError(_("The file is no well-formed XML.")) from error
    if not handler.is_export:
        raise RefusedError(_("The file is XML, but no WordPress export."))


def _decoded_chunks(file: IO[bytes]) -> Iterator[str | bytes]:
    """Yield the file in pieces; invalid UTF-8 becomes U+FFFD and does not stop the import."""
    first = file.read(CHUNK)
    declared = _ENCODING.search(first[:300])
    name = declared[1].decode().lower() if declared else "utf-8"
    if name not in ("utf-8", "utf8"):
        while first:
            yield first
            first = file.read(CHUNK)
        return
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    while first:
        yield decoder.decode(first.translate(None, _CONTROLS))
        first = file.read(CHUNK)
    yield decoder.decode(b"", final=True)


class _ExportHandler(ContentHandler):
    """Collects entries, authors and terms from the events of the parser."""

    def __init__(self) -> None:
        super().__init__()
        self.items: deque[_Item] = deque()
        self.is_export = False
        self.base = ""  # address of the site
        self.authors: dict[str, str] = {}
        self.categories: dict[str, tuple[str, str]] = {}  # nicename: name, parent's nicename
        self.category_of_id: dict[str, str] = {}
        self._path: list[str] = []
        self._item: _Item | None = None
        self._group: dict[str, str] = {}  # a term or an author of the header, a postmeta
        self._texts: list[str] = []
        self._size = 0
        self._attributes: dict[str, str] = {}
        self._locator: Locator

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 – the name is SAX's
        self._locator = locator

    def _line(self) -> int:
        return self._locator.getLineNumber() or 0

    def startElementNS(self, name: QName, qname: str | None, attrs: AttributesNSImpl) -> None:  # noqa: N802
        short = self._prefixed_name(name)
        self._path.append(short)
        depth = len(self._path)
        self._texts = []
        if depth == 3 and short == "item":
            self._item = _Item(self._line())
            self._size = 0
        elif depth == 3 or (depth == 4 and short == "wp:postmeta"):
            self._group = {}
        if short == "category":
            self._attributes = {key[1]: value for key, value in attrs.items()}

    def characters(self, content: str) -> None:
        self._size += len(content)
        if self._size > LARGEST_ENTRY:
            raise RefusedError(
                _("The entry in line %(line)d is larger than 64 MB.")
                % {"line": self._item.line if self._item else self._line()}
            )
        # Comments are not imported.
        if "wp:comment" not in self._path[3:4]:
            self._texts.append(content)

    def endElementNS(self, name: QName, qname: str | None) -> None:  # noqa: N802
        short = self._path.pop()
        text, self._texts = "".join(self._texts), []
        parents = len(self._path)
        if self._item is None:
            self._end_in_header(short, text, parents)
        elif parents == 2:
            self.items.append(self._item)
            self._item = None
            self._size = 0
        elif parents == 3:
            self._end_in_item(self._item, short, text)
        elif parents == 4 and self._path[3] == "wp:postmeta":
            self._group[short] = text

    def _end_in_header(self, short: str, text: str, parents: int) -> None:
        text = text.strip()
        if parents == 3:
            self._group[short] = text
            return
        if parents != 2:
            return
        self._size = 0
        group = self._group
        if short in ("wp:base_blog_url", "wp:base_site_url"):
            if short == "wp:base_blog_url" or not self.base:
                self.base = text
        elif short == "link" and not self.base:
            self.base = text
        elif len(self.authors) + len(self.categories) > MOST_TERMS:
            raise RefusedError(_("The file has more than 100000 authors and categories."))
        elif short == "wp:author":
            shown = group.get("wp:author_display_name", "")
            self.authors[group.get("wp:author_login", "")] = shown
        elif short == "wp:category":
            nicename = unquote(group.get("wp:category_nicename", ""))
            name = _plain_words(group.get("wp:cat_name", ""))
            self.categories[nicename] = (name, unquote(group.get("wp:category_parent", "")))
            self.category_of_id[group.get("wp:term_id", "")] = nicename

    def _end_in_item(self, item: _Item, short: str, text: str) -> None:
        if short == "wp:postmeta":
            key = self._group.get("wp:meta_key", "")
            if key == "_thumbnail_id" or key in _PRIMARY_CATEGORY:
                item.meta[key] = self._group.get("wp:meta_value", "").strip()
        elif short == "category":
            attributes = self._attributes
            term = (attributes.get("domain", ""), unquote(attributes.get("nicename", "")))
            item.terms.append((*term, text))
        elif short != "wp:comment":
            item.texts[short] = text

    def _prefixed_name(self, name: QName) -> str:
        namespace, local = name
        if not namespace:
            return local
        if found := _WP.fullmatch(namespace):
            self.is_export = True
            return f"excerpt:{local}" if found[1] else f"wp:{local}"
        if namespace == _CONTENT:
            return f"content:{local}"
        return f"dc:{local}" if namespace == _DUBLIN_CORE else f"other:{local}"


class _RecordMaker:
    """Makes records of the entries of one site, with the terms in the header of its export."""

    def __init__(self, header: _ExportHandler) -> None:
        self.header = header
        self._paths: dict[str, tuple[str, ...]] = {}

    def entries(self, item: _Item) -> Iterator[Entry]:
        texts = item.texts
        kind = texts.get("wp:post_type", "post").strip()
        status = texts.get("wp:status", "publish").strip()
        import_id = self._import_id(item)
        if kind == "page" and status not in ("trash", "auto-draft"):
            name = _plain_words(texts.get("title", ""))
            reason = _("“%(name)s” is a page, not news: write it anew among the pages.")
            yield Remark(item.line, import_id, "skipped", reason % {"name": name})
        elif kind != "post" or status not in _STATUS:
            yield Remark(item.line, import_id, "skipped")
        else:
            try:
                yield self._record(item, import_id, status)
            except RefusedError as error:
                yield Remark(item.line, import_id, "refused", str(error))

    def _import_id(self, item: _Item) -> str:
        number = normalize_line(item.texts.get("wp:post_id", ""))
        base = self.header.base or item.texts.get("guid", "")
        try:
            parts = urlsplit(base.strip())
        except ValueError:
            parts = urlsplit("")
        path = parts.path.strip("/") if self.header.base else ""
        return normalize_line(f"wp:{parts.netloc.lower()}{path and '/' + path}:{number}")

    def _record(self, item: _Item, import_id: str, status: str) -> Record:
        texts = item.texts
        if import_id.endswith(":"):
            raise RefusedError(_("It has no id."))
        if len(import_id) > LONGEST_ID:
            raise RefusedError(_("The id is longer than 300 characters."))
        warnings = []
        state = _STATUS[status]
        if status == "private":
            warnings.append(_("It was private; it became a draft."))
        if texts.get("wp:post_password", "").strip():
            state = Article.Status.DRAFT
            warnings.append(_("It was protected by a password; it became a draft."))
        if texts.get("wp:is_sticky", "").strip() == "1":
            warnings.append(_("It was pinned; the featured articles are chosen in the admin."))
        body, pictures = bodies.from_wordpress(texts.get("content:encoded", ""))
        thumbnail = item.meta.get("_thumbnail_id")
        if thumbnail and f"wp-image-{thumbnail}" not in body:
            pictures += 1
        categories, deep = self._categories(item)
        warnings += [
            _("The category “%(name)s” stood below the third level and was moved up to it.")
            % {"name": name}
            for name in deep
        ]
        creator = texts.get("dc:creator", "").strip()
        author = _plain_words(self.header.authors.get(creator) or creator)
        slug = unquote(texts.get("wp:post_name", "").strip())
        addresses = [texts.get("link", "").strip(), texts.get("guid", "").strip()]
        return Record(
            line=item.line,
            import_id=import_id,
            title=_plain_words(texts.get("title", "")),
            summary=_plain_words(texts.get("excerpt:encoded", "")),
            body=body,
            # The slug of an article without a title is its number.
            slug="" if slug.isdigit() or not slugify(slug, fallback="") else slug,
            status=state,
            published_at=_published_at(texts, status),
            categories=categories,
            categories_are_paths=True,
            tags=tuple(_plain_words(name) for domain, _n, name in item.terms if domain in _TAGS),
            author="" if author.lower() in _NO_AUTHOR else author,
            addresses=tuple(dict.fromkeys(filter(None, addresses))),
            pictures=pictures,
            title_from_body=True,
            warnings=tuple(warnings),
        )

    def _categories(self, item: _Item) -> tuple[tuple[tuple[str, ...], ...], list[str]]:
        """Return the category paths of an entry, and the names from below the third level.

        The main category comes first: the one marked as primary, else the deepest. Categories
        above another one of the same entry are left out.
        """
        paths: dict[tuple[str, ...], str] = {}
        deep = []
        for domain, nicename, text in item.terms:
            if domain != "category" or _is_no_category(nicename, text):
                continue
            path = self._path(nicename) or (_plain_words(text),)
            if len(path) > Category.MAX_DEPTH:
                deep.append(path[-1])
                path = (*path[: Category.MAX_DEPTH - 1], path[-1])
            if path[-1]:
                paths.setdefault(path, nicename)
        marked = {
            self.header.category_of_id.get(value)
            for key, value in item.meta.items()
            if key in _PRIMARY_CATEGORY
        }
        ordered = sorted(paths, key=lambda path: (paths[path] not in marked, -len(path)))
        kept: list[tuple[str, ...]] = []
        for path in ordered:
            if not any(other[: len(path)] == path for other in kept):
                kept.append(path)
        return tuple(kept), deep

    def _path(self, nicename: str) -> tuple[str, ...]:
        """Return the names from the root down to a category of the header."""
        if nicename not in self._paths:
            names: list[str] = []
            seen = set()
            above = nicename
            while above in self.header.categories and above not in seen:
                seen.add(above)
                name, above = self.header.categories[above]
                names.insert(0, name)
            self._paths[nicename] = tuple(filter(None, names))
        return self._paths[nicename]


_TAGS = ("post_tag", "tag")


def _is_no_category(nicename: str, name: str) -> bool:
    return (
        nicename == "uncategorized"
        or not nicename
        or slugify(name, fallback="") in ("uncategorized", "chua-phan-loai", "chua-duoc-phan-loai")
    )


def _plain_words(text: str) -> str:
    """Return as plain text what WordPress stores as HTML, such as `A &amp; B`."""
    if "<" not in text:
        return normalize_line(html.unescape(text))
    return plain_text(clean_html(text))


def _published_at(texts: dict[str, str], status: str) -> datetime | None:
    """Parse the publication time; drafts have none, and zeros mean none."""
    if status in ("draft", "pending"):
        return None
    local = texts.get("wp:post_date", "").strip()
    if local and not local.startswith("0000"):
        return parse_moment(local)
    universal = texts.get("wp:post_date_gmt", "").strip()
    if universal and not universal.startswith("0000"):
        return parse_moment(f"{universal}+00:00")
    return None
