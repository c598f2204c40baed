"""Pictures that are no arrays, for the images plugin: of PIL, or the bytes of a file.

PIL (Pillow) is never imported: an object of it converts itself.
"""
import sys

from . import clean_tag
from ..errors import FormatError, InputError, shown
from ..media.encoded import kind
from ..media.pixels import GRID_COLUMNS, Picture, grid
from ..media.png import png
from ..media.png_reader import read_png
from ..tensor import view
from .images import image_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

NEED = ("pixels, a picture of PIL, or the bytes of a PNG, JPEG or GIF file: "
        "open(path, 'rb').read()")

#   mode of PIL     the mode with the same pixels, of 8 bits; of others, RGB
AS_BYTES = {
    "1":    "L",    "L":    "L",    "I":    "L",    "F":    "L",
    "LA":   "LA",   "La":   "LA",
    "RGBA": "RGBA", "RGBa": "RGBA", "PA":   "RGBA",
}
#   channels  which of them are red, green, blue and, if there is one, alpha
PLANES = {1: (0, 0, 0), 2: (0, 0, 0, 1), 3: (0, 1, 2), 4: (0, 1, 2, 3)}
CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
NATIVE = 1 if sys.byteorder == "little" else 0

#   16-bit mode     where its upper byte is
UPPER = {"I;16": 1, "I;16L": 1, "I;16B": 0, "I;16N": NATIVE}


def ready_made(tag: str, img_tensor: "Any",
               warn: "Callable[[str, str], object]") -> "Dict[str, Any]":
    """Return the summary of a picture, or of a list of pictures of one size as a grid.

    tag:         its name; cleaned
    img_tensor:  the bytes of a PNG, JPEG or GIF file, in any buffer, written untouched; a picture
                 of PIL in any mode; or a list of such, in which a file must be PNG: that is read
    warn:        called with a cause and a text if values had to be clipped
    Raises InputError if it is none of these, or PIL cannot read it.
    """
    tag = clean_tag(tag)
    if isinstance(img_tensor, (list, tuple)) and len(img_tensor) == 1:
        img_tensor, = img_tensor
    img_tensor = _bytes_of(img_tensor)
    if isinstance(img_tensor, bytes):
        return image_file(tag, *_file(img_tensor))
    height, width, channels, pixels = pixels_of(img_tensor, warn)
    return image_file(tag, height, width, channels, png(pixels, height, width, channels))


def pixels_of(img_tensor: "Any", warn: "Callable[[str, str], object]") -> Picture:
    """Return the pixels of what ready_made() takes, in 2 to 4 channels; of files, of PNG only."""
    several = img_tensor if isinstance(img_tensor, (list, tuple)) else [img_tensor]
    pictures = [_picture(one, warn) for one in several]
    height, width = pictures[0][:2]
    for i, picture in enumerate(pictures):
        if picture[:2] != (height, width):
            raise InputError("img_tensor", "pictures of one size", "picture 0 of %d x %d pixels, "
                             "picture %d of %d x %d" % (width, height, i, picture[1], picture[0]))
    found = {picture.channels for picture in pictures}
    channels = 3 if found <= {1, 3} else 2 if found == {2} else 4
    columns = min(len(pictures), GRID_COLUMNS)
    pixels = [widened(picture, channels).pixels for picture in pictures]
    return grid(pixels, height, width, channels, columns, -(-len(pictures) // columns))


def _picture(x, warn):
    """Return the Picture of a PIL image, or of the bytes of a PNG file."""
    x = _bytes_of(x)
    if isinstance(x, bytes):
        try:
            return read_png(x)
        except FormatError as e:        # another kind of file, too
            raise InputError("img_tensor", "the bytes of a PNG file, where it has to be read; "
                             "PIL can open others", str(e)) from e
    if not all(hasattr(x, name) for name in ("convert", "tobytes", "mode", "size", "info")):
        raise InputError("img_tensor", NEED, shown(x))
    if 0 in x.size:
        raise InputError("img_tensor", "at least one pixel", shown(x))
    try:
        return _of_pil(x, warn)
    except (OSError, ValueError, SyntaxError) as e:     # it is read from its file only now
        raise InputError("img_tensor", "a picture that PIL can read and convert to RGB",
                         str(e)) from e


def _bytes_of(x):
    """Return what is in a buffer; what is none as it is."""
    if isinstance(x, (str, list, tuple)) or hasattr(x, "convert") or hasattr(x, "__fspath__"):
        return x
    tensor = view(x, "img_tensor")
    if tensor.dtype != "uint8" or len(tensor.shape) != 1:
        raise InputError("img_tensor", NEED, "%s of shape %s" % (tensor.dtype, tensor.shape))
    return bytes(tensor.values)


def _of_pil(x, warn):
    width, height = x.size
    if x.mode in UPPER:
        return Picture(height, width, 1, x.tobytes()[UPPER[x.mode]::2])
    mode = "RGBA" if "transparency" in x.info else AS_BYTES.get(x.mode, "RGB")
    if x.mode in "IF":
        low, high = x.getextrema()
        if low < 0 or high > 255:
            warn("range", "values of a PIL image of mode %s beyond 0 to 255 were clipped" % x.mode)
    return Picture(height, width, CHANNELS[mode], x.convert(mode).tobytes())


def _file(data):
    """Return (height, width, channels, data) of a file that browsers draw."""
    try:
        found = kind(data)
    except FormatError as e:
        raise InputError("img_tensor", "the bytes of a whole file", str(e)) from e
    if found is None:
        raise InputError("img_tensor", NEED, shown(data))
    return found[1:] + (data,)


def widened(picture: Picture, channels: int) -> Picture:
    """Return the picture in so many channels, 3 or 4; without its alpha if there is no place."""
    if picture.channels == channels:
        return picture
    pixels = bytearray(b"\xff" * (picture.height * picture.width * channels))
    for to, plane in zip(range(channels), PLANES[picture.channels]):
        pixels[to::channels] = picture.pixels[plane::picture.channels]
    return picture._replace(channels=channels, pixels=bytes(pixels))
