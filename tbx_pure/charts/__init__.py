"""Charts: numbers -> canvas -> picture, with the numbers beside it under a plugin of our own.

Here stands what charts share: texts that can be drawn, and the summary that holds all of it.
"""
from ..errors import InputError
from ..markdown import typed
from ..media import font
from ..plugins import RawTag, checked_text, listed
from ..plugins.text import text
from ..tensor import one, view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    from ..media.canvas import Canvas


def drawable(texts: "Sequence[str]") -> "Tuple[List[str], List[str]]":
    """Return (texts as the picture shows them, those that it shows as numbers).

    A text with characters that the font lacks is drawn as (1), (2) and so on, in their order in the
    second list.  Lines become one.
    """
    drawn, numbers = [], {}             # type: List[str], Dict[str, int]
    for line in (" ".join(each.split()) for each in texts):
        if font.missing(line):
            line = "(%d)" % numbers.setdefault(line, len(numbers) + 1)
        drawn.append(line)
    return drawn, list(numbers)


def chart(tag: str, canvas: "Canvas", data: "Dict[str, Any]",
          numbered: "Sequence[str]" = ()) -> "Dict[str, Any]":
    """Return the summary of a chart: a picture under its tag, its numbers, its long names.

    tag:       as it is written
    canvas:    the picture
    data:      the summary of its numbers, under a tag of their own
    numbered:  the texts that the picture shows as (1), (2) and so on: a list on the Text page
    """
    picture = {"tag": tag, "image": {
        "height": canvas.height, "width": canvas.width, "colorspace": 3,
        "encoded_image_string": canvas.png()}}
    values = [picture] + data["value"]
    if numbered:
        lines = ["%d. %s" % (i, typed(each)) for i, each in enumerate(numbered, 1)]
        values += text(RawTag(tag), "\n".join(lines))["value"]
    return {"value": values}


def labels_of(labels: "Any", argument: str) -> "List[Any]":
    """Return labels, texts or numbers, as texts, bools, whole numbers and floats, in one row."""
    try:
        items = listed(labels, argument)
    except InputError:
        if isinstance(labels, str) or labels is None or hasattr(labels, "items"):
            raise
        return [_whole(one(labels, argument))]          # a bare number is a row of one
    if any(isinstance(item, str) for item in items):
        return [_plain(item, argument) for item in items]
    tensor = view(labels if hasattr(labels, "__len__") else items, argument)
    if len(tensor.shape) != 1 and len(tensor.values) != len(items):
        raise InputError(argument, "one label each", "shape %s" % (tensor.shape,))
    return list(map(_whole, tensor.values))


def _plain(label, argument):
    """A text without the class that it may have: an Enum, or a NumPy text."""
    if isinstance(label, str):
        return str.__str__(checked_text(label, argument))
    return _whole(one(label, argument))


def _whole(number):
    return int(number) if isinstance(number, float) and number.is_integer() else number


def names_of(labels: "Any", argument: str, count: "Optional[int]" = None) -> "List[str]":
    """Return a text for each of `count` things, from texts or numbers.

    Raises InputError if there are more or fewer.
    """
    names = list(map(str, labels_of(labels, argument)))
    if count not in (None, len(names)):
        raise InputError(argument, "%d of them" % count, "%d" % len(names))
    return names
