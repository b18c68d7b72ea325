"""Forty scripted young people. Every word here is made up; nobody's answer was copied."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SOMEONE_TO_TALK_TO = "Someone to talk to, at school and without waiting"
BELIEVE_US = "Adults who believe us and tell us what happens next"
AFTER_SCHOOL = "Somewhere to go after school"

_TALK = (
    "someone to talk to at school who is not a teacher",
    "have a worker in school every week so you can just go in",
    "not having to wait so long to see somebody",
    "a person you can talk to the same day",
    "someone in school who has time",
    "it takes ages to get help. make it quicker",
    "have a quiet room and a person in it you can talk to",
    "let us talk to someone without missing the bus",
    "a drop in at lunch time",
    "someone who comes to our youth group to talk",
    "let us text someone first, talking is hard",
    "more people in school to talk to",
)
_BELIEVE = (
    "adults should believe us the first time",
    "tell us what happens after we tell someone",
    "dont ask the same thing five times",
    "listen and then do something",
    "tell us who you are going to tell before you tell them",
    "take us seriously even if we are young",
    "come back and say what you did",
    "dont talk about us like we are not there",
    "believe kids more",
    "just listen properly",
    "say what is going to happen next",
)
_AFTER = (
    "open the youth club more days",
    "somewhere warm to go after school",
    "more things to do that are free",
    "the youth club shuts too early",
)
WORRYING = "i dont feel safe going home tonight"


@dataclass(frozen=True, slots=True)
class Young:
    """One respondent: where they came from, what they answer, and what they do on the way."""

    address: str
    group: str
    language: str = "en"
    theme: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    goes_back_at: str = ""
    stops_at: str = ""
    keeps: bool = True
    wants_to_hear: bool = True
    is_worried: bool = False


def forty(school: str, club: str) -> list[Young]:
    """The same forty every time."""
    people = [_young(number, school, club) for number in range(1, 41)]
    texts = [(SOMEONE_TO_TALK_TO, text) for text in _TALK]
    texts += [(BELIEVE_US, text) for text in _BELIEVE]
    texts += [(AFTER_SCHOOL, text) for text in _AFTER]
    finishing = [person for person in people if not person.stops_at and not person.is_worried]
    with_words = {person.address: said for person, said in zip(finishing, texts, strict=False)}
    return [_with_words(person, *with_words.get(person.address, ("", ""))) for person in people]


def _with_words(person: Young, theme: str, text: str) -> Young:
    if not text:
        return person
    return Young(
        address=person.address,
        group=person.group,
        language=person.language,
        theme=theme,
        answers={**person.answers, "change": text},
        goes_back_at=person.goes_back_at,
        wants_to_hear=person.wants_to_hear,
    )


_AGES = ("1", "2", "2", "1", "3", "2", "1", "2", "4", "3")
_NOTICING = ("2", "3", "3", "2", "4", "1", "3", "6", "2", "3")
_LISTENING = ("4", "7", "3", "6", "5", "8", "2", "5", "/skip", "9")
_HELP = ("1", "2", "1", "3", "1", "1", "2", "1", "2", "1")


def _young(number: int, school: str, club: str) -> Young:
    place = number % 10
    from_school = number % 3 != 0
    answers = {
        "age_band": _AGES[place],
        "where_from": "1" if from_school else "2",
        "noticing": _NOTICING[place],
        "listening": _LISTENING[place],
        "listen_better": "1 3" if number % 2 else "3 4",
        "who_to_tell": "1 4" if number % 4 else "3 5",
        "know_help": _HELP[place],
        "change": "/skip",
    }
    return Young(
        address=f"young-{number:02}",
        group=school if from_school else club,
        language="pl" if number in (14, 28) else "en",
        answers={**answers, "change": WORRYING} if number == 17 else answers,
        goes_back_at={4: "noticing", 11: "who_to_tell", 23: "know_help"}.get(number, ""),
        stops_at={9: "listening", 20: "who_to_tell", 31: "change"}.get(number, ""),
        keeps=number != 20,
        wants_to_hear=number % 4 != 3,
        is_worried=number == 17,
    )
