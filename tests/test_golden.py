"""Golden files: what tensorboardX, torch, TensorFlow and Keras write, from the same calls.

tests/golden/make.py made them, with those libraries and nothing of ours.  A case of api.json is a
call and all the files it makes; ours must be equal, or what the case says instead.
"""
import glob
import importlib
import inspect
import json
import os
import pkgutil
import shutil
import struct
import sys
import unittest
import warnings
from array import array
from types import SimpleNamespace
from unittest import mock

import tbx_pure
from tbx_pure import InputError, SummaryWriter, eventfile, wire
from tbx_pure.messages import EVENT
from tbx_pure.plugins import describe
from tbx_pure.plugins.heatmap import HEATMAP_PLUGIN_DATA
from tbx_pure.plugins.hparams import HPARAMS_PLUGIN_DATA
from tbx_pure.plugins.line_chart import LINE_CHART_PLUGIN_DATA
from tbx_pure.plugins.scatter import SCATTER_PLUGIN_DATA
from tbx_pure.proto_json import from_json, to_json, walk
from tbx_pure.read.events import events
from tbx_pure.tensor import LETTER

from .helpers import PYPY, InDirectory, records
from .png_reader import read_png
from .vectors import SPEC, load, same, unhex

try:
    import ctypes
except ImportError:
    ctypes = None

API = load("api")
CASES = API["cases"]
FILES = sorted(glob.glob(os.path.join(SPEC, "vectors", "files", "*.tfevents")))
RUN = "run"


# ---- arguments: an array of the vectors as everything that Python itself has for it ----

#   an array                                   as lists it has another dtype, which matters here
DTYPE_MATTERS = ("add_image", "add_images", "add_image_with_boxes", "add_audio", "add_tensor",
                 "add_embedding", "add_pr_curve")
OF_LISTS = ("float64", "int64", "bool", "complex128")
HALF_BUFFERS = sys.version_info >= (3, 12)      # before, memoryview cannot make one of float16


class Unable(Exception):
    """This form cannot hold that array."""


def numbers(x):
    return [float(v) if isinstance(v, str) else complex(*v) if isinstance(v, list) else v
            for v in x["values"]]


def nested(values, shape, make):
    if not shape:
        return values[0]
    size = len(values) // shape[0] if shape[0] else 0
    return make(nested(values[i * size:i * size + size], shape[1:], make) for i in range(shape[0]))


def as_lists(x, method, make=list):
    dtype_is_lost = x["dtype"] not in OF_LISTS and method in DTYPE_MATTERS
    if dtype_is_lost or 0 in x["shape"][:-1] or x["shape"] and method == "add_hparams":
        raise Unable
    return nested(numbers(x), x["shape"], make)


def as_tuples(x, method):
    if not x["shape"]:
        raise Unable
    return as_lists(x, method, tuple)


def packed(x):
    return struct.pack("=%d%s" % (len(x["values"]), LETTER[x["dtype"]]), *numbers(x))


def as_array(x, method):
    if (len(x["shape"]) != 1 or x["dtype"] not in LETTER or x["dtype"] in ("bool", "float16")
            or method == "add_hparams"):
        raise Unable
    return array(LETTER[x["dtype"]], packed(x))


def as_memoryview(x, method):
    if (x["dtype"] not in LETTER or x["dtype"] == "float16" and not HALF_BUFFERS
            or method == "add_hparams"):
        raise Unable
    if 0 in x["shape"] and (PYPY or not ctypes):        # PyPy's own process ends at an empty one
        raise Unable
    if 0 in x["shape"]:
        kind = {"float32": ctypes.c_float, "float64": ctypes.c_double}[x["dtype"]]
        for size in reversed(x["shape"]):
            kind = kind * size
        made = memoryview(kind())
        if not made.itemsize:                   # ctypes in 3.6
            raise Unable
        return made
    return memoryview(packed(x)).cast("B").cast(LETTER[x["dtype"]], x["shape"])


def as_every_other(x, method):
    """A buffer with gaps."""
    if len(x["shape"]) != 1 or not x["values"]:
        raise Unable
    pairs = [v for v in x["values"] for _ in range(2)]
    return as_memoryview(dict(x, values=pairs, shape=[len(pairs)]), method)[::2]


class Foreign:
    """A tensor as torch has it; numpy() has no bfloat16, and here no complex numbers."""

    def __init__(self, x):
        self.dtype, self.x = "torch." + x["dtype"], x

    def __float__(self):
        value, = numbers(self.x)
        return float(value)

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        if self.x["dtype"] not in LETTER:
            raise TypeError(self.dtype)
        return as_memoryview(self.x, "")

    def tolist(self):
        return nested(numbers(self.x), self.x["shape"], list)


def as_foreign(x, method):
    if x["dtype"] in LETTER:
        as_memoryview(x, "")                    # or Unable
    return Foreign(x)


FORMS = (as_lists, as_tuples, as_array, as_memoryview, as_every_other, as_foreign)


def is_array(x):
    return isinstance(x, dict) and set(x) == {"dtype", "shape", "values"}


def arrays(x):
    """Yield each array in an argument."""
    if is_array(x):
        yield x
    elif isinstance(x, (list, dict)):
        for item in x.values() if isinstance(x, dict) else x:
            for found in arrays(item):
                yield found


def passed(x, form, method):
    """Return what is passed for an argument; an array in `form`, or else in the first that can."""
    if is_array(x):
        for convert in (form,) + FORMS:
            try:
                return convert(x, method)
            except Unable:
                continue
        raise Unable
    if isinstance(x, dict):
        return {key: passed(item, form, method) for key, item in x.items()}
    return [passed(item, form, method) for item in x] if isinstance(x, list) else x


def calls(case):
    return case["calls"] if "calls" in case else [case]


def all_arrays(case):
    """Yield (array, method) of each array in a case."""
    for call in calls(case):
        for x in arrays([call["arguments"], call.get("step")]):
            yield x, call["method"]


def possible(x, method):
    """Return the forms in which an array can be passed."""
    found = []
    for form in FORMS:
        try:
            form(x, method)
        except Unable:
            continue
        found.append(form)
    return found


def forms(case):
    """Return the forms to try a case in; none if one of its arrays has no form here."""
    found = [possible(x, method) for x, method in all_arrays(case)]
    if not all(found):
        return []
    return [form for form in FORMS if any(form in some for some in found)] or [as_lists]


class Figure:
    """A figure that draws the pixels of a case, through what stands in for matplotlib."""
    canvas = None

    def __init__(self, x):
        (self.height, self.width, _), self.pixels = x["shape"], bytes(x["values"])

    def set_canvas(self, canvas):
        self.canvas = canvas


class Canvas:
    def __init__(self, figure):
        self.figure, figure.canvas = figure, self

    def draw(self):
        pass

    def get_width_height(self):
        return self.figure.width, self.figure.height

    def buffer_rgba(self):
        return memoryview(self.figure.pixels)


MATPLOTLIB = {"matplotlib.backends.backend_agg": SimpleNamespace(FigureCanvasAgg=Canvas)}


def figures(x):
    return [Figure(item) for item in x] if isinstance(x, list) else Figure(x)


# ---- replay ----

class Replayed:
    """What our writer made of a case: first, records, runs, files, name, error, warnings."""

    def __init__(self, case, directory, form, **options):
        self.records, self.runs, self.files, self.error = [], {}, {}, None
        self.first, self.name = b"", None
        with warnings.catch_warnings(record=True) as caught, fixed_world(case):
            warnings.simplefilter("always")
            with SummaryWriter(os.path.join(directory, RUN), **dict(case.get("writer", {}),
                                                                    **options)) as writer:
                try:
                    self.call(writer, case, form)
                except InputError as e:
                    self.error = e.argument
        self.warnings = [str(warning.message) for warning in caught]
        self.look(directory)

    def call(self, writer, case, form):
        if "within" in case:
            with writer.use_metadata(**case["within"]):
                self.call(writer, {key: case[key] for key in case if key != "within"}, form)
            return
        for call in calls(case):
            arguments = passed(call["arguments"], form, call["method"])
            if "figure" in arguments:
                arguments["figure"] = figures(call["arguments"]["figure"])
            if "step" in call:
                arguments["global_step"] = passed(call["step"], form, call["method"])
            getattr(writer, call["method"])(**arguments)

    def look(self, directory):
        for folder, folders, names in os.walk(directory):
            for name in names:
                path = os.path.join(folder, name)
                run = os.path.relpath(folder, os.path.join(directory, RUN)).replace(os.sep, "/")
                if "tfevents" not in name:
                    with open(path, "rb") as f:
                        self.files[(run + "/" + name).replace("./", "", run == ".")] = f.read()
                    continue
                found = records(path)
                if run == ".":
                    self.name, self.first, self.records = name, found[0], found[1:]
                else:
                    self.runs[run] = found[1:]


def fixed_world(case):
    """Patch the clock and all that a file's name is made of; and let no disk be waited for."""
    named = mock.patch.multiple(eventfile, host=lambda: case.get("host", "host"),
                                COUNTER=iter(range(99)))
    return Several(named, mock.patch("time.time", lambda: case["wall_time"]),
                   mock.patch("os.getpid", lambda: case.get("pid", 1)),
                   mock.patch("os.fsync", lambda fd: None),
                   mock.patch.dict(sys.modules, MATPLOTLIB))


class Several:
    """Context managers as one."""

    def __init__(self, *managers):
        self.managers = managers

    def __enter__(self):
        for manager in self.managers:
            manager.__enter__()

    def __exit__(self, *exception):
        for manager in reversed(self.managers):
            manager.__exit__(*exception)


# ---- comparison: records to what must be equal in them ----

def as_bytes(data):
    return data.hex()


def as_fields(data):
    """An event's fields: maps in any order, the sums of a histogram to twelve digits."""
    event = EVENT.decode(data)
    for value in event.get("summary", {}).get("value", []):
        plugin = value.get("metadata", {}).get("plugin_data", {})
        if plugin.get("plugin_name") == "hparams":
            plugin["content"] = HPARAMS_PLUGIN_DATA.decode(plugin["content"])
        for name in ("sum", "sum_squares") if "histo" in value else ():
            value["histo"][name] = "%.12g" % (value["histo"].get(name, 0.0) + 0.0)
    return repr_of(event)


def repr_of(x):
    if isinstance(x, dict):
        return {key: repr_of(value) for key, value in x.items()}
    return [repr_of(value) for value in x] if isinstance(x, list) else repr(x)


def as_pixels(data):
    """An event without its PNG, and the pixels in there: compressed bytes depend on the zlib."""
    event, found = EVENT.decode(data), []
    for value in event["summary"]["value"]:
        found.append(picture(value["image"].pop("encoded_image_string")))
    return EVENT.encode(event).hex(), found


def picture(png):
    height, width, channels, pixels = read_png(png)
    return {"height": height, "width": width, "channels": channels, "pixels": pixels.hex()}


EQUAL = {"bytes": as_bytes, "fields": as_fields, "pixels": as_pixels}


def expected(case, ours=True):
    """Return a case with what ours is to be, where that is something else."""
    return dict(case, **case.get("ours", {})) if ours else case


class TestCalls(InDirectory):
    maxDiff = 3000
    count = 0

    def replayed(self, case, form=as_lists, **options):
        self.count += 1
        directory = self.path(str(self.count))
        try:
            return Replayed(case, directory, form, **options)
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def check(self, made, case):
        self.assertEqual(made.error, case.get("error"))
        comparable = EQUAL[case["equal"]]
        self.assertEqual([comparable(data) for data in made.records],
                         self.wanted(case, case["records"], comparable))
        self.assertEqual({run: [comparable(data) for data in found]
                          for run, found in made.runs.items()},
                         {run: self.wanted(case, found, comparable)
                          for run, found in case.get("runs", {}).items()})
        self.assertEqual({path: picture(content) if path.endswith(".png")
                          else content.decode("utf-8")
                          for path, content in made.files.items()}, case.get("files", {}))
        for key, value in ("first", made.first.hex()), ("name", made.name):
            if key in case:
                self.assertEqual(value, case[key])
        if "warns" in case:
            self.assertIn(case["warns"], " ".join(made.warnings))
        else:
            self.assertEqual(made.warnings, [])

    def wanted(self, case, found, comparable):
        found = [comparable(unhex(data)) for data in found]
        if case["equal"] == "pixels":           # as Pillow, not our own test's reader, sees them
            pixels = iter(case["pixels"])
            found = [(rest, [next(pixels) for _ in pictures]) for rest, pictures in found]
        return found

    def test_every_case_in_every_form(self):
        for case in CASES:
            for form in forms(case):
                with self.subTest(case["id"], form=form.__name__):
                    self.check(self.replayed(case, form), expected(case))

    def test_every_case_has_a_form(self):
        without = [case["id"] for case in CASES if not forms(case)]
        if sys.version_info >= (3, 12) and ctypes:
            self.assertEqual(without, [])
        for case in CASES:                      # Python had no such buffers then
            if case["id"] in without:
                self.assertTrue(any(x["dtype"] == "float16" or 0 in x["shape"]
                                    for x, _ in all_arrays(case)), case["id"])

    def test_what_gives_their_bytes(self):
        for case in CASES:
            if "same_with" in case:
                with self.subTest(case["id"]):
                    self.check(self.replayed(case, **case["same_with"]), expected(case, False))

    def test_their_pictures(self):
        """Our test's reader of PNG agrees with Pillow."""
        for case in CASES:
            if case["equal"] == "pixels":
                found = [pictures for data in case["records"]
                         for pictures in EQUAL["pixels"](unhex(data))[1]]
                self.assertEqual(found, case["pixels"], case["id"])

    def test_records_written_again(self):
        """Decoded and encoded, their records are the same bytes."""
        for case in CASES:
            for found in [case["records"]] + list(case.get("runs", {}).values()):
                for data in map(unhex, found):
                    self.assertEqual(EVENT.encode(EVENT.decode(data)).hex(), data.hex(), case["id"])


class TestFiles(unittest.TestCase):
    def documents(self):
        for path in FILES:
            with open(path[:-len("tfevents")] + "json", encoding="utf-8") as f:
                yield path, json.load(f)

    def test_events(self):
        for path, document in self.documents():
            with self.subTest(os.path.basename(path)):
                found = [same(to_json(EVENT, event)) for event in events(path)]
                self.assertEqual(found, list(map(same, document["events"])))

    def test_written_again(self):
        for path, document in self.documents():
            with self.subTest(os.path.basename(path)):
                self.assertEqual([EVENT.encode(event).hex() for event in events(path)],
                                 [data.hex() for data in records(path)])
                self.assertEqual([EVENT.encode(from_json(EVENT, event)).hex()
                                  for event in document["events"]],
                                 [data.hex() for data in records(path)])

    def test_described(self):
        for path in FILES:
            for event in events(path):
                for value in event.get("summary", {}).get("value", []):
                    with self.subTest(os.path.basename(path), tag=value.get("tag")):
                        self.assertIsInstance(describe(value), str)


def tables():
    """Return every message table of the package, each once; but those of graphs.

    What is in a graph, tests/conformance/against_protobuf.py compares; compat and read have the same
    tables, and of their own what is never written as bytes.
    """
    found, others = {}, set()
    prefix = tbx_pure.__name__ + "."
    for _, name, _ in pkgutil.walk_packages(tbx_pure.__path__, prefix):
        if not name.endswith(".__main__") and not name.startswith(
                tuple(prefix + wing for wing in ("compat.", "read.", "foreign."))):
            for thing in vars(importlib.import_module(name)).values():
                if isinstance(thing, wire.Message):
                    found.update((id(table), table) for table in walk(thing))
                    if name.startswith(prefix + "graph."):
                        others.update(id(table) for table in walk(thing))
    core = {id(table) for table in walk(EVENT)}
    return [table for key, table in found.items() if key in core or key not in others]


OWN = {"heatmap": HEATMAP_PLUGIN_DATA, "line_chart": LINE_CHART_PLUGIN_DATA,
       "scatter": SCATTER_PLUGIN_DATA}


def contents(event):
    """Yield (table, bytes) of what our own plugins say of an event's values."""
    for value in event.get("summary", {}).get("value", []):
        data = value.get("metadata", {}).get("plugin_data", {})
        if data.get("plugin_name") in OWN:
            yield OWN[data["plugin_name"]], data.get("content", b"")


def mentioned(table, values, found):
    """Gather (table, field) of each field that is there, and is not its default."""
    for name, value in values.items():
        field = table.by_name[name]
        if field.oneof or field.message or value != wire.default(field):
            found.add((id(table), name))
        items = value if field.repeated else [value]
        if field.map:
            items = [{"key": key, "value": item} for key, item in value.items()]
        for item in items if field.message else ():
            mentioned(field.message, item, found)


class TestCoverage(unittest.TestCase):
    """That nothing is left out is computed, not claimed."""

    # Which no peer has: there are no bytes of theirs to hold them to.
    NEW = {"add_line_chart", "add_scatter", "add_heatmap", "add_confusion_matrix", "add_table",
           "add_histograms"}
    # Whose file other libraries make of the frames, which tests/conformance/against_pictures.py reads.
    OTHERS = {"add_video"}
    # Which are given a model: tests/conformance/against_graphs.py and against_models.py.
    GRAPHS = {"add_graph", "add_onnx_graph", "add_openvino_graph"}

    def methods(self):
        return {name for name in dir(SummaryWriter)
                if name.startswith("add_")} - self.NEW - self.OTHERS - self.GRAPHS

    def test_every_method(self):
        tried = {call["method"] for case in CASES for call in calls(case)}
        self.assertEqual(tried, self.methods())

    def test_every_argument(self):
        """Of those that tensorboardX or torch have too: ours alone come after the *."""
        tried = {(call["method"], argument) for case in CASES for call in calls(case)
                 for argument in list(call["arguments"]) + ["global_step"] * ("step" in call)}
        for method in self.methods():
            parameters = inspect.signature(getattr(SummaryWriter, method)).parameters.values()
            for parameter in parameters:
                if parameter.kind == parameter.POSITIONAL_OR_KEYWORD and parameter.name not in (
                        "self", "walltime", "close", "torch_step", "torch_labels"):
                    with self.subTest(method, argument=parameter.name):
                        if (method, parameter.name) != ("add_pr_curve_raw", "weights"):
                            self.assertIn((method, parameter.name), tried)

    #   argument            in every dtype that it can be of
    DTYPES = {
        "scalar_value":     set(LETTER) | {"bfloat16"},
        "values":           set(LETTER) | {"bfloat16"},
        "img_tensor":       {"bool", "uint8", "uint16", "int32", "int64", "float16", "float32",
                             "float64"},
        "snd_tensor":       {"int16", "int32", "float32", "float64"},
        "tensor":           set(LETTER) - {"uint16", "uint32", "uint64"} | {"bfloat16"},
        "labels":           {"bool", "uint8", "int32", "int64", "float32", "float64"},
        "predictions":      {"int64", "float16", "float32", "float64"},
        "vertices":         {"uint8", "int64", "float16", "float32", "float64"},
        "mat":              {"bool", "uint8", "int64", "float16", "float32", "float64"},
    }

    def test_every_dtype(self):
        for argument, dtypes in self.DTYPES.items():
            tried = {x["dtype"] for case in CASES for call in calls(case)
                     for x in arrays(call["arguments"].get(argument))}
            self.assertEqual(dtypes - tried, set(), argument)

    def test_every_rule_for_bins(self):
        from tbx_pure.bin_widths import WIDTHS
        tried = {call["arguments"].get("bins", "tensorflow") for case in CASES
                 for call in calls(case) if isinstance(call["arguments"].get("bins", ""), str)}
        self.assertEqual(tried, set(WIDTHS) | {"tensorflow"})

    def test_every_field(self):
        """Each field of each table is there, and not its default, in some vector."""
        by_name, found = {table.name: table for table in tables()}, set()
        for path in glob.glob(os.path.join(SPEC, "vectors", "*.json")):
            with open(path, encoding="utf-8") as f:
                document = json.load(f)
            for cases in document.values():
                for case in cases if isinstance(cases, list) else ():
                    if "table" in case:
                        table = by_name[case["table"]]
                        mentioned(table, table.decode(unhex(case["hex"])), found)
                    elif "event" in case:
                        event = EVENT.decode(unhex(case["hex"]))
                        mentioned(EVENT, event, found)
                        for table, data in contents(event):
                            mentioned(table, table.decode(data), found)
                    elif "equal" in case:
                        for data in case["records"]:
                            mentioned(EVENT, EVENT.decode(unhex(data)), found)
        for path in FILES:
            for event in events(path):
                mentioned(EVENT, event, found)
        ours = list(OWN.values())       # so far of version 0
        missing = ["%s.%s" % (table.name, field.name) for table in tables()
                   for field in table.fields if (id(table), field.name) not in found
                   and not (table in ours and field.name == "version")]
        self.assertEqual(missing, [])

    def test_contents(self):
        by_name = {table.name: table for table in tables()}
        for case in API["contents"]:
            with self.subTest(case["id"]):
                table, data = by_name[case["table"]], unhex(case["hex"])
                self.assertEqual(same(to_json(table, table.decode(data))), same(case["value"]))
                self.assertEqual(table.encode(from_json(table, case["value"])).hex(), data.hex())

    def test_an_id_names_one_vector(self):
        ids = [case["id"] for case in CASES + API["contents"]]
        self.assertEqual(len(set(ids)), len(ids))

    def test_a_deviation_says_what_ours_is(self):
        for case in CASES:
            self.assertEqual("deviation" in case, "ours" in case, case["id"])
            self.assertTrue(case.get("deviation") or not case.get("raises"), case["id"])

    def test_files_are_small(self):
        self.assertLess(os.path.getsize(os.path.join(SPEC, "vectors", "api.json")), 350000)
        for path in FILES:
            self.assertLess(os.path.getsize(path), 6000, path)


if __name__ == "__main__":
    unittest.main()
