"""What stands in the log: one line or one JSON object an event, and nothing that visitors sent.

A log is kept for months and read by many. So no address, name, mail, search word or link of a
visitor gets into it: of a request it has the route, never the path; of an exception the type and
the lines of code, never the message, which may quote what was typed.
"""

from __future__ import annotations

import copy
import logging
import os
import re
import secrets
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import datetime
from http import HTTPMethod
from http.client import responses
from types import TracebackType
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error as DjangoDatabaseError
from django.http import HttpRequest
from pythonjsonlogger.json import JsonFormatter

current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)
"""The request that this thread answers, or None."""

# nginx writes `$request_id` as 32 hexadecimal digits, other proxies as a UUID.
_REQUEST_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Enough to find one request in the log, and short enough to be read out on the telephone.
INCIDENT_CODE_LENGTH = 8

# Loggers whose sentences are constant; what they fill in is a number, a type or a name of the code.
_OWN_LOGGERS = {"portal", "stats", "comments", "ratings", "news", "gunicorn"}

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def request_id(request: HttpRequest) -> str:
    """The number of a request: that of a proxy of ours, else a new one.

    A visitor cannot choose it: deploy/nginx.conf overwrites the header, and without a proxy it is
    not read.
    """
    number = request.META.get("congtin.request_id", "")
    if not number:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        is_ours = settings.BEHIND_PROXY and _REQUEST_ID.fullmatch(given)
        number = request.META["congtin.request_id"] = given if is_ours else secrets.token_hex(16)
    return str(number)


def incident_code() -> str:
    """What an error page shows and the log is searched for; "" outside of a request."""
    request = current_request.get()
    return request_id(request)[:INCIDENT_CODE_LENGTH] if request else ""


def route_of(request: HttpRequest) -> str:
    """The name of the URL pattern that fits; one of a fixed set, whatever a visitor asks for.

    Middleware that answers before the addresses are asked gives it as `congtin.route`.
    """
    if (match := request.resolver_match) is not None:
        return str(match.view_name)
    if request.path_info.startswith(settings.STATIC_URL):
        return "static"
    return str(request.META.get("congtin.route", "other"))


def method_of(request: HttpRequest) -> str:
    """The method, if HTTP knows it: a visitor may send any word."""
    method = request.method or ""
    return method if method in HTTPMethod.__members__ else "other"


def describe(error: BaseException) -> str:
    """The type of an exception, and of its message what cannot quote a visitor."""
    name = type(error).__qualname__
    source = error.__cause__ if isinstance(error, DjangoDatabaseError) else error
    if isinstance(source, psycopg.Error):
        name = type(source).__qualname__  # the condition: the name that Django gives tells less
        if source.sqlstate is None and isinstance(source, psycopg.OperationalError):
            return f"{name}: {' '.join(str(source).split())}"  # no connection: no values either
        diag = source.diag
        places = (diag.constraint_name, diag.table_name, diag.column_name)
        return " ".join(filter(None, (name, source.sqlstate, *places)))
    if isinstance(error, OSError) and error.errno:
        return f"{name}: {os.strerror(error.errno)}"  # without the name of a file
    if isinstance(error, AttributeError | NameError | ImportError) and error.name:
        return f"{name}: {error.name}"
    return name


def format_traceback(error: BaseException) -> str:
    """The lines of code that led to an exception and to those before it, without any messages."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    text = format_traceback(before) + "\n\n" if before else ""
    return text + "".join(traceback.format_tb(error.__traceback__)) + describe(error)


def safe_message(record: logging.LogRecord) -> str:
    """The message of a record without what visitors sent.

    Of other packages the constant text is kept, and the numbers in it: what else they fill in may
    be a path, a host name or a line of an uploaded file. Django's own reports of a response become
    its status: the route and the exception stand beside it.
    """
    if settings.DEBUG:
        return record.getMessage()
    status = getattr(record, "status_code", 0)
    if phrase := responses.get(status):
        return f"{status} {phrase}"
    is_own = record.name.partition(".")[0] in _OWN_LOGGERS
    if not record.args:
        # Whole sentences of others may have been put together from anything.
        return str(record.msg) if is_own else f"a message of {record.module}:{record.lineno}"

    def keep(value: object) -> object:
        if isinstance(value, BaseException):
            return describe(value)
        return value if is_own or isinstance(value, int | float) else "…"

    args: Any = record.args
    kept = (
        {name: keep(value) for name, value in args.items()}
        if isinstance(args, Mapping)
        else tuple(map(keep, args))
    )
    try:
        return str(record.msg) % kept
    except (TypeError, ValueError):
        return str(record.msg)


class LineFormatter(logging.Formatter):
    """One line an event, with the incident code if it happened in a request."""

    def format(self, record: logging.LogRecord) -> str:
        safe = copy.copy(record)
        safe.msg, safe.args, safe.exc_text = safe_message(record), None, None
        if code := incident_code():
            safe.msg += f" [{code}]"
        return super().format(safe)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802
        return _exception_text(ei)


class JsonLineFormatter(JsonFormatter):
    """One JSON object an event, on one line.

    Only the fields named here are written: a record may carry the whole request with it.
    """

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        log_data["time"] = datetime.fromtimestamp(record.created).astimezone().isoformat()
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["message"] = safe_message(record)
        # Django says that a response is an error when the middleware has done its work.
        request = current_request.get() or getattr(record, "request", None)
        if isinstance(request, HttpRequest):
            log_data["request_id"] = request_id(request)
            log_data["route"] = route_of(request)
            log_data["method"] = method_of(request)
            log_data["language"] = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
        for name in ("status", "milliseconds", "statements"):
            if (value := getattr(record, name, None)) is not None:
                log_data[name] = value
        if text := message_dict.get("exc_info"):
            log_data["exception"] = text

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802
        return _exception_text(ei)


def _exception_text(info: ExcInfo) -> str:
    error = info[1]
    if error is None:
        return ""
    if settings.DEBUG:
        return "".join(traceback.format_exception(error))
    return format_traceback(error)
