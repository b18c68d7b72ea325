"""The story: 1 December 2023 to 19 January 2024 in Rochdale. Run it with `make demo`."""

from datetime import date, timedelta
from pathlib import Path

from sqlmodel import col, select

from bot.app import App
from bot.demo import survey_scene, voice_scene
from bot.demo.index import write_index
from bot.demo.pages import write_pages
from bot.demo.stage import Stage
from bot.demo.survey_scene import Respondents, person
from bot.schedule import reminder_round, tidy, watch_concerns, weekly_digests
from reminders.plan_import import ImportResult, import_file
from reminders.rounds import RoundReport
from storage.people import Person
from surveys import register

MANAGER, CHAIR = "manager@rochdale.example", "chair@rochdale.example"
QUALITY, DEVELOPMENT = "qa@rochdale.example", "development@rochdale.example"
PRACTICE = "practice-review@rochdale.example"
REVIEWER, DEPUTY, VOICE = (f"{who}@rochdale.example" for who in ("reviewer", "deputy", "voice"))
_NAMES = {
    MANAGER: "business manager",
    CHAIR: "chair",
    QUALITY: "Quality Assurance",
    DEVELOPMENT: "development officer",
    PRACTICE: "Practice Review",
    REVIEWER: "reviewer",
}
FIRST, LAST = date(2023, 12, 1), date(2024, 1, 19)


def play(out: Path) -> None:
    """Plays all of it and leaves pages, transcript and database in `out`."""
    stage = Stage(out, FIRST)
    try:
        Story(stage).play()
    finally:
        stage.close()


class Story:
    """One scene for each thing that happens; the days between pass by themselves."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._respondents: Respondents | None = None

    def play(self) -> None:
        self._opening()
        day = FIRST
        while day <= LAST:
            self._day(day)
            day += timedelta(days=1)
        self._closing()

    # days

    def _day(self, day: date) -> None:
        stage = self._stage
        stage.at(day)
        report = stage.do(lambda app: self._round(app, day))
        scenes = {
            date(2023, 12, 1): self._first_day,
            date(2023, 12, 4): self._survey_opens,
            date(2023, 12, 15): self._still_right,
            date(2023, 12, 28): self._third_question,
            date(2024, 1, 5): self._ladder,
            date(2024, 1, 8): self._chair_answers,
            date(2024, 1, 9): self._in_a_sentence,
            date(2024, 1, 12): self._survey_closes,
            date(2024, 1, 15): self._themes,
            date(2024, 1, 18): self._told,
            date(2024, 1, 19): self._digest,
        }
        if (scene := scenes.get(day)) is not None:
            scene()
        stage.deliver()
        self._young_people(day)
        if report.closed:
            return
        stage.at(day, 16, 30)
        stage.do(lambda app: survey_scene.read_queue(app, *self._reviewers(app)))
        stage.do(tidy)

    def _round(self, app: App, day: date) -> RoundReport:
        watch_concerns(app)
        return reminder_round(app, day)

    def _reviewers(self, app: App) -> tuple[Person, Person]:
        return person(app, REVIEWER), person(app, DEPUTY)

    def _speak(self, who: str, line: str) -> str:
        return self._stage.speak(who, line, named=_NAMES[who])

    def _show_to(self, who: str) -> None:
        self._stage.deliver(frozenset({who}), named=_NAMES[who])

    # scenes

    def _opening(self) -> None:
        stage = self._stage
        stage.write("LISTENING LOOP: seven weeks in Rochdale", bold=True)
        stage.tell(_OPENING)
        stage.scene("The business manager brings in the plan")
        result = stage.do(self._import)
        stage.tell(
            f"rochdale.xlsx: {result.counts['added']} actions under 5 priorities. "
            f"{result.counts['needs_review']} rows could not be read for certain (the printed "
            "table is broken there), so nobody is asked about them until a person settles them."
        )
        stage.do(self._connect)
        self._speak(MANAGER, "review 2.2")
        self._speak(MANAGER, "1")

    def _import(self, app: App) -> ImportResult:
        plan = register.example_survey("x").parent.parent / "plans" / "rochdale.xlsx"
        with app.database.writing() as db:
            return import_file(
                db,
                plan,
                now=app.around.now,
                today=app.around.today,
                calendar=app.around.calendar,
            )

    def _connect(self, app: App) -> None:
        with app.database.reading() as db:
            people = db.exec(select(Person).where(col(Person.email_hash).is_not(None))).all()
        for someone in people:
            self._stage.connect(someone)

    def _first_day(self) -> None:
        stage = self._stage
        stage.scene("Leads are asked what is due: one message each")
        stage.deliver(frozenset({PRACTICE}), named=_NAMES[PRACTICE])
        stage.tell("One tap is an answer. The lines afterwards can be left out.")
        self._speak(PRACTICE, "3")
        self._speak(PRACTICE, "Learning shared at the October forum")
        self._speak(PRACTICE, "Slides, and the list of 61 who came")
        stage.tell("A lead proposes that something is complete; the chair accepts it.")
        stage.box(_NAMES[CHAIR], stage.heard(CHAIR))
        self._speak(CHAIR, "1")
        stage.tell("Another lead has two actions due, and writes a sentence instead.")
        stage.box(_NAMES[QUALITY], stage.heard(QUALITY))
        self._speak(QUALITY, "1.1 done; 1.5 on track, survey goes out on Monday")
        self._speak(QUALITY, "yes")
        stage.tell("The third, who leads 1.2, says nothing. We come back to that.")

    def _survey_opens(self) -> None:
        stage = self._stage
        stage.scene("A survey for young people opens (action 3.3)")
        tokens = stage.do(lambda _: survey_scene.open_survey(stage))
        self._respondents = Respondents(stage, tokens)
        stage.tell(
            "It could not have opened without a named reviewer and a deputy: a person reads "
            "every word that young people write. This is the first one to answer."
        )

    def _young_people(self, day: date) -> None:
        if self._respondents is None:
            return
        stage, respondents = self._stage, self._respondents
        today = respondents.on(day)
        for number, young in enumerate(today):
            first = young.address == "young-01"
            stage.at(day, 9 + number, 20)
            respondents.answer(young, shown=first)
            if young.is_worried:
                self._alert()
        if today:
            done = sum(len(respondents.on(d)) for d in _days_to(day))
            stage.write(f"  {day:%a} {day.day} {day:%b}: {done} of 40 young people have come")

    def _alert(self) -> None:
        stage = self._stage
        stage.tell("The reviewer's phone, in the same minute. The words are not in the message:")
        stage.box(_NAMES[REVIEWER], stage.heard(REVIEWER))
        self._speak(REVIEWER, "1")
        counts = stage.do(lambda app: survey_scene.read_queue(app, *self._reviewers(app)))
        stage.tell(
            f"The reviewer reads it, decides with a second person, and refers it to the front "
            f"door ({counts['referred']} referred). The bot decided nothing."
        )

    def _still_right(self) -> None:
        stage = self._stage
        stage.scene("Two weeks later: the bot remembers what was said")
        self._show_to(QUALITY)
        self._speak(QUALITY, "1")

    def _third_question(self) -> None:
        self._stage.scene("A third question about 1.2, and still silence")
        self._show_to(DEVELOPMENT)

    def _ladder(self) -> None:
        stage = self._stage
        stage.scene("Silence climbs, as far as a person lets it")
        stage.tell(
            "The deputy has been told on 2 January. Telling the chair is proposed to the business "
            "manager, who decides."
        )
        self._show_to(MANAGER)
        self._speak(MANAGER, "1")

    def _chair_answers(self) -> None:
        stage = self._stage
        stage.scene("The chair answers in plain words")
        stage.box(_NAMES[CHAIR], stage.heard(CHAIR))
        self._speak(
            CHAIR, "1.2 slipping, two agencies still to confirm, need until end of February"
        )
        self._speak(CHAIR, "yes")
        stage.tell("A new date counts when the manager agrees it. The first one stays on record.")
        stage.box(_NAMES[MANAGER], stage.heard(MANAGER))
        self._speak(MANAGER, "1")

    def _in_a_sentence(self) -> None:
        self._stage.scene("And a lead reports in a sentence, unasked")
        self._speak(QUALITY, "1.5 done, 143 practitioners answered")
        self._speak(QUALITY, "yes")

    def _survey_closes(self) -> None:
        stage = self._stage
        stage.scene("The survey closes; the manager asks for the digest")

        def close(app: App) -> None:
            with app.database.writing() as db:
                register.close_survey(db, survey_scene.SLUG, now=app.around.now)

        stage.do(close)
        self._speak(MANAGER, "digest")

    def _themes(self) -> None:
        stage = self._stage
        stage.scene("The voice lead sorts what was said into themes")
        assert self._respondents is not None
        people = self._respondents.people
        coded = stage.do(lambda app: voice_scene.code_themes(app, person(app, VOICE), people))
        for name, count in coded.items():
            small = "" if count >= 10 else "   (fewer than ten: no number will be shown)"
            stage.write(f"  {count:3}  {name}{small}")
        stage.do(lambda app: voice_scene.respond(app, person(app, MANAGER)))
        stage.tell("The executive answers each: we did, we are doing, we cannot because.")

    def _told(self) -> None:
        stage = self._stage
        stage.scene("It goes back to those who said it")
        published = stage.do(lambda app: voice_scene.publish(app, person(app, VOICE)))
        stage.tell(f"Everyone who asked to hear is told: {published.told} young people.")
        stage.deliver(frozenset({"young-01"}), named="young person")
        stage.speak("young-01", "1", named="young person")

    def _digest(self) -> None:
        stage = self._stage
        stage.scene("Friday: this week's digest comes by itself")
        stage.do(weekly_digests)
        self._show_to(MANAGER)

    def _closing(self) -> None:
        stage = self._stage
        pages = stage.do(lambda app: write_pages(app, stage.out, _FRIDAYS))
        write_index(stage.out, _OPENING, stage.lines, pages)
        stage.write("")
        stage.write("─" * 88)
        stage.write("What to look at now", bold=True)
        stage.write(f"  {stage.out / 'index.html'}   start here: the story and its papers")
        for page in pages:
            stage.write(f"  {stage.out / page.name}   {page.what}")
        config = stage.out / "config.toml"
        stage.write("")
        stage.write("  The database is real. Go on from here, for example:")
        for command in ("plan show", "remind preview --on 2024-01-22", f"chat --as {MANAGER}"):
            stage.write(
                f"    .venv/bin/listening-loop --config {config} --clock 2024-01-19T12:00 {command}"
            )


_OPENING = (
    "A safeguarding partnership has a plan, and young people who have something to say. This is "
    "what happens to both when nobody has to remember anything. The plan is Rochdale's own for "
    "2022 to 2024; the people, their answers and the replies are made up. Lines with » are typed "
    "or tapped by a person; boxes are what the bot writes."
)
_FRIDAYS = (date(2024, 1, 12), LAST)


def _days_to(day: date) -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((day - FIRST).days + 1)]
