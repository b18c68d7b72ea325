"""Which columns a form may have: read, refused with what to do instead, or without effect here."""

import difflib
from collections.abc import Mapping

_SURVEY_ALIASES: Mapping[str, str] = {
    "caption": "label",
    "command": "type",
    "tag": "name",
    "value": "name",
    "relevance": "relevant",
    "calculate": "calculation",
    "constraining_message": "constraint_message",
    "jr:constraintmsg": "constraint_message",
    "requiredmsg": "required_message",
    "jr:requiredmsg": "required_message",
    "read_only": "readonly",
    "repeat_count": "count",
    "jr:count": "count",
    "jr:noapperrorstring": "noapperrorstring",
    "no_app_error_string": "noapperrorstring",
    "guidance": "guidance_hint",
    "choices_filter": "choice_filter",
}
ALIASES: Mapping[str, Mapping[str, str]] = {
    "survey": _SURVEY_ALIASES,
    "choices": {"caption": "label", "value": "name"},
}

TRANSLATED: Mapping[str, tuple[str, ...]] = {
    "survey": (
        "label",
        "hint",
        "guidance_hint",
        "required_message",
        "constraint_message",
        "image",
    ),
    "choices": ("label", "image"),
}
OWN = ("loop_sensitive", "loop_grouping", "loop_matches")
READ: Mapping[str, tuple[str, ...]] = {
    "survey": (
        "type",
        "name",
        "required",
        "relevant",
        "constraint",
        "calculation",
        "choice_filter",
        "default",
        "appearance",
        "parameters",
        "readonly",
        "trigger",
        "count",
        "disabled",
        *OWN,
    ),
    "choices": ("list_name", "name"),
}

_SOUNDS = (
    "Sounds and films are not sent.",
    "Say it in words in the label, or show a picture with 'media::image'.",
)
REFUSED: Mapping[str, tuple[str, str]] = dict.fromkeys(("audio", "video"), _SOUNDS)

_NO_EFFECT = "The column '{}' has no effect here."
_LEAVE = "It may stay: KoboToolbox and ODK go on using it."
IGNORED: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        (
            "autoplay",
            "rows",
            "sms_field",
            "sms_option",
            "compact_tag",
            "noapperrorstring",
            "intent",
            "hxl",
            "query",
        ),
        (_NO_EFFECT, _LEAVE),
    ),
    "big-image": (
        "The column '{}' has no effect here: the picture of 'media::image' is shown.",
        _LEAVE,
    ),
    "save_to": (
        "The column '{}' has no effect here: answers are not saved to entities.",
        "It may stay for ODK; read the results here with 'survey results'.",
    ),
}


def near_loop_column(name: str) -> str:
    """What to do about a column of the survey sheet that is none of ours."""
    near = difflib.get_close_matches(name, OWN, n=1)
    if near:
        return f"Did you mean '{near[0]}'?"
    return f"This sheet has {', '.join(OWN[:-1])} and {OWN[-1]}; the others are settings."


def near_column(name: str, kind: str) -> str | None:
    """The column of ours that this one is most likely meant to be."""
    known = (*READ[kind], *TRANSLATED[kind])
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.85)), None)
