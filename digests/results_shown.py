"""Results in the words of one language, ready for any format: sections, tables, and their notes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from storage.language import Catalogue
from surveys.definition import Texts, text_in
from surveys.results.scales import WROTE
from surveys.results.view import (
    BY_INVITATION,
    NO_ANSWER,
    OTHER_GROUPS,
    Breakdown,
    Count,
    CrossTable,
    Line,
    QuestionResult,
    Shape,
    SideBySide,
    SurveyResults,
)

HIDDEN = "c"
Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Cell:
    """A count and a share as they are printed, and how long the bar is (nothing: no bar)."""

    count: str
    share: str
    per_cent: Count = None

    @property
    def text(self) -> str:
        return f"{self.count} ({self.share})" if self.share else self.count


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what it is about, and a cell for each series."""

    label: str
    cells: tuple[Cell, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One question with its table. `series` names the columns where several stand side by side.

    `shades` where all of a scale is seen and can be drawn as one bar: from 0 to 4 for each row on
    the scale, 5 for one beside it, -1 for who gave no answer.
    """

    key: str
    title: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    alt: str = ""
    mean: str = ""
    shades: tuple[int, ...] = ()
    has_places: bool = False
    heading: str = "answer"

    @property
    def has_shares(self) -> bool:
        return any(cell.share for row in self.rows for cell in row.cells)

    @property
    def is_empty(self) -> bool:
        return all(cell.count == HIDDEN for row in self.rows for cell in row.cells)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with the sections below it."""

    key: str
    title: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that is printed, in one language."""

    title: str
    eyebrow: str
    facts: tuple[str, ...]
    notes: tuple[str, ...]
    parts: tuple[Part, ...]
    source: str


def page_of(results: SurveyResults, language: str, by: str = "") -> Page:
    """The page of one survey; `by` adds the breakdown of that name."""
    say = partial(Catalogue.load("digests").say, language=language)
    words = Words(results, language, say)
    parts = [] if results.withheld else [_questions(words)]
    if by and not results.withheld:
        parts.append(_breakdown(words, by))
    if not results.withheld:
        parts += [part for part in (_who(words),) if part.sections or part.notes]
    return Page(
        title=words.of(results.titles) or results.slug,
        eyebrow=say("results.title"),
        facts=tuple(words.facts()),
        notes=tuple(words.notes()),
        parts=tuple(parts),
        source=say("results.source", day=results.as_of, n=results.threshold),
    )


def side_page(side: SideBySide, language: str, *, of_rounds: bool) -> Page:
    """The page of several results beside one another."""
    say = partial(Catalogue.load("digests").say, language=language)
    each = [Words(results, language, say) for results in side.results]
    name = "rounds" if of_rounds else "beside"
    series = [words.round() if of_rounds else words.title() for words in each]
    sections = [
        _compared(each, names, series, number) for number, names in enumerate(side.matched, 1)
    ]
    found = tuple(section for section in sections if section is not None)
    none = () if found or of_rounds else (say("results.nothing_matched"),)
    facts = [f"{title}: {fact}" for title, w in zip(series, each, strict=True) for fact in w.size()]
    newest = each[-1].results
    titles = dict.fromkeys(words.title() for words in each)
    least = max(words.results.threshold for words in each)
    return Page(
        title=" / ".join(titles),
        eyebrow=say(f"results.{name}"),
        facts=tuple(facts),
        notes=(say(f"results.{name}_note"), say("results.hidden", n=least)),
        parts=(Part("questions", say("results.questions"), found, none),),
        source=say("results.source", day=newest.as_of, n=least),
    )


@dataclass(frozen=True, slots=True)
class Words:
    """One survey's results in one language."""

    results: SurveyResults
    language: str
    say: Say

    def of(self, texts: Texts) -> str:
        return text_in(texts, self.language, self.results.written_in).strip()

    def title(self) -> str:
        return self.of(self.results.titles) or self.results.slug

    def round(self) -> str:
        one = self.results
        return one.round_name or self.say("results.round_number", n=one.round)

    def size(self) -> list[str]:
        """How many took part, or why that is not said."""
        one, say = self.results, self.say
        if one.withheld is not None:
            return [say(f"results.{one.withheld.value}", n=one.threshold)]
        return [say("results.people_about" if one.is_rounded else "results.people", n=one.people)]

    def facts(self) -> list[str]:
        one, say = self.results, self.say
        found = [say(f"results.{one.seen_by.value}"), say(f"results.asked_{one.asked}")]
        if one.round_name:
            found.append(say("results.round", name=one.round_name))
        return [*found, *self.size()]

    def notes(self) -> list[str]:
        one, say = self.results, self.say
        if one.withheld is not None:
            return []
        public = one.seen_by.value == "public"
        found = [say("results.as_of", day=one.as_of)]
        if one.is_rounded:
            found.append(say("results.rounded" if public else "results.running"))
        found.append(say("results.steps_public" if public else "results.steps", n=one.threshold))
        return [*found, say("results.hidden", n=one.threshold)]

    def question(self, question: QuestionResult) -> str:
        return self.of(question.labels) or question.name

    def line(self, line: Line) -> str:
        named = {WROTE: "words", NO_ANSWER: "no_answer"}.get(line.name)
        return self.say(f"results.{named}") if named else self.of(line.labels) or line.name


def cell_of(line: Line | None) -> Cell:
    """One count as it is printed."""
    if line is None:
        return Cell("", "")
    if line.count is None:
        return Cell(HIDDEN, "")
    share = "" if line.per_cent is None else f"{line.per_cent}%"
    return Cell(f"{line.count:,}", share, line.per_cent)


def _questions(words: Words) -> Part:
    sections = tuple(
        _section(words, question, number)
        for number, question in enumerate(words.results.questions, 1)
    )
    return Part("questions", words.say("results.questions"), sections)


def _section(words: Words, question: QuestionResult, number: int) -> Section:
    lines = [*question.lines, *([question.no_answer] if question.no_answer else [])]
    rows = tuple(Row(words.line(line), (cell_of(line),), line.mean_rank) for line in lines)
    notes = _notes(words, question)
    return Section(
        key=f"q{number}",
        title=words.question(question),
        rows=rows,
        notes=tuple(notes),
        alt=_alt(words.say, rows),
        mean=words.say("results.mean", mean=question.mean) if question.mean else "",
        shades=_shades(question),
        has_places=any(row.place for row in rows),
    )


def _shades(question: QuestionResult) -> tuple[int, ...]:
    points = len(question.scale)
    none = question.no_answer
    if not 3 <= points <= 5 or not all(line.count for line in question.lines):
        return ()
    if none is not None and none.count is None:
        return ()
    places = {name: round(place * 4 / (points - 1)) for place, name in enumerate(question.scale)}
    shades = [places.get(line.name, 5) for line in question.lines]
    return (*shades, *([-1] if none else []))


def _notes(words: Words, question: QuestionResult) -> list[str]:
    say = words.say
    if question.shape is Shape.WORDS:
        few = [say("results.all_hidden")] if question.is_empty else []
        return [say("results.words_note"), *few]
    if question.base is None:
        return [say("results.no_base")]
    if question.is_empty:
        return [say("results.all_hidden")]
    of = "everyone" if question.of_everyone else "answered"
    of = "about" if question.is_rounded else of
    notes = [say(f"results.of_{of}", n=question.base)]
    extra = {Shape.MANY: "several", Shape.RANKING: "ranking"}.get(question.shape)
    notes += [say(f"results.{extra}")] if extra else []
    if question.is_rounded and not words.results.is_rounded:
        notes.append(say("results.softened"))
    return [*notes, say(f"results.mean_of_{question.mean_of}")] if question.mean else notes


def _alt(say: Say, rows: Sequence[Row]) -> str:
    parts = [
        say("results.part", label=row.label, value=cell.share or cell.count)
        for row in rows
        for cell in row.cells
        if cell.count
    ]
    return say("results.chart", parts="; ".join(parts))


# -- by group


def _breakdown(words: Words, by: str) -> Part:
    say, found = words.say, words.results.by(by)
    if found is None:
        return Part("by", _by_title(words, by, {}), (), (say("results.by_nothing"),))
    tables = [(table, words.results.question(table.question)) for table in found.tables]
    sections = tuple(
        _cross(words, found, table, question, number)
        for number, (table, question) in enumerate(tables, 1)
        if question is not None and table.rows
    )
    bare = [words.question(question) for table, question in tables if question and not table.rows]
    notes = [say("results.by_note")]
    notes += [say("results.nothing_by", names="; ".join(bare))] if bare else []
    sizes = tuple(
        Row(_group(words, found, group.name), (cell_of(Line("", {}, group.people)),))
        for group in found.groups
    )
    size = Section("groups", say("results.took_part"), sizes, alt=_alt(say, sizes), heading="group")
    return Part("by", _by_title(words, by, found.labels), (size, *sections), tuple(notes))


def _by_title(words: Words, by: str, labels: Texts) -> str:
    if by == BY_INVITATION:
        return words.say("results.by_group")
    return words.say("results.by", what=words.of(labels) or by)


def _group(words: Words, found: Breakdown, name: str) -> str:
    if name == OTHER_GROUPS:
        return words.say("results.other_groups")
    if name == NO_ANSWER:
        return words.say("results.did_not_say")
    group = next((one for one in found.groups if one.name == name), None)
    text = words.of(group.labels) if group else ""
    return text or name or words.say("results.no_group")


def _cross(
    words: Words, found: Breakdown, table: CrossTable, question: QuestionResult, number: int
) -> Section:
    """The question's lines down, the groups across: bars of one line lie together."""
    series = tuple(_group(words, found, row.group) for row in table.rows)
    rows = tuple(
        Row(words.line(line), tuple(cell_of(row.cells[place]) for row in table.rows))
        for place, line in enumerate(question.lines)
        if any(row.cells[place].count is not None for row in table.rows)
    )
    soft = table.is_rounded and not words.results.is_rounded
    return Section(
        key=f"by{number}",
        title=words.question(question),
        rows=rows,
        notes=(words.say("results.softened"),) if soft else (),
        series=series,
        alt=_alt_of(words.say, rows, series),
    )


def _alt_of(say: Say, rows: Sequence[Row], series: Sequence[str]) -> str:
    parts = [
        say("results.part", label=f"{row.label}, {name}", value=cell.share or cell.count)
        for row in rows
        for name, cell in zip(series, row.cells, strict=True)
        if cell.count
    ]
    return say("results.chart", parts="; ".join(parts))


# -- side by side


def _compared(
    each: Sequence[Words], names: Sequence[str], series: Sequence[str], number: int
) -> Section | None:
    found = [words.results.question(name) for words, name in zip(each, names, strict=True)]
    pairs = [(words, question) for words, question in zip(each, found, strict=True) if question]
    if not pairs:
        return None
    labels: dict[str, str] = {}
    for words, question in pairs:
        for line in question.lines:
            labels.setdefault(line.name, words.line(line))
    rows = tuple(
        Row(label, tuple(cell_of(q.line(name) if q else None) for q in found))
        for name, label in labels.items()
    )
    means = [
        f"{name}: {words.say('results.mean', mean=question.mean)}"
        for name, words, question in zip(series, each, found, strict=True)
        if question is not None and question.mean
    ]
    hidden = all(line.count is None for _, question in pairs for line in question.lines)
    return Section(
        key=f"q{number}",
        notes=(each[0].say("results.all_hidden"),) if hidden else (),
        title=" / ".join(dict.fromkeys(words.question(question) for words, question in pairs)),
        rows=rows,
        series=tuple(series),
        alt=_alt_of(each[0].say, rows, series),
        mean="; ".join(means),
    )


def _who(words: Words) -> Part:
    say, one = words.say, words.results
    notes = []
    if one.reach.invited is not None:
        about = "results.invited_about" if one.is_rounded else "results.invited"
        notes.append(say(about, n=one.reach.invited))
    if one.reach.unheard:
        notes.append(say("results.unheard", names="; ".join(one.reach.unheard)))
    sections = []
    for key, lines in (("completion", one.completion), ("language", one.languages)):
        if lines:
            rows = tuple(Row(_named(words, key, line), (cell_of(line),)) for line in lines)
            section = Section(key, say(f"results.{key}"), rows, alt=_alt(say, rows))
            sections.append(section)
    return Part("who", say("results.who"), tuple(sections), tuple(notes))


def _named(words: Words, key: str, line: Line) -> str:
    return line.name if key == "language" else words.say(f"results.{line.name}")
