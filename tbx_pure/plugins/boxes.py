"""Boxes on a picture, which the images plugin shows.  spec/plugins/images.md"""
import math

from . import checked_text
from ..errors import InputError, shown
from ..media import font
from ..media.canvas import BLACK, WHITE, Canvas
from ..media.pixels import Picture, picture
from ..media.png import png
from ..media.resize import resize
from ..tensor import real, reals, view
from .images import image_file, ready
from .pictures import pixels_of, widened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

RED = (255, 0, 0)
MARGIN = 1                              # pixels of a label around its text
WIDE = 500                              # pixels of a picture whose letters are twice as large:
                                        # TensorBoard shows it in a card of 350
DARK = 76                               # of 255: how bright red is, which has black letters
FARTHEST = 2 ** 31


def image_with_boxes(tag: str, img_tensor: "Any", box_tensor: "Any", dataformats: str,
                     labels: "Any", rescale: "Any", colors: "Any",
                     warn: "Callable[[str, str], object]") -> "Dict[str, Any]":
    """Return the summary of a picture with boxes on it.

    tag:          its name, as it is
    img_tensor, dataformats:  as for image()
    box_tensor:   shape (boxes, 4), rows (x0, y0, x1, y1) in pixels; fractions are cut off
    labels:       a text for each box, or None; "" and None: no label.  Lines become one
    rescale:      a factor for both sides, applied to the picture with its boxes
    colors:       shape (boxes, 3) or (3,), 0 to 255; None: red
    warn:         called with a cause and a text if pixels were clipped, or letters replaced
    Raises InputError if one of them has another shape, or box_tensor is not finite.
    """
    tag = checked_text(tag, "tag")
    if ready(img_tensor):
        base = pixels_of(img_tensor, warn)
    else:
        base = picture(view(img_tensor, "img_tensor"), dataformats, "img_tensor", warn)
    boxes = _boxes(box_tensor)
    fills = _colors(colors, len(boxes))
    todo = list(zip(boxes, _labels(labels, len(boxes), warn), fills, map(_letters, fills)))
    height, width = _scaled(base, rescale)
    drawn = _drawn(base, todo)
    if (height, width) != drawn[:2]:
        drawn = resize(drawn, height, width)
    return image_file(tag, height, width, drawn.channels,
                      png(drawn.pixels, height, width, drawn.channels))


# ---- arguments ----

def _boxes(box_tensor):
    tensor = view(box_tensor, "box_tensor")
    if not tensor.values and len(tensor.shape) <= 2:
        return []
    if len(tensor.shape) != 2 or tensor.shape[1] != 4:
        raise InputError("box_tensor", "shape (boxes, 4): x0, y0, x1, y1 of each; of a single box, "
                         "[box]", "shape %s" % (tensor.shape,))
    values = reals(tensor.values, "box_tensor")
    if not all(-FARTHEST < v < FARTHEST for v in values):
        raise InputError("box_tensor", "pixels", "NaN, infinities or numbers beyond 2**31")
    return [tuple(map(int, values[i:i + 4])) for i in range(0, len(values), 4)]


def _labels(labels, n, warn):
    if labels is None:
        return [None] * n
    if isinstance(labels, str):
        labels = [labels]
    elif hasattr(labels, "tolist"):
        labels = labels.tolist()
    if not isinstance(labels, (list, tuple)) or len(labels) != n:
        raise InputError("labels", "a text for each of %d boxes" % n, "%d" % len(labels)
                         if isinstance(labels, (list, tuple)) else shown(labels))
    texts = [label if label is None else " ".join(str(label).split()) for label in labels]
    missing = font.missing("".join(text for text in texts if text))
    if missing:
        warn("letters", "the font lacks %s: boxes stand for them" % " ".join(
            sorted(map(ascii, missing))))
    return texts


def _colors(colors, n):
    if colors is None:
        return [RED] * n
    tensor = view(colors, "colors")
    if tensor.shape not in ((3,), (n, 3)) or not all(0 <= v <= 255 for v in tensor.values):
        raise InputError("colors", "red, green and blue from 0 to 255: shape (3,) or (%d, 3)" % n,
                         "%s, %s" % (shown(colors), tensor))
    rows = [tuple(map(int, tensor.values[i:i + 3])) for i in range(0, len(tensor.values), 3)]
    return rows if len(tensor.shape) == 2 else rows * n


def _letters(color):
    """Return the color of letters that stand out."""
    red, green, blue = color
    return BLACK if 299 * red + 587 * green + 114 * blue >= 1000 * DARK else WHITE


def _scaled(base, rescale):
    factor = real(rescale, "rescale")
    if not 0 < factor < math.inf or int(factor * min(base.height, base.width)) < 1:
        raise InputError("rescale", "a factor that leaves a pixel of %d x %d"
                         % (base.width, base.height), shown(rescale))
    return int(base.height * factor), int(base.width * factor)


# ---- drawing ----

def _drawn(base, todo):
    """Return the picture with its boxes; one of gray and alpha gets colors."""
    if base.channels == 3:
        return _painted(base, todo)
    base = widened(base, 4)
    alpha = Picture(base.height, base.width, 1, base.pixels[3::4])
    colors = _painted(widened(base, 3), todo)
    opaque = _painted(widened(alpha, 3), [box[:2] + (WHITE, WHITE) for box in todo])
    pixels = bytearray(widened(colors, 4).pixels)
    pixels[3::4] = opaque.pixels[::3]
    return base._replace(pixels=bytes(pixels))


def _painted(base, todo):
    canvas = Canvas.of(base)
    for box, label, color, letters in todo:
        for side in _sides(*box):
            canvas.fill(*side, color=color)
        if label:
            _write(canvas, box, label, color, letters)
    return canvas.picture()


def _sides(x0, y0, x1, y1):
    """Yield the (x0, y0, x1, y1) of each side, as lines of Pillow along it, 2 pixels wide.

    A line has the second row or column of its pixels to the left of where it goes; so a box whose
    corners are in another order is a little larger.
    """
    corners = (x0, y0), (x0, y1), (x1, y1), (x1, y0)
    for (xa, ya), (xb, yb) in zip(corners, corners[1:] + corners[:1]):
        left, top = min(xa, xb), min(ya, yb)
        right, bottom = max(xa, xb) + 1, max(ya, yb) + 1
        yield (left - (yb < ya), top - (xb < xa), right + (yb > ya), bottom + (xb > xa))


def _write(canvas, box, label, color, letters):
    """Write a label in the lower left corner of its box, or as near to it as is in the picture."""
    scale = 2 if canvas.width >= WIDE else 1
    width, height = (size + 2 * MARGIN * scale for size in font.size(label, scale))
    x = max(min(box[0], canvas.width - width), 0)
    y = max(min(box[3] + 1, canvas.height) - height, 0)
    canvas.fill(x, y, x + width, y + height, color)
    canvas.text(x + MARGIN * scale, y + MARGIN * scale, label, letters, scale)
