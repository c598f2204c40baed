"""Layouts of the Custom Scalars page: bytes, what is refused, and what comes back."""
import os
import re
import threading
import unittest
import warnings
from unittest import mock

from tbx_pure import InputError, SummaryWriter
from tbx_pure.errors import FormatError
from tbx_pure.messages import EVENT, SUMMARY
from tbx_pure.plugins import describe
from tbx_pure.plugins import custom_scalars as plugin
from tbx_pure.plugins.custom_scalars import LAYOUT, custom_scalars
from tbx_pure.read import Run
from tbx_pure.record import frame

from .helpers import InDirectory, event_files, records, summaries
from .test_hparams import examples

TIME = 1700000000.0
TAG = "0a18637573746f6d5f7363616c6172735f5f636f6e6669675f5f"          # custom_scalars__config__
PLUGIN = "4a120a100a0e637573746f6d5f7363616c617273"                    # custom_scalars

#   layout                      summary, as tensorboardX 2.6.5 writes it
GOLDEN = (
    ({}, "0a36" + TAG + "4206080712004200" + PLUGIN),
    ({"C": {}}, "0a3b" + TAG + "420b08071200420512030a0143" + PLUGIN),
    ({"C": {"a": ["Multiline", []]}},
     "0a42" + TAG + "421208071200420c120a0a014312050a01611200" + PLUGIN),
    ({"C": {"a": ["Multiline", ["loss/.*", "\xe9"]], "b": ["Margin", ["v", "l", "u"]]},
      "D": {"": ["Multiline", [""]]}},
     "0a6c" + TAG + "423c08071200423612290a014312120a0161120d0a076c6f73732f2e2a0a02c3a912100a01621a"
     "0b0a090a017612016c1a017512090a0144120412020a00" + PLUGIN),
    ({"C": {"b": ("Margin", ("v", "", "u"))}},
     "0a4a" + TAG + "421a08071200421412120a0143120d0a01621a080a060a01761a0175" + PLUGIN),
)

#   the record of add_custom_scalars(SMALL), framed, at TIME; the same writer's
SMALL = {"C": {"a": ["Multiline", ["x"]], "m": ["Margin", ["x", "y", "z"]]}}
SMALL_DATA = ("0900000040fc54d9412a590a57" + TAG + "4227080712004221121f0a014312080a016112030a0178"
              "12100a016d1a0b0a090a01781201791a017a" + PLUGIN)


def layout_of(layout):
    """Return the layout in a summary, after a trip through its bytes."""
    value, = SUMMARY.decode(SUMMARY.encode(custom_scalars(layout)))["value"]
    return plugin.read(value)


def series(tags):
    """Return the series of a Margin chart."""
    return layout_of({"C": {"m": ["Margin", tags]}})["category"][0]["chart"][0]["margin"]["series"]


XYZ = {"value": "x", "lower": "y", "upper": "z"}
ABC = {"value": "a", "lower": "b", "upper": "c"}

#   layout                                argument               need, its beginning
REFUSED = (
    (None,                                "layout",              "a dict"),
    ([["C", {}]],                         "layout",              "a dict"),
    ("C",                                 "layout",              "a dict"),
    ({3: {}},                             "layout",              "text"),
    ({"\ud800": {}},                      "layout",              "text that UTF-8"),
    ({"C": ["Multiline", ["x"]]},         "layout['C']",         "a dict"),
    ({"C": {None: ["Multiline", ["x"]]}}, "layout['C']",         "text"),
    ({"C": {"a": ["x", "y"]}},            "layout['C']['a']",    "['Multiline', tags] or"),
    ({"C": {"a": ["Multiline"]}},         "layout['C']['a']",    "['Multiline', tags] or"),
    ({"C": {"a": ["Multiline", "x", 1]}}, "layout['C']['a']",    "['Multiline', tags] or"),
    ({"C": {"a": "Multiline"}},           "layout['C']['a']",    "['Multiline', tags] or"),
    ({"C": {"a": [["Multiline"], "x"]}},  "layout['C']['a']",    "['Multiline', tags] or"),
    ({"C": {"a": ["Bars", ["x"]]}},       "layout['C']['a']",    "['Multiline', tags] or"),
    ({"C": {"a": None}},                  "layout['C']['a']",    "['Multiline', tags] or"),
    ({"C": {"a": ["Multiline", "loss"]}}, "layout['C']['a']",    "a list of tags"),
    ({"C": {"a": ["Multiline", None]}},   "layout['C']['a']",    "a list of tags"),
    ({"C": {"a": ["Multiline", [1]]}},    "layout['C']['a']",    "text"),
    ({"C": {"a": ["Multiline", ["\udc00"]]}}, "layout['C']['a']", "text that UTF-8"),
    ({"C": {"a": ["Margin", "xyz"]}},     "layout['C']['a']",    "a list of tags"),
    ({"C": {"a": ["Margin", []]}},        "layout['C']['a']",    "three tags a series"),
    ({"C": {"a": ["Margin", ["x", "y"]]}}, "layout['C']['a']",   "three tags a series"),
    ({"C": {"a": ["Margin", list("wxyz")]}}, "layout['C']['a']", "three tags a series"),
    ({"C": {"a": ["Margin", [["x", "y"]]]}}, "layout['C']['a']", "three tags a series"),
    ({"C": {"a": ["Margin", [["x", "y", "z"], "w"]]}}, "layout['C']['a']", "a list of tags"),
    ({"C": {"a": ["Margin", ["x", "y", 3]]}}, "layout['C']['a']", "text"),
)


class TestLayout(unittest.TestCase):

    def test_golden(self):
        for layout, summary in GOLDEN:
            self.assertEqual(SUMMARY.encode(custom_scalars(layout)).hex(), summary)

    def test_read(self):
        self.assertEqual(layout_of(SMALL), {"category": [{"title": "C", "chart": [
            {"title": "a", "multiline": {"tag": ["x"]}},
            {"title": "m", "margin": {"series": [XYZ]}}]}]})
        self.assertEqual(layout_of({}), {})
        self.assertEqual(plugin.read({"tensor": {}}), {})

    def test_kinds_in_any_case(self):
        for kind, member in (("MultiLine", "multiline"), ("multiline", "multiline"),
                             ("margin", "margin"), ("MARGIN", "margin")):
            chart, = layout_of({"C": {"a": [kind, ["x", "y", "z"]]}})["category"][0]["chart"]
            self.assertEqual(sorted(chart), sorted(["title", member]))

    def test_several_series(self):
        for tags in (["x", "y", "z", "a", "b", "c"], [["x", "y", "z"], ("a", "b", "c")],
                     (("x", "y", "z"), ["a", "b", "c"])):
            self.assertEqual(series(tags), [XYZ, ABC])
        self.assertEqual(series([["x", "y", "z"]]), [XYZ])

    def test_anything_that_lists_tags(self):
        tags = {"x": 1, "y": 2, "z": 3}
        self.assertEqual(series(tags), [XYZ])
        self.assertEqual(layout_of({"C": {"a": ["Multiline", (tag for tag in "xy")]}})["category"][0]["chart"][0],
                         {"title": "a", "multiline": {"tag": ["x", "y"]}})

    def test_refused(self):
        for layout, argument, need in REFUSED:
            with self.assertRaises(InputError, msg=layout) as caught:
                custom_scalars(layout)
            self.assertEqual(caught.exception.argument, argument, layout)
            self.assertTrue(caught.exception.need.startswith(need), "%s: %s" % (layout, caught.exception))

    def test_says_what_came(self):
        with self.assertRaises(InputError) as caught:
            custom_scalars({"C": {"a": ["Margin", ["x", "y"]]}})
        self.assertEqual(str(caught.exception), "layout['C']['a']: need three tags a series: value, lower, upper, "
                                                "got ['x', 'y']")

    def test_describe(self):
        value, = custom_scalars(SMALL)["value"]
        self.assertEqual(describe(value), "custom_scalars  {'C': ['a', 'm']}")
        self.assertEqual(describe(dict(value, tensor={})), "custom_scalars  {}")

    def test_every_field(self):
        layout = {"version": 1, "category": [{"title": "t", "closed": True, "chart": [
            {"title": "u", "margin": {"series": [XYZ, ABC]}}, {"title": "w", "multiline": {"tag": ["x", ""]}}]}]}
        self.assertEqual(LAYOUT.decode(LAYOUT.encode(layout)), layout)
        self.assertEqual(LAYOUT.encode({"version": 1, "category": [{"closed": True}]}).hex(), "080112021801")

    def test_damaged(self):
        with self.assertRaises(FormatError) as caught:
            plugin.read({"tensor": {"string_val": [b"\x12\x05"]}})
        self.assertEqual((caught.exception.pos, caught.exception.rule), (0, "wire-4"))


class TestPage(unittest.TestCase):

    def test_example(self):
        event = EVENT.encode({"wall_time": TIME, "summary": custom_scalars(SMALL)})
        self.assertEqual(examples("custom_scalars"), {"custom-scalars-two-charts": event})


class TestWriter(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        self.writer = SummaryWriter(self.path("run"))
        self.addCleanup(self.writer.close)

    def test_record(self):
        with self.writer.use_metadata(walltime=TIME):
            self.writer.add_custom_scalars(SMALL)
        path, = event_files(self.directory)
        self.assertEqual(records(path)[1].hex(), SMALL_DATA)

    def test_shorthands(self):
        self.writer.add_custom_scalars_multilinechart(["x", "y"])
        self.writer.add_custom_scalars_marginchart(["x", "y", "z"], "C", "m")
        charts = [category["chart"][-1] for _, value in summaries(self.path("run"))
                  for category in plugin.read(value)["category"]]
        self.assertEqual(charts[0], {"title": "untitled", "multiline": {"tag": ["x", "y"]}})
        self.assertEqual(charts[-1], {"title": "m", "margin": {"series": [XYZ]}})

    def test_charts_of_earlier_calls_stay(self):
        for layout in ({}, {"A": {"a": ["Multiline", ["1"]], "b": ["Multiline", ["2"]]}, "B": {}},
                       {"A": {"a": ["Multiline", ["3"]], "c": ["Multiline", ["4"]]}, "C": {"d": ["Margin", "xyz"]}}):
            if layout.get("C"):
                layout["C"]["d"][1] = iter(["x", "y", "z"])        # used up by one call
            self.writer.add_custom_scalars(layout)
        last = plugin.read(summaries(self.path("run"))[-1][1])["category"]
        self.assertEqual([(c["title"], [(chart["title"], chart.get("multiline", {}).get("tag"))
                                        for chart in c.get("chart", [])]) for c in last],
                         [("A", [("a", ["3"]), ("b", ["2"]), ("c", ["4"])]), ("B", []), ("C", [("d", None)])])

    def test_threads_lose_no_chart(self):
        """While a layout is being written, nobody makes another, which would lack its charts."""
        append, others = self.writer._append, []

        def slow(event, run=""):
            if not others:
                others.append(threading.Thread(target=self.writer.add_custom_scalars_multilinechart,
                                               args=(["y"], "C", "second")))
                others[0].start()
                others[0].join(0.2)
            append(event, run)

        self.writer._append = slow
        self.writer.add_custom_scalars_multilinechart(["x"], "C", "first")
        others[0].join()
        last, = plugin.read(summaries(self.path("run"))[-1][1])["category"]
        self.assertEqual([chart["title"] for chart in last["chart"]], ["first", "second"])

    def test_many_tags_in_one_chart(self):
        """Which are new is not looked up by going through all of them for each."""
        class Tags(list):
            def __contains__(drawn, tag):
                self.fail("%s is looked for among %d" % (tag, len(drawn)))
        drawn = self.writer._charts["add_scalars", "all"] = Tags()
        for step in range(2):
            self.writer.add_scalars("all", {"a": 1, "b": 2}, step, as_tags=True)
        self.assertEqual(drawn, ["all/a", "all/b"])

    def test_scalars_as_tags(self):
        for step in range(2):
            self.writer.add_scalars("loss (all)", {"train": 0.5, "a b": 1}, step, as_tags=True)
        self.writer.add_scalars("loss (all)", {"test": 1}, 2, as_tags=True)
        path, = event_files(self.path("run"))
        values = summaries(path)
        self.assertEqual([(step, value["tag"]) for step, value in values if "simple_value" in value],
                         [(0, "loss__all_/train"), (0, "loss__all_/a_b"), (1, "loss__all_/train"),
                          (1, "loss__all_/a_b"), (2, "loss__all_/test")])
        layouts = [plugin.read(value) for _, value in values if "tensor" in value]
        self.assertEqual([len(layout["category"][0]["chart"][0]["multiline"]["tag"]) for layout in layouts], [2, 3])
        chart = layouts[1]["category"][0]["chart"][0]
        self.assertEqual(chart["title"], "loss (all)")
        self.assertTrue(re.match(chart["multiline"]["tag"][0], "loss__all_/train"))
        self.assertFalse(re.match(chart["multiline"]["tag"][0], "loss__all_/train2"))

    def test_exactly(self):
        for tag, expression in (("a/b-c_1.0", r"a/b-c_1\.0$"), (r"(x)[y]{z}|\^$*+?", r"\(x\)\[y\]\{z\}\|\\\^\$\*\+\?$"),
                                ("\u635f\u5931 #&", "\u635f\u5931 #&$")):
            found, = plugin.exactly([tag])
            self.assertEqual(found, expression)
            self.assertTrue(re.match(found, tag))
            self.assertFalse(re.match(found, tag + "x"))

    def test_no_regular_expression(self):
        """It is written, with a warning once: it is the user's page."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for _ in range(2):
                self.writer.add_custom_scalars({"C": {"a": ["Multiline", ["loss (all", "x"]],
                                                      "m": ["Margin", ["(", "*", "["]]}})
                self.writer.add_custom_scalars_multilinechart(["*/loss", "a{99999999999999999999}"])
        self.assertEqual([str(w.message).split(" is no")[0] for w in caught], [
            "add_custom_scalars('layout'): 'loss (all'", "add_custom_scalars('layout'): '*/loss'",
            "add_custom_scalars('layout'): 'a{99999999999999999999}'"])
        self.assertIn("missing )", str(caught[0].message))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.writer.add_custom_scalars_multilinechart(["[[a]", "(?P<x>loss)/(?!y)"])     # Python may change them
        _, value = summaries(self.path("run"))[0]
        self.assertEqual(plugin.read(value)["category"][0]["chart"][0]["multiline"]["tag"], ["loss (all", "x"])

    def test_refused_writes_nothing(self):
        path, = event_files(self.directory)
        before = records(path)
        for layout, _, _ in REFUSED:
            self.assertRaises(InputError, self.writer.add_custom_scalars, layout)
        self.assertRaises(InputError, self.writer.add_custom_scalars_marginchart, ["x"])
        self.assertRaises(InputError, self.writer.add_custom_scalars_multilinechart, "loss")
        self.assertEqual(records(path), before)

    def test_not_to_disk(self):
        writer = SummaryWriter(self.path("none"), write_to_disk=False)
        writer.add_custom_scalars(SMALL)
        self.assertRaises(InputError, writer.add_custom_scalars, None)
        self.assertEqual(event_files(self.path("none")), [])

    def test_no_step(self):
        with self.writer.use_metadata(global_step=7):
            self.writer.add_custom_scalars(SMALL)
        path, = event_files(self.directory)
        self.assertNotIn("step", EVENT.decode(records(path)[1]))


class TestEarlierFiles(InDirectory):
    """A run that is gone on with in a new file keeps its charts."""  # custom-scalars-4

    def go_on(self, **options):
        writer = SummaryWriter(self.path("run"), **options)
        self.addCleanup(writer.close)
        return writer

    def charts(self):
        """Return {chart: expressions} of the layout that counts."""
        return {chart["title"]: chart.get("multiline", {}).get("tag")
                for category in Run(self.path("run")).layouts().values[-1]["category"]
                for chart in category["chart"]}

    def test_charts_stay(self):
        writer = self.go_on()
        writer.add_custom_scalars(SMALL)
        writer.add_line_chart(["x", "a", "b"], [0, 1, 2], "T")
        writer.close()
        writer = self.go_on(purge_step=1)
        writer.add_line_chart(["x", "a", "c"], [1, 1, 2], "T")
        expected = {"a": ["x"], "m": None, "T": ["T/a$", "T/b$", "T/c$"]}
        self.assertEqual(self.charts(), expected)
        self.go_on().add_scalars("S", {"k": 1}, as_tags=True)           # as of another process
        self.assertEqual(self.charts(), dict(expected, S=["S/k$"]))
        self.go_on().add_custom_scalars({"add_line_chart": {"T": ["Margin", ["x", "y", "z"]]}})
        self.assertEqual(self.charts(), dict(expected, S=["S/k$"], T=None))

    def test_earlier_files_are_read_once_and_for_a_layout_only(self):
        self.go_on().add_custom_scalars(SMALL)
        writer, seen, last_written = self.go_on(), [], plugin.last_written
        self.addCleanup(setattr, plugin, "last_written", last_written)
        plugin.last_written = lambda *given: seen.append(given) or last_written(*given)
        writer.add_scalar("x", 1)
        self.assertEqual(seen, [])
        for title in "TU":
            writer.add_line_chart(["x", "a"], [0, 1], title)
        self.assertEqual(seen, [(self.path("run"), event_files(self.path("run"))[1:])])

    def test_where_it_stands(self):
        """Found in any place, across two pieces of the file too, among what only looks like it."""
        layout = frame(EVENT.encode({"wall_time": TIME, "step": -1, "summary": custom_scalars(SMALL)}))
        other = frame(EVENT.encode({"summary": custom_scalars({"C": {"other": ["Multiline", ["x"]]}})}))
        broken = bytearray(other)
        broken[-1] ^= 1
        with open(self.path("b.tfevents"), "wb") as f:
            f.write(other)
        for before in (0, 1, 990, 1000, 1010):
            for after in (b"", plugin.MARK * 3, bytes(broken), other[:-1], layout[12:], bytes(3000)):
                with open(self.path("a.tfevents"), "wb") as f:
                    f.write(other * 3 + bytes(before) + layout + after)
                with mock.patch.object(plugin, "PIECE", 100):
                    found = plugin.last_written(self.directory, [self.path("b.tfevents")])
                self.assertEqual(plugin.read(found["value"][0]), layout_of(SMALL), (before, after))

    def test_only_so_much_is_read(self):
        with open(self.path("a.tfevents"), "wb") as f:
            f.write(frame(EVENT.encode({"summary": custom_scalars(SMALL)})) + bytes(1000))
        with mock.patch.object(plugin, "PIECE", 100), mock.patch.object(plugin, "LOOKED", 1000):
            self.assertEqual(plugin.last_written(self.directory, []), {})
        self.assertTrue(plugin.last_written(self.directory, []))

    def test_what_cannot_be_read(self):
        self.assertEqual(plugin.last_written(self.path("run"), []), {})
        os.mkdir(self.path("run"))
        if hasattr(os, "mkfifo"):
            os.mkfifo(self.path("run", "events.out.tfevents.0"))
        os.mkdir(self.path("run", "events.out.tfevents.1"))
        with open(self.path("run", "events.out.tfevents.1000000000"), "wb") as f:
            f.write(plugin.MARK * 10)
        self.go_on().add_custom_scalars(SMALL)
        self.assertEqual(list(self.charts()), ["a", "m"])


if __name__ == "__main__":
    unittest.main()
