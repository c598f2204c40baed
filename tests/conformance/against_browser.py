"""A page of `report` in a real browser: no word on its console, nothing fetched, all of it drawn.

Chromium, without a window; what it fetches is in its own network log.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from tbx_pure.demo import demo
from tests.helpers import PACKAGE_NAME, ROOT

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SECONDS = 90

# What a page is measured by, in the page itself: appended to a copy, since a report has no script.
PROBE = """<script nonce="probe">
document.title = JSON.stringify({
    images: [...document.images].map(image => [image.complete, image.naturalWidth]),
    curves: [...document.querySelectorAll("path.curve")].map(path => path.getTotalLength()),
    wide: document.documentElement.scrollWidth, window: window.innerWidth,
    card: getComputedStyle(document.querySelector(".card")).backgroundColor});
</script>"""


def opened(path, width, *options):
    """Return (the page's DOM, console lines, addresses asked for) of a page in the browser."""
    profile = tempfile.mkdtemp(prefix=PACKAGE_NAME)
    try:
        log = os.path.join(profile, "network.json")
        process = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + profile,
             "--window-size=%d,900" % width, "--enable-logging=stderr", "--log-net-log=" + log,
             "--disable-background-networking", "--disable-component-update", "--no-first-run",
             "--dump-dom"] + list(options) + ["file://" + path],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS)
        with open(log, encoding="utf-8") as f:
            text = f.read()
        events = json.loads(text if text.rstrip().endswith("}") else text.rstrip().rstrip(",") + "]}")["events"]
    finally:
        shutil.rmtree(profile, ignore_errors=True)
    console = [line for line in process.stderr.decode("utf-8", "replace").splitlines()
               if "CONSOLE" in line]
    started = [event["params"] for event in events if "url" in (event.get("params") or {})]
    asked = {each["url"] for each in started        # by the page; the browser has affairs of its own
             if each.get("initiator", "not an origin") != "not an origin"}
    return process.stdout.decode("utf-8"), console, asked


class AgainstBrowser(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        if BROWSER is None:
            raise AssertionError("there is no Chromium here: apt-get install chromium")
        cls.directory = tempfile.mkdtemp(prefix=PACKAGE_NAME)
        run, cls.page = os.path.join(cls.directory, "run"), os.path.join(cls.directory, "page.html")
        demo.run(run)
        subprocess.run([sys.executable, "-m", PACKAGE_NAME, "report", run, "-o", cls.page], cwd=ROOT, check=True,
                       stderr=subprocess.PIPE)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.directory)

    def probed(self, width, *options):
        """Return what the probe measures, in a copy whose policy lets it run."""
        with open(self.page, encoding="utf-8") as f:
            text = f.read()
        probe = os.path.join(self.directory, "probe.html")
        with open(probe, "w", encoding="utf-8") as f:
            f.write(text.replace("style-src", "script-src 'nonce-probe'; style-src", 1).replace(
                "</body>", PROBE + "</body>"))
        dom, console, asked = opened(probe, width, *options)
        self.assertEqual(console, [])
        title = dom.partition("<title>")[2].partition("</title>")[0]
        return json.loads(title.replace("&quot;", '"').replace("&amp;", "&"))

    def test_nothing_is_said_or_fetched(self):
        dom, console, asked = opened(self.page, 1280)
        self.assertEqual(console, [])
        self.assertEqual(asked, set())
        self.assertIn("Scalars", dom)
        self.assertNotIn("<script", dom)

    def test_the_policy_stops_what_would_be_fetched(self):
        with open(self.page, encoding="utf-8") as f:
            text = f.read()
        bad = os.path.join(self.directory, "bad.html")
        with open(bad, "w", encoding="utf-8") as f:
            f.write(text.replace("</body>", '<img src="http://127.0.0.1:9/x.png"><script>1</script></body>'))
        _, console, asked = opened(bad, 1280)
        self.assertEqual((len(console), asked), (2, set()))
        with open(bad, "w", encoding="utf-8") as f:         # and without it this test would see that
            f.write('<img src="http://127.0.0.1:9/x.png">')
        self.assertEqual(opened(bad, 1280)[2], {"http://127.0.0.1:9/x.png"})

    def test_all_is_drawn(self):
        for width in 1280, 500:
            found = self.probed(width)
            self.assertGreater(len(found["images"]), 5)
            self.assertTrue(all(complete and size for complete, size in found["images"]))
            self.assertGreater(len(found["curves"]), 8)
            self.assertGreater(min(found["curves"]), 100)
            self.assertLessEqual(found["wide"], found["window"])

    def test_dark(self):
        cards = {self.probed(1280, "--blink-settings=preferredColorScheme=%d" % scheme)["card"]
                 for scheme in (0, 1)}
        self.assertEqual(cards, {"rgb(30, 34, 39)", "rgb(255, 255, 255)"})


if __name__ == "__main__":
    unittest.main()
