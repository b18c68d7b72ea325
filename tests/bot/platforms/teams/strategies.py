"""Random messages and forms, as wild as the contracts allow and wilder."""

from typing import Any

from hypothesis import strategies as st

from bot.forms import Field, FieldKind, Form, Option
from bot.messages import Attachment, Button, Message, Part, Picture

WILD = st.text(
    st.sampled_from("abc ÄÖ \n\n*_[]()`#-+>&<{}|~\\1.)żاختبار💬\u200f\u0007\"'")
    | st.characters(codec="utf-8"),
    max_size=60,
)
LONG = st.builds(lambda text, times: text * times, WILD, st.sampled_from([1, 1, 1, 1, 1, 30, 150]))
NAMES = st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True)
TOKENS = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
VALUES = st.text(st.sampled_from("abc123_.,%;=ż-"), min_size=1, max_size=20)

BUTTONS = st.builds(
    Button,
    WILD | st.just("A label that is far too long for the width of a telephone, and then some"),
    TOKENS,
    command=st.sampled_from(["", "", "", "/skip"]),
    tap_only=st.booleans(),
    mark=st.sampled_from(["", "☐", "2."]),
) | st.builds(Button, WILD, st.just(""), link=st.just("https://loop.example/m/abc"))

PICTURES = st.builds(
    Picture,
    WILD,
    st.sampled_from(["image/png", "image/svg+xml", ""]),
    st.sampled_from(["", "iVBORw0KGgo=", "not base64!", "A" * 40_000]),
)
FILES = st.builds(
    Attachment,
    WILD,
    st.just("application/pdf"),
    st.just(b"%PDF"),
    st.sampled_from(["", "https://loop.example/f/1"]),
)
MESSAGES = st.builds(
    Message,
    LONG,
    st.lists(BUTTONS, max_size=15).map(tuple),
    rtl=st.booleans(),
    scale=st.booleans(),
    picture=st.none() | PICTURES,
    parts=st.lists(st.builds(Part, LONG, st.lists(BUTTONS, max_size=8).map(tuple)), max_size=6).map(
        tuple
    ),
    foot=WILD,
    title=WILD,
    attachments=st.lists(FILES, max_size=2).map(tuple),
)

FIELDS = st.builds(
    Field,
    NAMES,
    st.sampled_from(FieldKind),
    WILD,
    hint=WILD,
    options=st.lists(
        st.builds(Option, VALUES, WILD), max_size=12, unique_by=lambda one: one.value
    ).map(tuple),
    value=st.sampled_from(["", "a b", "2024-05-31", "14:30"]),
    needed=st.booleans(),
    most=st.sampled_from([0, 1, 300, 3000, 10_000]),
)


def forms(fields: Any = FIELDS) -> st.SearchStrategy[Form]:
    return st.builds(
        Form,
        TOKENS,
        WILD,
        st.lists(fields, max_size=10, unique_by=lambda one: one.name).map(tuple),
        WILD,
        text=LONG,
        place=st.sampled_from(["", "2 of 3"]),
        rtl=st.booleans(),
    )
