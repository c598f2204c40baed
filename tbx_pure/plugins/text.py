"""The text plugin: Markdown.  spec/plugins/text.md"""
from . import checked_text
from ..wire import INT32, Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

TEXT_PLUGIN_DATA = Message("TextPluginData",
    (1, "version", INT32))


def text(tag: str, text_string: str) -> "Dict[str, Any]":
    """Return the summary of one text.

    tag:          its name; "/text_summary" is added, as tensorboardX adds it
    text_string:  Markdown; written as UTF-8
    Raises InputError if either is not text.
    """
    data = checked_text(text_string, "text_string").encode("utf-8")
    return {"value": [{"tag": checked_text(tag, "tag") + "/text_summary",
                       "tensor": {"dtype": "DT_STRING", "tensor_shape": {"dim": [{"size": 1}]},
                                  "string_val": [data]},
                       "metadata": {"plugin_data": {"plugin_name": "text"}}}]}


def read(value: "Dict[str, Any]") -> "List[str]":
    r"""Return the texts in a Summary.Value; bytes that are not UTF-8 are shown as \x escapes."""
    texts = value["tensor"].get("string_val", [])
    return [data.decode("utf-8", "backslashreplace") for data in texts]


def describe(value: "Dict[str, Any]") -> str:
    return " ".join(map(repr, read(value)))
