"""The shape of a form as its expressions see it: a tree of groups and questions, and the lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveys.definition import Choice, Kind, Survey

ROOT = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """A group or a question; `parent` is the group it stands in, ROOT outside of any."""

    name: str
    parent: str = ROOT
    is_group: bool = False
    has_answer: bool = True
    takes_many: bool = False
    list_name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """All rows of a form in their order, with every list that expressions may look into."""

    branches: tuple[Branch, ...]
    lists: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    default_language: str = "en"
    root: str = "data"
    _by_name: dict[str, Branch] = field(init=False, repr=False, compare=False)
    _children: dict[str, list[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        children: dict[str, list[str]] = {}
        for branch in self.branches:
            children.setdefault(branch.parent, []).append(branch.name)
        object.__setattr__(self, "_by_name", {branch.name: branch for branch in self.branches})
        object.__setattr__(self, "_children", children)

    def find(self, name: str) -> Branch | None:
        """The row of this name."""
        return self._by_name.get(name)

    def children(self, name: str = ROOT) -> tuple[str, ...]:
        """The rows directly inside a group, or at the top, in their order."""
        return tuple(self._children.get(name, ()))


def outline_of(survey: Survey) -> Outline:
    """The outline of a survey that has been read."""
    branches = tuple(
        Branch(
            name=question.name,
            parent=question.group,
            is_group=question.kind is Kind.GROUP,
            has_answer=not question.kind.is_said,
            takes_many=question.kind.takes_many,
            list_name=question.list_name,
        )
        for question in survey.questions
    )
    return Outline(branches, survey.lists, survey.settings.default_language)
