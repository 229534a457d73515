"""The filters of templates for dates, numbers and sizes: see `news/formats.py`."""

import datetime

from django import template

from news import formats, structured

register = template.Library()

register.filter(formats.short_date)
register.filter(formats.weekday_date)
register.filter(formats.updated_line)
register.filter(formats.header_date)
register.filter(formats.number)
register.filter(formats.file_size)


@register.filter
def machine_date(moment: datetime.datetime | datetime.date | None) -> str:
    """Return what the attribute of a `<time>` says: "2023-03-14T08:30:00+07:00", or a day alone."""
    if isinstance(moment, datetime.datetime):
        return structured.rfc3339(moment) or ""
    return moment.isoformat() if moment else ""
