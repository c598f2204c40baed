"""One file a plugin, named as its plugin_name on the wire: its tables, summary function, read().

Here stands what plugins share: the table of them, tags and metadata.  spec/4-summaries.md
"""
import importlib
import re

from ..errors import InputError, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

#   plugin_name    member of Value that     data class, by which
#                  says so without metadata  TensorBoard stores it
PLUGINS = (
    ("scalars",     "simple_value",          "DATA_CLASS_SCALAR"),
    ("images",      "image",                 "DATA_CLASS_BLOB_SEQUENCE"),
    ("histograms",  "histo",                 "DATA_CLASS_TENSOR"),
    ("text",        None,                    "DATA_CLASS_TENSOR"),
)
DATA_CLASS = {name: data_class for name, _, data_class in PLUGINS}
MEMBER = {name: member or "tensor" for name, member, _ in PLUGINS}

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


def clean_tag(tag: str, argument: str = "tag") -> str:
    """Return `tag` as tensorboardX writes it: letters, digits, -/._ stay, the rest becomes _.

    A / in front is dropped: it would make a nameless group.
    """
    if not isinstance(tag, str):
        raise InputError(argument, "text", shown(tag))
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
    for name, member, _ in PLUGINS:
        if member in value:
            return name
    return value.get("metadata", {}).get("plugin_data", {}).get("plugin_name")


def describe(value: "Dict[str, Any]") -> str:
    """Return a decoded Summary.Value in a line of text: its plugin, and what that says of it."""
    name = plugin_of(value)
    if name not in MEMBER or MEMBER[name] not in value:
        members = sorted(value.keys() - {"tag", "metadata"})
        return "%s  (%s)" % (name or "no plugin", ", ".join(members))
    return "%s  %s" % (name, importlib.import_module("." + name, __name__).describe(value))
