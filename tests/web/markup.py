"""What every page's markup must hold to, for people who listen to it or use no mouse."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SPOKEN = ("aria-label", "aria-labelledby", "title")


class Markup(HTMLParser):
    """A page's elements, as far as the checks below need them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.labelled: set[int] = set()
        self.feed(text)
        self.close()
        if self.open:
            self.faults.append(f"never closed: {self.open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if len(given) != len(attrs):
            self.faults.append(f"<{tag}> says an attribute twice")
        if "label" in self.open:
            self.labelled.add(len(self.elements))
        self.elements.append((tag, given))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-3:]}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass


def faults_of(text: str) -> list[str]:
    """Everything in a page that its readers, of whatever kind, would stumble over."""
    page = Markup(text)
    elements = page.elements
    ids = [given["id"] for _, given in elements if "id" in given]
    labels = {given["for"] for tag, given in elements if tag == "label" and "for" in given}
    faults = list(page.faults)
    faults += [f"id {name!r} stands twice" for name in set(ids) if ids.count(name) > 1]
    faults += [f"a label is for {name!r}, which is not there" for name in labels - set(ids)]
    for attribute in ("aria-labelledby", "aria-describedby"):
        named = {name for _, given in elements for name in given.get(attribute, "").split()}
        faults += [f"{attribute} names {name!r}, which is not there" for name in named - set(ids)]
    if [given.get("lang") for tag, given in elements if tag == "html"] != ["en"]:
        faults.append("the page does not say its language")
    if [tag for tag, _ in elements].count("h1") != 1 or [tag for tag, _ in elements].count("main") != 1:
        faults.append("not exactly one h1 and one main")
    for place, (tag, given) in enumerate(elements):
        hidden = given.get("type") == "hidden" or "aria-hidden" in given
        if tag in ("input", "select", "textarea") and not hidden:
            spoken = (
                place in page.labelled or given.get("id") in labels or any(name in given for name in SPOKEN)
            )
            if not spoken:
                faults.append(f"<{tag} {given}> has no label")
        if tag == "img" and not given.get("alt"):
            faults.append(f"<img {given}> has no text")
        if tag in ("audio", "progress") and not any(name in given for name in SPOKEN):
            faults.append(f"<{tag}> has no name")
        if tag == "fieldset" and elements[place + 1][0] != "legend":
            faults.append("a fieldset has no legend")
        if int(given.get("tabindex", "0")) > 0:
            faults.append(f"<{tag}> jumps the order of focus")
    return faults
