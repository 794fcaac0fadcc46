"""Reads a page as its reader does: what it says, where its links lead, what its forms would
send.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

#: Elements that hold nothing and are never closed.
VOID = frozenset(
    {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
)


@dataclass
class Element:
    """One element of a page."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it says, with single spaces."""
        said = "".join(c if isinstance(c, str) else f" {c.text} " for c in self.children)
        return " ".join(said.split())

    def all(self, tag: str | None = None, **attributes: str) -> list[Element]:
        """Every element below with these attributes; `class_="x"` finds one of several classes."""
        return [e for e in self.walk() if e.matches(tag, attributes)]

    def one(self, tag: str | None = None, **attributes: str) -> Element:
        """The only element below with these attributes."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag} {attributes} in: {self.text[:2000]}"
        return found[0]

    def has(self, id: str) -> bool:
        """Whether an element with this id is below."""
        return bool(self.all(id=id))

    def walk(self) -> Iterator[Element]:
        """Every element below."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def matches(self, tag: str | None, wanted: dict[str, str]) -> bool:
        """Whether it is such an element."""
        if tag is not None and self.tag != tag:
            return False
        return all(
            value in self.attributes.get("class", "").split()
            if name == "class_"
            else self.attributes.get(name.replace("_", "-")) == value
            for name, value in wanted.items()
        )

    @property
    def fields(self) -> dict[str, str]:
        """What a form would send if nobody touched it: hidden fields and present values."""
        sent: dict[str, str] = {}
        for entry in self.walk():
            name = entry.attributes.get("name")
            if not name or entry.attributes.get("type") == "file":
                continue
            if entry.tag == "input":
                if entry.attributes.get("type") in ("radio", "checkbox"):
                    if "checked" in entry.attributes:
                        sent[name] = entry.attributes.get("value", "on")
                else:
                    sent[name] = entry.attributes.get("value", "")
            elif entry.tag == "textarea":
                sent[name] = "".join(c for c in entry.children if isinstance(c, str))[1:]
            elif entry.tag == "select":
                chosen = [o for o in entry.walk() if "selected" in o.attributes]
                sent[name] = chosen[0].attributes.get("value", "") if chosen else ""
        return sent

    @property
    def buttons(self) -> list[str]:
        """The values of the buttons that it could be sent by."""
        return [b.attributes["value"] for b in self.all("button") if "value" in b.attributes]

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        return [a.attributes["href"] for a in self.all("a") if "href" in a.attributes]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("page", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {n: v or "" for n, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for position in range(len(self._open) - 1, 0, -1):
            if self._open[position].tag == tag:
                del self._open[position:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def read_page(html: str) -> Element:
    """The page as a tree."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root
