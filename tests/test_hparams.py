"""Hyperparameters: bytes, kinds of values, what is announced, and the runs that hold them."""
import os
import re
import threading
import unittest
import warnings
from array import array
from collections import OrderedDict
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from unittest import mock

from tbx_pure import InputError, SummaryWriter
from tbx_pure import lasting
from tbx_pure import writer as writer_module
from tbx_pure.errors import FormatError
from tbx_pure.messages import EVENT, SUMMARY
from tbx_pure.plugins import RawTag, describe
from tbx_pure.plugins import hparams as plugin
from tbx_pure.plugins.hparams import HPARAMS_PLUGIN_DATA, VALUE, hparams
from tbx_pure.record import frame

from .helpers import ROOT, InDirectory, event_files, events, records, summaries

NAN, INF = float("nan"), float("inf")
TIME = 1700000000.0
SUCCESS = "22020801"                    # session_end_info, status 1


def adam():
    pass


class Color(Enum):
    RED = 1


class Text(str, Enum):
    SGD = "sgd"


class Size(IntEnum):
    BIG = 9


class Scalar:
    """As another library's scalar."""

    def __init__(self, x):
        self.x = x

    def __float__(self):
        return self.x


class Flag:
    """As numpy.bool_: a buffer of one bool, which can be a float."""

    def __float__(self):
        return 1.0

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return memoryview(b"\x01").cast("?")


class Several(Scalar):
    """As an array, which has __float__ but holds more than one number."""

    def __float__(self):
        raise TypeError

    def tolist(self):
        return [1, 2]


class Unreadable:
    """As complex before Python 3.10: it has __float__, which raises."""

    def __float__(self):
        raise TypeError


class Called:
    """As a module of torch: callable, without a name."""

    def __call__(self):
        pass

    def __str__(self):
        return "Called()"


#   hyperparameters     metrics   contents of the three records, as tensorboardX 2.6.5 writes them
GOLDEN = (
    ({"lr": 0.1},       [],       "120822060a026c722003 1a110a0f0a026c721209119a9999999999b93f"),
    ({"lr": 0.1},       ["acc", "loss/x"],
     "121d22060a026c7220032a070a0512036163632a0a0a0812066c6f73732f78"
     " 1a110a0f0a026c721209119a9999999999b93f"),
    ({"b": True},       [],       "120722050a01622002 1a090a070a016212022001"),
    ({"b": False},      [],       "120722050a01622002 1a090a070a016212022000"),
    ({"n": 0},          [],       "120722050a016e2003 1a100a0e0a016e1209110000000000000000"),
    ({"n": -3},         [],       "120722050a016e2003 1a100a0e0a016e12091100000000000008c0"),
    ({"n": 2 ** 60 + 1}, [],      "120722050a016e2003 1a100a0e0a016e120911000000000000b043"),
    ({"s": "\xe9"},     [],       "120722050a01732001 1a0b0a090a017312041a02c3a9"),
    ({"s": ""},         [],       "120722050a01732001 1a090a070a017312021a00"),
    ({"f": adam},       [],       "120722050a01662001 1a0d0a0b0a016612061a046164616d"),
    ({"f": dict},       [],       "120722050a01662001 1a0d0a0b0a016612061a0464696374"),
    ({"x": None},       [],       "1200 1a00"),
    ({},                ["acc", "loss/x"],
     "12152a070a0512036163632a0a0a0812066c6f73732f78 1a00"),
    ({"": 1},           [],       "120422022003 1a0f0a0d0a00120911000000000000f03f"),
)
MANY = OrderedDict([("lr", 0.1), ("bs", 32), ("opt", "adam"), ("nest", True), ("act", adam), ("none", None)])
MANY_EXPERIMENT = ("124122060a026c72200322060a026273200322070a036f7074200122080a046e657374200222070a0361637420012a"
                   "070a0512036163632a0a0a0812066c6f73732f78")
# Of this one the order of the entries is protobuf's own, which no one may rely on.
MANY_START = ("1a4c0a0f0a02627312091100000000000040400a0a0a046e657374120220010a0d0a036f707412061a046164616d0a0f0a026c"
              "721209119a9999999999b93f0a0d0a0361637412061a046164616d")

#   whole records of add_hparams({"lr": 0.1}, {"acc": ...}) at TIME: the same writer's
RECORDS = (
    "4500000000000000ebe668b00900000040fc54d9412a3a0a380a145f68706172616d735f2f6578706572696d656e744a200a1e0a07687061"
    "72616d731213121122060a026c7220032a070a051203616363f3433f8c",
    "4d000000000000003d63d4a60900000040fc54d9412a420a400a1c5f68706172616d735f2f73657373696f6e5f73746172745f696e666f4a"
    "200a1e0a0768706172616d7312131a110a0f0a026c721209119a9999999999b93facf9a07a",
    "3c00000000000000c8b7a3520900000040fc54d9412a310a2f0a1a5f68706172616d735f2f73657373696f6e5f656e645f696e666f4a110a"
    "0f0a0768706172616d731204220208015263a519",
)


def unwarned(cause, text):
    raise AssertionError("unexpected warning: %s: %s" % (cause, text))


def content(summary):
    """Return the bytes in which a summary of the plugin has everything."""
    return summary["value"][0]["metadata"]["plugin_data"]["content"]


def contents(*arguments, **options):
    """Return what each summary holds, after a trip through its bytes: {its member: its fields}."""
    options.setdefault("warn", unwarned)
    found = {}
    for summary in hparams(*arguments, **options):
        value, = SUMMARY.decode(SUMMARY.encode(summary))["value"]
        found.update(plugin.read(value))
        member, = plugin.read(value)
        assert value["tag"] == "_hparams_/" + member
    return found


def start(hparam_dict, **options):
    return contents(hparam_dict, [], **options)["session_start_info"]


def value_of(x, **options):
    return start({"x": x}, **options)["hparams"]["x"]


def info_of(x, **options):
    """Return the HParamInfo of a hyperparameter x, without its name."""
    info, = contents({"x": x}, [], **options)["experiment"]["hparam_infos"]
    assert info.pop("name") == "x"
    return info


EXAMPLE = re.compile(r"^```hex (\S+)\n(.*?)^```$", re.M | re.S)


def examples(name):
    """Return {example: its bytes} of a plugin's page."""
    with open(os.path.join(ROOT, "spec", "plugins", name + ".md"), encoding="utf-8") as f:
        text = f.read()
    return {
        example: bytes.fromhex("".join(line.strip().split("  ")[0] for line in block.splitlines()))
        for example, block in EXAMPLE.findall(text)}


class Case(unittest.TestCase):

    def refuses(self, argument, need, *arguments, **options):
        with self.assertRaises(InputError) as caught:
            hparams(*arguments, **options)
        self.assertEqual((caught.exception.argument, caught.exception.need), (argument, need))


class TestGolden(unittest.TestCase):

    def test_contents(self):
        for hparam_dict, metrics, both in GOLDEN:
            summaries_of_it = hparams(hparam_dict, metrics, warn=unwarned)
            self.assertEqual([content(summary).hex() for summary in summaries_of_it], both.split() + [SUCCESS])

    def test_nan_keeps_its_bytes(self):
        _, begin, _ = hparams({"n": NAN}, [], warn=lambda *w: None)
        self.assertEqual(content(begin).hex(),
                         "1a100a0e0a016e120911000000000000f87f")

    def test_many(self):
        made = [content(summary) for summary in hparams(MANY, ["acc", "loss/x"], warn=unwarned)]
        self.assertEqual(made[0].hex(), MANY_EXPERIMENT)
        self.assertEqual(HPARAMS_PLUGIN_DATA.decode(made[1]),
                         HPARAMS_PLUGIN_DATA.decode(bytes.fromhex(MANY_START)))
        self.assertEqual(list(HPARAMS_PLUGIN_DATA.decode(made[1])["session_start_info"]["hparams"]),
                         ["lr", "bs", "opt", "nest", "act"])

    def test_records(self):
        for summary, record in zip(hparams({"lr": 0.1}, ["acc"], warn=unwarned), RECORDS):
            event = EVENT.encode({"wall_time": TIME, "summary": summary})
            self.assertEqual(frame(event).hex(), record)


    def test_domains_as_torch(self):
        """torch 2.13.0: hparams({...}, {"m": 1}, {...})."""
        first = hparams({"lr": 0.5, "s": "a", "n": 2}, ["m"], {"lr": [0.5, 1.0], "s": ["a", "b"]})[0]
        self.assertEqual(content(first).hex(), (
            "1241221e0a026c7220032a160a0911000000000000e03f0a0911000000000000f03f22110a017320012a0a0a031a01610a03"
            "1a016222050a016e20032a050a0312016d"))

    def test_infos_as_tensorboard(self):
        """TensorBoard 2.21.0: hparams_config_pb, hparams_pb, without the tensor beside them."""
        first, begin, _ = hparams(
            OrderedDict([("lr", 0.5), ("opt", "a"), ("b", True)]), [],
            hparam_infos={"lr": {"display_name": "L", "description": "d", "domain": (0.0, 1.0)},
                          "opt": {"domain": ["a", "b"]}, "b": {"domain": [False, True]}},
            metric_infos={"acc": {"group": "validation", "display_name": "A", "description": "e",
                                  "dataset_type": "validation"}})
        self.assertEqual(content(first).hex(), (
            "125c22170a026c7212014c1a01642003320911000000000000f03f22130a036f707420012a0a0a031a01610a031a0162220f"
            "0a016220022a080a0220000a0220012a1b0a110a0a76616c69646174696f6e12036163631a01412201652802"))
        begin = hparams({"lr": 0.5}, [], group_name="g", start_time=1.5)[1]
        self.assertEqual(content(begin).hex(), "1a1d0a0f0a026c72120911000000000000e03f22016729000000000000f83f")


class TestValues(Case):

    def test_numbers(self):
        for x in (2, 2.0, Size(9), Scalar(2.5), Decimal("2.5"), Fraction(5, 2), Scalar(0.0),
                  array("d", [2.5])):
            number = x[0] if isinstance(x, array) else float(x)
            self.assertEqual(value_of(x), {"number_value": number})
            self.assertEqual(info_of(x), {"type": "DATA_TYPE_FLOAT64"})

    def test_text(self):
        for x, text in (("adam", "adam"), (Text.SGD, "sgd"), (Color.RED, "RED"), (adam, "adam"), (Scalar, "Scalar"),
                        (float, "float"), (len, "len"), (Called(), "Called()")):
            self.assertEqual(value_of(x), {"string_value": text})
            self.assertEqual(info_of(x), {"type": "DATA_TYPE_STRING"})

    def test_bools(self):
        for x in (True, False):
            self.assertEqual(value_of(x), {"bool_value": x})
        self.assertEqual(value_of(Flag()), {"bool_value": True})
        self.assertEqual(info_of(Flag()), {"type": "DATA_TYPE_BOOL"})

    def test_the_rest_becomes_text(self):
        for x in ([64, 64], [64], (0.9, 0.999), {"a": 1}, b"a", range(3), array("d", [1.0, 2.0]), object(), 1j,
                  Several(0), Unreadable()):
            heard = []
            self.assertEqual(value_of(x, warn=lambda *w: heard.append(w)), {"string_value": str(x)})
            (cause, text), = heard
            self.assertEqual(cause, "hparam_dict['x']")
            self.assertTrue(text.startswith("hparam_dict['x'] is "), text)
            self.assertTrue(text.endswith(": TensorBoard shows it as text"), text)

    def test_not_finite(self):
        for x in (NAN, INF, -INF, Scalar(INF)):
            heard = []
            value = value_of(x, warn=lambda *w: heard.append(w))["number_value"]
            self.assertEqual(repr(value), repr(float(x)))
            self.assertEqual(heard, [("hparam_dict['x']", "hparam_dict['x'] is %r: TensorBoard leaves it out"
                                      % float(x))])

    def test_none_is_left_out(self):
        self.assertEqual(contents({"a": None, "b": 1}, []), {
            "experiment": {"hparam_infos": [{"name": "b", "type": "DATA_TYPE_FLOAT64"}]},
            "session_start_info": {"hparams": {"b": {"number_value": 1.0}}},
            "session_end_info": {"status": "STATUS_SUCCESS"}})

    def test_refused(self):
        text = "text that UTF-8 can hold"
        self.refuses("hparam_dict", "a dict", None, [])
        self.refuses("hparam_dict", "a dict", [("lr", 1)], [])
        self.refuses("hparam_dict", "names that are text", {3: 1}, [])
        self.refuses("hparam_dict", text, {"\ud800": 1}, [])
        self.refuses("hparam_dict['x']", text, {"x": "\ud800"}, [])
        self.refuses("hparam_dict['n']", "what float64 can hold", {"n": 10 ** 400}, [])


class TestInfos(Case):

    def test_domain_discrete(self):
        self.assertEqual(info_of(0.5, hparam_domain_discrete={"x": [0.5, 1]}), {
            "type": "DATA_TYPE_FLOAT64",
            "domain_discrete": {"values": [{"number_value": 0.5}, {"number_value": 1.0}]}})
        self.assertEqual(info_of("a", hparam_domain_discrete={"x": ("a", adam)})["domain_discrete"],
                         {"values": [{"string_value": "a"}, {"string_value": "adam"}]})
        self.assertEqual(info_of(True, hparam_domain_discrete={"x": [True, False]})["domain_discrete"],
                         {"values": [{"bool_value": True}, {"bool_value": False}]})
        self.assertEqual(info_of(1, hparam_domain_discrete={"x": []})["domain_discrete"], {})

    def test_domain_discrete_refused(self):
        here = "hparam_domain_discrete['x']"
        for x, domain, python_type in ((0.5, [0.5, "a"], "FLOAT64"), ("a", ["a", 1], "STRING"),
                                       (True, [True, 1], "BOOL"), (1, [True], "FLOAT64"), (1, [None], "FLOAT64")):
            self.refuses(here, "values of type DATA_TYPE_" + python_type, {"x": x}, [], {"x": domain})
        for domain in ("abc", 3, {"a"}):
            self.refuses(here, "a list of values", {"x": "a"}, [], {"x": domain})
        self.refuses("hparam_domain_discrete", "a dict", {"x": 1}, [], ["x"])
        self.refuses("hparam_domain_discrete", "names in hparam_dict", {"x": 1}, [], {"y": [1]})

    def test_hparam_infos(self):
        self.assertEqual(info_of(1, hparam_infos={"x": {
            "display_name": "X", "description": "*x*", "domain": (0, 2)}}), {
            "display_name": "X", "description": "*x*", "type": "DATA_TYPE_FLOAT64",
            "domain_interval": {"max_value": 2.0}})
        self.assertEqual(info_of(1, hparam_infos={"x": {"domain": [1, 2]}})["domain_discrete"],
                         {"values": [{"number_value": 1.0}, {"number_value": 2.0}]})
        self.assertEqual(info_of(1, hparam_infos={"x": {"domain": (-1, INF)}})["domain_interval"],
                         {"min_value": -1.0, "max_value": INF})
        self.assertEqual(info_of(1, hparam_infos={"x": {"domain": None}}), info_of(1, hparam_infos={"x": {}}))
        self.assertEqual(info_of(1, hparam_infos={"x": {"display_name": "X"}}, hparam_domain_discrete={"x": [1]}), {
            "display_name": "X", "type": "DATA_TYPE_FLOAT64",
            "domain_discrete": {"values": [{"number_value": 1.0}]}})

    def test_of_what_is_none(self):
        found = contents({"x": None}, [], {"x": [1]}, hparam_infos={"x": {"display_name": "X"}})
        self.assertEqual(found["experiment"], {})

    def test_hparam_infos_refused(self):
        here = "hparam_infos['x']"
        for infos, argument, need in (
                (["x"], "hparam_infos", "a dict"),
                ({"y": {}}, "hparam_infos", "names in hparam_dict"),
                ({"x": "X"}, here, "a dict"),
                ({"x": {"displayname": "X"}}, here, "only display_name, description, domain"),
                ({"x": {"display_name": 3}}, here + "['display_name']", "text"),
                ({"x": {"description": None}}, here + "['description']", "text"),
                ({"x": {"domain": 3}}, here + "['domain']", "a list of values"),
                ({"x": {"domain": ["a"]}}, here + "['domain']", "values of type DATA_TYPE_FLOAT64"),
                ({"x": {"domain": (1,)}}, here + "['domain']", "(min, max), of a number"),
                ({"x": {"domain": (1, 2, 3)}}, here + "['domain']", "(min, max), of a number"),
                ({"x": {"domain": (2, 1)}}, here + "['domain']", "min <= max"),
                ({"x": {"domain": (NAN, 1)}}, here + "['domain']", "min <= max")):
            self.refuses(argument, need, {"x": 1}, [], hparam_infos=infos)
        self.refuses(here + "['domain']", "(min, max), of a number", {"x": "a"}, [],
                     hparam_infos={"x": {"domain": ("a", "b")}})
        self.refuses(here + "['domain']", "one domain", {"x": 1}, [], {"x": [1]},
                     hparam_infos={"x": {"domain": [1]}})

    def metrics(self, *arguments, **options):
        return contents({}, *arguments, **options)["experiment"].get("metric_infos", [])

    def test_metrics_are_announced_as_written(self):
        self.assertEqual(self.metrics(["loss x", "/a", RawTag("b c")]),
                         [{"name": {"tag": tag}} for tag in ("loss_x", "a", "b c")])
        self.assertEqual(self.metrics(tag for tag in "ab"), [{"name": {"tag": "a"}}, {"name": {"tag": "b"}}])

    def test_metric_infos(self):
        self.assertEqual(self.metrics(["a b"], metric_infos={
            "a b": {"display_name": "A", "description": "*a*", "dataset_type": "Training"},
            "c": {"group": "eval", "dataset_type": "validation"}}), [
                {"name": {"tag": "a_b"}, "display_name": "A", "description": "*a*",
                 "dataset_type": "DATASET_TRAINING"},
                {"name": {"tag": "c", "group": "eval"}, "dataset_type": "DATASET_VALIDATION"}])
        self.assertEqual(self.metrics((tag for tag in "ab"), metric_infos={"b": {}, "c": {}}),
                         [{"name": {"tag": tag}} for tag in "abc"])
        self.assertEqual(self.metrics(["a"], metric_infos={"a": {"dataset_type": None}}), [{"name": {"tag": "a"}}])

    def test_metric_infos_refused(self):
        here = "metric_infos['a']"
        for infos, argument, need in (
                (["a"], "metric_infos", "a dict"),
                ({"a": "A"}, here, "a dict"),
                ({"a": {"group": "g"}}, here, "only display_name, description, dataset_type"),
                ({"b": {"grp": "g"}}, "metric_infos['b']", "only display_name, description, dataset_type, group"),
                ({"b": {"group": 3}}, "metric_infos['b']['group']", "text"),
                ({3: {}}, "metric_infos", "text"),
                ({"a": {"display_name": 3}}, here + "['display_name']", "text"),
                ({"a": {"dataset_type": "test"}}, here + "['dataset_type']", "'TRAINING' or 'VALIDATION'"),
                ({"a": {"dataset_type": 1}}, here + "['dataset_type']", "'TRAINING' or 'VALIDATION'")):
            self.refuses(argument, need, {}, ["a"], metric_infos=infos)
        self.refuses("metric_dict", "text", {}, [3])

    def test_without_experiment(self):
        self.assertEqual(contents({"lr": 1}, ["a"], experiment=False), {
            "session_start_info": {"hparams": {"lr": {"number_value": 1.0}}},
            "session_end_info": {"status": "STATUS_SUCCESS"}})
        for argument, given in (("hparam_infos", {"lr": {}}), ("metric_infos", {"a": {}}),
                                ("hparam_domain_discrete", {"lr": [1]})):
            self.refuses(argument, "experiment=True, whose record it stands in",
                         {"lr": 1}, ["a"], experiment=False, **{argument: given})
            hparams({"lr": 1}, ["a"], experiment=False, **{argument: {}})


class TestSession(Case):

    def test_order(self):
        tags = [summary["value"][0]["tag"] for summary in hparams({}, [])]
        self.assertEqual(tags, ["_hparams_/experiment", "_hparams_/session_start_info",
                                "_hparams_/session_end_info"])

    def test_group_and_times(self):
        found = contents({}, [], group_name="g", status="failure", start_time=1.5, end_time=Decimal(3))
        self.assertEqual(found["session_start_info"], {"group_name": "g", "start_time_secs": 1.5})
        self.assertEqual(found["session_end_info"], {"status": "STATUS_FAILURE", "end_time_secs": 3.0})

    def test_status(self):
        for status, written in (("SUCCESS", 1), ("Failure", 2), ("running", 3)):
            self.assertEqual(content(hparams({}, [], status=status)[-1]).hex(), "220208%02x" % written)
        self.assertEqual(sorted(contents({}, [], status=None)), ["experiment", "session_start_info"])

    def test_refused(self):
        self.refuses("group_name", "text", {}, [], group_name=None)
        for status in ("done", "UNKNOWN", "", 1):
            self.refuses("status", "'SUCCESS' or 'FAILURE' or 'RUNNING'", {}, [], status=status)
        for time in ("start_time", "end_time"):
            self.refuses(time, "a finite number of seconds", {}, [], **{time: NAN})
            self.refuses(time, "one number", {}, [], **{time: [1, 2]})
        self.refuses("end_time", "a status to stand beside", {}, [], status=None, end_time=1)


class TestReading(unittest.TestCase):

    def values(self, *arguments, **options):
        return [summary["value"][0] for summary in hparams(*arguments, **options)]

    def test_describe(self):
        self.assertEqual([describe(value) for value in self.values({"lr": 0.1, "opt": "a", "b": True}, ["acc"])], [
            "hparams  experiment ['lr', 'opt', 'b'] -> ['acc']",
            "hparams  start {'lr': 0.1, 'opt': 'a', 'b': True}", "hparams  end STATUS_SUCCESS"])
        self.assertEqual(describe({"metadata": {"plugin_data": {"plugin_name": "hparams"}}}), "hparams  nothing")
        self.assertEqual(describe({"metadata": {"plugin_data": {"plugin_name": "hparams", "content": b"\x22\x00"}}}),
                         "hparams  end STATUS_UNKNOWN")

    def test_damaged(self):
        with self.assertRaises(FormatError) as caught:
            plugin.read({"metadata": {"plugin_data": {"content": b"\x12\x05"}}})
        self.assertEqual(caught.exception.rule, "wire-4")

    def test_every_field(self):
        for fields, data in (
                ({"version": 1, "experiment": {"description": "d", "user": "u", "time_created_secs": 1.0, "name": "n"}},
                 "080112120a016412017519000000000000f03f32016e"),
                ({"experiment": {"hparam_infos": [{"name": "a", "display_name": "b", "description": "c",
                                                   "type": "DATA_TYPE_BOOL", "differs": True,
                                                   "domain_interval": {"min_value": 1.0, "max_value": 2.0}}]}},
                 "12" "23" "22" "21" "0a01611201621a01632002" "3212" "09000000000000f03f110000000000000040" "3801"),
                ({"experiment": {"metric_infos": [{"name": {"group": "g", "tag": "t"}, "display_name": "b",
                                                   "description": "c", "dataset_type": "DATASET_VALIDATION"}]}},
                 "1212" "2a10" "0a060a0167120174" "1a0162" "220163" "2802"),
                ({"session_start_info": {"model_uri": "m", "monitor_url": "o", "group_name": "g",
                                         "start_time_secs": 1.0}},
                 "1a12" "12016d" "1a016f" "220167" "29000000000000f03f"),
                ({"session_end_info": {"status": "STATUS_RUNNING", "end_time_secs": 1.0}},
                 "220b" "0803" "11000000000000f03f")):
            self.assertEqual(HPARAMS_PLUGIN_DATA.encode(fields).hex(), data)
            self.assertEqual(HPARAMS_PLUGIN_DATA.decode(bytes.fromhex(data)), fields)

    def test_every_value(self):
        for fields, data in (
                ({"null_value": "NULL_VALUE"}, "0800"), ({"number_value": 0.0}, "110000000000000000"),
                ({"string_value": ""}, "1a00"), ({"bool_value": False}, "2000"),
                ({"struct_value": {"fields": {"a": {"bool_value": True}}}}, "2a09" "0a07" "0a0161" "12022001"),
                ({"list_value": {"values": [{"bool_value": True}, {"string_value": "a"}]}},
                 "3209" "0a022001" "0a031a0161")):
            self.assertEqual(VALUE.encode(fields).hex(), data)
            self.assertEqual(VALUE.decode(bytes.fromhex(data)), fields)
        with self.assertRaises(InputError) as caught:
            VALUE.encode({"number_value": 1.0, "list_value": {}})
        self.assertEqual(caught.exception.argument, "google.protobuf.Value.kind")


class TestPage(unittest.TestCase):

    def test_examples(self):
        made = [EVENT.encode({"wall_time": TIME, "summary": summary}) for summary in hparams({"lr": 0.1}, ["acc"])]
        self.assertEqual(examples("hparams"), dict(zip(("hparams-experiment", "hparams-start", "hparams-end"), made)))


class TestWriter(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        self.writer = SummaryWriter(self.path("run"))
        self.addCleanup(self.writer.close)

    def add(self, *arguments, **options):
        self.writer.add_hparams(*arguments, **options)

    def paths(self):
        """Return the directories of all event files, relative to the run."""
        return sorted(os.path.relpath(os.path.dirname(path), self.path("run"))
                      for path in event_files(self.directory))

    def test_own_run(self):
        with self.writer.use_metadata(walltime=TIME):
            self.add({"lr": 0.1}, {"acc": 0.5}, "trial", 7)
        self.assertEqual(self.paths(), [".", "trial"])
        path, = event_files(self.path("run", "trial"))
        with open(path, "rb") as f:
            self.assertIn("".join(RECORDS), f.read().hex())
        self.assertEqual([(event.get("step"), "summary" in event) for event in map(EVENT.decode, records(path))],
                         [(None, False), (None, True), (None, True), (None, True), (7, True)])
        self.assertEqual(summaries(self.path("run", "trial"))[-1], (7, {"tag": "acc", "simple_value": 0.5}))

    def test_threads_on_a_coarse_clock(self):
        """While a session is being made, no other gets its run."""
        event, others = self.writer._event, []

        def slow(*arguments):
            if not others:
                others.append(threading.Thread(target=self.add, args=({"lr": 2}, {"acc": 2})))
                others[0].start()
                others[0].join()
            return event(*arguments)

        self.writer._event = slow
        with mock.patch("time.time", return_value=TIME):
            self.add({"lr": 1}, {"acc": 1})
        self.assertEqual(self.paths(), [".", "%s" % TIME, "%s0" % TIME])

    def test_its_file_is_closed(self):
        with mock.patch.object(lasting, "EventFile", wraps=lasting.EventFile) as made:
            self.add({"lr": 1}, {"acc": 1}, "trial")
            self.assertEqual(made.call_count, 1)
        self.assertEqual([run for run in self.writer._files if run], [])

    def test_a_second_time_in_one_run(self):
        self.add({"lr": 1}, {}, "trial")
        with self.assertWarnsRegex(UserWarning, "run 'trial' has hyperparameters already"):
            self.add({"lr": 2}, {}, "trial")
        self.assertEqual(self.paths(), [".", "trial", "trial"])

    def test_a_second_time_purges_nothing(self):
        self.writer = SummaryWriter(self.path("run"), purge_step=3)
        for step in (3, 4):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.add({"lr": 1}, {"acc": 1}, "trial", step)
        first, second = event_files(self.path("run", "trial"))
        purges = [sum("session_log" in EVENT.decode(data) for data in records(path)) for path in (first, second)]
        self.assertEqual(purges, [2, 0])

    def test_names_of_one_moment_differ(self):
        with mock.patch.object(writer_module.time, "time", lambda: TIME):
            for _ in range(3):
                self.add({"lr": 1}, {})
        self.assertEqual(self.paths(), [".", str(TIME), str(TIME) + "0", str(TIME) + "00"])

    def test_metrics_that_float32_cannot_hold(self):
        with self.assertWarnsRegex(UserWarning, "float32"):
            self.add({"lr": 1}, {"acc": 1e39})

    def test_the_time_names_it(self):
        with mock.patch.object(writer_module.time, "time", lambda: TIME):
            self.add({"lr": 1}, {"acc": 1})
        self.assertEqual(self.paths(), [".", str(TIME)])

    def test_same_run(self):
        self.writer.add_scalar("acc", 0.25, 3)
        self.add({"lr": 1}, {"acc": 0.5}, run_name=".")
        self.writer.add_scalar("acc", 0.75)
        self.assertEqual(self.paths(), ["."])
        self.assertEqual([(step, value["tag"]) for step, value in summaries(self.path("run"))], [
            (3, "acc"), (0, "_hparams_/experiment"), (0, "_hparams_/session_start_info"),
            (0, "_hparams_/session_end_info"), (4, "acc"), (5, "acc")])

    def test_steps_stand_on_metrics_only(self):
        with self.writer.use_metadata(global_step=9):
            self.add({"lr": 1}, {"acc": 1}, "a")
            self.add({"lr": 1}, {"acc": 1}, "b", 5)
        for run, last in (("a", 9), ("b", 5)):
            self.assertEqual([step for step, _ in summaries(self.path("run", run))], [0, 0, 0, last])

    def test_orders_of_arguments(self):
        for i, (arguments, options) in enumerate((
                (({"lr": 1}, {"acc": 1}, "t0", 4), {}),
                (({"lr": 1}, {"acc": 1}, {"lr": [1, 2]}, "t1", 4), {}),
                (({"lr": 1}, {"acc": 1}, None, "t2", 4), {}),
                (({"lr": 1}, {"acc": 1}), {"name": "t3", "global_step": 4}),
                (({"lr": 1}, {"acc": 1}), {"hparam_domain_discrete": {"lr": [1, 2]}, "run_name": "t4",
                                           "global_step": 4}))):
            self.add(*arguments, **options)
            found = summaries(self.path("run", "t%d" % i))
            self.assertEqual(found[-1], (4, {"tag": "acc", "simple_value": 1.0}))
            info, = plugin.read(found[0][1])["experiment"]["hparam_infos"]
            self.assertEqual("domain_discrete" in info, i in (1, 4))

    def test_keywords_arrive(self):
        self.add({"lr": 1}, {"acc": 1}, "t", hparam_infos={"lr": {"display_name": "L"}},
                 metric_infos={"acc": {"display_name": "A"}}, group_name="g", status="FAILURE",
                 start_time=1, end_time=2)
        first, begin, end = (plugin.read(value) for _, value in summaries(self.path("run", "t"))[:3])
        self.assertEqual(first["experiment"]["hparam_infos"][0]["display_name"], "L")
        self.assertEqual(first["experiment"]["metric_infos"][0]["display_name"], "A")
        self.assertEqual((begin["session_start_info"]["group_name"], begin["session_start_info"]["start_time_secs"]),
                         ("g", 1.0))
        self.assertEqual(end["session_end_info"], {"status": "STATUS_FAILURE", "end_time_secs": 2.0})
        self.add({"lr": 1}, {}, "u", experiment=False)
        self.assertEqual(len(summaries(self.path("run", "u"))), 2)

    def test_metric_is_announced_under_the_tag_written(self):
        raw = SummaryWriter(self.path("raw"), raw_tags=True)
        self.addCleanup(raw.close)
        for writer, run, tag in ((self.writer, "run", "loss_x"), (raw, "raw", "loss x")):
            writer.add_hparams({"lr": 1}, {"loss x": 2}, "t")
            found = summaries(self.path(run, "t"))
            info, = plugin.read(found[0][1])["experiment"]["metric_infos"]
            self.assertEqual((info["name"]["tag"], found[-1][1]["tag"]), (tag, tag))

    def test_never_outside(self):
        for name in ("../out", "/etc", "a/../../b", "..", "d\0", "./c/."):
            self.add({"lr": 1}, {}, name)
        self.assertEqual(self.paths(), [".", "_", "_/out", "a/_/_/b", "c", "d_", "etc"])
        self.assertEqual(os.listdir(self.directory), ["run"])

    def test_refused_leaves_nothing(self):
        before = self.paths()
        for arguments, options, argument in (
                (({"lr": 1}, {"acc": "high"}), {}, "metric_dict['acc']"),
                (({"lr": 1}, {"ok": 1, "acc": [1, 2]}), {}, "metric_dict['acc']"),
                (({"lr": 1}, {3: 1}), {}, "metric_dict"),
                (({"lr": 1}, [1]), {}, "metric_dict"),
                ((["lr"], {}), {}, "hparam_dict"),
                (({"lr": 10 ** 400}, {}), {}, "hparam_dict['lr']"),
                (({"lr": 1}, {"acc": 1}), {"global_step": 1.5e300}, "global_step"),
                (({"lr": 1}, {}), {"status": "gone"}, "status"),
                (({"lr": 1}, {}), {"name": "\ud800"}, "name")):
            with self.assertRaises(InputError) as caught:
                self.add(*arguments, **options)
            self.assertEqual(caught.exception.argument, argument)
            self.assertIn("add_hparams", str(caught.exception))
        self.assertEqual(self.paths(), before)
        self.assertEqual(os.listdir(self.path("run")), [os.path.basename(event_files(self.directory)[0])])
        self.assertEqual(len(events(self.path("run"))), 1)

    def test_not_to_disk(self):
        writer = SummaryWriter(self.path("none"), write_to_disk=False)
        for options in ({}, {"run_name": "."}, {"run_name": "t"}):
            writer.add_hparams({"lr": 1}, {"acc": 1}, **options)
        self.assertRaises(InputError, writer.add_hparams, {"lr": 1}, {"acc": None})
        writer.close()
        self.assertFalse(os.path.exists(self.path("none")))

    def test_warns_once(self):
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            for _ in range(3):
                self.add({"layers": [64], "lr": NAN, "ok": 1}, {})
        self.assertEqual(sorted(str(w.message) for w in heard), [
            "add_hparams(None): hparam_dict['layers'] is list [64]: TensorBoard shows it as text",
            "add_hparams(None): hparam_dict['lr'] is nan: TensorBoard leaves it out"])
        self.assertEqual({w.filename.rstrip("c") for w in heard}, {__file__.rstrip("c")})


if __name__ == "__main__":
    unittest.main()
