"""How long the program takes to say what it can do, against the library that says it."""

import sys
from pathlib import Path
from statistics import median

from benchmarks.measuring import milliseconds, ratio, run_child
from benchmarks.report import Finding, Line

AT_MOST = 2.0
_COUNT = "import sys, atexit; atexit.register(lambda: print('modules', len(sys.modules)));"
_HELP = "import sys; sys.argv = ['listening-loop', '--help']; from bot.cli import main; main()"
_TYPER = "import typer"
_EMPTY = """
import sys, typer
sys.argv = ['empty', '--help']
app = typer.Typer(add_completion=False)
app.command('one')(lambda: None)
app.command('two')(lambda: None)
app()
"""


def run(folder: Path, *, quick: bool = False) -> Finding:  # noqa: ARG001 - as the others
    """Whole processes in turn, as a person starts them; then the modules of each, counted."""
    program = Path(sys.executable).with_name("listening-loop")
    ours_command = [str(program), "--help"] if program.exists() else _python(_HELP)
    ours, theirs = [], []
    run_child(ours_command)
    run_child(_python(_TYPER))
    for _ in range(1 if quick else 15):
        ours.append(run_child(ours_command)[0])
        theirs.append(run_child(_python(_TYPER))[0])
    found = ratio(ours, theirs)
    modules, floor = _modules(_HELP), _modules(_TYPER)
    return Finding(
        "help",
        "Start of the program",
        (
            Line(
                what="listening-loop --help, the whole process",
                ours=milliseconds(median(ours)),
                against='python -c "import typer"',
                theirs=milliseconds(median(theirs)),
                ratio=found.middle,
                spread=found.spread,
                aim=f"at most {AT_MOST:g}",
                met=found.middle <= AT_MOST,
            ),
            Line(
                what="Modules imported by then",
                ours=str(modules),
                against='python -c "import typer"',
                theirs=str(floor),
                ratio=modules / floor,
                aim=f"at most {AT_MOST:g}",
                met=modules <= AT_MOST * floor,
            ),
        ),
        (
            f"Of what --help imports, {_own()} modules are our own. The --help of a program that "
            f"does nothing at all imports {_modules(_EMPTY)}, because typer draws help with rich.",
        ),
    )


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _modules(code: str) -> int:
    return _printed(_COUNT + code)


def _printed(code: str) -> int:
    """The number that stands last in what this code prints."""
    return int(run_child(_python(code))[1].split()[-1])


def _own() -> int:
    rooms = "('bot', 'digests', 'reminders', 'surveys', 'storage')"
    count = f"sum(name.split('.')[0] in {rooms} for name in sys.modules)"
    return _printed(f"import sys, atexit; atexit.register(lambda: print('own', {count}));" + _HELP)
