"""Pictures: every upload is decoded within limits and re-encoded, under a name of ours.

Only the pixels are stored: EXIF with the place where a photo was taken, XMP, comments and colour
profiles are not.
"""

import hashlib
import io
import re
import threading
from dataclasses import dataclass
from datetime import date
from typing import IO

from django.core.files.base import File
from django.core.files.storage import Storage, default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageFile, ImageOps
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from news import text, uploads
from news.renditions import MasterName

MAX_BYTES = 10 * uploads.MEGABYTE
"""A photo of a telephone or a camera at full size has 3 to 9 MB."""

MAX_PIXELS = 50_000_000
"""Cameras of an office make 24 megapixels, telephones up to 50. Each pixel costs 4 bytes of memory
while the picture is decoded, and twice that where it is transparent."""

MAX_SCANS = 50
"""A progressive JPEG has about 10 scans. Each costs a pass over all pixels (33 ms at 48 megapixels)
and as few as 73 bytes of file: without a limit 10 MB keep a processor busy for an hour."""

MASTER_SIDE = 2560
"""Pixels on the long side of a stored picture: twice the widest column of a page, for screens with
two dots to the pixel."""

QUALITY = 82
METHOD = 4
"""WebP settings. Method 6 takes more than twice the time of 4 for files 3 % smaller."""

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

_JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""A marker. In the data between, FF is followed by 00, or by D0 to D7 where decoding restarts."""

_one_at_a_time = threading.Lock()
"""Held while a picture is decoded, so that many uploads at once do not fill the memory."""


class ImageRefused(uploads.UploadRefused):
    """A refused picture; the message is shown to the sender."""


@dataclass(frozen=True)
class StoredImage:
    """A stored master: its path in the storage, size in pixels, length in bytes and SHA-256."""

    path: str
    width: int
    height: int
    bytes: int
    sha256: str


def decode_image(upload: File | IO[bytes], *, side: int | None = MASTER_SIDE) -> Image.Image:
    """Return the picture in an upload: upright, in sRGB, RGB or RGBA, without metadata.

    JPEG, PNG, WebP and GIF (its first frame) are recognised by their content, never by the name; no
    other decoder and no program is tried. The long side is at most `side` pixels; None keeps the
    size. Raises UploadRefused, mostly as ImageRefused.
    """
    content = uploads.read_content(upload, MAX_BYTES)
    reader = _reader(content)
    with _one_at_a_time:
        try:
            return _decode(reader, content, side)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            # Raised by Pillow itself, before `_check_pixels`.
            raise ImageRefused(
                _("This picture has too many pixels; at most %(limit)d megapixels are allowed.")
                % {"limit": MAX_PIXELS // 1_000_000},
                code="too_many_pixels",
            ) from error
        except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
            # What the four decoders raise for broken data, as tests with broken files showed.
            raise ImageRefused(
                _("The picture file is damaged or cut off."), code="damaged"
            ) from error


def _reader(content: bytes) -> type[ImageFile.ImageFile]:
    if content.startswith(b"\xff\xd8\xff"):
        return JpegImageFile
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImageFile
    if content.startswith((b"GIF87a", b"GIF89a")):
        return GifImageFile
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WebPImageFile
    if content[4:8] == b"ftyp":
        raise ImageRefused(
            _("HEIC and AVIF pictures cannot be read. Please save the picture as JPEG."),
            code="not_a_picture",
        )
    raise ImageRefused(
        _("The file is not a picture the portal can read (JPEG, PNG, WebP, GIF)."),
        code="not_a_picture",
    )


def _decode(reader: type[ImageFile.ImageFile], content: bytes, side: int | None) -> Image.Image:
    # Not Image.open(): it would check the size before us, with a message of its own.
    with reader(io.BytesIO(content)) as image:
        _check_pixels(image)  # of a GIF: with its first frame, which may be larger than its screen
        if reader is JpegImageFile:
            if _has_too_many_scans(content):
                raise ValueError("too many scans")
            if side is not None:
                # Lets the decoder skip detail that would be scaled away: two thirds of the time,
                # half the memory.
                scale = side / max(image.size)
                image.draft(None, (round(image.width * scale), round(image.height * scale)))
        image.load()
        profile = image.info.get("icc_profile")
        # Rotated and converted after scaling: the same result with less memory.
        picture = _upright(_fit(_eight_bits(image), side))
    picture.info = {}
    return _in_srgb(picture, profile)


def _has_too_many_scans(content: bytes) -> bool:
    """Count the scans of a JPEG up to its end marker; telephones append films after it."""
    scans, position = 0, 2
    while scans <= MAX_SCANS and (marker := _JPEG_MARKER.search(content, position)):
        if marker[0] == b"\xff\xd9":
            break
        if marker[0] == b"\xff\xda":
            scans += 1
        # The length follows the marker and includes itself.
        position = marker.end() + int.from_bytes(content[marker.end() : marker.end() + 2])
    return scans > MAX_SCANS


def _check_pixels(image: Image.Image) -> None:
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise ImageRefused(
            _("This picture has %(pixels)d megapixels; at most %(limit)d are allowed.")
            % {"pixels": -(-pixels // 1_000_000), "limit": MAX_PIXELS // 1_000_000},
            code="too_many_pixels",
        )


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return the picture in a mode that can be scaled: L, RGB, RGBA or CMYK."""
    if image.mode.startswith("I"):
        # Pillow clips 16 bits at 255 when it converts them, so scale them first.
        image = image.point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if image.has_transparency_data:
        # convert() makes a copy even if there is nothing to convert.
        return image if image.mode == "RGBA" else image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _fit(image: Image.Image, side: int | None) -> Image.Image:
    scale = 1 if side is None else side / max(image.size)
    if scale >= 1:
        return image
    return _resize(image, round(image.width * scale), round(image.height * scale))


def _resize(image: Image.Image, width: int, height: int) -> Image.Image:
    return image.resize((max(1, width), max(1, height)), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        # Broken EXIF can raise nearly any exception, and the picture can be used without it.
        return image.copy()


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if alpha else image
    if profile:
        colours = _convert_profile(colours, profile)
    colours = colours.convert("RGB")
    if alpha and alpha.histogram()[255] < alpha.width * alpha.height:
        colours.putalpha(alpha)
    return colours


def _convert_profile(colours: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if colours.mode == "L" and source.profile.xcolor_space.strip() == "RGB":
            colours = colours.convert("RGB")
        transform = ImageCms.buildTransform(source, _SRGB, colours.mode, "RGB")
        converted = transform.apply(colours)
    except (ImageCms.PyCMSError, OSError, ValueError):
        # A broken profile, or one for other channels: the values are used as they are.
        return colours
    converted.info = {}
    return converted


def store_image(
    image: Image.Image,
    name: str,
    storage: Storage = default_storage,
    now: date | None = None,
) -> StoredImage:
    """Write a decoded picture and its renditions as WebP; return what was stored.

    `name` is the file name of the upload; `now` is the local day for the folder (default: today).
    Of the same picture under the same name, only what is missing is written. The master is written
    last, so a stored master has all its renditions. If the storage fails, what was written is
    deleted and UploadRefused raised.
    """
    image = _fit(image, MASTER_SIDE)
    content = _webp(image)
    stem = uploads.stored_stem("images", text.file_name(name), content, now)
    master = MasterName(stem, image.width, image.height)
    path = str(master)
    with uploads.storage_at_work():
        is_stored = uploads.is_stored(storage, path, content) and is_whole(path, storage)
    if not is_stored:
        with uploads.all_or_nothing(storage) as write:
            for rendition in master.renditions():
                write(rendition.path, _webp(_resize(image, rendition.width, rendition.height)))
            write(path, content)
    return StoredImage(
        path=path,
        width=image.width,
        height=image.height,
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _webp(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=QUALITY, method=METHOD)
    return buffer.getvalue()


def is_whole(path: str, storage: Storage = default_storage) -> bool:
    """Whether a master and all its renditions are in the storage."""
    master = MasterName.parse(path)
    copies = [rendition.path for rendition in master.renditions()] if master else []
    return all(map(storage.exists, [path, *copies]))


def delete_image_files(path: str, storage: Storage = default_storage) -> None:
    """Delete a master and its renditions; a missing file is no error.

    The master is deleted first, so that a stored master has all its renditions.
    """
    storage.delete(path)
    master = MasterName.parse(path)
    for rendition in master.renditions() if master else []:
        storage.delete(rendition.path)
