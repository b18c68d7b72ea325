"""The role table is DOMAIN's, cell by cell, and every right comes from it."""

import pytest

from bot.access import Right, rights_of
from bot.role_table import DOES, GIVES, TABLE, Data, Extent, extent, raw_right, results_right
from storage.people import Role

_COLUMNS = ("lead", "chair", "manager", "voice_lead", "reviewer", "executive", "admin")
_DOMAIN = """
own actions             | own | group | all | - | - | exceptions | -
practitioner answers    | - | aggregate | aggregate | - | - | aggregate | -
youth answers, raw      | - | - | - | after review, redacted | all | - | -
concern queue           | - | - | counts | - | all | counts | -
contact <-> answer link | - | - | - | - | reason + log | - | -
audit log               | - | - | read | - | - | - | read
"""
_OF_YOUTH_WORKERS = {Data.YOUTH_FIGURES: Extent.COUNTS}


def _rows() -> list[tuple[str, str, str]]:
    lines = [line.split("|") for line in _DOMAIN.strip().splitlines()]
    return [
        (cells[0].strip(), role, cell.strip())
        for cells in lines
        for role, cell in zip(_COLUMNS, cells[1:], strict=True)
    ]


@pytest.mark.parametrize(("data", "role", "cell"), _rows())
def test_each_cell_is_as_the_field_says(data: str, role: str, cell: str) -> None:
    assert extent(Data(data), Role(role)) == cell


def test_the_scrutineer_sees_what_the_executive_does_and_the_audit_log() -> None:
    for data in set(Data) - {Data.AUDIT}:
        assert extent(data, Role.SCRUTINEER) is extent(data, Role.EXECUTIVE)
    assert extent(Data.AUDIT, Role.SCRUTINEER) is Extent.READ


def test_a_youth_worker_starts_sessions_sees_counts_and_never_an_answer() -> None:
    for data in Data:
        assert extent(data, Role.YOUTH_WORKER) is _OF_YOUTH_WORKERS.get(data, Extent.NONE)
    assert rights_of([Role.YOUTH_WORKER]) == {Right.INVITE, Right.PARTICIPATION}


def test_every_cell_of_the_table_comes_to_rights() -> None:
    used = {(data, cell) for data, row in TABLE.items() for cell in row.values()}
    assert used == set(GIVES)
    assert all(GIVES.values())


def test_no_right_to_see_comes_from_anywhere_but_the_table() -> None:
    seen = frozenset[Right]().union(*GIVES.values())
    for role in Role:
        by_table = frozenset[Right]().union(
            *(GIVES.get((data, extent(data, role)), frozenset()) for data in Data)
        )
        # An executive may lead an action themselves.
        own = {Right.OWN_ACTIONS} if role is Role.EXECUTIVE else set()
        assert rights_of([role]) & seen == by_table | own
        assert DOES.get(role, frozenset()) & seen <= own


def test_two_roles_allow_what_both_allow_and_no_more() -> None:
    for one in Role:
        for other in Role:
            assert rights_of([one, other]) == rights_of([one]) | rights_of([other])


def test_single_answers_of_practitioners_are_for_no_role() -> None:
    assert raw_right("practitioners") is None
    assert raw_right("leads") is None
    assert raw_right("youth") is Right.EXPORT_RAW
    assert results_right("youth") is Right.FIGURES
    assert results_right("practitioners") is Right.AGGREGATES
