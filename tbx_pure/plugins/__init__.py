"""One file a plugin, named as its plugin_name on the wire: its tables, summary function, read().

Here stands what plugins share: the table of them, tags and metadata.  spec/4-summaries.md
"""
import importlib
import re

from ..errors import FormatError, InputError, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

#   plugin_name        where in a Value it     data class, by which
#                      stands                  TensorBoard stores it
PLUGINS = (
    ("scalars",        "simple_value",         "DATA_CLASS_SCALAR"),
    ("images",         "image",                "DATA_CLASS_BLOB_SEQUENCE"),
    ("audio",          "audio",                "DATA_CLASS_BLOB_SEQUENCE"),
    ("histograms",     "histo",                "DATA_CLASS_TENSOR"),
    ("text",           "tensor",               "DATA_CLASS_TENSOR"),
    ("pr_curves",      "tensor",               "DATA_CLASS_TENSOR"),
    ("mesh",           "tensor",               "DATA_CLASS_TENSOR"),
    ("custom_scalars", "tensor",               "DATA_CLASS_TENSOR"),
    ("tensor",         "tensor",               "DATA_CLASS_TENSOR"),
    ("hparams",        "metadata",             "DATA_CLASS_TENSOR"),
    ("line_chart",     "tensor",               "DATA_CLASS_TENSOR"),    # this project's own
    ("scatter",        "tensor",               "DATA_CLASS_TENSOR"),    # this project's own
    ("heatmap",        "tensor",               "DATA_CLASS_TENSOR"),    # this project's own
)
DATA_CLASS = {name: data_class for name, _, data_class in PLUGINS}
MEMBER = {name: member for name, member, _ in PLUGINS}
IMPLIED = {member: name for name, member, _ in PLUGINS          # a member of one plugin only
           if member not in ("tensor", "metadata")}

UNCLEAN = re.compile(r"[^-/\w.]")


def checked_text(text: str, argument: str) -> str:
    """Return `text` if it is text that UTF-8 can hold."""
    if not isinstance(text, str):
        raise InputError(argument, "text", shown(text))
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:          # half of a surrogate pair
        raise InputError(argument, "text that UTF-8 can hold", ascii(text)) from None
    return text


def mapping(x: "Any", argument: str) -> "Any":
    """Return `x` if it has keys and values, as a dict."""
    if not hasattr(x, "items"):
        raise InputError(argument, "a dict", shown(x))
    return x


def listed(x: "Any", argument: str, need: str = "a list") -> "List[Any]":
    """Return the items of `x` as a list, if it is no text and no dict, and can be gone through."""
    try:                                # a column of pandas has items() too
        if not isinstance(x, str) and (hasattr(x, "tolist") or not hasattr(x, "items")):
            return list(x)
    except (TypeError, NotImplementedError):            # no items; a buffer of two dimensions
        pass
    raise InputError(argument, need, shown(x))


class RawTag(str):
    """A tag to be written as it is."""


def clean_tag(tag: str, argument: str = "tag") -> str:
    """Return `tag` as tensorboardX writes it: letters, digits, -/._ stay, the rest becomes _.

    A / in front is dropped: it would make a nameless group.  A RawTag stays as it is.
    """
    if not isinstance(tag, str):
        raise InputError(argument, "text", shown(tag))
    if isinstance(tag, RawTag):
        return checked_text(tag, argument)
    return UNCLEAN.sub("_", tag).lstrip("/")


def metadata(plugin: str, display_name: str = "", summary_description: str = "",
             content: bytes = b"") -> "Dict[str, Any]":
    """Return a SummaryMetadata that every reader keeps.

    TensorBoard's default engine throws the names away unless plugin and data class are there too.
    """
    return {"plugin_data": {"plugin_name": plugin, "content": content},
            "display_name": display_name, "summary_description": summary_description,
            "data_class": DATA_CLASS[plugin]}


def plugin_of(value: "Dict[str, Any]") -> "Optional[str]":
    """Return the name of the plugin that a decoded Summary.Value is for, or None."""
    for member in value.keys() & IMPLIED.keys():
        return IMPLIED[member]
    return value.get("metadata", {}).get("plugin_data", {}).get("plugin_name")


def tensor_style(summary: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return a summary with each Value as a tensor with metadata, the form TensorFlow 2 writes."""
    return {"value": [_as_tensor(value) for value in summary["value"]]}


def _as_tensor(value):
    name = plugin_of(value)
    if "tensor" in value or MEMBER[name] == "metadata":
        return value
    names = value.get("metadata", {})
    about = metadata(name, names.get("display_name", ""), names.get("summary_description", ""))
    return dict({"tag": value["tag"], "metadata": about}, **_module(name).as_tensor(value))


def _module(name):
    return importlib.import_module("." + name, __name__)


def read(name: str, value: "Dict[str, Any]") -> "Any":
    """Return what the plugin of that name, one of PLUGINS, reads in a decoded Summary.Value.

    Raises FormatError if the value is not of its form; ModuleNotFoundError in a copy without it.
    """
    if MEMBER[name] not in value and "tensor" not in value:
        raise FormatError("a value of %s without data" % name, 0, "summary-1")
    return _module(name).read(value)


def counted(n: float, noun: str) -> str:
    """Return "1 point" or "2 points"."""
    return "%s %s%s" % (n if isinstance(n, int) else "%g" % n, noun, "s" if n != 1 else "")


def describe(value: "Dict[str, Any]") -> str:
    """Return a decoded Summary.Value in a line of text: its plugin, and what that says of it."""
    name = plugin_of(value)
    if name in MEMBER and (MEMBER[name] in value or "tensor" in value):
        try:
            return "%s  %s" % (name, _module(name).describe(value))
        except (FormatError, ModuleNotFoundError):      # a form we do not read; a copy without it
            pass
    members = sorted(value.keys() - {"tag", "metadata"})
    return "%s  (%s)" % (name or "no plugin", ", ".join(members))
