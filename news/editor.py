"""The rich text editor of the admin: what it offers, and the widget that shows it.

What an editor may write is decided by `markup.clean_html` alone; what is offered here stays within.
"""

from __future__ import annotations

import warnings

from django.urls import reverse_lazy
from django_prose_editor.config import expand_extensions
from django_prose_editor.widgets import AdminProseEditorWidget
from js_asset import Media, Script

# Every extension is named with those it rests on: where one is missing, the editor does not open.
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
    # The page's own h1 is the title.
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
    # No drop-downs: those of the package cannot be opened by keyboard.
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
    # The package only warns of an extension that lacks another, and then shows no editor at all.
    warnings.simplefilter("error", UserWarning)
    expand_extensions(EXTENSIONS)


class HtmlEditor(AdminProseEditorWidget):
    """The editor, for the form field of `HtmlField`, which cleans before it validates."""

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs, config={"extensions": EXTENSIONS}, preset="configurable")

    @property
    def media(self) -> Media:
        return super().media + Media(
            css={"all": ["news/admin/editor.css", "news/admin/picker.css"]},
            js=[Script("news/admin/picker.js", type="module")],
        )
