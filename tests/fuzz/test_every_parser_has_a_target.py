"""Every module that reads what comes from outside is driven by a target, or says why not."""

import re
from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS

HOUSE = Path(__file__).parent.parent.parent
SHIPPED = ("bot", "digests", "reminders", "surveys", "storage")

_READS = re.compile(
    r"\bjson\.loads?\(|tomllib\.loads?\(|message_from_bytes\(|parse_qsl\(|\bZipFile\("
    r"|load_workbook\(|open_workbook\(|csv\.(?:Dict)?[rR]eader\(|\bDocument\(|DocxTemplate\("
    r"|\(HTMLParser\)|decode_header\(|b(?:16|32|64|85)decode\(|decompress|html\.unescape\("
    r"|\bunquote\(|\.read_(?:bytes|text)\(|request\.stream\(\)|request\.cookies"
    r"|get_unverified_header\(|stdin\.read|fromhex\(|\.loads\(|etree\.(?:parse|fromstring|XML)"
    r"|sqlite3\.connect\(|\.form\(\)|request\.json\(\)|fromstring\(|yaml\.|pickle|marshal\."
)

NOT_FROM_OUTSIDE = {
    "bot.outgoing.outbox": "parameters of intents, which we wrote and encrypted",
    "bot.replies": "parameters of intents, which we wrote and encrypted",
    "bot.standing": "what somebody is expected to say, which we wrote",
    "bot.staff.manager_told": "parameters of intents, which we wrote and encrypted",
    "bot.web.desk.said": "parameters of intents, which we wrote and encrypted",
    "bot.web.notices": "parameters of intents, which we wrote and encrypted",
    "storage.forgetting": "parameters of intents, which we wrote and encrypted",
    "digests.edition_files": "files of an edition, which we made and stored",
    "digests.picture": "pictures of digests, which we made and stored",
    "digests.letters": "fonts that ship with the program",
    "bot.web.assets": "style sheets and scripts that ship with the program",
    "storage.language": "catalogues that ship with the program",
    "surveys.screening.lexicon": "the lexicon that ships with the program",
    "surveys.check.wording": "a list of words that ships with the program",
    "reminders.plan_workbook": "workbooks that we have just written",
    "bot.platforms.teams.drawing": "pictures of surveys, checked when the survey was added",
    "bot.platforms.telegram.drawing": "pictures of surveys, checked when the survey was added",
    "bot.web.survey_pages": "pictures of surveys, checked when the survey was added",
    "bot.platforms.teams.gate": "tests/bot/platforms/teams/test_gate.py has every broken token",
    "bot.platforms.teams.manifest": "the package of the app, which we make",
    "bot.papers.page": "templates and words that ship with the program",
    "bot.papers.word": "a document that we make",
    "bot.web.public.judging": "tests/bot/web/public/test_judging.py has a forged cookie",
    "bot.year.script": "scripts that ship; tests/commands/test_year.py breaks some",
    "bot.web.board.seat": "a cookie that is hashed and looked up, and never read",
    "surveys.turns": "sessions, which we wrote and encrypted",
    "surveys.anonymous": "answers that wait in the pool, which we wrote and encrypted",
    "bot.chat": "a line that the person at the terminal types",
    "bot.commands.run": "the example of settings that ships with the program",
    "bot.commands.digest_kept": "the template that ships with the program",
    "bot.commands.survey_check": "the record of a trial that the author keeps beside the form",
    "storage.backup": "a copy that we have just made",
}
"""Modules that read something nobody outside can choose, or that are tried elsewhere; and why."""


def _readers() -> set[str]:
    found = set()
    for package in SHIPPED:
        for path in (HOUSE / package).rglob("*.py"):
            if "migrations" not in path.parts and _READS.search(path.read_text("utf-8")):
                name = ".".join(path.relative_to(HOUSE).with_suffix("").parts)
                found.add(name.removesuffix(".__init__"))
    return found


def _driven() -> set[str]:
    return {module for target in TARGETS.values() for module in target.reads}


def test_every_module_that_reads_outside_bytes_is_in_the_table() -> None:
    missing = _readers() - _driven() - NOT_FROM_OUTSIDE.keys()
    assert sorted(missing) == [], (
        "they read what may come from outside: give each a target in tests/fuzz, "
        "or say in NOT_FROM_OUTSIDE why it needs none"
    )


def test_no_reason_is_given_for_a_module_that_reads_nothing() -> None:
    assert sorted(NOT_FROM_OUTSIDE.keys() - _readers()) == []
    assert sorted(NOT_FROM_OUTSIDE.keys() & _driven()) == []


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_names_modules_that_are_there(name: str) -> None:
    assert TARGETS[name].name == name
    assert TARGETS[name].reads
    for module in TARGETS[name].reads:
        path = HOUSE / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__init__.py").is_file(), module
