"""Validation of the addresses that staff type as the target of a link."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def validate_address(value: str) -> None:
    """Accept a path of this site or an http(s) address.

    Raises ValidationError for everything else: `javascript:` must never reach a link.
    """
    problem = ValidationError(_("Write a path such as /lien-he/ or an address with https://."))
    if "\\" in value or any(ord(character) <= 32 for character in value):
        raise problem
    try:
        parts = urlsplit(value)
    except ValueError:
        raise problem from None
    is_path = not parts.scheme and not parts.netloc and value.startswith("/")
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    if not (is_path or is_web):
        raise problem
