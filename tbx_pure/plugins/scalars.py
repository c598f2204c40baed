"""The scalars plugin: one float32 a step.  spec/plugins/scalars.md"""
import math

from . import checked_text, clean_tag, mapping, metadata
from ..errors import FormatError
from ..messages import EVENT
from ..record import frame
from ..tensor import one
from ..tensor_proto import tensor_values
from ..twins import fastest
from ..wire import FLOAT, INT32, Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple

SCALAR_PLUGIN_DATA = Message("ScalarPluginData",
    (1, "version", INT32))


def scalar(tag: str, scalar_value: "Any", display_name: str = "", summary_description: str = "",
           new_style: bool = False, double_precision: bool = False,
           warn: "Callable[[str, str], object]" = lambda cause, text: None,
           parse: bool = False) -> "Dict[str, Any]":
    """Return the summary of one number.

    tag:           name of the curve; cleaned
    scalar_value:  one number, or a tensor that holds exactly one; stored as float32, so 0.1 is read
                   back as 0.10000000149011612 and 1e39 as infinity; NaN and infinities are kept
    display_name, summary_description:  shown in place of the tag, and beside it
    new_style:     as a tensor with metadata; double_precision: and that of float64
    warn:          called with a cause and a text if float32 cannot hold the number
    parse:         the text of a number is one, as in torch
    Raises InputError if scalar_value holds no number or more than one.
    """
    tag, x = clean_tag(tag), one(scalar_value, "scalar_value", parse)
    if new_style:
        return {"value": [_new_style(tag, x, double_precision, warn)]}
    _check_float32(x, warn)
    value = {"tag": tag, "simple_value": x}
    if display_name or summary_description:
        value["metadata"] = metadata("scalars", checked_text(display_name, "display_name"),
                                     checked_text(summary_description, "summary_description"))
    return {"value": [value]}


def _new_style(tag, x, double_precision, warn):
    """The Value torch writes with new_style=True."""
    tensor = {"dtype": "DT_FLOAT", "float_val": [x]}
    if double_precision:
        warn("float64", "TensorBoard's default engine does not show scalars of float64")
        tensor = {"dtype": "DT_DOUBLE", "double_val": [x]}
    return {"tag": tag, "tensor": tensor, "metadata": {"plugin_data": {"plugin_name": "scalars"}}}


def _check_float32(x, warn):
    """Warn of a finite number that becomes infinite or 0, or a count that becomes another."""
    if 1e-37 < abs(x) <= 2 ** 24 or x == 0 or x != x:
        return                          # the usual case, quickly
    kept = FLOAT.unpack(FLOAT.pack(x), 0, 4)
    counted = isinstance(x, int) or abs(x) <= 2 ** 53 and x == x // 1
    if kept != x and (math.isinf(kept) or kept == 0 or counted):
        warn("float32", "%r becomes %s, as a scalar is stored as float32" % (x, shortest(kept)))


def scalars(main_tag: str, tag_scalar_dict: "Dict[str, Any]", as_tags: bool = False,
            parse: bool = False) -> "List[Tuple[str, Dict[str, Any]]]":
    """Return the summary of one number for each of several curves: [(its key, the summary)].

    main_tag:         the tag of them all, which makes them share a chart; cleaned
    tag_scalar_dict:  a number for each key
    as_tags:          the tag of each is main_tag/key instead
    parse:            the text of a number is one, as in torch
    """
    tag = clean_tag(checked_text(main_tag, "main_tag"), "main_tag")
    made = []
    for key, x in mapping(tag_scalar_dict, "tag_scalar_dict").items():
        checked_text(str(key), "tag_scalar_dict")
        x = one(x, "tag_scalar_dict[%r]" % (key,), parse)
        own = clean_tag(type(main_tag)("%s/%s" % (main_tag, key))) if as_tags else tag
        made.append((str(key), {"value": [{"tag": own, "simple_value": x}]}))
    return made


@fastest
def records(rows: "List[Tuple[str, float, Optional[int], float]]") -> bytes:
    """Return the framed events of many numbers, one after another.

    rows:  (tag, cleaned; number; step or None; seconds since 1970) of each
    """
    return b"".join(frame(EVENT.encode({
        "wall_time": wall_time, "step": step,
        "summary": {"value": [{"tag": tag, "simple_value": number}]}}))
        for tag, number, step, wall_time in rows)


def read(value: "Dict[str, Any]") -> float:
    """Return the number in a Summary.Value: its simple_value, or the element of its tensor.

    Raises FormatError if the tensor is not of one real number, of any dtype and shape. [scalars-3]
    """
    if "simple_value" in value:
        return value["simple_value"]
    tensor = tensor_values(value["tensor"])
    if len(tensor.values) != 1 or not isinstance(tensor.values[0], (int, float)):
        raise FormatError("%s is not one number" % (tensor,), 0, "scalars-3")
    return float(tensor.values[0])


def as_tensor(value: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return the number as a tensor of rank 0, the only form all of TensorBoard reads."""
    content = FLOAT.pack(value["simple_value"])
    return {"tensor": {"dtype": "DT_FLOAT", "tensor_shape": {}, "tensor_content": content}}


def describe(value: "Dict[str, Any]") -> str:
    x = read(value)
    return repr(x) if FLOAT.unpack(FLOAT.pack(x), 0, 4) != x == x else shortest(x)


def shortest(x: float) -> str:
    """Return the shortest text that becomes the float32 x again: 0.1, not 0.10000000149011612."""
    for digits in range(6, 9):
        text = "%.*g" % (digits, x)
        if FLOAT.pack(float(text)) == FLOAT.pack(x):
            return text
    return "%.9g" % x
