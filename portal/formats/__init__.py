"""Dates and numbers of each language, for FORMAT_MODULE_PATH: those of Django are wrong here.

Each language adds two names of our own, read by `news.formats`: WEEKDAYS are the names of the days,
Monday first; HEADER_DATE is a template with {weekday} and {date} (day/month/year).
"""
