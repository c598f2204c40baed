"""The images plugin: PNG pictures.  spec/plugins/images.md"""
from . import clean_tag
from ..errors import FormatError
from ..media.pixels import picture
from ..media.png import png
from ..tensor import view
from ..tensor_proto import tensor_values
from ..wire import BOOL, INT32, Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

IMAGE_PLUGIN_DATA = Message("ImagePluginData",
    (1, "version",             INT32),
    (2, "converted_to_tensor", BOOL))


def image(tag: str, img_tensor: "Any", dataformats: str,
          warn: "Callable[[str, str], object]") -> "Dict[str, Any]":
    """Return the summary of one image, or of several as a grid.

    tag:          its name; cleaned
    img_tensor:   pixels, see tbx_pure.media.pixels
    dataformats:  its layout, such as "CHW", "HWC", "HW" or "NCHW"
    warn:         called with a cause and a text if values had to be clipped
    Raises InputError if img_tensor does not fit dataformats, or is no image.
    """
    return _summary(tag, view(img_tensor, "img_tensor"), dataformats, warn)


def images(tag: str, img_tensor: "Any", dataformats: str,
           warn: "Callable[[str, str], object]") -> "Dict[str, Any]":
    """Return the summary of a grid of images; dataformats may be the layout of each in a list."""
    tensor = view(img_tensor, "img_tensor")
    if isinstance(dataformats, str) and len(dataformats) == len(tensor.shape) - 1 in (2, 3):
        dataformats = "N" + dataformats
    return _summary(tag, tensor, dataformats, warn)


def _summary(tag, tensor, dataformats, warn):
    tag = clean_tag(tag)                # first: warn() keeps account by tag
    height, width, channels, pixels = picture(tensor, dataformats, "img_tensor", warn)
    return image_file(tag, height, width, channels, png(pixels, height, width, channels))


def image_file(tag: str, height: int, width: int, channels: int, data: bytes) -> "Dict[str, Any]":
    """Return the summary of a picture's file; tag is written as it is."""
    return {"value": [{"tag": tag, "image": {"height": height, "width": width,
                                             "colorspace": channels,
                                             "encoded_image_string": data}}]}


def ready(x: "Any") -> bool:
    """Return whether `x` needs no layout: a file, or its path; a picture of PIL; a list of such.

    A row of numbers is no picture: it may be the bytes of a file.  Text and an mmap have a find().
    """
    one = x[0] if isinstance(x, (list, tuple)) and x else x
    return getattr(x, "ndim", 0) == 1 or any(
        hasattr(one, name) for name in ("find", "convert", "__fspath__"))


def read(value: "Dict[str, Any]") -> "List[Dict[str, Any]]":
    """Return the pictures of a Summary.Value: of each height, width and encoded.

    encoded is the bytes of a PNG, GIF or JPEG; a tensor may have none, or several of one size.
    Raises FormatError if a tensor is not the texts of a width and a height, then files. [images-4]
    """
    if "image" in value:
        fields = value["image"]
        width, height = fields.get("width", 0), fields.get("height", 0)
        files = [fields.get("encoded_image_string", b"")]
    else:
        width, height, files = _of_tensor(tensor_values(value["tensor"]))
    return [{"height": height, "width": width, "encoded": encoded} for encoded in files]


def _of_tensor(tensor):
    try:
        if len(tensor.shape) == 1 and tensor.dtype == "string":
            width, height = map(int, tensor.values[:2])
            return width, height, tensor.values[2:]
    except ValueError:                  # fewer than two, or no numbers
        pass
    raise FormatError("%s is not a width, a height and files" % (tensor,), 0, "images-4")


def as_tensor(value: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return the image as a tensor of texts: its width, its height, its encoded bytes."""
    picture, = read(value)
    texts = [b"%d" % picture["width"], b"%d" % picture["height"], picture["encoded"]]
    return {"tensor": {"dtype": "DT_STRING", "tensor_shape": {"dim": [{"size": len(texts)}]},
                       "string_val": texts}}


def describe(value: "Dict[str, Any]") -> str:
    return ", ".join("%d x %d pixels, %d bytes" % (
        picture["width"], picture["height"], len(picture["encoded"])) for picture in read(value))
