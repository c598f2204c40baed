"""A real TensorBoard on loopback, asked over HTTP.

    with TensorBoard(logdir, "fast") as server:
        server.json("data/plugin/scalars/tags")

"fast" is rustboard, which users have by default; "python" is TensorBoard's own loader.
"""
import json
import os
import re
import subprocess
import sys
import threading
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

#   engine    its arguments; both load once
ENGINES = {
    "fast":   ("--load_fast=true", "--extra_data_server_flags=--verbose --checksum"),
    "python": ("--load_fast=false", "--reload_task=blocking", "--verbosity=1"),
}
URL = re.compile(r"TensorBoard \S+ at (http://\S+/)")
RUSTBOARD_LOADED = "rustboard_core::cli] Finished load cycle"
COMPLAINT = re.compile(r"WARN|ERROR|Error|Traceback|panic|data ?loss", re.IGNORECASE)
NO_LIMIT = ",".join(plugin + "=100000" for plugin in (
    "scalars", "histograms", "images", "audio", "text", "pr_curves", "mesh"))
SECONDS = 60                            # to start, to answer


class TensorBoard:
    """A server that has loaded `logdir` when `with` begins, and is gone when it ends.

    reload_interval:  seconds from one look at logdir to the next; it may then begin before the first
    arguments:        more of its command line
    log:              what it has said so far, in lines
    """

    def __init__(self, logdir, engine, reload_interval=0, arguments=()):
        self.engine, self.log, self.url, self._loaded = engine, [], None, False
        self._settled = threading.Event()                       # loaded, or ended
        self._open = build_opener(ProxyHandler({})).open        # loopback needs no proxy
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", "tensorboard.main", "--logdir", logdir,
             "--host", "127.0.0.1", "--port", "0", "--reload_interval", str(reload_interval),
             "--samples_per_plugin", NO_LIMIT] + list(ENGINES[engine])
            + ["--reload_task=auto"] * bool(reload_interval) + list(arguments),
            env=dict(os.environ, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1"),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, errors="replace")
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self):
        """Keep the log; note when the port is open and all is loaded.

        Rustboard says when it has loaded, so without that line it is not rustboard that answers;
        the Python engine loads before it opens the port.
        """
        loaded = self.engine != "fast"
        for line in self._process.stderr:
            self.log.append(line.rstrip("\n"))
            found = URL.search(line)
            self.url = found.group(1) if found else self.url
            loaded = loaded or RUSTBOARD_LOADED in line
            if loaded and self.url:
                self._loaded = True
                self._settled.set()
        self._settled.set()             # it has ended

    def __enter__(self):
        self._settled.wait(SECONDS)
        if not self._loaded:
            self.__exit__()
            raise RuntimeError("TensorBoard (%s) has not loaded:\n%s" % (
                self.engine, "\n".join(self.log[-30:])))
        return self

    def __exit__(self, *exception):
        self._process.terminate()       # its data server ends with it
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(10)
        self._process.stderr.close()

    def get(self, route, **query):
        """Return (content type, bytes) of the answer; raises HTTPError if it is not 200."""
        url = self.url + route + ("?" + urlencode(query) if query else "")
        with self._open(url, timeout=SECONDS) as answer:
            return answer.headers["Content-Type"], answer.read()

    def json(self, route, **query):
        """Return the answer, parsed."""
        return json.loads(self.get(route, **query)[1].decode("utf-8"))

    def post(self, route, asked):
        """Return the parsed answer to JSON, a dict, or to a form, a list of pairs."""
        data, kind = ((json.dumps(asked), "application/json") if isinstance(asked, dict) else
                      (urlencode(asked), "application/x-www-form-urlencoded"))
        request = Request(self.url + route, data.encode("ascii"), {"Content-Type": kind})
        with self._open(request, timeout=SECONDS) as answer:
            return json.loads(answer.read().decode("utf-8"))

    def complaints(self):
        """Return the lines of the log that tell of damage or of an error."""
        return [line for line in self.log if COMPLAINT.search(line)]
