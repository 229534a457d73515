"""The rich text editor of the admin: its extensions and its widget.

`clean_html` alone decides what may be stored; the editor offers a part of that.
"""

from __future__ import annotations

import warnings

from django.conf import settings
from django.urls import reverse_lazy
from django_prose_editor.config import expand_extensions
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import Media, Script

# Each extension is listed with those it depends on; if one is missing, the editor does not open.
# TextAlign, Color and StyleLoom would write inline styles.
EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Underline": True,
    "Strike": True,
    "Subscript": True,
    "Superscript": True,
    "Code": True,
    "CodeBlock": True,
    "HardBreak": True,
    # The h1 of the page is the title of the article.
    "Heading": {"levels": [2, 3, 4]},
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "Link": {"enableTarget": False, "autolink": False},
    "Image": True,
    "Figure": True,
    "Caption": True,
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "SpecialCharacters": True,
    # Our own, in news/admin/editor.js.
    "Newsroom": {"pickerUrl": reverse_lazy("admin:news_image_pick")},
    # No drop-down menus: those of the package cannot be opened by keyboard.
    "Menu": {
        "groups": [
            {"group": "headings"},
            {"group": "marks"},
            {"group": "lists"},
            {"group": "nodes -blockType -lists"},
            {"group": "link"},
            {"group": "table"},
            {"group": "history"},
        ]
    },
}

with warnings.catch_warnings():
    # The package only warns of a missing extension, and then shows no editor.
    warnings.simplefilter("error", UserWarning)
    expand_extensions(EXTENSIONS)


class HtmlEditor(AdminProseEditorWidget):
    """The widget for the form field of `HtmlField`, which cleans the HTML before it validates."""

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs, config={"extensions": EXTENSIONS}, preset="configurable")

    @property
    def media(self) -> Media:
        return super().media + Media(
            css={"all": ["news/admin/editor.css", "news/admin/picker.css"]},
            js=[
                Script("news/admin/picker.js", type="module"),
                Script(
                    "news/admin/form-size.js",
                    type="module",
                    **{"data-most-bytes": settings.DATA_UPLOAD_MAX_MEMORY_SIZE},
                ),
            ],
        )
