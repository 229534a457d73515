"""Numbered pages of a list: each has one address."""

from __future__ import annotations

import re

from django.core.paginator import PageNotAnInteger, Paginator


class StrictPaginator(Paginator):
    """Takes plain digits as a page number: `?page=2`, but not `?page=02`, `?page=٢` or `?page=`."""

    def validate_number(self, number: float | str) -> int:
        if isinstance(number, str) and not re.fullmatch("[1-9][0-9]{0,8}", number):
            raise PageNotAnInteger(number[:20])
        return super().validate_number(number)
