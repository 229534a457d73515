import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter
from django.test.utils import isolate_apps

from news.fields import (
    ComputedField,
    LineField,
    LineFormField,
    PlainTextField,
    PlainTextFormField,
    nfc_check,
)
from news.text import sort_key

COMPOSED = "Hồng Lĩnh"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)

with isolate_apps():

    class Place(models.Model):
        name = LineField(max_length=9)
        note = PlainTextField(blank=True)
        name_key = ComputedField(source="name", compute=sort_key)

        class Meta:
            app_label = "news"
            constraints = [nfc_check("name", "news_place_name_is_nfc")]

        def __str__(self):
            return self.name


@pytest.fixture
def place_table(db):
    # The table goes with the test's transaction.
    with connection.schema_editor() as editor:
        editor.create_model(Place)


# --- Forms --------------------------------------------------------------------------------------


def test_length_is_counted_in_composed_letters():
    assert Place._meta.get_field("name").formfield().clean(DECOMPOSED) == COMPOSED


def test_line_that_is_too_long_is_refused_with_its_length():
    with pytest.raises(ValidationError, match="10"):
        Place._meta.get_field("name").formfield().clean("x" * 10)


def test_browser_does_not_cut_decomposed_text():
    assert "maxlength" not in Place._meta.get_field("name").formfield().widget.attrs


@pytest.mark.parametrize("field", [LineFormField(), PlainTextFormField()])
def test_nul_and_surrogates_do_not_pass_a_form(field):
    assert field.clean("a\x00b\ud800c") == "abc"


@pytest.mark.parametrize("field", [LineFormField(), PlainTextFormField()])
def test_text_of_invisible_characters_alone_is_missing(field):
    with pytest.raises(ValidationError):
        field.clean("\u200b\x00\u00a0")


def test_form_of_plain_text_keeps_the_lines():
    assert PlainTextFormField().clean("một\r\nhai") == "một\nhai"


def test_absent_value_stays_absent():
    assert Place._meta.get_field("note").to_python(None) is None


# --- Database -----------------------------------------------------------------------------------


def stored_names():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, name_key FROM news_place ORDER BY id")
        return cursor.fetchall()


@pytest.mark.usefixtures("place_table")
def test_saved_text_is_normalised_in_row_and_object():
    place = Place(name=f" {DECOMPOSED}\x00", note="một\r\nhai")
    place.save()

    assert (stored_names(), place.name, place.note) == (
        [(COMPOSED, sort_key(COMPOSED))],
        COMPOSED,
        "một\nhai",
    )


@pytest.mark.usefixtures("place_table")
def test_bulk_create_normalises():
    Place.objects.bulk_create([Place(name=DECOMPOSED)])

    assert stored_names() == [(COMPOSED, sort_key(COMPOSED))]


@pytest.mark.usefixtures("place_table")
def test_update_normalises():
    Place.objects.create(name="x")
    Place.objects.update(name=DECOMPOSED)

    assert Place.objects.values_list("name", flat=True).get() == COMPOSED


@pytest.mark.usefixtures("place_table")
def test_bulk_update_normalises():
    place = Place.objects.create(name="x")
    place.name = DECOMPOSED
    Place.objects.bulk_update([place], ["name", "name_key"])

    assert stored_names()[0][0] == COMPOSED


@pytest.mark.parametrize(
    "lookup",
    ["exact", "iexact", "contains", "icontains", "startswith", "istartswith", "endswith"],
)
@pytest.mark.usefixtures("place_table")
def test_decomposed_words_find_the_row(lookup):
    Place.objects.create(name=COMPOSED)

    assert Place.objects.filter(**{f"name__{lookup}": f"{DECOMPOSED}\x00"}).exists()


@pytest.mark.usefixtures("place_table")
def test_expression_passes_untouched():
    Place.objects.create(name="x")
    Place.objects.update(note=models.F("name"))

    assert Place.objects.get(note="x").name == "x"


@pytest.mark.usefixtures("place_table")
def test_news_place_name_is_nfc_refuses_other_forms():
    with (
        pytest.raises(IntegrityError, match="news_place_name_is_nfc"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO news_place (name, note, name_key) VALUES (%s, '', '')", [DECOMPOSED[-5:]]
        )


@pytest.mark.usefixtures("place_table")
def test_full_clean_passes_with_the_constraint():
    place = Place(name=DECOMPOSED)
    place.full_clean()

    assert place.name == COMPOSED


# --- Migrations ---------------------------------------------------------------------------------


def state_of_place():
    state = ProjectState()
    state.add_model(ModelState.from_model(Place))
    return state


def test_second_makemigrations_finds_no_change():
    changes = MigrationAutodetector(state_of_place(), state_of_place())._detect_changes()

    assert changes == {}


def test_migration_names_the_computing_function():
    written, imports = MigrationWriter.serialize(Place._meta.get_field("name_key"))

    assert "compute=news.text.sort_key" in written
    assert "import news.text" in imports


def test_migration_holds_the_constraint():
    written, _ = MigrationWriter.serialize(Place._meta.constraints[0])

    assert "news.fields.IsNFC(models.F('name'))" in written
