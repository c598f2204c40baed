"""What a user passes to add_embedding -> files, and an entry of the config."""
import os
import re
import sys
from array import array

from .config import CONFIG, merged, quoted
from .files import alone, read, set_aside, write
from .. import errors
from ..errors import FormatError, InputError, shown
from ..eventfile import RESERVED, WINDOWS
from ..media.pixels import picture, to_bytes
from ..media.png import png
from ..plugins import checked_text
from ..tensor import Tensor, float32, is_float, reals, view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, List, Optional, Tuple

MAX_SPRITE = 8192                       # pixels a side, which TensorBoard's page refuses to exceed
BLANK_LABEL = "-"


def _warn(cause, text):
    errors.warn("add_embedding: " + text)


def add_embedding(logdir: "Optional[str]", mat: "Any", metadata: "Any", label_img: "Any",
                  step: int, tag: str, metadata_header: "Any", binary: bool,
                  warn: "Callable[[str, str], object]" = _warn, as_torch: bool = False,
                  metadata_path: "Optional[str]" = None) -> None:
    """Add points for the projector, in place of those of the same tag and step.

    logdir:           the run's directory; None: check everything, write nothing
    mat:              shape (points, dimensions); TensorBoard reads the numbers as float32
    metadata:         None, or a label for each point; tabs and line breaks in it become spaces
    label_img:        None, or pictures as media.pixels takes them, shape (points, channels, side,
                      side); the sprite they make has at most MAX_SPRITE pixels a side
    metadata_header:  None, or names of columns; each label is then a row of as many.  One name is
                      not written: TensorBoard takes a line without a tab for a label
    binary:           write float32 instead of text, unless TensorBoard would take it for text
    warn:             called with a cause and a text where something is written otherwise than asked
    as_torch:         pictures need not be square, and the config is laid out as torch does
    metadata_path:    a file of labels that is there, in place of metadata; relative to logdir
    Raises InputError if an argument is not so, before anything is written; OSError if the system
    cannot write.
    """
    name = "%s:%05d" % (checked_text(tag, "tag"), step)
    folder = "%05d/%s" % (step, _folder(tag))
    tensor = checked_points(mat)
    files = [_tensors(tensor, binary, warn)]
    fields = {"tensor_name": ["tensor_name: " + quoted(name)],
              "tensor_path": [_path("tensor_path", folder, files[0])]}
    if files[0][0] == "tensors.bytes":
        fields["tensor_shape"] = ["tensor_shape: %d" % size for size in tensor.shape]
    if metadata is not None:
        files.append(("metadata.tsv", metadata_lines(metadata, metadata_header, tensor.shape[0])))
        fields["metadata_path"] = [_path("metadata_path", folder, files[-1])]
    elif metadata_path is not None:
        fields["metadata_path"] = [
            "metadata_path: " + quoted(checked_text(metadata_path, "metadata_path"))]
    if label_img is not None:
        picture_file, size = sprite(label_img, tensor.shape[0], warn, as_torch)
        files.append(("sprite.png", [picture_file]))
        fields["sprite"] = [_path("image_path", folder, files[-1])] + [
            "single_image_dim: %d" % length for length in size]
    if UNASKABLE.search(name):
        warn("name", "TensorBoard's page cannot ask for an embedding whose name has one of & # + "
                     "or %% and two digits, or a control character: %r" % name)
    if logdir is not None:
        _write_all(logdir, folder, files, name, _entry(fields, as_torch), warn)


#   in a tag       in the folder's name: tensorboardX's, and what a file system does not take
ENCODED = {
    "%":           "%25",
    "/":           "%2f",
    "\\":          "%5c",
    "\0":          "%00",
}

ORDER = "tensor_name", "tensor_path", "tensor_shape", "metadata_path", "sprite"
TORCH_ORDER = "tensor_name", "metadata_path", "tensor_shape", "sprite", "tensor_path"

# The page puts the name into a URL as it is (projector_binary.js of TensorBoard 2.21).
UNASKABLE = re.compile("[&#+\0-\x1f]|%[0-9A-Fa-f]{2}")


def _folder(tag):
    """Return the name of a tag's own folder; no two tags share it, and none leads elsewhere."""
    if tag in (".", ".."):
        return tag.replace(".", "%2e")
    name = "".join(ENCODED.get(letter, letter) for letter in tag)
    if os.name == "nt":                 # what Windows does not take, as eventfile.subrun() knows it
        name = WINDOWS.sub(lambda found: _encoded(found.group()), name)
        name = _encoded(name[0]) + name[1:] if RESERVED.match(name) else name
    return name


def _encoded(letters):
    return "".join("%%%02x" % ord(letter) for letter in letters)


def _path(field, folder, file):
    return "%s: %s" % (field, quoted("%s/%s" % (folder.rstrip("/"), file[0])))


def _entry(fields, as_torch):
    """Return the lines of an entry of the config."""
    margin, lines = "  " if as_torch else "", []
    for name in TORCH_ORDER if as_torch else ORDER:
        if name == "sprite" and name in fields:
            lines += ["sprite {"] + [margin + line for line in fields[name]] + ["}"]
        else:
            lines += fields.get(name, [])
    return [margin + line for line in lines]


# ---- tensors ----

def checked_points(mat: "Any") -> Tensor:
    """Return the points as a tensor of shape (points, dimensions)."""
    tensor = view(mat, "mat")
    if len(tensor.shape) != 2 or 0 in tensor.shape:     # of no points, all of the page is an error
        raise InputError("mat", "shape (points, dimensions), at least one of each",
                         "shape %s" % (tensor.shape,))
    if isinstance(tensor.values, (list, tuple)):        # whole numbers there may be of any size
        reals(tensor.values, "mat")
    return tensor


def _tensors(tensor, binary, warn):
    """Return the name of the file for the points, and what is in it."""
    if binary:
        raw = _float32(tensor)
        if is_binary(raw):
            return "tensors.bytes", [raw]
        warn("binary", "written as text: these float32 happen to be UTF-8, and TensorBoard would "
                       "take them for text")
    return "tensors.tsv", tsv_lines(tensor)


def tsv_lines(tensor: Tensor) -> "Iterator[bytes]":
    """Yield a line of text for each point.  repr() of a float is read back as the same float."""
    number = float if is_float(tensor.dtype) else int     # a bool is 0 or 1
    dimensions = tensor.shape[1]
    for start in range(0, len(tensor.values), dimensions):
        row = map(number, tensor.values[start:start + dimensions])
        yield ("\t".join(map(repr, row)) + "\n").encode("ascii")


def _float32(tensor):
    """Return the values as float32, little-endian."""
    numbers = float32(tensor.values, "mat")
    if sys.byteorder == "big":
        numbers = array("f", numbers.tobytes())
        numbers.byteswap()
    return memoryview(numbers).cast("B")


def is_binary(raw: "bytes | memoryview") -> bool:
    """Return whether TensorBoard reads the content of a tensors file as float32.  [projector-5]

    It reads text, line by line or many lines at once, and turns to float32 when it meets a byte
    that is not UTF-8.  In a line before that it would find no number, and give up.
    """
    line_break = re.search(b"[\r\n]", raw)
    try:
        str(raw[:line_break.start() if line_break else None], "utf-8")
    except UnicodeDecodeError:
        return True
    return False


# ---- metadata ----

IN_ONE_LINE = str.maketrans("\t\n\r", "   ")


def metadata_lines(metadata: "Any", header: "Any", points: int) -> "List[bytes]":
    """Return the lines of metadata.tsv."""
    labels = _items(metadata, "metadata", "a label for each point")
    names = _items(header, "metadata_header", "names of columns") if header is not None else []
    if len(labels) != points:
        raise InputError("metadata", "%d labels, one for each point" % points, str(len(labels)))
    rows = [_row(label, i, len(names)) for i, label in enumerate(labels)] if names else zip(labels)
    rows = [names, *rows] if len(names) > 1 else rows
    return [_line(row).encode("utf-8") for row in rows]


def _row(label, i, columns):
    row = _items(label, "metadata[%d]" % i, "a row of %d, as metadata_header has" % columns)
    if len(row) != columns:
        raise InputError("metadata[%d]" % i, "a row of %d, as metadata_header has" % columns,
                         str(len(row)))
    return row


def _items(x, argument, need):
    """Return the items of a list or whatever can be gone through, but not the letters of a text."""
    try:
        if not isinstance(x, (str, bytes)):
            return list(x)
    except (TypeError, NotImplementedError):            # no items; a buffer of two dimensions
        pass
    raise InputError(argument, need, shown(x))


def _line(row):
    """Return a line of a row's cells.  It is never blank: the page would skip it."""
    line = "\t".join(checked_text(str(cell), "metadata").translate(IN_ONE_LINE) for cell in row)
    if not line.replace("\ufeff", " ").strip():         # what JavaScript's trim() takes for blank
        line = BLANK_LABEL + line.lstrip(" ")
    return line + "\n"


# ---- sprite ----

def sprite(label_img: "Any", points: int, warn: "Callable[[str, str], object]" = _warn,
           oblong: bool = False) -> "Tuple[bytes, Tuple[int, int]]":
    """Return (PNG, (width, height) of each picture): row by row on a square, its rest black.

    oblong: pictures may be wider than high, as in torch
    """
    tensor = view(label_img, "label_img")
    shape = tensor.shape
    if len(shape) != 4 or 0 in shape or not (shape[2] == shape[3] or oblong):
        raise InputError("label_img", "shape (points, channels, side, side): pictures are square",
                         "shape %s" % (shape,))
    if shape[0] != points:
        raise InputError("label_img", "%d pictures, one for each point" % points, str(shape[0]))
    height, width, columns = shape[2], shape[3], _root(points)
    side = columns * width
    if side > MAX_SPRITE:
        raise InputError("label_img", "a sprite of at most %d pixels a side" % MAX_SPRITE,
                         "%d: %d pictures a row, of %d pixels" % (side, columns, width))
    if -(-points // columns) * height > side:
        raise InputError("label_img", "pictures that fill no more than a square of %d a row"
                         % columns, "shape %s" % (shape,))
    pixels, channels = _canvas(_pictures(tensor, warn), columns)
    return png(pixels, side, side, channels), (width, height)


def _root(n):
    """Return the least whole number whose square is at least n."""
    root = int(n ** 0.5)
    return root + (root * root < n)


def _pictures(tensor, warn):
    """Return [(height, width, channels, pixels)] of shape (points, channels, height, width)."""
    if is_float(tensor.dtype):
        tensor = tensor._replace(dtype="float64")       # tensorboardX scales so, here only
    data = to_bytes(tensor, warn)
    size = len(data) // tensor.shape[0]
    return [picture(Tensor("uint8", tensor.shape[1:], data[start:start + size]),
                    "CHW", "label_img", warn) for start in range(0, len(data), size)]


def _canvas(pictures, columns):
    height, width, channels, _ = pictures[0]
    line = width * channels
    stride = columns * line
    out = bytearray(columns * width * stride)
    for i, (_, _, _, pixels) in enumerate(pictures):
        corner = i // columns * height * stride + i % columns * line
        for y in range(height):
            out[corner + y * stride:corner + y * stride + line] = pixels[y * line:(y + 1) * line]
    return bytes(out), channels


# ---- writing ----

def _write_all(logdir, folder, files, name, entry, warn):
    """Write the files, and only then the config: one file it names and lacks, and none is shown."""
    directory = os.path.join(logdir, *folder.split("/"))
    try:
        os.fsencode(folder)
    except UnicodeEncodeError:          # LC_ALL=C on Python 3.6, or without its UTF-8 mode
        raise InputError("tag", "a name that files can have here, where they have it in %s"
                         % sys.getfilesystemencoding(), ascii(folder)) from None
    os.makedirs(directory, exist_ok=True)
    for file, chunks in files:
        write(os.path.join(directory, file), chunks)
    path = os.path.join(logdir, CONFIG)
    with alone(path):
        config, aside = read(path), None
        try:
            new = merged(config, name, entry)
        except FormatError as e:
            error, new = e, merged(b"", name, entry)
            aside = set_aside(path, config)
        write(path, [new])
    if aside:
        warn("config", "%s cannot be read, by TensorBoard neither: %s; it is now %s"
             % (path, error, aside))
