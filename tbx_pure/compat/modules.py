"""Every module path of tensorboardX, torch.utils.tensorboard and tensorboard that we stand in for.

One table: the path; and, from which of our modules, which names.  "proto:event" is what
proto.exports("event") gives.  install.py makes the modules, and the command shim a stub for them.
"""
import importlib
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

PACKAGE = __name__.rpartition(".compat.")[0]

# What we stand in for, and as which version of it.  torch.utils.tensorboard has torch's.
FAMILIES = ("tensorboardX", "torch.utils.tensorboard", "tensorboard")
VERSIONS = {"tensorboardX": "2.6.5", "tensorboard": "2.21.0"}

SUMMARIES = ("audio compute_curve custom_scalars histogram histogram_raw hparams image image_boxes "
             "make_histogram make_image make_video mesh pr_curve pr_curve_raw scalar text video "
             "_calc_scale_factor")
OF_WRITER = ("audio custom_scalars histogram histogram_raw hparams image image_boxes mesh pr_curve "
             "pr_curve_raw scalar text video")
OF_TORCH = "audio histogram hparams image image_boxes make_np mesh scalar video"
MESSAGES = "HistogramProto Summary SummaryMetadata TensorProto TensorShapeProto"
EMBEDDING = "make_mat make_sprite make_tsv"
LAYOUTS = "_prepare_video convert_to_HWC figure_to_image make_grid"
PROTOS = ("attr_value event graph node_def resource_handle summary tensor tensor_shape types "
          "versions")


def _protos(folder: str, files: str) -> "Tuple[Tuple[str, str, str], ...]":
    """Return the rows of *_pb2 modules whose names are keys of proto.FILES."""
    return tuple((folder + file + "_pb2", "proto:" + file, "") for file in files.split())


#   path, from its family on      where from                names
TENSORBOARDX = (
    ("",                          "compat.writer",          "FileWriter SummaryWriter"),
    ("",                          "compat.record_writer",   "RecordWriter"),
    ("",                          "compat.global_writer",   "GlobalSummaryWriter"),
    ("",                          "compat.torchvis",        "TorchVis"),
    ("torchvis",                  "compat.torchvis",        "TorchVis"),
    ("visdom_writer",             "compat.torchvis",        "VisdomWriter"),
    ("writer",                    "compat.writer",          "DummyFileWriter EventFileWriter "
                                                            "FileWriter SummaryWriter"),
    ("writer",                    "compat.proto",           "Event SessionLog"),
    ("writer",                    "compat.summary",         OF_WRITER),
    ("writer",                    "compat.embedding",       EMBEDDING + " append_pbtxt"),
    ("writer",                    "compat.utils",           "figure_to_image"),
    ("event_file_writer",         "compat.files",           "EventFileWriter"),
    ("event_file_writer",         "compat.record_writer",   "RecordWriter"),
    ("record_writer",             "compat.record_writer",   "RecordWriter "
                                                            "register_writer_factory"),
    ("record_writer",             "crc32c",                 "crc32c"),
    ("global_writer",             "compat.global_writer",   "GlobalSummaryWriter"),
    ("global_writer",             "compat.writer",          "SummaryWriter"),
    ("summary",                   "compat.summary",         SUMMARIES + " _clean_tag"),
    ("summary",                   "compat.proto",           MESSAGES),
    ("summary",                   "compat.utils",           "_prepare_video convert_to_HWC "
                                                            "convert_to_NTCHW"),
    ("summary",                   "compat.x2num",           "make_np"),
    ("summary",                   "proto:mesh",             ""),
    ("summary",                   "proto:pr_curves",        ""),
    ("summary",                   "proto:text",             ""),
    ("utils",                     "compat.utils",           LAYOUTS + " convert_to_NTCHW"),
    ("x2num",                     "compat.x2num",           "make_np"),
    ("embedding",                 "compat.embedding",       EMBEDDING + " append_pbtxt"),
    ("crc32c",                    "crc32c",                 "crc32c"),
    ("proto.api_pb2",             "proto:hparams_api",      ""),
    ("proto.layout_pb2",          "proto:custom_scalars",   ""),
    ("proto.plugin_hparams_pb2",  "proto:hparams",          ""),
    ("proto.plugin_mesh_pb2",     "proto:mesh",             ""),
    ("proto.plugin_pr_curve_pb2", "proto:pr_curves",        ""),
    ("proto.plugin_text_pb2",     "proto:text",             ""),
) + _protos("proto.", PROTOS)

TORCH = (
    ("",                          "compat.torch_writer",    "FileWriter SummaryWriter"),
    ("",                          "compat.record_writer",   "RecordWriter"),
    ("writer",                    "compat.torch_writer",    "EventFileWriter FileWriter "
                                                            "SummaryWriter"),
    ("writer",                    "compat.proto",           "Event SessionLog"),
    ("writer",                    "compat.summary",         OF_WRITER + " tensor_proto"),
    ("writer",                    "compat.summary_torch",   OF_TORCH),
    ("writer",                    "compat.embedding",       EMBEDDING),
    ("writer",                    "compat.utils",           "figure_to_image"),
    ("summary",                   "compat.summary",         SUMMARIES + " half_to_int int_to_half "
                                                            "tensor_proto"),
    ("summary",                   "compat.summary_torch",   OF_TORCH),
    ("summary",                   "compat.proto",           MESSAGES),
    ("summary",                   "compat.utils",           "_prepare_video convert_to_HWC"),
    ("summary",                   "proto:pr_curves",        ""),
    ("summary",                   "proto:text",             ""),
    ("_utils",                    "compat.utils",           LAYOUTS),
    ("_convert_np",               "compat.summary_torch",   "make_np"),
    ("_pytorch_graph",            "compat.pytorch_graph",   "graph"),
    ("_embedding",                "compat.embedding",       EMBEDDING),
)

TENSORBOARD = (
    ("plugins.audio.plugin_data_pb2",         "proto:audio",            ""),
    ("plugins.custom_scalar.layout_pb2",      "proto:custom_scalars",   ""),
    ("plugins.histogram.plugin_data_pb2",     "proto:histograms",       ""),
    ("plugins.hparams.api_pb2",               "proto:hparams_api",      ""),
    ("plugins.hparams.plugin_data_pb2",       "proto:hparams",          ""),
    ("plugins.image.plugin_data_pb2",         "proto:images",           ""),
    ("plugins.mesh.plugin_data_pb2",          "proto:mesh",             ""),
    ("plugins.pr_curve.plugin_data_pb2",      "proto:pr_curves",        ""),
    ("plugins.projector",                     "compat.projector",       "EmbeddingInfo "
                                              "ProjectorConfig SpriteMetadata "
                                              "visualize_embeddings"),
    ("plugins.projector.projector_config_pb2", "proto:projector",       ""),
    ("plugins.scalar.plugin_data_pb2",        "proto:scalars",          ""),
    ("plugins.text.plugin_data_pb2",          "proto:text",             ""),
    ("summary.writer.event_file_writer",      "compat.torch_writer",    "EventFileWriter"),
    ("summary.writer.record_writer",          "compat.record_writer",   "RecordWriter"),
) + _protos("compat.proto.", PROTOS + " config histogram step_stats")

# Where a tracker may put a class of its own in place of another, and from where ours then take it.
LISTENED_TO = {"tensorboardX.writer": "compat.writer",
               "torch.utils.tensorboard.writer": "compat.torch_writer"}


def _table() -> "Dict[str, List[Tuple[str, str]]]":
    """Return {path: [(where from, names)]}; a package of which nothing is said holds nothing."""
    table = {}                          # type: Dict[str, List[Tuple[str, str]]]
    for family, rows in zip(FAMILIES, (TENSORBOARDX, TORCH, TENSORBOARD)):
        for path, source, names in rows:
            full = family + ("." + path if path else "")
            table.setdefault(full, []).append((source, names))
            while full != family:
                full = full.rpartition(".")[0]
                table.setdefault(full, [])
    return table


TABLE = _table()
PACKAGES = {path.rpartition(".")[0] for path in TABLE} & set(TABLE)


def source(name: str) -> "Any":
    """Return the module of ours that a row of the table names."""
    return importlib.import_module("%s.%s" % (PACKAGE, name))


def contents(path: str) -> "Dict[str, Any]":
    """Return what stands in the module `path`: {name: object}."""
    held = {"__version__": VERSIONS[path]} if path in VERSIONS else {}      # type: Dict[str, Any]
    for home, names in TABLE[path]:
        if home.startswith("proto:"):
            held.update(source("compat.proto").exports(home[len("proto:"):]))
        for name in names.split():
            held[name] = getattr(source(home), name)
    return held


def source_file(path: str) -> str:
    """Return the file that a traceback or an IDE should show for the module `path`."""
    home = TABLE[path][0][0] if TABLE[path] else "compat.modules"
    home = "compat.proto" if home.startswith("proto:") else home
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return os.path.join(folder, *home.split(".")) + ".py"


def distribution_files(name: str) -> "Dict[str, str]":
    """Return the files of a .dist-info directory for `name`: {file: text}."""
    return {"METADATA": "Metadata-Version: 2.1\nName: %s\nVersion: %s\n"
                        "Summary: %s stands in for it\n"
                        % (name, VERSIONS[name], PACKAGE),
            "top_level.txt": name + "\n",
            "INSTALLER": PACKAGE + "\n"}
