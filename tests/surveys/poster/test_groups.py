"""A list of groups is read whole, or every cell that is wrong is named."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.poster.groups import MOST_GROUPS, read_groups


def _file(folder: Path, data: str | bytes) -> Path:
    path = folder / "groups.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    ("data", "groups"),
    [
        ("St Mary's\nYouth Council\n", ("St Mary's", "Youth Council")),
        ("school,town\nSt Mary's,Bolton\n", ("St Mary's",)),
        ('town,Group\nBolton,"Council, Bolton"\n\n,\nBury,Hive\n', ("Council, Bolton", "Hive")),
        ("\ufeffname\r\nمدرسة النور\r\n", ("مدرسة النور",)),
        ("Zażółć\n", ("Zażółć",)),
        ("Caf\xe9\n".encode("cp1252"), ("Café",)),
    ],
)
def test_names_come_from_their_column_in_the_order_of_the_file(
    tmp_path: Path, data: str | bytes, groups: tuple[str, ...]
) -> None:
    assert read_groups(_file(tmp_path, data)) == (groups, [])


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        ("", "no-groups", "groups.csv"),
        ("group\n\n", "no-groups", "groups.csv"),
        (b"PK\x03\x04\0\0", "not-csv", "groups.csv"),
        ("town,group\nBolton,Hive\nBury,hive\n", "group-twice", "groups.csv B3"),
        ("a\n" + "x" * 81, "long-group", "groups.csv A2"),
        ("\n".join(map(str, range(MOST_GROUPS + 1))), "too-many-groups", "groups.csv"),
    ],
)
def test_what_is_wrong_is_named_with_its_cell(
    tmp_path: Path, data: str | bytes, code: str, place: str
) -> None:
    _, issues = read_groups(_file(tmp_path, data))
    assert [(issue.code, str(issue.place)) for issue in issues] == [(code, place)]


@settings(max_examples=100)
@given(st.binary(max_size=400))
def test_any_file_gives_names_or_findings(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    groups, issues = read_groups(_file(tmp_path_factory.mktemp("any"), data))
    assert groups or issues
