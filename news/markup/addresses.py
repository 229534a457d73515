"""Addresses of links and pictures in rich text."""

import re

from django.conf import settings

from news.markup.tree import Element, Node
from news.renditions import MasterName, srcset
from news.text import normalize, normalize_line

_ABSOLUTE = re.compile(r"https?://[^/\\\s?#]|mailto:[^\s]|tel:[+0-9]", re.IGNORECASE)


def link_address(address: str) -> str:
    """Return the address of a link in the form that is stored; "" if it is not allowed."""
    # Browsers ignore tabs and newlines anywhere in an address, and read \ as /.
    address = re.sub(r"[\t\n]", "", normalize(address)).strip().replace(" ", "%20")
    if address.startswith("//"):
        address = f"https:{address}"
    elif address.lower().startswith("www."):
        address = f"https://{address}"
    if _ABSOLUTE.match(address):
        return address
    is_path = address.startswith("/") and not address.startswith("/\\")
    return address if is_path else ""


# "auto" is the width of the column as laid out; browsers that do not know it use the rest.
_SIZES = "auto, (min-width: 48rem) 46rem, 100vw"
_MEDIA_PATH = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*")


def picture(given: dict[str, str]) -> list[Node]:
    """Return the picture with size and srcset; nothing if it is not in the media library."""
    address = given.get("src", "").strip()
    media = settings.MEDIA_URL
    if not address.startswith(media) or not _MEDIA_PATH.fullmatch(address[len(media) :]):
        return []
    attributes = {"src": address}
    master = MasterName.parse(address)
    choices = srcset(address)
    if choices:
        attributes |= {"srcset": choices, "sizes": _SIZES}
    attributes["alt"] = normalize_line(given.get("alt", ""))
    if master:
        attributes |= {"width": str(master.width), "height": str(master.height)}
    return [Element("img", [], attributes | {"loading": "lazy", "decoding": "async"})]
