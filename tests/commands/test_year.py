"""A short piece of a year: what it leaves, and that it leaves the same each time."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.year.script import PLANS, BadScript, Reply, Script, read_script, shipped
from bot.year.shelf import Shelf
from digests.figures import Figure
from digests.period import Period
from digests.standing import Standing
from digests.you_view import Answered, Loop, Reach, Wording, YouSaidWeDid
from reminders.plain_words import understand
from storage.calendar import Calendar

_WRITTEN = (".html", ".md", ".json")


def _play(out: Path, *more: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["year", *more, "--out", str(out)], catch_exceptions=False)
    return found.exit_code, found.output


@pytest.fixture(scope="module")
def fortnight(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("year") / "out"
    chosen = str(out.parent / "chosen")
    code, shown = _play(out, "bristol", "--until", "2023-01-20", "--chosen", chosen)
    assert code == 0, shown
    return out


def test_the_managers_words_stand_in_the_weekly_digest(fortnight: Path) -> None:
    page = (fortnight / "bristol" / "weekly-digest-2023-01-20.html").read_text("utf-8")
    assert "The two old ones keep their first date on the record: 30 June 2019." in page


def test_a_date_of_the_old_plan_is_moved_by_asking_and_never_by_us(fortnight: Path) -> None:
    digest = (fortnight / "bristol" / "weekly-digest-2023-01-20.md").read_text("utf-8")
    assert "**date moved from 30 June 2019 to 31 March 2023** (Business manager" in digest


@pytest.mark.parametrize("of", ["out", "chosen"])
def test_every_link_of_the_index_opens_something(fortnight: Path, of: str) -> None:
    there = fortnight.parent / of / "bristol"
    page = (there / "index.html").read_text("utf-8")
    links = {part.partition('"')[0] for part in page.split('href="')[1:]}
    names = {link for link in links if not link.startswith("#")}
    assert "weekly-digest-2023-01-20.html" in names
    assert not [name for name in names if not (there / name).exists()]


def test_what_was_published_is_shelved_in_each_wording_that_it_has(tmp_path: Path) -> None:
    day, script = date(2023, 5, 4), read_script(shipped("rochdale"))
    reply = script.surveys[0].replies[0]
    worded = tuple(
        Wording(one.readers, one.language, one.said, one.text, one.because)
        for one in reply.wordings
    )
    shelf = Shelf(tmp_path, script)
    shelf.put_you(_published(reply, worded, day), "Title", ())
    assert [made.version for made in shelf.made] == ["", "8-11", "pl"]
    for made in shelf.made:
        for ending in made.endings:
            assert (tmp_path / f"{made.name}.{ending}").stat().st_size > 0
        assert (tmp_path / f"{made.name}.poster.pdf").read_bytes().startswith(b"%PDF")
    children = (tmp_path / f"{shelf.made[1].name}.md").read_text("utf-8")
    assert reply.wordings[0].text in children
    assert reply.text not in children


def _published(reply: Reply, worded: tuple[Wording, ...], day: date) -> YouSaidWeDid:
    answered = Answered(
        said=reply.theme,
        figure=Figure(None, as_of=day),
        kind=reply.kind,
        did=reply.text,
        because=reply.because,
        by_when=None,
        standing=Standing.DONE,
        decided_by="",
        decided_on=None,
        told_on=day,
        wordings=worded,
    )
    return YouSaidWeDid(
        survey="domestic_abuse",
        titles={"en": "Do adults notice?"},
        asked_by={},
        written_in="en",
        period=Period(date(2023, 2, 2), day),
        took_part=Figure(60, as_of=day),
        reach=Reach(None, (), 0),
        themes=(answered,),
        loop=Loop(1, 1, 100, 40),
        hear_back_by=None,
    )


def test_the_page_over_all_leads_to_each_partnership(fortnight: Path) -> None:
    assert 'href="bristol/index.html"' in (fortnight / "index.html").read_text("utf-8")


def test_played_again_it_leaves_the_same_bytes(fortnight: Path, tmp_path: Path) -> None:
    _play(tmp_path / "again", "bristol", "--until", "2023-01-20")
    before, after = fortnight / "bristol", tmp_path / "again" / "bristol"
    written = [path.name for path in before.iterdir() if path.suffix in _WRITTEN]
    assert written
    for name in written:
        assert (before / name).read_bytes() == (after / name).read_bytes(), name
    same = "transcript.txt"
    assert (before / same).read_bytes() == (after / same).read_bytes()


@pytest.mark.parametrize("name", PLANS)
def test_each_example_plan_has_a_year_that_tells_what_it_chose(name: str) -> None:
    script = read_script(shipped(name))
    assert script.slug == name
    assert script.weekly
    assert shipped(name).read_text("utf-8").startswith("# ")


@pytest.mark.parametrize("name", PLANS)
def test_no_text_of_a_year_is_told_of_two_themes(name: str) -> None:
    for survey in read_script(shipped(name)).surveys:
        said = [text for theme in survey.themes for text in theme.says]
        assert len(said) == len(set(said)), survey.form


@pytest.mark.parametrize("name", PLANS)
def test_what_is_corrected_went_out_before_and_the_correction_goes_out_after(name: str) -> None:
    for survey in read_script(shipped(name)).surveys:
        for reply in (one for one in survey.replies if one.corrects):
            before = [one for one in survey.replies if one.theme == reply.theme]
            first = min(one.drafted for one in before)
            assert any(first <= day < reply.drafted for day in survey.told), reply.theme
            assert any(reply.drafted <= day for day in survey.told), reply.theme


@pytest.mark.parametrize("name", PLANS)
def test_what_happens_on_a_day_happens_on_a_working_day(name: str) -> None:
    assert [day for day in _days(read_script(shipped(name))) if day.weekday() > 4] == []


def _days(script: Script) -> list[date]:
    days = [said.on for said in script.said]
    days += [word.on for story in script.actions for word in story.says if word.on]
    for survey in script.surveys:
        days += [survey.opens, survey.closes, *survey.told]
        days += [survey.coded] if survey.coded else []
        days += [reply.drafted for reply in survey.replies]
    return days


@pytest.mark.parametrize("name", PLANS)
def test_what_leads_say_asks_for_a_date_only_where_they_need_one(name: str) -> None:
    for story in read_script(shipped(name)).actions:
        for word in story.says:
            day = word.on or word.after or date(2023, 1, 20)
            line = f"{story.ref} {word.words}"
            found = understand(line, today=day, calendar=Calendar(), refs=[story.ref]).intents[0]
            wanted = "need until" in word.words
            assert word.evidence or (found.new_date is not None) == wanted, line


def test_a_mistake_in_a_script_is_named_at_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = shipped("bury").read_text("utf-8")
    path.write_text(text.replace("begins = 2023-01-09", 'begins = "soon"'), "utf-8")
    with pytest.raises(BadScript, match=r"mine\.toml, begins: "):
        read_script(path)


def test_a_plan_that_nobody_knows_is_refused_with_those_there_are(tmp_path: Path) -> None:
    code, shown = _play(tmp_path / "out", "atlantis")
    assert code == 1
    assert "There is no year of atlantis. Known are rochdale, salford" in shown


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    code, shown = _play(tmp_path, "bristol")
    assert code == 1
    assert "choose another folder" in shown
    assert (tmp_path / "mine.txt").read_text() == "keep"
