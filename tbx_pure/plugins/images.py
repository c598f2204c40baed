"""The images plugin: PNG pictures.  spec/plugins/images.md"""
from . import clean_tag
from ..media.pixels import picture
from ..media.png import png
from ..tensor import view
from ..wire import BOOL, INT32, Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

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
    if isinstance(dataformats, str) and len(dataformats) == len(tensor.shape) - 1 == 3:
        dataformats = "N" + dataformats
    return _summary(tag, tensor, dataformats, warn)


def _summary(tag, tensor, dataformats, warn):
    tag = clean_tag(tag)                # first: warn() keeps account by tag
    height, width, channels, pixels = picture(tensor, dataformats, "img_tensor", warn)
    return {"value": [{"tag": tag, "image": {
        "height": height, "width": width, "colorspace": channels,
        "encoded_image_string": png(pixels, height, width, channels)}}]}


def read(value: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return height, width and encoded, the bytes of a PNG, GIF or JPEG, of a Summary.Value."""
    fields = value["image"]
    return {"height": fields.get("height", 0), "width": fields.get("width", 0),
            "encoded": fields.get("encoded_image_string", b"")}


def as_tensor(value: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return the image as a tensor of texts: its width, its height, its encoded bytes."""
    fields = read(value)
    texts = [b"%d" % fields["width"], b"%d" % fields["height"], fields["encoded"]]
    return {"tensor": {"dtype": "DT_STRING", "tensor_shape": {"dim": [{"size": len(texts)}]},
                       "string_val": texts}}


def describe(value: "Dict[str, Any]") -> str:
    fields = read(value)
    return "%d x %d pixels, %d bytes" % (fields["width"], fields["height"], len(fields["encoded"]))
