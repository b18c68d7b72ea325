"""Reads the lexicon: the files of `surveys/lexicon/`, which a safeguarding lead can read."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from surveys.screening.patterns import Compiler, Groups, frame_of
from surveys.screening.spelling import Spelling, listed


class Lexicon:
    """All of it, compiled once for each process."""

    def __init__(self, source: Mapping[str, Any]) -> None:
        self.version: str = source["version"]
        self.languages = {k: frozenset(listed(v)) for k, v in source["languages"].items()}
        self.spelling = Spelling(source["spelling"])
        worded = {f"cue_{cue['rule']}": cue["words"] for cue in source["cue"] if "words" in cue}
        self.groups = Groups(source["group"] | worded, self.spelling)
        self.nots = self.groups.number("<not>")
        self.voids = self.groups.number("<not_a_denial>")
        self.scope_ends = self.groups.number("<scope_end>")
        compiler = Compiler(self.groups, self.spelling)
        self.frames = compiler.filed(source["frame"])
        self.contexts = compiler.filed(source["context"])
        self.cues = compiler.filed([_with_words(cue) for cue in source["cue"]])
        self.taken_back = [frame_of(entry) for entry in source["taken_back"]]
        meeting: Mapping[str, int] = source["meeting"]
        self.enough, self.enough_for_red = meeting["enough"], meeting["enough_for_red"]
        self.very_urgent = meeting["very_urgent"]
        self.enough_if_very_urgent = meeting["enough_if_very_urgent"]
        self.spelling.know(self.groups.spelt())


@cache
def the_lexicon() -> Lexicon:
    """The lexicon of this installation; read when the first text comes."""
    source: dict[str, Any] = {}
    folder = resources.files("surveys").joinpath("lexicon")
    for file in sorted(folder.iterdir(), key=lambda found: found.name):
        if file.name.endswith(".toml"):
            _join(source, tomllib.loads(file.read_text(encoding="utf-8")))
    return Lexicon(source)


def _join(source: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Tables of the same name become one, and so do lists."""
    for name, value in more.items():
        if isinstance(value, list):
            source.setdefault(name, []).extend(value)
        elif isinstance(value, dict):
            source.setdefault(name, {}).update(value)
        else:
            source[name] = value


def _with_words(cue: Mapping[str, Any]) -> Mapping[str, Any]:
    """The list of words of a cue as one more line of what it says."""
    words = f"<cue_{cue['rule']}>" if "words" in cue else ""
    return {**cue, "says": f"{cue.get('says', '')}\n{words}"}
