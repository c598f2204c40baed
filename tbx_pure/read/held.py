"""Which message stands in the bytes of a field: a plugin's own, a graph, a layout."""
import importlib

from ..wire import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

#   plugin_name          what PluginData.content is, in plugins/
CONTENT = {
    "audio":             "AUDIO_PLUGIN_DATA",
    "heatmap":           "HEATMAP_PLUGIN_DATA",
    "histograms":        "HISTOGRAM_PLUGIN_DATA",
    "hparams":           "HPARAMS_PLUGIN_DATA",
    "images":            "IMAGE_PLUGIN_DATA",
    "line_chart":        "LINE_CHART_PLUGIN_DATA",
    "mesh":              "MESH_PLUGIN_DATA",
    "pr_curves":         "PR_CURVE_PLUGIN_DATA",
    "scalars":           "SCALAR_PLUGIN_DATA",
    "scatter":           "SCATTER_PLUGIN_DATA",
    "text":              "TEXT_PLUGIN_DATA",
}

#   field of bytes       the message, and where it stands in the package
HELD = {
    "graph_def":         ("GRAPH_DEF", "graph.messages"),
    "run_metadata":      ("RUN_METADATA", "graph.messages"),
}


def held(field: str, plugin: "Optional[str]" = None) -> "Optional[Message]":
    """Return the table of the message in a field of bytes of a value of `plugin`.

    None if there is none: it is bytes, a plugin that we do not know, or a copy without it.
    """
    if field == "content" and plugin in CONTENT:
        name, module = CONTENT[plugin], "plugins." + plugin
    elif field == "string_val" and plugin == "custom_scalars":
        name, module = "LAYOUT", "plugins.custom_scalars"
    elif field in HELD:
        name, module = HELD[field]
    else:
        return None
    try:
        return getattr(importlib.import_module(".." + module, __package__), name)
    except ModuleNotFoundError:
        return None
