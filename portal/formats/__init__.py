"""Dates and numbers of each language, for FORMAT_MODULE_PATH: those Django ships are wrong here.

Beside Django's names each language gives four of our own, read by `vietnamese_tags` of `news`:
WEEKDAYS (Monday first) and MONTHS (January first) are names as a date line writes them,
LONG_DATE is filled with {day} and {year} (numbers) and {month} (of MONTHS), HEADER_DATE with
{weekday} (of WEEKDAYS) and {date} (day/month/year).
"""
