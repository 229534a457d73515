"""Write dates, numbers and sizes as a Vietnamese reader expects them; pure functions.

Names of days and the patterns of a language come from the project's format modules
(FORMAT_MODULE_PATH): WEEKDAYS and HEADER_DATE. Times with a zone are shown in the current one.
What is absent (None or "") is shown as nothing.
"""

import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.formats import get_format, number_format

Moment = datetime.datetime | datetime.date


def _local(moment: Moment) -> Moment:
    if isinstance(moment, datetime.datetime) and timezone.is_aware(moment):
        return timezone.localtime(moment)
    return moment


def _weekday(moment: Moment) -> str:
    return get_format("WEEKDAYS")[moment.weekday()]


def short_date(moment: Moment | None) -> str:
    """Return the day: "14/03/2023"."""
    return f"{_local(moment):%d/%m/%Y}" if moment else ""


def weekday_date(moment: Moment | None) -> str:
    """Return the date line: "Thứ Ba, 14/03/2023 | 08:30", of a date without the time."""
    if not moment:
        return ""
    moment = _local(moment)
    line = f"{_weekday(moment)}, {moment:%d/%m/%Y}"
    return f"{line} | {moment:%H:%M}" if isinstance(moment, datetime.datetime) else line


def updated_line(moment: Moment | None) -> str:
    """Return the time of a change: "09:15, 15/03/2023", of a date without the time."""
    if not moment:
        return ""
    moment = _local(moment)
    date = f"{moment:%d/%m/%Y}"
    return f"{moment:%H:%M}, {date}" if isinstance(moment, datetime.datetime) else date


def header_date(moment: Moment | None) -> str:
    """Return today's date for the head of a page: "Thứ Ba, ngày 14/03/2023"."""
    if not moment:
        return ""
    moment = _local(moment)
    date = f"{moment:%d/%m/%Y}"
    return get_format("HEADER_DATE").format(weekday=_weekday(moment), date=date)


def number(value: float | Decimal | None, decimals: int | None = None) -> str:
    """Return a number in groups of thousands: "3.750.188", "4,5"; `decimals` fixes its places."""
    if value is None or value == "":
        return ""
    if decimals is not None:
        # Django would cut the digits off: an average of 4.67 is 4,7 and not 4,6.
        value = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return number_format(value, decimal_pos=decimals, force_grouping=True)


def file_size(size: float | str | None) -> str:
    """Return a size given in bytes, in units of 1,024: "512 byte", "350 KB", "1,2 MB"."""
    if size is None or size == "":
        return ""
    amount, unit = float(size), "byte"
    for larger in ("KB", "MB", "GB"):
        # 1023.9 KB is written as 1 MB, not as 1.024 KB.
        if round(amount) < 1024:
            break
        amount, unit = amount / 1024, larger
    # One decimal, only in numbers below ten and only if it is not zero.
    decimals = 1 if amount < 10 and round(amount, 1) % 1 else 0
    return f"{number_format(round(amount, decimals), decimal_pos=decimals)} {unit}"
