"""The pages that close the loop under attack: odd days and numbers, words of others, old forms."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import col, select

from bot.person_file.gathering import ANSWER_TABLES
from bot.web.board.uploads import named
from digests.loop_figures import loop_figures
from digests.period import Period
from digests.reading import mark_of
from storage.database import Database
from storage.editions import Edition, EditionState
from storage.forgetting import forget_session
from storage.meetings import Meeting, Minute
from storage.people import Person, Role
from storage.plans import Body, Indicator, IndicatorReading, Partnership
from storage.surveys import Answer, SessionState, Survey, SurveySession
from storage.voice import CodedAnswer, ThemeCoding
from surveys.suppression import Audience
from tests.attacks import bombs
from tests.bot.web.board.office import Office, office_of
from tests.bot.web.board.samples import measure, report
from tests.bot.web.board.test_themes import survey, theme
from tests.bot.web.visitor import Visitor
from tests.fuzz.bounds import bounded
from tests.reminders.small_plan import SmallPlan

QUARTER = "2023-10-01_2023-12-31"


@pytest.fixture
def office(sqlite_database: Database) -> Iterator[Office]:
    with office_of(sqlite_database) as one:
        yield one


def _may_do_all(office: Office, who: str) -> Visitor:
    roles = [Role.MANAGER, Role.VOICE_LEAD, Role.ADMIN, Role.CHAIR]
    with office.stage.database.writing() as db:
        db.get_one(Person, office.people[who]).roles = [role.value for role in roles]
    return office.come(who, "/reports")


def _sent(visitor: Visitor, path: str, **fields: str) -> int:
    """A press with a seal that is good, whatever stands in the fields."""
    visitor.go("/reports")
    seal = dict(visitor.filled("Make it")[1])["form"]
    response: Any = visitor.run(visitor.client.post(path, data={**fields, "form": seal}))
    return int(response.status_code)


# -- bad input

ODD_PERIODS = (
    "0001-01-01_0001-03-31",
    "9999-10-01_9999-12-31",
    "0001-01-01_9999-12-31",
    "2023-10-05_2023-10-06",
    "2023-12-31_2023-10-01",
    "\x00_\x00",
)


def test_a_report_is_of_a_period_of_the_list_and_of_no_other_days(office: Office) -> None:
    visitor = _may_do_all(office, "manager")
    for period in ODD_PERIODS:
        assert _sent(visitor, "/reports", do="make", kind="pack", period=period) == 422, period
    assert office.stage.rows(Edition) == []


def test_a_day_that_nobody_means_opens_no_meeting_and_breaks_no_page(office: Office) -> None:
    visitor = _may_do_all(office, "manager")
    measure(office)
    for day in ("0001-01-01", "1999-12-31", "9999-12-31"):
        assert _sent(visitor, "/meetings", do="open", held_on=day) == 422, day
        assert visitor.go(f"/indicators?to={day}").status_code == 200, day


def test_a_theme_that_is_no_number_codes_nothing(office: Office) -> None:
    survey_id = survey(office)
    theme(office, survey_id, "Buses")
    visitor, mark = _may_do_all(office, "voice"), mark_of(survey_id, "change:p0")
    there = "/themes/young/code"
    for odd in ("²", "9" * 30, "9" * 5000, "٣", "-1", "\x00"):
        assert _sent(visitor, there, do="save", answer=mark, theme=odd, before="new") == 422
        assert _sent(visitor, there, do="undo", was=mark, before=odd) in (303, 422)
    assert office.stage.rows(ThemeCoding) == []


@pytest.mark.parametrize("letter", ["x", "ж", "字", "𐍈", "👍", "\u202e"])
def test_a_file_of_any_name_can_be_put_on_a_disk(letter: str) -> None:
    for name in (letter * 300 + ".xlsx", "a." + letter * 300, letter * 300):
        assert 0 < len(named(name).encode()) <= 255


# -- rights


def test_who_approves_nothing_neither_reads_nor_drops_a_managers_draft(office: Office) -> None:
    with office.stage.database.writing() as db:
        db.get_one(Person, office.people["lead"]).roles = [Role.CHAIR.value]
    manager = office.come("manager", "/reports")
    manager.press("Make it", {"kind": "scorecard", "period": QUARTER})
    manager.press("Keep these words", {"opening": "Between us: this is weak."})
    office.stage.later(minutes=5)
    chair = office.come("lead", "/reports")
    chair.press("Make it", {"kind": "scorecard", "period": QUARTER})
    assert chair.page.status_code == 200
    assert "Between us" not in chair.main
    first = office.stage.rows(Edition, col(Edition.made_for_id) == office.people["manager"])
    assert [one.state for one in first] == [EditionState.DRAFT]
    office.stage.later(minutes=5)
    manager = office.come("manager", "/reports")
    manager.press("Make it", {"kind": "scorecard", "period": QUARTER})
    assert manager.page.status_code == 200
    states = sorted(one.state for one in office.stage.rows(Edition))
    assert states == [EditionState.DRAFT, EditionState.DROPPED, EditionState.DROPPED]


NOT_THEIRS = {
    "executive": ("/meetings", "/themes", "/settings", "/plan/import"),
    "scrutineer": ("/meetings", "/themes", "/settings", "/plan/import", "/decisions"),
    "reviewer": ("/reports", "/themes", "/responses", "/delivery", "/plan", "/calendar"),
    "voice": ("/reports", "/meetings", "/plan/import", "/decisions", "/settings"),
    "lead": ("/reports", "/meetings", "/themes", "/plan/import", "/decisions", "/settings"),
    "admin": ("/reports", "/themes", "/responses", "/delivery", "/meetings", "/plan/import"),
}


@pytest.mark.parametrize("who", sorted(NOT_THEIRS))
def test_a_press_on_a_page_that_is_not_theirs_does_nothing(office: Office, who: str) -> None:
    visitor = office.come(who, "/sessions")
    before = len(office.stage.rows(Edition))
    for path in NOT_THEIRS[who]:
        visitor.send(path, [("do", "make"), ("form", "x")])
        assert visitor.page.status_code in (403, 405), path
    assert len(office.stage.rows(Edition)) == before


def test_who_only_reads_reports_cannot_word_approve_or_drop_one(office: Office) -> None:
    number = report(office)
    visitor = office.come("executive", f"/reports/{number}")
    seal = dict(visitor.filled("Sign out")[1])["form"]
    for act in ("word", "approve", "drop"):
        visitor.send(f"/reports/{number}", [("do", act), ("form", seal), ("opening", "x")])
        assert visitor.page.status_code == 403, act
    [edition] = office.stage.rows(Edition)
    assert edition.state is EditionState.APPROVED
    assert edition.edited_by_id is None


# -- what waits with the reviewer


def test_an_answer_that_waits_is_reached_by_no_mark_search_or_split(office: Office) -> None:
    survey_id = survey(office)
    bus = theme(office, survey_id, "Buses", 4)
    visitor = _may_do_all(office, "voice")
    mark = mark_of(survey_id, "change:p4")
    for query in (f"answer={mark}", "show=all&words=football", f"show={bus}", f"was={mark}"):
        page = visitor.go(f"/themes/young/code?show=all&{query}").text
        for echo in ('value="football"', "words=football"):  # what was looked for
            page = page.replace(echo, "")
        assert "football" not in page, query
    assert "football" not in visitor.go(f"/themes/young/split?theme={bus}").text
    assert _sent(visitor, "/themes/young/code", do="save", answer=mark, theme=str(bus)) == 422
    split = {"do": "split", "theme": str(bus), "name": "New", "answer": mark}
    assert _sent(visitor, "/themes/young/split", **split) == 422
    with office.stage.database.reading() as db:
        assert db.exec(select(CodedAnswer)).all() == []


# -- files

SHEET = (("ref", "reading", "date", "narrative"), ("M-1", "84", "2023-09-30", "x" * 1_000_000))
INSIDE = "xl/worksheets/sheet1.xml"
BOOK = bombs.workbook(SHEET, "readings")
HARM = {
    "empty.xlsx": b"",
    "zeros.xlsx": b"\x00" * 5000,
    "cut.xlsx": BOOK[: len(BOOK) // 2],
    "unfolds.xlsx": bombs.unfolding(BOOK, INSIDE),
    "lies.xlsx": bombs.lying(BOOK, INSIDE),
    "laughs.xlsx": bombs.with_entities(BOOK, INSIDE, bombs.LAUGHS, "84"),
    "long.csv": b"ref,reading,date\nM-1," + b"9" * 900_000 + b",2023-09-30\n",
    "nul.csv": b"ref,reading,date\nM-1,8\x004,2023-09-30\n",
    "bytes.csv": b"\xff\xfe\x00ref,reading\n\x80\x81",
    "program.exe": b"MZ" + b"\x90" * 400,
    "a.docx": b"PK\x03\x04",
}


@pytest.mark.parametrize("page", ["/plan/import", "/indicators/import"])
def test_no_file_breaks_the_page_that_takes_it_or_enters_anything(
    office: Office, page: str
) -> None:
    measure(office)
    visitor = office.come("manager", page)
    wrong = []
    for name, data in HARM.items():
        visitor.go(page)
        form = next(one for one in visitor.tree.findall(".//form") if one.get("enctype"))
        fields = {key: value for key, value in form.form_values() if key != "file"}
        sent = visitor.client.post(page, data=fields, files={"file": (name, data)})
        with bounded(20):
            status = visitor.run(sent).status_code
        if status not in (200, 413, 422):
            wrong.append((name, status))
    assert wrong == []
    assert office.stage.rows(IndicatorReading) == []


def test_a_plan_of_which_a_thousand_rows_go_can_still_be_pressed(office: Office) -> None:
    visitor = office.come("manager", "/plan/import")
    form = next(one for one in visitor.tree.findall(".//form") if one.get("enctype"))
    fields: dict[str, Any] = {key: value for key, value in form.form_values() if key != "file"}
    gone = [f"action:{number}" for number in range(1000)]
    fields |= {"do": "apply", "carried": "", "name": "plan.csv", "mark": "x", "retire": gone}
    sent = visitor.client.post("/plan/import", data=fields, files={"file": ("", b"")})
    assert visitor.run(sent).status_code == 409  # not what was looked at: and said so


# -- other people's things


def _chair(office: Office) -> None:
    """The lead chairs one group of two."""
    with office.stage.database.writing() as db:
        SmallPlan.start(db)
        home = db.exec(select(Partnership.id)).one() or 0
        chair = db.get_one(Person, office.people["lead"])
        chair.roles = [Role.CHAIR.value]
        for key, post in (("mine", chair.id), ("other", None)):
            body = Body(partnership_id=home, key=key, name=key.title(), chair_person_id=post)
            db.add(body)


def test_a_chair_reaches_nothing_of_another_group(office: Office) -> None:
    _chair(office)
    manager = office.come("manager", "/reports")
    manager.press("Make it", {"kind": "highlight", "group": "other", "period": QUARTER})
    there = manager.page.url.path
    manager.press("Approve it")
    held = {"do": "open", "group": "other", "held_on": "2023-12-01"}
    assert _sent(manager, "/meetings", **held) == 303
    chair = office.come("lead", "/reports")
    for tail in ("", "?as=pdf", "?as=docx", "?as=html", "?as=md", "?as=json"):
        assert chair.go(there + tail).status_code == 404, tail
    assert _sent(chair, "/reports", do="make", kind="highlight", group="other", period=QUARTER)
    assert len(office.stage.rows(Edition, Edition.kind == "highlight")) == 1
    [meeting] = office.stage.rows(Meeting)
    for act in ("enter", "there", "end"):
        fields = {"do": act, "item": "other", "outcome": "noted", "text": "x", "present": "x"}
        assert _sent(chair, f"/meetings/{meeting.id}", **fields) in (403, 404), act
    assert _sent(chair, "/meetings", **held) == 422
    assert _sent(chair, "/meetings", **(held | {"group": ""})) == 422
    assert len(office.stage.rows(Meeting)) == 1
    assert office.stage.rows(Minute) == []


def test_who_keeps_one_measure_enters_nothing_for_another(office: Office) -> None:
    other = measure(office)
    with office.stage.database.writing() as db:
        plan_id = db.get_one(Indicator, int(other)).plan_id
        mine = Indicator(plan_id=plan_id, ref="M-2", text="x", keeper_id=office.people["lead"])
        db.add(mine)
        db.flush()
        own = str(mine.id)
    keeper = office.come("lead", f"/indicators/{own}")
    seal = dict(keeper.filled("Keep the reading")[1])["form"]
    for act in ("enter", "set"):
        fields = {"do": act, "figure": "5", "on": "2023-09-30", "target": "1", "keeper": "1"}
        sent = keeper.client.post(f"/indicators/{other}", data={**fields, "form": seal})
        assert keeper.run(sent).status_code == 403, act
    sheet = b"ref,reading,date\nM-1,84,2023-09-30\n"
    keeper.go("/indicators/import")
    form = next(one for one in keeper.tree.findall(".//form") if one.get("enctype"))
    data = {**dict(form.form_values()), "do": "keep", "name": "a.csv"}
    data |= {"carried": b64encode(sheet).decode("ascii")}
    data.pop("file", None)
    sent = keeper.client.post("/indicators/import", data=data, files={"file": ("", b"")})
    assert keeper.run(sent).status_code == 409
    assert office.stage.rows(IndicatorReading) == []
    with office.stage.database.reading() as db:
        assert db.get_one(Indicator, int(other)).target is None


def test_a_meeting_that_is_opened_twice_at_once_is_one(office: Office) -> None:
    manager = office.come("manager", "/meetings")
    for _ in range(2):
        assert _sent(manager, "/meetings", do="open", group="", held_on="2023-12-01") == 303
    assert len(office.stage.rows(Meeting)) == 1


# -- figures that follow each other


def test_a_year_less_its_quarters_does_not_tell_of_how_many_were_hidden(office: Office) -> None:
    survey_id = survey(office, words=())
    days = {date(2023, 2, 1): 23, date(2023, 5, 2): 3, date(2023, 8, 1): 12}
    with office.stage.database.writing() as db:
        row = db.get_one(Survey, survey_id)
        row.added_at = datetime(2023, 1, 1, tzinfo=UTC)
        for day, people in days.items():
            for one in range(people):
                db.add(
                    Answer(
                        pseudonym=f"{day}-{one}",
                        question="change",
                        version_id=row.version_id or 0,
                        answered_on=day,
                        value="x",
                    )
                )
    calendar = office.stage.app.around.calendar
    with office.stage.database.reading() as db:
        told = [
            loop_figures(db, period, calendar=calendar, audience=audience).took_part
            for period in (Period.year_of(date(2023, 2, 1)), *map(Period.quarter_of, days))
            for audience in Audience
        ]
    assert told == [40, 40, 25, 25, None, None, 10, 10]


# -- what somebody takes back


def test_what_was_coded_goes_with_the_answers_of_a_receipt(office: Office) -> None:
    survey_id = survey(office)
    theme(office, survey_id, "Buses", 0, 1)
    now = office.stage.now
    with office.stage.database.writing() as db:
        row = db.get_one(Survey, survey_id)
        for name in ("p0", "p1"):
            db.add(CodedAnswer(survey_id=survey_id, pseudonym=name, question="change"))
            db.add(
                SurveySession(
                    id=f"s-{name}",
                    survey_id=survey_id,
                    version_id=row.version_id or 0,
                    pseudonym=name,
                    language="en",
                    state=SessionState.COMPLETE,
                    progress="",
                    started_at=now,
                    moved_at=now,
                    receipt_hash=f"r-{name}",
                )
            )
    with office.stage.database.writing() as db:
        assert forget_session(db, now=now, receipt_hash="r-p0") is not None
    assert [one.pseudonym for one in office.stage.rows(CodedAnswer)] == ["p1"]
    assert [one.pseudonym for one in office.stage.rows(ThemeCoding)] == ["p1"]
    assert "coded_answer" in ANSWER_TABLES, "no list for a manager names an answer's pseudonym"
    assert "theme_coding" in ANSWER_TABLES
