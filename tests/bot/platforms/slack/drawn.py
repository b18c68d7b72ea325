"""Random messages and forms, for properties of what is drawn of them."""

from hypothesis import strategies as st

from bot.forms import Field, FieldKind, Form, Option
from bot.messages import Button, Message, Part, Picture

_LETTERS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["<!channel>", "<@U1> & *b*", "🙂" * 30, "مرحبا بالعالم", "", " ", "\n\n", "a|b"]
    ),
    st.sampled_from(["https://loop.example/a?b=1&c=2#d", "see http://x.example/ü.", "`x` _y_ ~z~"]),
)
_LONG = st.builds(lambda text, n: (text or "word ") * n, _LETTERS, st.integers(1, 400))
TEXTS = st.one_of(_LETTERS, _LONG)
_TOKENS = st.text("abcdefghij:0123456789", min_size=1, max_size=64)
BUTTONS = st.one_of(
    st.builds(Button, TEXTS, _TOKENS, form=st.booleans(), mark=st.sampled_from(["", "☐", "2."])),
    st.builds(Button, TEXTS, st.just(""), link=st.just("https://loop.example/m/x")),
)


def _rows(most: int) -> st.SearchStrategy[tuple[Button, ...]]:
    return st.lists(BUTTONS, max_size=most).map(tuple)


PARTS = st.builds(Part, TEXTS, _rows(8))
MESSAGES = st.builds(
    Message,
    text=TEXTS,
    buttons=st.one_of(_rows(6), _rows(60)),
    rtl=st.booleans(),
    picture=st.one_of(st.none(), st.builds(Picture, TEXTS)),
    parts=st.lists(PARTS, max_size=12).map(tuple),
    foot=TEXTS,
    title=TEXTS,
)
_NAMES = st.text("abcdefg_.-1", min_size=1, max_size=64)
_VALUES = st.text("abc123", min_size=1, max_size=20)
_OPTIONS = st.one_of(
    st.lists(st.builds(Option, _VALUES, TEXTS), max_size=12),
    st.integers(11, 250).map(lambda n: [Option(f"o{i}", f"Option {i}") for i in range(n)]),
)
FIELDS = st.builds(
    Field,
    name=_NAMES,
    kind=st.sampled_from(FieldKind),
    label=TEXTS,
    hint=TEXTS,
    options=_OPTIONS.map(tuple),
    value=st.one_of(TEXTS, _VALUES, st.sampled_from(["2024-05-31", "14:30", "43", "-1.5", "a b"])),
    needed=st.booleans(),
    most=st.integers(1, 5000),
)
FORMS = st.builds(
    Form,
    id=st.text("abc:123", min_size=1, max_size=64),
    title=TEXTS,
    fields=st.lists(FIELDS, max_size=6, unique_by=lambda one: one.name).map(tuple),
    send=TEXTS,
    text=TEXTS,
    place=st.sampled_from(["", "2 of 3"]),
)
