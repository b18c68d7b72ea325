"""A form worked out a second time, by other means: pyxform's XForm and libxml2's XPath.

Nothing of our own reads or evaluates here, so that both can only agree where both are right.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lxml import etree
from pyxform.xls2xform import convert

_NS = {
    "h": "http://www.w3.org/1999/xhtml",
    "x": "http://www.w3.org/2002/xforms",
}
_LISTS = "lists-of-the-form"
_CURRENT = re.compile(r"current\(\)/\.\./")
_LIST = re.compile(r"instance\(('[^']*')\)")


class SecondReading:
    """One form; `values` gives what counts for answers as they were entered."""

    def __init__(self, path: Path, started: datetime) -> None:
        xform = etree.fromstring(convert(path, validate=False).xform.encode())
        model = xform.find(".//x:model", _NS)
        assert model is not None
        self._plain = _with_lists(model)
        self._binds = [dict(bind.attrib) for bind in model.findall("x:bind", _NS)]
        self._filters = _filters(xform)
        self._today = started.date()
        self._functions = _functions(self._today)

    def values(self, entered: Mapping[str, str]) -> dict[str, str]:
        """Every leaf by name, after relevance, calculations and filters have settled."""
        before: dict[str, str] = {}
        for _ in range(50):
            after = self._pass(entered, before)
            if after == before:
                return after
            before = after
        raise AssertionError("the form does not settle")

    def _pass(self, entered: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
        """What each leaf would be if the others were as `before`."""
        tree = deepcopy(self._plain)
        leaves = {leaf.tag: leaf for leaf in _leaves(tree)}
        for name, leaf in leaves.items():
            leaf.text = before.get(name, "")
        found = {name: entered.get(name, "") for name in leaves}
        for bind in self._binds:
            name = bind["nodeset"].rpartition("/")[2]
            if "calculate" in bind and name in found:
                found[name] = self._text(tree, bind["calculate"], bind["nodeset"])
            if bind.get("type") == "date" and _is_preload(bind):
                found[name] = self._today.isoformat()
        for nodeset, wanted in self._filters.items():
            name = nodeset.rpartition("/")[2]
            offered = {str(item) for item in self._nodes(tree, wanted, nodeset)}
            found[name] = " ".join(one for one in found[name].split() if one in offered)
        hidden = [bind["nodeset"] for bind in self._binds if self._is_hidden(tree, bind)]
        return {
            name: "" if any(_is_within(tree, leaf, path) for path in hidden) else found[name]
            for name, leaf in leaves.items()
        }

    def _is_hidden(self, tree: etree._Element, bind: Mapping[str, str]) -> bool:
        relevant = bind.get("relevant")
        return relevant is not None and not self._run(tree, f"boolean({relevant})", bind["nodeset"])

    def _text(self, tree: etree._Element, source: str, at: str) -> str:
        found = self._run(tree, source, at)
        if isinstance(found, list):
            return str(found[0].text or "") if found else ""
        if isinstance(found, bool):
            return str(found).lower()
        if isinstance(found, float):
            return "" if found != found else f"{found:.12g}"
        return str(found)

    def _nodes(self, tree: etree._Element, source: str, at: str) -> list[str]:
        return [item.findtext("name") or "" for item in self._run(tree, source, at)]

    def _run(self, tree: etree._Element, source: str, at: str) -> Any:
        node = tree.xpath(at)[0]
        plain = _CURRENT.sub(lambda _: f"{at}/../", source)
        plain = _LIST.sub(rf"/*/{_LISTS}/*[@id=\1]", plain)
        return node.xpath(plain, extensions=self._functions)


def _with_lists(model: etree._Element) -> etree._Element:
    """The primary instance, without namespaces, with the lists inside so that paths find both."""
    primary, *others = model.findall("x:instance", _NS)
    tree = _bare(primary[0])
    lists = etree.SubElement(tree, _LISTS)
    for other in others:
        kept = etree.SubElement(lists, "list", id=other.get("id", ""))
        kept.append(_bare(other[0]))
    return tree


def _bare(element: etree._Element) -> etree._Element:
    made = etree.Element(etree.QName(element).localname)
    made.text = (element.text or "").strip()
    for child in element:
        if isinstance(child.tag, str) and not child.tag.endswith("}meta"):
            made.append(_bare(child))
    return made


def _leaves(tree: etree._Element) -> list[etree._Element]:
    return [
        node
        for node in tree.iterdescendants()
        if not len(node) and not any(above.tag == _LISTS for above in node.iterancestors())
        and node.tag != _LISTS
    ]  # fmt: skip


def _is_within(tree: etree._Element, leaf: etree._Element, path: str) -> bool:
    node = tree.xpath(path)[0]
    return leaf is node or node in leaf.iterancestors()


def _is_preload(bind: Mapping[str, str]) -> bool:
    return any(name.endswith("}preload") for name in bind)


def _filters(xform: etree._Element) -> dict[str, str]:
    """By the path of the question: the items on offer, without their shuffling."""
    found = {}
    for itemset in xform.iter(f"{{{_NS['x']}}}itemset"):
        above = itemset.getparent()
        assert above is not None
        nodeset = itemset.get("nodeset", "")
        if match := re.fullmatch(r"randomize\((.*?)(?:,[^,\]]*)?\)", nodeset):
            nodeset = match[1]
        if "[" in nodeset:
            found[above.get("ref", "")] = nodeset
    return found


def _functions(today: date) -> dict[tuple[None, str], object]:
    def text(value: object) -> str:
        if isinstance(value, list):
            return str(getattr(value[0], "text", value[0]) or "") if value else ""
        if isinstance(value, float):
            return f"{value:.12g}"
        return str(value).lower() if isinstance(value, bool) else str(value)

    def truth(value: object) -> bool:
        return text(value) != "" if isinstance(value, list) else bool(value)

    named = {
        "selected": lambda _, chosen, name: text(name) in text(chosen).split(),
        "count-selected": lambda _, chosen: float(len(text(chosen).split())),
        "if": lambda _, test, then, other: then if truth(test) else other,
        "coalesce": lambda _, one, other: text(one) or text(other),
        "today": lambda _: today.isoformat(),
        "int": lambda _, number: float(int(float(text(number)))),
        "regex": lambda _, value, wanted: re.fullmatch(text(wanted), text(value)) is not None,
    }
    return {(None, name): work for name, work in named.items()}
