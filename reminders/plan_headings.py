"""How partnerships head the columns of an action plan, and which field each heading means."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

# Field of ActionRow -> what people write above it. Case, punctuation, plural and line breaks do
# not count. The first of each is what the plan workbook itself writes.
ACTION_HEADINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ref": (
            "ref",
            "reference",
            "ref no",
            "reference number",
            "action ref",
            "action no",
            "action number",
            "no",
            "number",
            "id",
            "item",
            "item no",
        ),
        "priority": (
            "priority",
            "priority area",
            "strategic priority",
            "theme",
            "workstream",
            "priority ref",
            "key priority",
            "aim",
            "goal",
        ),
        "text": (
            "action",
            "key action",
            "actions required",
            "action required",
            "actions needed",
            "action to be taken",
            "agreed action",
            "planned action",
            "what we will do",
            "what will we do",
            "what are we going to do",
            "we will",
            "what",
            "activity",
            "task",
            "deliverable",
            "recommendation",
        ),
        "objective": ("objective", "strategic objective", "what we want to do", "improvement"),
        "lead": (
            "lead",
            "lead officer",
            "lead agency",
            "lead person",
            "lead professional",
            "lead body",
            "lead subgroup",
            "lead sub group",
            "lead group",
            "action lead",
            "action owner",
            "owner",
            "owned by",
            "responsible",
            "responsible officer",
            "responsible person",
            "responsible lead",
            "responsible agency",
            "responsible officer lead",
            "person responsible",
            "who is responsible",
            "responsibility",
            "accountable",
            "assigned to",
            "who",
            "by whom",
            "who will do it",
        ),
        "lead_printed": ("lead as printed",),
        "outcome": (
            "outcome",
            "desired outcome",
            "intended outcome",
            "expected outcome",
            "outcome measure",
            "success measure",
            "success criteria",
            "measure of success",
            "what will success look like",
            "what does success look like",
            "what does good look like",
            "how will we know",
            "impact",
            "expected impact",
            "difference made",
            "what difference will it make",
        ),
        "deadline": (
            "deadline",
            "timescale",
            "time scale",
            "timeframe",
            "time frame",
            "timeline",
            "by when",
            "when",
            "when by",
            "due",
            "due by",
            "due date",
            "date due",
            "completion date",
            "date for completion",
            "date of completion",
            "to be completed by",
            "complete by",
            "target date",
            "target completion date",
            "end date",
        ),
        "deadline_printed": ("deadline as printed",),
        "deadline_kind": ("kind of deadline", "deadline kind"),
        "status": ("status", "action status", "rag", "rag rating", "rag status", "brag"),
        "review": ("needs review",),
        "review_reasons": ("why review", "review reasons"),
        "alternatives": ("other readings", "alternatives"),
        "follows": ("follows", "depends on"),
        "note": (
            "note",
            "comment",
            "progress",
            "update",
            "progress update",
            "progress to date",
            "latest update",
        ),
        "source_lines": ("source lines",),
    }
)

# What people write in a column of progress, and the status it means.
STATUS_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "blue": "complete",
        "green": "on_track",
        "amber": "at_risk",
        "red": "off_track",
        "grey": "not_started",
        "completed": "complete",
        "ontrack": "on_track",
        "delayed": "off_track",
        "overdue": "off_track",
        "waiting": "blocked",
        "on hold": "blocked",
        "waiting on others": "blocked",
        "blocked or waiting on others": "blocked",
    }
)

LONGEST_HEADING = 80


def heading_key(heading: str) -> str:
    """A heading without what never matters: case, punctuation, line breaks, "(s)"."""
    text = heading.casefold().replace("(s)", "").replace("#", " number ").replace("&", " and ")
    return " ".join(re.findall(r"\w+", text.replace("_", " ")))


def _singular(key: str) -> str:
    return " ".join(
        word.removesuffix("s") if len(word) > 3 and not word.endswith("ss") else word
        for word in key.split()
        if word not in {"the", "our", "a"}
    )


def index(headings: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Look-up from a normalised heading to its field."""
    return {
        key: field
        for field, names in headings.items()
        for name in names
        for key in (heading_key(name), _singular(heading_key(name)))
    }


_ACTION_INDEX = index(ACTION_HEADINGS)


def field_of(heading: str, headings: Mapping[str, str] = MappingProxyType(_ACTION_INDEX)) -> str:
    """The field a heading means, or `""`. "Responsible officer/lead" is found by its parts."""
    if not heading.strip() or len(heading) > LONGEST_HEADING:
        return ""
    for part in (heading, *re.split(r"[/\n(,:|]|\s[–-]\s", heading)):
        key = heading_key(part)
        found = headings.get(key) or headings.get(_singular(key))
        if found:
            return found
    return ""


def looked_for() -> str:
    """The headings an error message names: the best known of each needed kind."""
    shown = {
        field: names[:4]
        for field, names in ACTION_HEADINGS.items()
        if field in {"ref", "text", "lead", "outcome", "deadline"}
    }
    return "; ".join(", ".join(f'"{name.capitalize()}"' for name in n) for n in shown.values())
