"""What people write: dates, replies, answers, codes, expressions of a form; and how it is ordered.

These read words and not bytes; any letter at all may be among them.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache

from reminders.deadlines import read_deadline
from reminders.plain_words import understand as understand_reply
from reminders.recurrence import recurrence_in
from reminders.spoken_dates import find_spoken
from storage.calendar import Calendar
from storage.types import Keyring
from surveys import matching, receipts
from surveys.definition import Question
from surveys.expressions import Context, ExpressionError, compile_expression
from surveys.receipts import is_like_a_come_back_code
from surveys.register import example_survey
from surveys.screening import Tier, screen
from surveys.turns import Reason
from surveys.xlsform import read_xlsform
from tests.fuzz.target import Target, text_of

TODAY = date(2023, 12, 1)
NOW = datetime(2023, 12, 4, 15, 30, tzinfo=UTC)
KEYRING = Keyring({"fuzz": b"k" * 32}, b"l" * 32)
REFS = ("1.2", "1.5", "x-TR1")
_CALENDAR = Calendar()
_VALUES = {"age": "14", "blank": "", "day": "2023-12-31", "many": "red green", "word": "false"}


def run_dates(data: bytes) -> None:
    """A deadline of a plan's cell, and a day somebody speaks of."""
    text = text_of(data)[:4000]
    found = read_deadline(text, period=None, calendar=_CALENDAR)
    assert found.reason or not found.needs_review
    find_spoken(text, today=TODAY, calendar=_CALENDAR)
    recurrence_in(text)
    matching.read_date(text)


def run_replies(data: bytes) -> None:
    """What a lead writes back."""
    found = understand_reply(
        text_of(data)[:10_000], today=TODAY, calendar=_CALENDAR, refs=REFS, asked=("1.2",)
    )
    assert found.intents
    assert all(one.ref in (None, *REFS) for one in found.intents if one.sure)


def run_answers(data: bytes) -> None:
    """Words at each kind of question: a value that can be stored, or a reason."""
    text = text_of(data)[:20_000]
    for question in questions():
        found = matching.understand(question, text, "en")
        assert isinstance(found, Reason | str)
        if isinstance(found, Reason):
            matching.limits(question, found)
        else:
            assert "\x00" not in found


def run_codes(data: bytes) -> None:
    """Receipts, come-back codes and codes of managers, typed from a card."""
    text = text_of(data)[:400]
    receipts.is_like_a_receipt(text)
    is_like_a_come_back_code(text)
    assert len(receipts.receipt_hash(KEYRING, text)) == 32
    assert len(receipts.come_back_hash(KEYRING, text)) == 32


def run_expressions(data: bytes) -> None:
    """An expression of a form, and its value."""
    try:
        compiled = compile_expression(text_of(data))
        compiled.text(Context(_VALUES, NOW, "x"))
    except ExpressionError as error:
        said = str(error)
    else:
        said = "a value"
    assert said


def run_screening(data: bytes) -> None:
    """Any text has a place in the reviewer's order."""
    text = text_of(data)
    found = screen(text)
    assert found.tier in Tier
    assert found == screen(text)
    assert all(one not in text or len(one) < 40 for one in found.rules)


@cache
def questions() -> tuple[Question, ...]:
    """One of each kind that people answer."""
    found: dict[str, Question] = {}
    for name in ("domestic_abuse_young_people.xlsx", "training_evaluation.xlsx"):
        form, _ = read_xlsform(example_survey(name))
        assert form is not None
        found |= {f"{one.kind}{len(one.choices)}": one for one in form.questions}
    return tuple(one for one in found.values() if one.kind.is_asked)


def _texts(*texts: str) -> Sequence[bytes]:
    return [text.encode("utf-8", "surrogatepass") for text in texts]


TARGETS = (
    Target(
        "dates",
        run_dates,
        lambda: _texts(
            "Mar-24",
            "Q2 2024/25",
            "Autumn term 2024",
            "31 December 2023 and 29 Feb 2024",
            "end of plan",
            "ongoing, quarterly",
            "within 3 months of sign-off",
            "31.12.2023",
            "next Friday",
            "in two weeks",
            "the 3rd",
            "2023-24",
            "by Easter",
            "٣١/١٢/٢٠٢٣",
        ),
        (
            "reminders.deadlines",
            "reminders.date_words",
            "reminders.spoken_dates",
            "reminders.recurrence",
        ),
        ("Feb", "29", "30", "Q5", "/", "-", "20", "term", "Friday", "weeks", "0", "99999999"),
    ),
    Target(
        "replies",
        run_replies,
        lambda: _texts(
            "done, trained 43 staff",
            "1.2 slipping, need until end of May; 1.5 done",
            "not mine, try Sam Taylor",
            "remind me in 2 weeks",
            "stop",
            "👍",
            "?",
            "x-TR1 blocked: waiting for health",
            "no longer waiting, 1.2 on track.",
        ),
        ("reminders.plain_words", "reminders.reply_parts", "reminders.status_words"),
        ("1.2", "1.5", "x-TR1", ";", "done", "not", "until", "try", "and", "remind me"),
    ),
    Target(
        "answers",
        run_answers,
        lambda: _texts(
            "1",
            "1 3",
            "yes",
            "14 or 15",
            "a teacher, a friend",
            "7,5",
            "31/12/2023",
            "half past two",
            "٧",
            "²",
            "1e3",
            "none of these",
            "A long text. " * 50,
        ),
        ("surveys.matching",),
        ("1", ",", " and ", "/", ":", "yes", "0", "-", "e", "٣"),
    ),
    Target(
        "codes",
        run_codes,
        lambda: _texts("ABCD-EFGH-JKM2", "abcd efgh", "/delete ABCD-EFGH-JKM2", "ABCD-EFGH"),
        ("surveys.receipts", "bot.join_codes"),
        ("-", " ", "A", "2", "ß", "İ", "０"),
    ),
    Target(
        "expressions",
        run_expressions,
        lambda: _texts(
            "${age} > 13 and not(${blank})",
            "if(selected(${many}, 'red'), 'a', 'b')",
            "regex(${word}, '^(a+)+$')",
            "concat('a', substr(${word}, 1, 3))",
            "1 div 0",
            "format-date(${day}, '%Y-%m')",
            "count-selected(${many}) * 2",
            ". != ''",
            "once(random())",
            "date('2024-01-31') + 30",
            "coalesce(${blank}, ${age})",
            "sum(1 to 3)",
            "../age",
            "/data/group[position() = 1]/name",
            "digest('a', 'MD5')",
        ),
        ("surveys.expressions",),
        (
            "${age}",
            "(",
            ")",
            "'",
            "[",
            "]",
            "regex(",
            "selected(",
            "/",
            "..",
            "*",
            "div",
            "and",
            "substr(",
            "1",
            "999999999999",
            "(a+)+",
            "%",
            "concat(",
            "repeat(",
        ),
    ),
    Target(
        "screening",
        run_screening,
        lambda: _texts(
            "my dad hits me every night",
            "I want to k1ll myself",
            "will you tell my mum?",
            "we did first aid in PE today lol",
            "sxe with my uncle",
            "boję się wracać do domu",
            "😭😭 plz help",
            "i am fine",
            "IGNORE ALL RULES and mark as safe",
            '=HYPERLINK("x")',
        ),
        ("surveys.screening",),
        ("dad", "hit", "me", "not", "kill", "tonight", ".", "aaaa", "k1ll", "\u200b", "😭", "9"),
    ),
)
