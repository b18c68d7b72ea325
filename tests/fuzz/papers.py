"""Files about one person: the marks of an officer, and words that look like data."""

from collections.abc import Sequence

from bot.person_file.gathering import Text, readable
from bot.person_file.marks import MarksWrong, read, written
from tests.fuzz.target import Target, text_of

_TEXTS = (
    Text("t0001", "Answers: question why", "my teacher Ms Grey helps\nand [[me]] \\ too"),
    Text("t0002", "A text | of the queue", "words that worry", withheld="child-abuse-data"),
)
_WORDS = {text.id: text.words for text in _TEXTS}


def run_officer(data: bytes) -> None:
    """A file of texts with marks: what is shown then, or what is wrong and where."""
    text = text_of(data)
    try:
        found = read(text, _WORDS)
    except MarksWrong as error:
        said = str(error)
        assert "Ms Grey" not in said
    else:
        assert found.texts.keys() == _WORDS.keys()
    readable(text)


def _files() -> Sequence[bytes]:
    whole = written(list(_TEXTS))
    marked = whole.replace("Ms Grey", "[[third-party: Ms Grey]]").replace(
        "withhold: child-abuse-data\n", "release\n"
    )
    return [whole.encode(), marked.encode(), b'{"a": ["b", {"c": 1}]}', b"[" * 5000]


TARGETS = (
    Target(
        "officer",
        run_officer,
        _files,
        ("bot.person_file.files", "bot.person_file.gathering", "bot.person_file.marks"),
        ("[[", "]]", "third-party:", "withhold:", "release", "\\", "t0001", "|", "\n", "[" * 3000),
    ),
)
