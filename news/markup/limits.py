"""Limits on the input of the HTML parser.

The parser of nh3 follows the HTML standard, in which small inputs can grow large or take quadratic
time: deep nesting, open formatting that is reopened in every paragraph, thousands of attributes, a
million character references in one text. No article comes near these limits.
"""

import re
from collections import Counter

MAX_DEPTH = 60
MAX_TAG_LENGTH = 20_000
MAX_REOPENED = 200_000  # characters of formatting tags that the parser may repeat

_TOKEN = re.compile(
    r"""<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)
    (?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s"'>][^\s>]*+)?)?)*+
    (?:>|\Z)""",
    re.VERBOSE,
)
_MANY_REFERENCES = re.compile(r"(?:&[^&<>]*+){500}")

_FORMATTING = {
    *("a", "b", "big", "code", "em", "font", "i", "nobr"),
    *("s", "small", "strike", "strong", "tt", "u"),
}
# Elements that cannot nest: void ones, and those that the next one closes.
_FLAT = {
    *("area", "base", "br", "caption", "col", "dd", "dt", "hr", "img", "input", "li", "link"),
    *("meta", "p", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr"),
}


def limit_markup(source: str) -> str:
    """Drop the tags and split the texts that exceed the limits."""
    return _TOKEN.sub(_TagLimiter().token, split_long_texts(source))


def split_long_texts(source: str) -> str:
    """End a text node after 500 character references, by a comment that the sanitizer drops."""
    return _MANY_REFERENCES.sub(r"\g<0><!---->", source)


class _TagLimiter:
    """Reads the tags in order and drops those that exceed a limit."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()
        self.depth = 0
        self.formatting: list[tuple[str, int]] = []
        self.reopened = 0

    def token(self, match: re.Match[str]) -> str:
        tag, name = match[0], match["name"].lower()
        if len(tag) > MAX_TAG_LENGTH:
            return ""
        if name in _FORMATTING:
            return self._formatting(tag, name, is_end=bool(match["end"]))
        self.reopened += sum(length for _, length in self.formatting)
        if self.reopened > MAX_REOPENED:
            tag = "".join(f"</{open_name}>" for open_name, _ in self.formatting) + tag
            self.formatting.clear()
        if name in _FLAT:
            return tag
        if match["end"]:
            if self.open[name]:
                self.open[name] -= 1
                self.depth -= 1
            return tag
        if self.depth >= MAX_DEPTH:
            return ""
        self.open[name] += 1
        self.depth += 1
        return tag

    def _formatting(self, tag: str, name: str, *, is_end: bool) -> str:
        if is_end:
            for index in reversed(range(len(self.formatting))):
                if self.formatting[index][0] == name:
                    del self.formatting[index]
                    break
            return tag
        if len(self.formatting) >= MAX_DEPTH:
            return ""
        self.formatting.append((name, len(tag)))
        return tag
