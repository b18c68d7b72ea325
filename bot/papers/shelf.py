"""Each paper: what it is called, for whom it is, who signs it, and its text from the template."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.papers.facts import Facts
from bot.papers.marks import OpenPoint, OpenPoints
from bot.papers.notices import NOTICES, notice_text
from bot.papers.picture import alternative
from bot.settings import Settings
from bot.web.public.accessibility import PREPARED_ON
from digests.escaping import every_text, markdown, one_line
from storage.language import HOME, Catalogue


@dataclass(frozen=True, slots=True)
class Kind:
    """What there is to know of a paper before it is written."""

    name: str
    title: str
    readers: str
    signed_by: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper in CommonMark with tables, and what is still to be decided in it."""

    kind: Kind
    text: str
    open_points: tuple[OpenPoint, ...]

    @property
    def name(self) -> str:
        return self.kind.name


_OFFICER, _MANAGER = "data protection officer", "business manager"
PAPERS = (
    Kind(
        "dpia",
        "Data protection impact assessment",
        f"{_OFFICER}, senior officers",
        "the senior information risk owner, on the data protection officer's advice",
    ),
    Kind(
        "appropriate-policy",
        "Appropriate policy document",
        _OFFICER,
        "the senior information risk owner",
    ),
    Kind("data-map", "Data map", f"{_OFFICER}, auditors", "nobody; it follows the program"),
    Kind(
        "information-sharing",
        "Information sharing: annex",
        "the partners, reviewers",
        "each controller",
    ),
    Kind("notice-8-11", "Privacy notice for 8 to 11", "children of 8 to 11", f"the {_OFFICER}"),
    Kind(
        "notice-12-15", "Privacy notice for 12 to 15", "young people of 12 to 15", f"the {_OFFICER}"
    ),
    Kind("notice-16", "Privacy notice for 16 and over", "young people of 16+", f"the {_OFFICER}"),
    Kind("notice-easy-read", "Easy read: your words", "easy readers", f"the {_OFFICER}"),
    Kind(
        "notice-practitioners",
        "Privacy notice for practitioners",
        "practitioners, leads, managers",
        f"the {_OFFICER}",
    ),
    Kind(
        "reviewers-handbook",
        "Reviewer's handbook",
        "reviewers, deputies, on-call",
        "the designated safeguarding lead",
    ),
    Kind(
        "incident-plan",
        "Incident plan",
        f"administrator, {_OFFICER}, {_MANAGER}",
        "the senior information risk owner",
    ),
    Kind(
        "accessibility", "Accessibility statement", "everybody", f"the {_MANAGER}, for the council"
    ),
)


def papers(facts: Facts, settings: Settings) -> Iterator[Paper]:
    """All of them, in the order in which they are best read."""
    return (_written(kind, facts, settings) for kind in PAPERS)


def paper(name: str, facts: Facts, settings: Settings) -> Paper:
    """One of them. KeyError where there is none of this name."""
    return _written({kind.name: kind for kind in PAPERS}[name], facts, settings)


def _written(kind: Kind, facts: Facts, settings: Settings) -> Paper:
    points = OpenPoints()
    if kind.name in NOTICES:
        body = notice_text(kind.name, settings, points)
    else:
        body = _filled(kind, facts, points)
    text = f"{body.strip()}\n\n{_closing(points)}"
    return Paper(kind, text, tuple(points.found))


def _filled(kind: Kind, facts: Facts, points: OpenPoints) -> str:
    safe = every_text(facts, lambda text: markdown(one_line(text)))
    return (
        _environment()
        .get_template(f"{kind.name}.md.j2")
        .render(
            facts=safe,
            kind=kind,
            answers=safe.answers,
            told=markdown(alternative(facts)),
            decide=points.decide,
            given=points.given,
            stated=points.stated,
            access=_access,
            access_list=_access_list,
        )
    )


def _access(name: str, **params: str) -> str:
    """The words of the page, so that the paper says the same."""
    say = Catalogue.load("bot").say
    return markdown(say(f"public.access.{name}", HOME, day=PREPARED_ON, **params).strip())


def _access_list(name: str, **params: str) -> list[str]:
    said = Catalogue.load("bot").say(f"public.access.{name}", HOME, **params)
    return [markdown(line) for line in said.strip().splitlines()]


def _closing(points: OpenPoints) -> str:
    return _environment().get_template("open_points.md.j2").render(points=points.found)


@cache
def _environment() -> Environment:
    """Markdown, not HTML: what comes from settings and tables was escaped by `every_text`."""
    return Environment(  # noqa: S701
        loader=PackageLoader("bot.papers"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
