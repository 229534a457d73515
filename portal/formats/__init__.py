"""Dates and numbers of each language, for FORMAT_MODULE_PATH: those Django ships are wrong here.

Beside Django's names each language gives two of our own, read by `vietnamese_tags` of `news`:
WEEKDAYS (Monday first) are names as a date line writes them, HEADER_DATE is filled with {weekday}
(of WEEKDAYS) and {date} (day/month/year).
"""
