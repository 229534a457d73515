import datetime
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.utils import formats, translation

from news.formats import file_size, header_date, number, short_date, updated_line, weekday_date
from news.templatetags.vietnamese_tags import machine_date

MORNING = datetime.datetime(2023, 3, 14, 1, 30, tzinfo=datetime.UTC)  # 08:30 in Viet Nam


# --- Dates --------------------------------------------------------------------------------------


def test_date_line_is_in_local_time():
    assert weekday_date(MORNING) == "Thứ Ba, 14/03/2023 | 08:30"


def test_date_line_of_a_late_evening_is_the_next_day_in_viet_nam():
    late = datetime.datetime(2023, 3, 14, 17, 5, tzinfo=datetime.UTC)

    assert weekday_date(late) == "Thứ Tư, 15/03/2023 | 00:05"


def test_date_line_of_a_date_has_no_time():
    assert weekday_date(datetime.date(2023, 3, 4)) == "Thứ Bảy, 04/03/2023"


WEEK = ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"]


@pytest.mark.parametrize(("offset", "name"), list(enumerate(WEEK)))
def test_days_of_the_week_have_their_vietnamese_names(offset, name):
    day = datetime.date(2023, 3, 13 + offset)

    assert weekday_date(day).startswith(f"{name}, ")


def test_english_date_line_keeps_the_day_first():
    with translation.override("en"):
        assert weekday_date(MORNING) == "Tuesday, 14/03/2023 | 08:30"


def test_line_of_a_change():
    changed = datetime.datetime(2023, 3, 15, 2, 15, tzinfo=datetime.UTC)

    assert updated_line(changed) == "09:15, 15/03/2023"


def test_date_in_the_head_of_a_page():
    assert header_date(MORNING) == "Thứ Ba, ngày 14/03/2023"


def test_date_in_the_head_of_an_english_page():
    with translation.override("en"):
        assert header_date(MORNING) == "Tuesday, 14/03/2023"


LATE = datetime.datetime(2023, 3, 14, 17, 5, tzinfo=datetime.UTC)  # 00:05 of the next day


def test_date_for_machines_carries_the_zone():
    assert machine_date(LATE) == "2023-03-15T00:05:00+07:00"


def test_date_for_machines_has_no_parts_of_a_second():
    assert machine_date(LATE.replace(second=7, microsecond=123456)) == "2023-03-15T00:05:07+07:00"


def test_date_for_machines_of_a_time_when_viet_nam_was_minutes_and_seconds_apart_is_in_utc():
    old = datetime.datetime(1905, 5, 5, 5, 5, tzinfo=datetime.UTC)
    assert machine_date(old) == "1905-05-05T05:05:00+00:00"


def test_day_for_machines_is_a_day_alone():
    assert machine_date(datetime.date(2023, 3, 4)) == "2023-03-04"


def test_short_date_is_the_day_in_viet_nam():
    assert short_date(LATE) == "15/03/2023"


@pytest.mark.parametrize(
    "show", [weekday_date, updated_line, header_date, machine_date, short_date]
)
@pytest.mark.parametrize("absent", [None, ""])
def test_absent_date_is_shown_as_nothing(show, absent):
    assert show(absent) == ""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("DATE_FORMAT", "14/03/2023"),
        ("SHORT_DATE_FORMAT", "14/03/2023"),
        ("DATETIME_FORMAT", "14/03/2023 08:30"),
        ("SHORT_DATETIME_FORMAT", "14/03/2023 08:30"),
        ("TIME_FORMAT", "08:30"),
        ("YEAR_MONTH_FORMAT", "tháng 3/2023"),
        ("MONTH_DAY_FORMAT", "14/03"),
    ],
)
def test_format_of_django_is_ours(name, shown):
    local = datetime.datetime(2023, 3, 14, 8, 30)

    assert formats.date_format(local, name) == shown


def test_week_begins_on_monday():
    assert formats.get_format("FIRST_DAY_OF_WEEK") == 1


# --- Dates that are typed -----------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("typed", "date"),
    [
        ("14/03/2023", datetime.date(2023, 3, 14)),
        ("03/04/2023", datetime.date(2023, 4, 3)),
        ("3/4/2023", datetime.date(2023, 4, 3)),
        ("03-04-2023", datetime.date(2023, 4, 3)),
        ("2023-04-03", datetime.date(2023, 4, 3)),
    ],
)
def test_typed_date_has_the_day_first(language, typed, date):
    with translation.override(language):
        assert forms.DateField().clean(typed) == date
        typed_moment = forms.DateTimeField().clean(f"{typed} 08:30")
    assert typed_moment.strftime("%Y-%m-%d %H:%M %z") == f"{date} 08:30 +0700"


@pytest.mark.parametrize("typed", ["14/13/2023", "03/14/2023", "31/02/2023", "mai"])
def test_date_that_is_none_is_refused(typed):
    with pytest.raises(forms.ValidationError):
        forms.DateField().clean(typed)


@pytest.mark.parametrize("typed", ["08:30", "8:30", "8h30", "08:30:00"])
def test_typed_time(typed):
    assert forms.TimeField().clean(typed) == datetime.time(8, 30)


# --- Numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (3750188, None, "3.750.188"),
        (1234, None, "1.234"),
        (86, None, "86"),
        (0, None, "0"),
        (-1234, None, "-1.234"),
        (4.5, None, "4,5"),
        (Decimal("1234.56"), None, "1.234,56"),
        (4, 1, "4,0"),
        (4.25, 1, "4,3"),
        (4.67, 1, "4,7"),
        (12345.6, 0, "12.346"),
        (None, None, ""),
    ],
)
def test_number_has_dots_and_a_decimal_comma(value, decimals, shown):
    assert number(value, decimals) == shown


def test_number_in_english():
    with translation.override("en"):
        assert (number(3750188), number(4.5)) == ("3,750,188", "4.5")


def test_filter_takes_its_decimals_from_the_template():
    template = Template("{% load vietnamese_tags %}{{ average|number:1 }}")

    assert template.render(Context({"average": 4.0})) == "4,0"


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 byte"),
        (512, "512 byte"),
        (1023, "1.023 byte"),
        (1024, "1 KB"),
        (1536, "1,5 KB"),
        (358_400, "350 KB"),
        (1_048_575, "1 MB"),
        (1_258_291, "1,2 MB"),
        (12 * 1024**2, "12 MB"),
        (3 * 1024**3, "3 GB"),
        (5_000 * 1024**3, "5.000 GB"),
        (None, ""),
    ],
)
def test_size_of_a_file(size, shown):
    assert file_size(size) == shown


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1.234", 1234), ("3.750.188", 3750188), ("1.000", 1000), ("1234", 1234)],
)
def test_typed_dots_are_thousands(typed, value):
    assert forms.IntegerField(localize=True).clean(typed) == value


@pytest.mark.parametrize(("typed", "value"), [("4,5", "4.5"), ("1.234,5", "1234.5")])
def test_typed_comma_is_the_decimal_mark(typed, value):
    assert forms.DecimalField(localize=True).clean(typed) == Decimal(value)
