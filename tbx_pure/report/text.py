"""Markdown -> HTML that does nothing: headings, lists, tables, code, emphasis, links.

Every character of a text is shown: what is no Markdown of this small kind, HTML too, as it stands.
Pictures are not fetched; a link may lead to http, https and mailto only.
"""
import re

from .svg import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, List

DEEPEST = 8                             # emphasis in emphasis
LONGEST = 5000                          # characters of a line that is searched for markup

FENCE = re.compile(r" {0,3}(```+|~~~+)")
HEADING = re.compile(r" {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
RULE = re.compile(r" {0,3}([-*_])\s*(?:\1\s*){2,}$")
ITEM = re.compile(r"\s*(?:([-*+])|\d{1,9}[.)])\s+(.*)")
QUOTE = re.compile(r" {0,3}> ?(.*)")
DIVIDER = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
CELL = re.compile(r"(?<!\\)\|")

INLINE = re.compile(r"""
      \\(?P<plain>[!-/:-@\[-`{-~])
    | (?P<ticks>`+)(?P<code>[^`]+)(?P=ticks)(?!`)
    | (?P<break><br\ ?/?>)
    | (?P<entity>&(?:\#\d{1,7}|\#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});)
    | (?P<picture>!?)\[(?P<name>[^\[\]]*)\]\((?P<link>[^()\s]*)\)
    | (?P<strong>\*\*|__)(?=\S)(?P<bold>[^*_]+|.{1,200}?)(?<=\S)(?P=strong)
    | (?<!\w)(?P<em>[*_])(?=\S)(?P<slanted>[^*_]+|.{1,200}?)(?<=\S)(?P=em)(?!\w)
""", re.X)
SAFE = re.compile(r"(?:https?://|mailto:)", re.I)


def html(markdown: str) -> str:
    """Return HTML of a text in Markdown."""
    return "\n".join(_blocks(markdown.expandtabs(4).splitlines(), 0))


def _blocks(lines: "List[str]", depth: int) -> "Iterator[str]":
    i = 0
    while i < len(lines):
        for block in BLOCKS:
            found = block(lines, i, depth)
            if found:
                text, i = found
                if text:
                    yield text
                break


# ---- blocks: each returns (HTML, the line after it), or None if it does not begin at line i ----

def _blank(lines, i, depth):
    return None if lines[i].strip() else ("", i + 1)


def _fenced(lines, i, depth):
    fence = FENCE.match(lines[i])
    if not fence:
        return None
    end = i + 1
    while end < len(lines) and not lines[end].lstrip(" ").startswith(fence.group(1)):
        end += 1
    return "<pre>%s</pre>" % escape("\n".join(lines[i + 1:end])), end + 1


def _heading(lines, i, depth):
    found = HEADING.match(lines[i])
    if not found:
        return None
    level = min(len(found.group(1)) + 3, 6)             # below the page's own
    return "<h%d>%s</h%d>" % (level, inline(found.group(2)), level), i + 1


def _rule(lines, i, depth):
    return ("<hr>", i + 1) if RULE.match(lines[i]) else None


def _table(lines, i, depth):
    if "|" not in lines[i] or i + 1 >= len(lines) or not DIVIDER.match(lines[i + 1]):
        return None
    end = i + 2
    while end < len(lines) and "|" in lines[end]:
        end += 1
    head = _row(lines[i], "th") if lines[i].strip(" |") else ""
    rows = "".join(_row(line, "td") for line in lines[i + 2:end])
    return "<table>%s%s</table>" % (head, rows), end


def _row(line, kind):
    line = line.strip()
    cells = CELL.split(line[line.startswith("|"):])
    if len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    return "<tr>%s</tr>" % "".join("<%s>%s</%s>" % (kind, inline(cell.strip()), kind)
                                   for cell in cells)


def _quote(lines, i, depth):
    end = i
    while end < len(lines) and QUOTE.match(lines[end]):
        end += 1
    if end == i or depth > DEEPEST:
        return None
    inner = [QUOTE.match(line).group(1) for line in lines[i:end]]
    return "<blockquote>%s</blockquote>" % "\n".join(_blocks(inner, depth + 1)), end


def _list(lines, i, depth):
    first = ITEM.match(lines[i])
    if not first:
        return None
    items, end = [], i                  # type: List[str]
    while end < len(lines) and lines[end].strip():
        found = ITEM.match(lines[end])
        if found and bool(found.group(1)) != bool(first.group(1)):
            break
        if found:
            items.append(found.group(2))
        else:
            items[-1] += "\n" + lines[end].strip()
        end += 1
    kind = "ul" if first.group(1) else "ol"
    inside = "".join("<li>%s</li>" % inline(item) for item in items)
    return "<%s>%s</%s>" % (kind, inside, kind), end


def _paragraph(lines, i, depth):
    end = i + 1
    while end < len(lines) and lines[end].strip() and not any(
            begins(lines, end, depth) for begins in BLOCKS[1:-1]):
        end += 1
    return "<p>%s</p>" % "\n".join(map(inline, lines[i:end])), end


BLOCKS = _blank, _fenced, _heading, _rule, _table, _quote, _list, _paragraph


# ---- within a line ----

def inline(text: str, depth: int = 0) -> str:
    """Return HTML of a line or a few."""
    if depth > DEEPEST or len(text) > LONGEST:
        return escape(text)
    out, end = [], 0
    for found in INLINE.finditer(text):
        out += [escape(text[end:found.start()]), _marked(found, depth)]
        end = found.end()
    return "".join(out) + escape(text[end:])


def _marked(found, depth):
    part = found.groupdict()
    if part["plain"] is not None:
        return escape(part["plain"])
    if part["code"] is not None:
        return "<code>%s</code>" % escape(part["code"])
    if part["break"]:
        return "<br>"
    if part["entity"]:
        return found.group()
    if part["link"] is not None:
        return _link(part, found.group())
    if part["bold"] is not None:
        return "<strong>%s</strong>" % inline(part["bold"], depth + 1)
    return "<em>%s</em>" % inline(part["slanted"], depth + 1)


def _link(part, text):
    if part["picture"] or not SAFE.match(part["link"]):
        return escape(text)
    return '<a href="%s" rel="noreferrer">%s</a>' % (escape(part["link"]),
                                                     inline(part["name"] or part["link"], DEEPEST))
