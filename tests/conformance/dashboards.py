"""All that a TensorBoard answers of a logdir, dashboard by dashboard, in one flat dict.

    answers = ask(server)
    answers["scalars", "scalars", "run", "loss"]        [[wall time, step, value], ...]

A key names the dashboard, the route and of what the answer is: run and tag, and so on.  What an
answer tells of several tags has a key for each, so that two answers differ only where they do.
Pictures are given as pixels, sounds as samples; the keys of blobs, which name the logdir, go.
"""
import io
import json
from urllib.error import HTTPError

import numpy
import soundfile
from PIL import Image

STATUSES = ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"]
SESSIONS = {"experimentName": "", "allowedStatuses": STATUSES, "startIndex": 0, "sliceSize": 1000}
MESH_PARTS = {1: ("VERTEX", "<f4"), 2: ("FACE", "<i4"), 3: ("COLOR", "u1")}


def pixels(data):
    """Return (shape, values) of an encoded picture."""
    array = numpy.array(Image.open(io.BytesIO(data)))
    return array.shape, array.ravel().tolist()


def samples(data):
    """Return (samples a second, shape, 16-bit values) of an encoded sound."""
    array, rate = soundfile.read(io.BytesIO(data), dtype="int16", always_2d=True)
    return rate, array.shape, array.ravel().tolist()


def ask(server):
    """Return {key: answer} of every route of every dashboard."""
    answers = {("data", "runs", run): True for run in server.json("data/runs")}
    for dashboard in DASHBOARDS:
        for key, answer in dashboard(server):
            if key in answers:
                raise AssertionError("two answers to %r" % (key,))
            answers[key] = answer
    return answers


def of(plugin, server):
    """Return get(route, **query) of a plugin's routes; of an error it returns the HTTP status."""
    def get(route, binary=False, **query):
        answer = status_of(server.get, "data/plugin/%s/%s" % (plugin, route), **query)
        if isinstance(answer, int):
            return answer
        return answer[1] if binary else json.loads(answer[1].decode("utf-8"))
    return get


def status_of(ask, *arguments, **query):
    """Return what a server answers, or the HTTP status of an error."""
    try:
        return ask(*arguments, **query)
    except HTTPError as e:
        with e:
            return e.code


def numbers(server):
    """Scalars, histograms, distributions, precision-recall curves: tags, and a series of each."""
    for plugin in ("scalars", "histograms", "distributions", "pr_curves"):
        get = of(plugin, server)
        for run, tags in get("tags").items():
            for tag, about in tags.items():
                series = get(plugin, run=run, tag=tag)
                yield (plugin, "tags", run, tag), about
                yield (plugin, plugin, run, tag), (series[run] if plugin == "pr_curves" else series)


def scalars_multirun(server):
    runs = server.json("data/runs")
    for tag in sorted({tag for tags in of("scalars", server)("tags").values() for tag in tags}):
        found = server.post("data/plugin/scalars/scalars_multirun",
                            [("tag", tag)] + [("runs", run) for run in runs])
        for run, series in found.items():
            yield ("scalars", "scalars_multirun", run, tag), series


def blobs(server):
    """Images and audio, each sample of each step decoded."""
    for plugin, one, decoded in (("images", "individualImage", pixels),
                                 ("audio", "individualAudio", samples)):
        get = of(plugin, server)
        for run, tags in get("tags").items():
            for tag, about in tags.items():
                yield (plugin, "tags", run, tag), about
                for sample in range(about["samples"]):
                    series = get(plugin, run=run, tag=tag, sample=sample)
                    for point in series:
                        kind, data = server.get("data/plugin/%s/%s?%s" % (
                            plugin, one, point.pop("query")))
                        point["blob"] = kind, decoded(data)
                    yield (plugin, plugin, run, tag, sample), series


def text(server):
    get = of("text", server)
    for run, tags in get("tags").items():
        for tag in tags:
            for markdown in ("true", "false"):
                yield (("text", "text", run, tag, markdown),
                       get("text", run=run, tag=tag, markdown=markdown))


def mesh(server):
    get = of("mesh", server)
    for run, tags in get("tags").items():
        for tag, about in tags.items():
            yield ("mesh", "tags", run, tag), about
            parts = get("meshes", run=run, tag=tag, sample=0)
            parts.sort(key=lambda part: (part["step"], part["content_type"]))
            yield ("mesh", "meshes", run, tag), parts
            for part in parts:
                name, dtype = MESH_PARTS[part["content_type"]]
                for sample in range(about["samples"]):
                    data = get("data", binary=True, run=run, tag=tag, sample=sample,
                               step=part["step"], content_type=name)
                    yield (("mesh", "data", run, tag, part["step"], name, sample),
                           numpy.frombuffer(data, dtype).tolist())


def custom_scalars(server):
    get = of("custom_scalars", server)
    for category in get("layout").get("category", []):
        charts = category.pop("chart", [])
        yield ("custom_scalars", "layout", category["title"]), category
        for chart in charts:
            yield ("custom_scalars", "layout", category["title"], chart["title"]), chart
            patterns = chart.get("multiline", {}).get("tag", [])
            for pattern in patterns:
                for run in server.json("data/runs"):
                    found = get("scalars", run=run, tag=pattern)
                    yield (("custom_scalars", "scalars", category["title"], chart["title"], run,
                            pattern), found)


def hparams(server):
    route = "data/plugin/hparams/"
    experiment = server.post(route + "experiment", {"experimentName": ""})
    found = server.post(route + "session_groups", SESSIONS)
    for info in experiment.pop("hparamInfos"):
        yield ("hparams", "experiment", "hparam", info["name"]), info
    for info in experiment["metricInfos"]:
        yield ("hparams", "experiment", "metric", info["name"]["tag"], info["name"]["group"]), info
    for group in found.pop("sessionGroups"):
        at = "hparams", "session_groups", group["name"]
        for name, value in group.pop("hparams").items():
            yield at + ("hparam", name), value
        for value in group.pop("metricValues", []):
            yield at + ("metric", value["name"]["tag"]), value
        for session in group.pop("sessions"):
            run = session["name"]
            for value in session.pop("metricValues", []):
                yield at + (run, "metric", value["name"]["tag"]), value
            yield at + (run,), session
            for info in experiment["metricInfos"]:
                asked = {"experimentName": "", "sessionName": run, "metricName": info["name"]}
                yield (("hparams", "metric_evals", run, info["name"]["tag"]),
                       status_of(server.post, route + "metric_evals", asked))
        yield at, group
    del experiment["metricInfos"]
    yield ("hparams", "experiment"), experiment
    yield ("hparams", "session_groups"), found


def projector(server):
    get = of("projector", server)
    for run in get("runs"):
        yield ("projector", "runs", run), True
        info = get("info", run=run)
        for embedding in info.pop("embeddings", []):
            name = embedding["tensorName"]
            tensor = get("tensor", binary=True, run=run, name=name)
            yield ("projector", "info", run, name), embedding
            yield (("projector", "tensor", run, name),
                   tensor if isinstance(tensor, int) else numpy.frombuffer(tensor, "<f4").tolist())
            if "metadataPath" in embedding:
                yield (("projector", "metadata", run, name),
                       get("metadata", binary=True, run=run, name=name))
            if "sprite" in embedding:
                yield (("projector", "sprite_image", run, name),
                       pixels(get("sprite_image", binary=True, run=run, name=name)))
        yield ("projector", "info", run), info


def timeseries(server):
    get = of("timeseries", server)
    tags = get("tags")
    asked = [{"plugin": "scalars", "tag": tag} for tag in sorted(
        {tag for tags in tags["scalars"]["runTagInfo"].values() for tag in tags})]
    asked += [{"plugin": "histograms", "tag": tag, "run": run}
              for run, of_run in tags["histograms"]["runTagInfo"].items() for tag in of_run]
    asked += [{"plugin": "images", "tag": tag, "run": run, "sample": sample}
              for tag, runs in tags["images"]["tagRunSampledInfo"].items()
              for run, about in runs.items() for sample in range(about["maxSamplesPerStep"])]
    for answer in server.post("data/plugin/timeseries/timeSeries",
                              [("requests", json.dumps(asked))]):
        for run, series in answer["runToSeries"].items():
            for point in series:
                if "imageId" in point:
                    point["image"] = pixels(get("imageData", binary=True,
                                                imageId=point.pop("imageId")))
            yield (("timeseries", "timeSeries", answer["plugin"], run, answer["tag"],
                    answer.get("sample", 0)), series)
    for plugin in ("scalars", "histograms", "images"):
        for tag, about in tags[plugin].pop("tagDescriptions").items():
            yield ("timeseries", "tags", plugin, tag), about


DASHBOARDS = (numbers, scalars_multirun, blobs, text, mesh, custom_scalars, hparams, projector,
              timeseries)
