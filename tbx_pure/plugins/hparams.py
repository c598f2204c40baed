"""The hparams plugin: hyperparameters and what they led to.  spec/plugins/hparams.md"""
import math
from enum import Enum

from . import checked_text, clean_tag, mapping
from ..errors import InputError, shown
from ..tensor import real, view
from ..wire import BOOL, DOUBLE, INT32, STRING, Message, enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, List

# ---- google/protobuf/struct.proto ----

NULL_VALUE = enum("NullValue", NULL_VALUE=0)

VALUE = Message("google.protobuf.Value")

LIST_VALUE = Message("google.protobuf.ListValue",
    (1, "values", [VALUE]))

STRUCT = Message("google.protobuf.Struct",
    (1, "fields", {STRING: VALUE}))

VALUE.also(("kind",                     # after the two that hold it
    (1, "null_value",   NULL_VALUE),
    (2, "number_value", DOUBLE),
    (3, "string_value", STRING),
    (4, "bool_value",   BOOL),
    (5, "struct_value", STRUCT),
    (6, "list_value",   LIST_VALUE)))

# ---- the plugin's own ----

DATA_TYPE = enum("DataType",
    DATA_TYPE_UNSET=0, DATA_TYPE_STRING=1, DATA_TYPE_BOOL=2, DATA_TYPE_FLOAT64=3)

DATASET_TYPE = enum("DatasetType",
    DATASET_UNKNOWN=0, DATASET_TRAINING=1, DATASET_VALIDATION=2)

STATUS = enum("Status",
    STATUS_UNKNOWN=0, STATUS_SUCCESS=1, STATUS_FAILURE=2, STATUS_RUNNING=3)

INTERVAL = Message("Interval",
    (1, "min_value", DOUBLE),
    (2, "max_value", DOUBLE))

HPARAM_INFO = Message("HParamInfo",
    (1, "name",         STRING),
    (2, "display_name", STRING),
    (3, "description",  STRING),
    (4, "type",         DATA_TYPE),
    ("domain",
        (5, "domain_discrete", LIST_VALUE),
        (6, "domain_interval", INTERVAL)),
    (7, "differs",      BOOL))

METRIC_NAME = Message("MetricName",
    (1, "group", STRING),
    (2, "tag",   STRING))

METRIC_INFO = Message("MetricInfo",
    (1, "name",         METRIC_NAME),
    (3, "display_name", STRING),
    (4, "description",  STRING),
    (5, "dataset_type", DATASET_TYPE))

EXPERIMENT = Message("Experiment",
    (1, "description",       STRING),
    (2, "user",              STRING),
    (3, "time_created_secs", DOUBLE),
    (4, "hparam_infos",      [HPARAM_INFO]),
    (5, "metric_infos",      [METRIC_INFO]),
    (6, "name",              STRING))

SESSION_START_INFO = Message("SessionStartInfo",
    (1, "hparams",         {STRING: VALUE}),
    (2, "model_uri",       STRING),
    (3, "monitor_url",     STRING),
    (4, "group_name",      STRING),
    (5, "start_time_secs", DOUBLE))

SESSION_END_INFO = Message("SessionEndInfo",
    (1, "status",        STATUS),
    (2, "end_time_secs", DOUBLE))

HPARAMS_PLUGIN_DATA = Message("HParamsPluginData",
    (1, "version", INT32),
    ("data",
        (2, "experiment",         EXPERIMENT),
        (3, "session_start_info", SESSION_START_INFO),
        (4, "session_end_info",   SESSION_END_INFO)))


def hparams(hparam_dict: "Any", metric_tags: "Iterable[str]",
            hparam_domain_discrete: "Any" = None, experiment: bool = True,
            hparam_infos: "Any" = None, metric_infos: "Any" = None, group_name: str = "",
            status: "Any" = "SUCCESS", start_time: "Any" = None, end_time: "Any" = None,
            warn: "Callable[[str, str], object]" = lambda cause, text: None,
            strict: bool = False) -> "List[Dict[str, Any]]":
    """Return the summaries of a session: experiment, its start, its end, in this order.

    hparam_dict:  {name: value}.  Text, bool and numbers, also in another library's scalar, are kept
                  as such; a function, class or enum member becomes its name; None is left out; for
                  anything else stands its str().  Numbers become float64.
    metric_tags:  tags of the scalars that are the metrics; cleaned
    hparam_domain_discrete:  {name: [values]}, of the same type as the hyperparameter
    experiment:   False: no experiment; hparam_infos and metric_infos have no place then
    hparam_infos: {name: {"display_name", "description", "domain"}}, all optional; domain is a list
                  of values, or (min, max) as a tuple
    metric_infos: {tag: {"display_name", "description", "dataset_type", "group"}}, all optional;
                  dataset_type is "training" or "validation", group the sub-run with the scalar; a
                  tag that is not in metric_tags is announced too
    group_name:   sessions of one group share a row
    status:       "SUCCESS", "FAILURE" or "RUNNING"; None: no end yet
    start_time, end_time:  seconds since 1970
    warn:         called with a cause and a text if TensorBoard will not show a value as it is
    strict:       as torch: only text and numbers, of which a bool is one
    Raises InputError if an argument is anything else.
    """
    value = _strict_value if strict else _value
    given = mapping(hparam_dict, "hparam_dict")
    values = {_name(name): value(x, "hparam_dict[%r]" % (name,), warn)
              for name, x in given.items() if x is not None}
    records = [("session_start_info", {
        "hparams": values, "group_name": checked_text(group_name, "group_name"),
        "start_time_secs": _seconds(start_time, "start_time")})]
    if experiment:
        records.insert(0, ("experiment", {
            "hparam_infos": _hparam_infos(values, given, hparam_infos, hparam_domain_discrete,
                                          value),
            "metric_infos": _metric_infos(metric_tags, metric_infos)}))
    else:
        _none_given(hparam_domain_discrete=hparam_domain_discrete, hparam_infos=hparam_infos,
                    metric_infos=metric_infos)
    if status is not None:
        records.append(("session_end_info", {
            "status": _choice(status, "status", "STATUS_", STATUSES),
            "end_time_secs": _seconds(end_time, "end_time")}))
    else:
        _none_given(end_time=end_time, need="a status to stand beside")
    return [_summary(member, fields) for member, fields in records]


def _summary(member, fields):
    content = HPARAMS_PLUGIN_DATA.encode({member: fields})
    return {"value": [{"tag": "_hparams_/" + member, "metadata": {
        "plugin_data": {"plugin_name": "hparams", "content": content}}}]}


# ---- values ----

#   Python type  field of Value  DataType
TYPES = (
    (str,        "string_value", "DATA_TYPE_STRING"),
    (bool,       "bool_value",   "DATA_TYPE_BOOL"),
    (float,      "number_value", "DATA_TYPE_FLOAT64"),
)
TYPE = {member: data_type for _, member, data_type in TYPES}
OF_NUMBERS = "__float__", "__index__", "item", "tolist"        # methods of what may be a number


def _value(x, argument, warn):
    """Return the Value that stands for `x`: a dict of one member."""
    plain = _plain(x, argument)
    if plain is None:
        plain = str(x)
        warn(argument, "%s is %s: TensorBoard shows it as text" % (argument, shown(x)))
    if isinstance(plain, str):
        plain = checked_text(plain, argument)
    elif not math.isfinite(plain):
        warn(argument, "%s is %r: TensorBoard leaves it out" % (argument, plain))
    return {member: plain for python_type, member, _ in TYPES if isinstance(plain, python_type)}


def _strict_value(x, argument, warn):
    plain = x if isinstance(x, (str, int, float)) else _number(x, argument)
    if plain is None:
        raise InputError(argument, "text, or one number", shown(x))
    return _value(plain if isinstance(plain, str) else real(plain, argument), argument, warn)


def _plain(x, argument):
    """Return the text, bool or float that `x` is, has or is called; None if there is none."""
    if isinstance(x, (str, bool)):
        return x
    if isinstance(x, (int, float)):
        return real(x, argument)
    if callable(x):                     # tensorboardX's rule
        return str(getattr(x, "__name__", x))
    if isinstance(x, Enum):
        return x.name
    return _number(x, argument)


def _number(x, argument):
    """Return the number or bool in another library's scalar, None if there is not exactly one."""
    if not any(hasattr(x, name) for name in OF_NUMBERS):
        return None
    try:
        tensor = view(x, argument)
    except InputError:
        return None
    if len(tensor.values) != 1:
        return None
    return tensor.values[0] if tensor.dtype == "bool" else real(tensor.values[0], argument)


# ---- what is announced ----

STATUSES = ("SUCCESS", "FAILURE", "RUNNING")
DATASETS = ("TRAINING", "VALIDATION")


def _hparam_infos(values, given, infos, discrete, as_value):
    infos = _known(infos, "hparam_infos", given)
    discrete = _known(discrete, "hparam_domain_discrete", given)
    return [_hparam_info(name, value, infos.get(name, {}), discrete.get(name), as_value)
            for name, value in values.items()]


def _known(infos, argument, given):
    infos = mapping(infos or {}, argument)
    for name in infos:
        if name not in given:
            raise InputError(argument, "names in hparam_dict", shown(name))
    return infos


def _hparam_info(name, value, info, discrete, as_value):
    argument = "hparam_infos[%r]" % name
    info = _fields(info, argument, ("display_name", "description", "domain"))
    (member,) = value
    row = dict(_texts(info, argument), name=name, type=TYPE[member])
    domain, argument = info.get("domain"), argument + "['domain']"
    if discrete is not None:
        if domain is not None:
            raise InputError(argument, "one domain", "another in hparam_domain_discrete")
        domain, argument = discrete, "hparam_domain_discrete[%r]" % name
    if isinstance(domain, tuple) and discrete is None:
        row["domain_interval"] = _interval(domain, member, argument)
    elif domain is not None:
        row["domain_discrete"] = _list(domain, member, argument, as_value)
    return row


def _interval(domain, member, argument):
    if len(domain) != 2 or member != "number_value":
        raise InputError(argument, "(min, max), of a number", shown(domain))
    low, high = (real(x, argument) for x in domain)
    if not low <= high:
        raise InputError(argument, "min <= max", shown(domain))
    return {"min_value": low, "max_value": high}


def _list(domain, member, argument, as_value):
    if not isinstance(domain, (list, tuple)):
        raise InputError(argument, "a list of values", shown(domain))
    values = [as_value(x, argument, lambda cause, text: None) for x in domain]
    for x, value in zip(domain, values):
        if member not in value:
            raise InputError(argument, "values of type " + TYPE[member], shown(x))
    return {"values": values}


def _metric_infos(metric_tags, infos):
    infos = mapping(infos or {}, "metric_infos")
    metric_tags = list(metric_tags)
    elsewhere = [tag for tag in infos if tag not in metric_tags]
    return ([_metric_info(clean_tag(tag, "metric_dict"), infos.get(tag, {}),
                          "metric_infos[%r]" % tag) for tag in metric_tags]
            + [_metric_info(clean_tag(tag, "metric_infos"), infos[tag],
                            "metric_infos[%r]" % tag, "group") for tag in elsewhere])


def _metric_info(tag, info, argument, *group):
    """Return a MetricInfo; `group` is there for a metric whose scalar stands elsewhere."""
    info = _fields(info, argument, ("display_name", "description", "dataset_type") + group)
    row = dict(_texts(info, argument), name={
        "group": checked_text(info.get("group", ""), argument + "['group']"), "tag": tag})
    if info.get("dataset_type") is not None:
        row["dataset_type"] = _choice(info["dataset_type"], argument + "['dataset_type']",
                                      "DATASET_", DATASETS)
    return row


# ---- checks ----

def _name(name):
    if not isinstance(name, str):
        raise InputError("hparam_dict", "names that are text", shown(name))
    return checked_text(name, "hparam_dict")


def _fields(info, argument, names):
    """Return `info`, a dict, if it has no other keys than `names`."""
    others = [name for name in mapping(info, argument) if name not in names]
    if others:
        raise InputError(argument, "only " + ", ".join(names), ", ".join(map(repr, others)))
    return info


def _texts(info, argument):
    return {name: checked_text(info.get(name, ""), "%s[%r]" % (argument, name))
            for name in ("display_name", "description")}


def _choice(text, argument, prefix, names):
    """Return the enum's name for one of `names`, given in any case."""
    if not isinstance(text, str) or text.upper() not in names:
        raise InputError(argument, " or ".join(map(repr, names)), shown(text))
    return prefix + text.upper()


def _seconds(x, argument):
    if x is None:
        return None
    seconds = real(x, argument)
    if not math.isfinite(seconds):
        raise InputError(argument, "a finite number of seconds", shown(x))
    return seconds


def _none_given(need="experiment=True, whose record it stands in", **arguments):
    """Refuse what would be lost."""
    for argument, x in arguments.items():
        if x:
            raise InputError(argument, need, shown(x))


# ---- reading ----

def read(value: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return the HParamsPluginData in a Summary.Value as a dict.

    Raises FormatError, its position counted from the start of the content, if it is damaged.
    """
    return HPARAMS_PLUGIN_DATA.decode(value["metadata"]["plugin_data"].get("content", b""))


def plain(value: "Dict[str, Any]") -> "Any":
    """Return what a google.protobuf.Value stands for, in Python's own types."""
    if "list_value" in value:
        return [plain(x) for x in value["list_value"].get("values", [])]
    if "struct_value" in value:
        return {name: plain(x) for name, x in value["struct_value"].get("fields", {}).items()}
    if "null_value" in value:
        return None
    return next(iter(value.values()), None)


def describe(value: "Dict[str, Any]") -> str:
    content = read(value)
    if "experiment" in content:
        infos = content["experiment"]
        return "experiment %s -> %s" % (
            [info.get("name", "") for info in infos.get("hparam_infos", [])],
            [info.get("name", {}).get("tag", "") for info in infos.get("metric_infos", [])])
    if "session_start_info" in content:
        given = content["session_start_info"].get("hparams", {})
        return "start %s" % {name: x for name in given for x in given[name].values()}
    if "session_end_info" in content:
        return "end %s" % content["session_end_info"].get("status", "STATUS_UNKNOWN")
    return "nothing"
