"""What the papers are made of: frozen, in plain words, and without a secret. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Partnership:
    """Whose papers these are."""

    name: str
    controllers: tuple[str, ...]
    contact: str
    complaints: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What was decided here; "" where it was not yet. Days are written out."""

    dpo: str
    senior_officer: str
    caldicott_guardian: str
    safeguarding_lead: str
    ico_registration: str
    hosting: str
    backups: str
    case_system: str
    consulted: str
    signed_by: str
    signed_on: str
    equality_assessed_on: str
    transfer_assessed_on: str
    review_on: str


@dataclass(frozen=True, slots=True)
class Door:
    """A way in. `company`: who else keeps what goes through it, "" where nobody does."""

    name: str
    is_on: bool
    who: str
    company: str = ""
    keeps: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Telegram:
    """Whether Telegram is used, who decided it, and from which age on."""

    is_on: bool
    decided_by: str
    decided_on: str
    minimum_age: int


@dataclass(frozen=True, slots=True)
class Clock:
    """By when a person reads what was written, and when alerts are repeated, in words."""

    hours: str
    red: str
    amber: str
    other: str
    repeat_red: str
    repeat_amber: str
    hand_over: str
    break_glass: str
    break_glass_for: str
    has_pager: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """How long things are kept, in words."""

    youth_words: str
    practitioner_words: str
    link: str
    tell: str
    campaign: str
    course: str
    edition: str
    audit: str
    inbox: str
    outbox: str
    unfinished: str


@dataclass(frozen=True, slots=True)
class Line:
    """A number that people are given."""

    name: str
    number: str
    note: str
    hours: str
    checked: str
    is_local: bool


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey of this partnership. Reviewer and deputy are posts."""

    slug: str
    title: str
    is_youth: bool
    mode: str
    state: str
    ages: str
    languages: tuple[str, ...]
    texts: int
    sensitive: int
    reviewer: str
    deputy: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One kind of data, and what each role may do with it; as many as there are roles."""

    what: str
    by: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the data map. `encrypted`: its columns that are, by name."""

    what: str
    whose: str
    tables: tuple[str, ...]
    encrypted: tuple[str, ...]
    seen_by: str
    kept: str
    leaves: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the papers say of this program, as it is set up here."""

    as_at: str
    partnership: Partnership
    answers: Answers
    doors: tuple[Door, ...]
    telegram: Telegram
    clock: Clock
    kept: Kept
    lines: tuple[Line, ...]
    surveys: tuple[Survey, ...]
    roles: tuple[str, ...]
    seen: tuple[Seen, ...]
    places: tuple[Place, ...]
    unknown_tables: tuple[str, ...]
    database: str
    is_database_embedded: bool
    web: str
    board: str
    fewest_public: int
    fewest_inside: int
    languages: tuple[str, ...]
    idle: str
    tablet: str
    sign_in: str

    @property
    def open_doors(self) -> tuple[Door, ...]:
        return tuple(door for door in self.doors if door.is_on)

    @property
    def companies(self) -> tuple[Door, ...]:
        """The doors that are open and lead through somebody else's computers."""
        return tuple(door for door in self.open_doors if door.company)

    @property
    def asks_youth(self) -> bool:
        return any(survey.is_youth for survey in self.surveys)

    @property
    def local_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_local)
