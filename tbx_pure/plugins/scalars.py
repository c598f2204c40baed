"""The scalars plugin: one float32 a step.  spec/plugins/scalars.md"""
from . import checked_text, clean_tag, metadata
from ..errors import InputError, shown
from ..tensor import one
from ..wire import FLOAT, INT32, Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

SCALAR_PLUGIN_DATA = Message("ScalarPluginData",
    (1, "version", INT32))


def scalar(tag: str, scalar_value: "Any", display_name: str = "",
           summary_description: str = "") -> "Dict[str, Any]":
    """Return the summary of one number.

    tag:           name of the curve; cleaned
    scalar_value:  one number, or a tensor that holds exactly one; stored as float32, so 0.1 is read
                   back as 0.10000000149011612 and 1e39 as infinity; NaN and infinities are kept
    display_name, summary_description:  shown in place of the tag, and beside it
    Raises InputError if scalar_value holds no number or more than one.
    """
    value = {"tag": clean_tag(tag), "simple_value": one(scalar_value, "scalar_value")}
    if display_name or summary_description:
        value["metadata"] = metadata("scalars", checked_text(display_name, "display_name"),
                                     checked_text(summary_description, "summary_description"))
    return {"value": [value]}


def scalars(main_tag: str, tag_scalar_dict: "Dict[str, Any]") -> "List[Tuple[str, Dict[str, Any]]]":
    """Return the summary of one number for each of several curves: [(its key, the summary)].

    main_tag:         the tag of them all, which makes them share a chart; cleaned
    tag_scalar_dict:  a number for each key
    """
    tag = clean_tag(main_tag, "main_tag")
    if not hasattr(tag_scalar_dict, "items"):
        raise InputError("tag_scalar_dict", "a dict of numbers", shown(tag_scalar_dict))
    return [(str(key), {"value": [{"tag": tag,
                                   "simple_value": one(x, "tag_scalar_dict[%r]" % (key,))}]})
            for key, x in tag_scalar_dict.items()]


def read(value: "Dict[str, Any]") -> float:
    """Return the number in a Summary.Value that scalar() made."""
    return value["simple_value"]


def describe(value: "Dict[str, Any]") -> str:
    return shortest(read(value))


def shortest(x: float) -> str:
    """Return the shortest text that becomes the float32 x again: 0.1, not 0.10000000149011612."""
    for digits in range(6, 9):
        text = "%.*g" % (digits, x)
        if FLOAT.pack(float(text)) == FLOAT.pack(x):
            return text
    return "%.9g" % x
