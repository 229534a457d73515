"""English as an office of Viet Nam writes it: day first, 24 hours, 3,750,188 and 4.5."""

from portal.formats.vi import formats as vi

DATE_FORMAT = vi.DATE_FORMAT
TIME_FORMAT = vi.TIME_FORMAT
DATETIME_FORMAT = vi.DATETIME_FORMAT
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = vi.MONTH_DAY_FORMAT
SHORT_DATE_FORMAT = vi.SHORT_DATE_FORMAT
SHORT_DATETIME_FORMAT = vi.SHORT_DATETIME_FORMAT
FIRST_DAY_OF_WEEK = vi.FIRST_DAY_OF_WEEK

# A date must not change its meaning with the language of the page it is typed into.
DATE_INPUT_FORMATS = vi.DATE_INPUT_FORMATS
TIME_INPUT_FORMATS = vi.TIME_INPUT_FORMATS
DATETIME_INPUT_FORMATS = vi.DATETIME_INPUT_FORMATS

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HEADER_DATE = "{weekday}, {date}"
