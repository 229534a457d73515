"""The Vietnamese of the interface is complete, whole and written as an official would write it.

The sources are read with Babel, so that this needs no GNU gettext and is never skipped.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import django
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.test import RequestFactory
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation.template import templatize
from django.utils.translation.trans_real import DjangoTranslation
from django.views.i18n import JavaScriptCatalog

from news.text import comparison_key, normalize_line

BASE = Path(settings.BASE_DIR)
DOMAINS = ["django", "djangojs"]
OWN = BASE / "locale" / "vi" / "LC_MESSAGES"
LIBRARIES = BASE / "locale" / "libraries" / "vi" / "LC_MESSAGES"
CATALOGUES = [folder / f"{domain}.po" for folder in (OWN, LIBRARIES) for domain in DOMAINS]


def relative(path: Path) -> str:
    return str(path.relative_to(BASE))


# A context, or None, and the singular: what makes two words of a catalogue the same.
Key = tuple[str | None, str]

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


# --- Reading ------------------------------------------------------------------------------------


def singular(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


def words_of(language: str, source: str) -> Iterator[Key]:
    for _line, message, _comments, context in extract(language, BytesIO(source.encode()), KEYWORDS):
        yield context, singular(message)


def sources(domain: str) -> Iterator[Path]:
    """Our own files in which `makemessages` looks for words of this domain."""
    packages = [path.parent for path in BASE.glob("*/__init__.py") if path.parent.name != "tests"]
    kinds = {".js"} if domain == "djangojs" else {".py", ".html", ".txt", ".xml"}
    for folder in [*packages, BASE / "templates"]:
        yield from (path for path in folder.rglob("*.*") if path.suffix in kinds)


def words_in_sources(domain: str) -> dict[Key, str]:
    """The translatable words of our sources, each with a file that has it."""
    found = {}
    for path in sources(domain):
        text, name = path.read_text(), relative(path)
        if path.suffix == ".js":
            language = "javascript"
        else:
            language = "python"
            if path.suffix != ".py":
                # Parentheses: what templatize leaves of the markup is indented at random.
                text = f"(\n{templatize(text)}\n)"
        found.update(dict.fromkeys(words_of(language, text), name))
    return found


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, ignore_obsolete=True)


def entries(path: Path) -> list[Message]:
    return [message for message in read(path) if message.id]


def keys(path: Path) -> set[Key]:
    return {(message.context, singular(message.id)) for message in entries(path)}


def libraries() -> Iterator[tuple[str, str, Path]]:
    """Name, domain and folder of catalogues of Django and of every installed package."""
    places = {"django": Path(django.__file__).parent / "conf" / "locale"}
    for app in apps.get_app_configs():
        if Path(app.path).parent != BASE:
            places[app.name] = Path(app.path) / "locale"
    for name, folder in places.items():
        for domain in DOMAINS:
            if any(folder.glob(f"*/LC_MESSAGES/{domain}.po")):
                yield name, domain, folder


def words_of_library(domain: str, folder: Path) -> set[Key]:
    """All words of a package: the English catalogue has them, else its others together do."""
    english = folder / "en" / "LC_MESSAGES" / f"{domain}.po"
    if english.exists():
        return keys(english)
    return set().union(*map(keys, folder.glob(f"*/LC_MESSAGES/{domain}.po")))


def in_use(domain: str) -> DjangoTranslation:
    """The Vietnamese that visitors get; for scripts, what the admin's catalogue gives them."""
    if domain == "django":
        return DjangoTranslation("vi", domain="django")
    folders = JavaScriptCatalog().get_paths(["django.contrib.admin"])
    return DjangoTranslation("vi", domain="djangojs", localedirs=folders)


def vietnamese(translations: DjangoTranslation, key: Key) -> str | None:
    """The wording in use; None where the English would be shown."""
    context, text = key
    name = f"{context}\x04{text}" if context else text
    for form in (name, (name, 0)):
        try:
            return translations._catalog[form]  # type: ignore[attr-defined]
        except KeyError:
            continue
    return None


# --- Complete -----------------------------------------------------------------------------------


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_word_of_ours_is_in_the_catalogue(domain: str) -> None:
    words, known = words_in_sources(domain), keys(OWN / f"{domain}.po")
    missing = [f"{file}: {key[1]!r}" for key, file in words.items() if key not in known]
    assert not missing, "run `make messages` and translate:\n" + "\n".join(sorted(missing))
    left = [repr(text) for _context, text in known - set(words)]
    assert not left, "no longer in the sources, run `make messages`:\n" + "\n".join(sorted(left))


@pytest.mark.parametrize("path", CATALOGUES, ids=relative)
def test_every_entry_is_translated(path: Path) -> None:
    todo = [
        repr(singular(entry.id))
        for entry in entries(path)
        if entry.fuzzy or not singular(entry.string or "")
    ]
    assert not todo, f"untranslated or fuzzy in {relative(path)}:\n" + "\n".join(todo)


@pytest.mark.parametrize(
    ("name", "domain", "folder"),
    [pytest.param(*library, id="-".join(library[:2])) for library in libraries()],
)
def test_every_word_of_a_library_has_vietnamese(name: str, domain: str, folder: Path) -> None:
    translations = in_use(domain)
    missing = [
        repr(key)
        for key in sorted(words_of_library(domain, folder), key=repr)
        if not vietnamese(translations, key)
    ]
    assert not missing, (
        f"add the words of {name} to {relative(LIBRARIES / domain)}.po:\n" + "\n".join(missing)
    )


def test_every_word_of_the_editor_has_vietnamese() -> None:
    """The catalogues of prose-editor lack some of its words; its own sources have them all."""
    app = apps.get_app_config("django_prose_editor")
    map_file = Path(app.path) / "static" / app.name / "editor.js.map"
    content = json.loads(map_file.read_text())
    words = {
        key
        for name, source in zip(content["sources"], content["sourcesContent"], strict=True)
        if name.startswith("src/")
        for key in words_of("javascript", source)
    }
    assert len(words) > 25
    translations = in_use("djangojs")
    missing = [text for context, text in words if not vietnamese(translations, (context, text))]
    assert not missing, "add to the djangojs.po of the libraries:\n" + "\n".join(sorted(missing))


# --- Whole --------------------------------------------------------------------------------------

PLACEHOLDER = re.compile(r"%\(\w+\)|%[sdr]|\{\w*\}|</?\w+")


@pytest.mark.parametrize("path", CATALOGUES, ids=relative)
def test_placeholders_and_tags_are_those_of_the_english(path: Path) -> None:
    wrong = []
    for entry in entries(path):
        # The plural holds every placeholder; a singular may say "one" in words.
        english = entry.id if isinstance(entry.id, str) else entry.id[-1]
        ours = singular(entry.string)
        if ours and sorted(set(PLACEHOLDER.findall(english))) != sorted(
            set(PLACEHOLDER.findall(ours))
        ):
            wrong.append(f"{english!r} → {ours!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", CATALOGUES, ids=relative)
def test_compiled_catalogue_says_what_its_source_says(path: Path) -> None:
    compiled = BytesIO()
    write_mo(compiled, read(path))
    compiled.seek(0)
    with path.with_suffix(".mo").open("rb") as file:
        committed = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    fresh = GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
    different = [key for key in fresh | committed if key and fresh.get(key) != committed.get(key)]
    assert not different, f"{relative(path)} is not compiled, run `make messages`: {different}"


# --- Well written -------------------------------------------------------------------------------

# What we say instead; one word for one thing (the wording of the whole interface).
NOT_OUR_WORDS = {
    "tập tin": "tệp",
    "email": "thư điện tử",
    "thoát": "đăng xuất, đóng",
    "click": "nhấn",
    "kí tự": "ký tự",
}


def faults_of(english: str, text: str) -> Iterator[str]:
    if not unicodedata.is_normalized("NFC", text):
        yield "not in NFC"
    if comparison_key(text) != normalize_line(text).casefold():
        yield "old-style tone mark (hoà, uỷ, xoá)"
    if re.search(r"\s([:;?!](?!\w)|[,.](?=\s|$))", text):
        yield "space before a mark"
    if "..." in text:
        yield "three full stops instead of …"
    if re.search(r"\S  +\S", text):
        yield "double space"
    if '"' in text and '="' not in english:
        yield "straight quotation marks"
    if text != text.strip() and english == english.strip():
        yield "space at the edge"
    if re.search(r"\w\s*!", text):
        yield "exclamation mark"
    for word, ours in NOT_OUR_WORDS.items():
        if re.search(rf"\b{word}\b", text, re.IGNORECASE):
            yield f"“{word}” (say {ours})"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Xo\u00e1 bài", "old-style tone mark (hoà, uỷ, xoá)"),
        ("Ho\u0300a", "not in NFC"),
        ("Bạn có chắc chắn ?", "space before a mark"),
        ("Đang tải...", "three full stops instead of …"),
        ('Nút "Lưu"', "straight quotation marks"),
        ("Chọn tập tin", "“tập tin” (say tệp)"),
    ],
)
def test_a_fault_is_found(text: str, fault: str) -> None:
    assert fault in list(faults_of("", text))


@pytest.mark.parametrize("text", ["Xóa, quý, hoàn, thủy", "12.000, .PDF; 08:30 …", "Chọn “Lưu”?"])
def test_good_text_has_no_fault(text: str) -> None:
    assert not list(faults_of("", text))


@pytest.mark.parametrize("path", CATALOGUES, ids=relative)
def test_our_vietnamese_follows_the_policy(path: Path) -> None:
    faults = [
        f"{text!r}: {fault}"
        for entry in entries(path)
        for english, text in [(singular(entry.id), singular(entry.string))]
        for fault in faults_of(english, text)
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_vietnamese_taken_from_libraries_follows_the_policy(domain: str) -> None:
    translations = in_use(domain)
    faults = [
        f"{text!r}: {fault}"
        for _name, of_domain, folder in libraries()
        if of_domain == domain
        for key in words_of_library(domain, folder)
        for text in [vietnamese(translations, key) or ""]
        for fault in faults_of(key[1], text)
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("english", "ours"),
    [
        ("Log out", "Đăng xuất"),
        ("Page not found", "Không tìm thấy trang"),
        ("Traditional Chinese", "Tiếng Trung phồn thể"),
        ("This field is required.", "Mục này là bắt buộc."),
    ],
)
def test_our_wording_goes_before_that_of_django(english: str, ours: str) -> None:
    assert translation.gettext(english) == ours


def test_days_and_months_have_their_full_names() -> None:
    day = datetime(2023, 3, 14, 8, 30)
    assert date_format(day, "l, D, F, M, E") == "Thứ Ba, T3, tháng Ba, Thg 3, tháng Ba"


def test_scripts_of_the_admin_get_our_words_and_those_of_the_packages() -> None:
    view = JavaScriptCatalog.as_view(packages=["django.contrib.admin"])
    answer = view(RequestFactory().get("/"))
    catalog = answer.content.decode("utf-8")
    words = json.loads(catalog.partition("const newcatalog = ")[2].partition(";\n")[0])
    assert words["Choose a Date"] == "Chọn ngày"
    assert words["one letter Tuesday\x04T"] == "T3"
    assert words["Toggle fullscreen"] == "Bật hoặc tắt toàn màn hình"


# --- English ------------------------------------------------------------------------------------


@pytest.mark.parametrize("domain", DOMAINS)
def test_message_ids_are_english_so_that_english_needs_no_catalogue(domain: str) -> None:
    foreign = [
        text
        for _context, text in keys(OWN / f"{domain}.po")
        if re.search("[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01b0\u1ea0-\u1ef9]", text)
    ]
    assert not foreign, foreign
    assert not (BASE / "locale" / "en").exists()


def test_english_pages_do_not_fall_back_to_vietnamese() -> None:
    with translation.override("en"):
        words = [translation.gettext(text) for text in ("Newest news", "Page not found")]
        count = translation.ngettext("%(count)s article", "%(count)s articles", 2)
    assert [*words, count] == ["Newest news", "Page not found", "%(count)s articles"]
