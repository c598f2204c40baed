"""report: a page of runs that shows all it can, says what it leaves out, and does nothing."""
import os
import random
import re
import unittest
import warnings
from html.parser import HTMLParser

from tbx_pure import SummaryWriter
from tbx_pure.messages import EVENT
from tbx_pure.record import frame
from tbx_pure.report.text import html

from .helpers import InDirectory, event_files
from .in_terminal import in_every_terminal, missing
from .test_commands import run

VOID = {"meta", "img", "br", "hr"}
ALLOWED = set("""html head meta title style body header main nav section article footer div p h1 h2 h3 h4 h5 h6 a
    small table tr th td ul ol li span b details summary figure figcaption img pre code blockquote strong em br hr
    svg path text title g circle symbol use""".split())
NASTY = '"><script>alert(1)</script><img src=x onerror=alert(1)>\'&amp;'


class Page(HTMLParser):
    """What is in a page: tags, attributes, text; .open must be empty in the end."""

    def __init__(self, text):
        HTMLParser.__init__(self)
        self.tags, self.attributes, self.text, self.open = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attributes]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attributes]

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            raise AssertionError("</%s> where <%s> is open" % (tag, self.open))

    def handle_data(self, data):
        self.text.append(data)


def checked(case, text):
    """Return a Page, having checked that it is well formed and does nothing."""
    page = Page(text)
    case.assertEqual(page.open, [])
    case.assertEqual(set(page.tags) - ALLOWED, set())
    for tag, name, value in page.attributes:
        case.assertFalse(name.startswith("on"), name)
        if name in ("href", "src", "xlink:href"):
            case.assertRegex(value, r"^(#|data:image/(png|gif|jpeg);base64,|https?://|mailto:)")
            if tag != "a":
                case.assertRegex(value, r"^(#|data:)")
    return page


class TestText(unittest.TestCase):

    def check(self, markdown, expected):
        self.assertEqual(html(markdown), expected)

    def test_blocks(self):
        self.check("# a\n\nb\nc", "<h4>a</h4>\n<p>b\nc</p>")
        self.check("- a\n- b\n  more\n1. c", "<ul><li>a</li><li>b\nmore</li></ul>\n<ol><li>c</li></ol>")
        self.check("| a | b |\n| --- | --- |\n| 1 \\| 2 | `x` |",
                   "<table><tr><th>a</th><th>b</th></tr><tr><td>1 | 2</td><td><code>x</code></td></tr></table>")
        self.check("```py\nif a < b:\n    **c**\n```\nd", "<pre>if a &lt; b:\n    **c**</pre>\n<p>d</p>")
        self.check("> a\n> > b\n\n---", "<blockquote><p>a</p>\n<blockquote><p>b</p></blockquote></blockquote>\n<hr>")
        self.check("```\nnever closed", "<pre>never closed</pre>")
        self.check("", "")

    def test_inline(self):
        self.check("**a** *b* __c__ _d_ snake_case_name 2*3*4",
                   "<p><strong>a</strong> <em>b</em> <strong>c</strong> <em>d</em> snake_case_name 2*3*4</p>")
        self.check("\\*a\\* `<b>` &nbsp;&#126; a<br>b <i>", "<p>*a* <code>&lt;b&gt;</code> &nbsp;&#126; a<br>b &lt;i&gt;</p>")
        self.check("[x](https://a.b/c?d=1&e) [y](javascript:alert(1)) ![z](https://a.b/c.png)",
                   '<p><a href="https://a.b/c?d=1&amp;e" rel="noreferrer">x</a> [y](javascript:alert(1)) '
                   "![z](https://a.b/c.png)</p>")

    def test_what_we_write(self):
        from tbx_pure.markdown import markdown, table
        for text in ("a_b*c`d|e<f>&g~h[i](j)\\k", "- x\n# y\n1. z\n+ w\n> v\n===", "  two  spaces "):
            page = checked(self, html(markdown(text, "text")))
            self.assertEqual("".join(page.text).replace("\xa0", " ").split(), text.split())
            page = checked(self, html(table(["a"], [[text.replace("\n", " ")]])))
            self.assertIn(text.replace("\n", " ").strip(), "".join(page.text).replace("\xa0", " "))

    def test_any_text_does_nothing_and_ends_soon(self):
        rng = random.Random(7)
        pieces = ["*", "**", "_", "__", "`", "```", "[", "](", ")", "!", "<script>", "&lt", "&#60;", "|", "\n", "\n\n",
                  "> ", "- ", "1. ", "# ", "---", "javascript:", "http://x", "\\", "a", " ", '"', "\0", "\u635f"]
        for _ in range(400):
            checked(self, html("".join(rng.choice(pieces) for _ in range(rng.randrange(60)))))
        for text in ("*" * 5000, "**a" * 3000, "[" * 5000, "`" * 5000, "> " * 3000, "_a_" * 3000, "|" * 5000 + "\n|-|",
                     "- " * 3000, "&" * 5000, "[a](" * 2000, ("| a " * 50 + "\n") * 50, "a\n" * 3000):
            checked(self, html(text))


class TestReport(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        self.log, self.out = self.path("runs"), self.path("a.html")
        for name, lr in (("a", 0.1), ("b", 0.2)):
            with SummaryWriter(os.path.join(self.log, name)) as w, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for i in range(30):
                    w.add_scalar("loss", lr / (i + 1) if i != 7 else float("nan"), i)
                    w.add_histogram("weights", [i, i + 1, i + 2], i)
                    w.add_image("picture", [[i / 30]], i, dataformats="HW")
                w.add_text("note", "**bold** \u635f", 1)
                w.add_text("note", "*newer*", 2)
                w.add_pr_curve("curve", [0, 1, 1, 0], [0.2, 0.8, 0.4, 0.6], 5)
                w.add_audio("beep", [0, 0.5], 1)
                w.add_hparams({"lr": lr, "name": NASTY}, {"score": lr * 2}, name=".")

    def page(self, *arguments):
        code, out, err = run("report", self.log, "-o", self.out, "--force", *arguments)
        self.assertEqual((code, out), (0, ""), err)
        with open(self.out, encoding="utf-8") as f:
            text = f.read()
        return checked(self, text), text

    def test_all_is_there(self):
        page, text = self.page()
        found = "".join(page.text)
        for part in ("Runs", "Scalars", "loss", "Histograms", "weights", "Images", "picture", "Precision-recall",
                     "curve", "Texts", "newer", "Not shown", "beep", "26 of 30 steps", "1 earlier step", "extract",
                     "step 29: 3 values from 29 to 31", "0.2", "0.4", NASTY):
            self.assertIn(part, found)
        self.assertNotIn("bold", found)
        self.assertEqual(page.tags.count("img"), 8)
        self.assertIn(("meta", "content", "default-src 'none'; img-src data:; style-src 'unsafe-inline'"),
                      page.attributes)
        self.assertIn("<em>newer</em>", text)
        self.assertEqual(len(re.findall(r"""(?:href|src)="(?!#|data:)""", text)), 0)
        self.assertIn("prefers-color-scheme: dark", text)

    def test_options(self):
        page, _ = self.page("--tag", "loss", "--title", "<T>", "--smooth", "0.9", "--run", "a")
        self.assertIn("<T>", page.text)
        self.assertNotIn("Images", page.text)
        self.assertIn(("path", "class", "curve s0 raw"), page.attributes)
        page, _ = self.page("--plugin", "images", "--images", "2")
        self.assertEqual(page.tags.count("img"), 4)
        code, out, _ = run("report", self.log, "-o", self.out, "-n")
        self.assertEqual(code, 2)

    def test_nasty_names(self):
        directory = self.path("nasty")
        with SummaryWriter(directory, raw_tags=True) as w:
            w.add_scalar(NASTY, 1, 0, display_name=NASTY)
            w.add_text(NASTY, NASTY, 0)
            w.add_image(NASTY + "i", [[0.5]], 0, dataformats="HW")
            w.add_histogram(NASTY + "h", [1, 2], 0)
            w.add_scalar("\x1b[31m\x00\u202e", 1, 0)
        run("report", directory, "-o", self.out, "--title", NASTY)
        with open(self.out, encoding="utf-8") as f:
            checked(self, f.read())

    def test_values_that_make_no_sense(self):
        os.makedirs(self.path("bad"))
        with open(self.path("bad", "tfevents"), "wb") as f:
            for plugin in "text", "images", "histograms", "pr_curves", "scalars":
                f.write(frame(EVENT.encode({"summary": {"value": [{
                    "tag": plugin, "tensor": {"dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": 2}]},
                                              "float_val": [float("inf"), float("nan")]},
                    "metadata": {"plugin_data": {"plugin_name": plugin}}}]}})))
            f.write(frame(EVENT.encode({"summary": {"value": [
                {"tag": "i", "image": {"encoded_image_string": b"no picture"}},
                {"tag": "h", "histo": {"min": float("nan"), "bucket_limit": [1.0], "bucket": [float("inf")]}}]}})))
        code, _, err = run("report", self.path("bad"), "-o", self.out)
        self.assertEqual(code, 1)
        with open(self.out, encoding="utf-8") as f:
            self.assertIn("no PNG, GIF or JPEG", "".join(checked(self, f.read()).text))

    def test_many_points_make_no_large_page(self):
        with SummaryWriter(self.path("long")) as w:
            rng = random.Random(2)
            for i in range(3000):
                w.add_scalar("x", rng.random(), i)
        run("report", self.path("long"), "-o", self.out)
        self.assertLess(os.path.getsize(self.out), 25000)

    def test_damage(self):
        file = event_files(self.log)[0]
        with open(file, "r+b") as f:
            f.seek(60)
            f.write(b"\xff")
        code, _, err = run("report", self.log, "-o", self.out)
        self.assertEqual(code, 1)
        with open(self.out, encoding="utf-8") as f:
            self.assertIn("1 damaged part", f.read())

    def test_what_is_not_there(self):
        missing(self, "report", "-o", self.out)
        self.assertFalse(os.path.exists(self.out))

    def test_in_every_terminal(self):
        for out, _, _ in in_every_terminal("report", self.log, "-o", self.out, "--force"):
            self.assertEqual(out, "")


if __name__ == "__main__":
    unittest.main()
