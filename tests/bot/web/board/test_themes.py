"""The pages of themes: the codebook, the coder, splitting, and what was heard elsewhere."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from digests.reading import mark_of
from digests.themes import true_counts
from storage.concerns import ReviewItem, ReviewState
from storage.surveys import Answer, Survey, SurveyState
from storage.voice import CodedAnswer, Hearing, Theme, ThemeChange, ThemeCoding
from surveys.definition import Audience, Kind, Question, Settings
from surveys.definition import Survey as Form
from surveys.register import add
from tests.bot.web.board.office import Office, at
from tests.bot.web.visitor import Visitor

SLUG = "young"
CODE = f"/themes/{SLUG}/code"
WORDS = ("the bus is late", "More buses", "my teacher listens", "more buses!", "football")


def survey(office: Office, *, words: tuple[str, ...] = WORDS, audience: str = "youth") -> int:
    """A survey with answers that a reviewer has read, but for the last."""
    form = Form(
        Settings(form_id=SLUG, titles={"en": "What helps?"}, audience=Audience(audience)),
        (Question("change", Kind.TEXT, labels={"en": "What would you change?"}),),
    )
    now = office.stage.now
    with office.stage.database.writing() as db:
        row = add(db, form, now=now).survey
        row.state = SurveyState.CLOSED
        db.add(row)
        for place, text in enumerate(words):
            name, is_last = f"p{place}", place == len(words) - 1
            db.add(
                Answer(
                    pseudonym=name,
                    question="change",
                    version_id=row.version_id or 0,
                    words=text,
                    answered_on=now.date(),
                )
            )
            db.add(
                ReviewItem(
                    ref=f"t{place}",
                    survey_id=row.id,
                    pseudonym=name,
                    question="change",
                    words=text,
                    tier="unsure",
                    received_at=now,
                    due_at=now + timedelta(days=1),
                    state=ReviewState.WAITING if is_last else ReviewState.CLOSED,
                )
            )
        assert row.id is not None
        return row.id


def theme(office: Office, survey_id: int, name: str, *answers: int) -> int:
    with office.stage.database.writing() as db:
        row = Theme(survey_id=survey_id, name=name, created_at=office.stage.now)
        db.add(row)
        db.flush()
        assert row.id is not None
        for one in answers:
            db.add(ThemeCoding(theme_id=row.id, pseudonym=f"p{one}", question="change"))
        return row.id


def counts(office: Office, survey_id: int) -> dict[int, int]:
    with office.stage.database.reading() as db:
        return true_counts(db, survey_id)


def words_of(visitor: Visitor) -> str:
    found = visitor.tree.find(".//blockquote")
    return " ".join(found.text_content().split()) if found is not None else ""


def test_an_answer_is_coded_and_the_next_one_comes(both: Office) -> None:
    survey_id = survey(both)
    bus = theme(both, survey_id, "Buses")
    voice = both.come("voice", "/themes")
    assert "0 of 4 answers coded" in voice.main
    voice.go(CODE)
    assert words_of(voice) == "the bus is late"
    assert "What would you change?" in voice.main
    voice.press("Save and go on", {"theme": bus})
    assert words_of(voice) == "More buses"
    assert "1 of 4 coded" in voice.main
    assert counts(both, survey_id) == {bus: 1}
    [coded] = both.audited("theme.code")
    assert (coded.subject, coded.detail) == ("survey young", "answers: 1, themes: 1")


def test_no_words_stand_in_an_address_or_in_the_log(office: Office) -> None:
    survey_id = survey(office)
    bus = theme(office, survey_id, "Buses")
    voice = office.come("voice")
    voice.go(CODE)
    voice.press("Save and go on", {"theme": bus})
    address = str(voice.page.url)
    assert mark_of(survey_id, "change:p0") in address
    assert "p0" not in address
    assert "bus" not in address
    assert all("bus" not in entry.detail.lower() for entry in office.audited("theme.code"))


def test_reading_answers_is_on_record_once_for_each_time_somebody_signs_in(office: Office) -> None:
    survey(office)
    voice = office.come("voice")
    for _ in range(3):
        voice.go(CODE)
    assert [one.subject for one in office.audited("answers.read")] == ["survey young"]
    office.stage.later(minutes=5)
    office.come("voice").go(CODE)
    assert len(office.audited("answers.read")) == 2


def test_without_a_decision_nothing_is_saved_and_what_was_typed_stays(office: Office) -> None:
    survey_id = survey(office)
    bus = theme(office, survey_id, "Buses")
    voice = office.come("voice")
    voice.go(CODE)
    assert voice.press("Save and go on").status_code == 422
    assert "Tick a theme" in voice.main
    page = voice.press("Save and go on", {"theme": bus, "none": "1"})
    assert page.status_code == 422
    assert voice.tree.find(f".//input[@id='theme-{bus}']").get("checked") is not None
    assert words_of(voice) == "the bus is late"
    assert counts(office, survey_id) == {bus: 0}
    assert not office.stage.rows(CodedAnswer)


def test_a_new_theme_is_made_while_coding_and_found_again_by_its_name(office: Office) -> None:
    survey_id = survey(office)
    voice = office.come("voice")
    voice.go(CODE)
    voice.press("Save and go on", {"new": " Late  buses "})
    voice.press("Save and go on", {"new": "Late buses"})
    [made] = office.stage.rows(Theme)
    assert made.name == "Late buses"
    assert counts(office, survey_id) == {made.id: 2}


def test_a_saving_is_undone_whole(office: Office) -> None:
    survey_id = survey(office)
    bus = theme(office, survey_id, "Buses")
    voice = office.come("voice")
    voice.go(f"{CODE}?answer={mark_of(survey_id, 'change:p1')}")
    assert "Code 1 more answer with the same words alike" in voice.main
    voice.press("Save and go on", {"theme": bus, "same": "1"})
    assert counts(office, survey_id) == {bus: 2}
    assert "1 with the same words as well" in voice.main
    voice.press("u Undo")
    assert counts(office, survey_id) == {bus: 0}
    assert words_of(voice) == "More buses"
    assert not office.stage.rows(CodedAnswer)
    assert len(office.audited("theme.uncode")) == 1


def test_undoing_a_change_brings_the_themes_back_that_were_there(office: Office) -> None:
    survey_id = survey(office)
    bus, park = theme(office, survey_id, "Buses", 0), theme(office, survey_id, "Park")
    voice = office.come("voice")
    voice.go(f"{CODE}?show=all")
    voice.press("Save and go on", {"theme": park})
    assert counts(office, survey_id) == {bus: 0, park: 1}
    voice.press("u Undo")
    assert counts(office, survey_id) == {bus: 1, park: 0}


def test_what_somebody_else_coded_meanwhile_is_not_overwritten(office: Office) -> None:
    survey_id = survey(office)
    bus, park = theme(office, survey_id, "Buses"), theme(office, survey_id, "Park")
    first, second = office.come("voice"), office.come("voice")
    for one in (first, second):
        one.go(CODE)
    first.press("Save and go on", {"theme": bus})
    assert second.press("Save and go on", {"theme": park}).status_code == 422
    assert "Somebody else coded this answer" in second.main
    assert counts(office, survey_id) == {bus: 1, park: 0}


def test_suggestions_say_why_and_code_nothing(office: Office) -> None:
    survey_id = survey(office)
    bus = theme(office, survey_id, "Getting around", 1, 3)
    voice = office.come("voice")
    voice.go(CODE)
    assert "Getting around because of: bus; like 2 answers coded before" in voice.main
    assert voice.tree.find(f".//input[@id='theme-{bus}']").get("checked") is None
    assert counts(office, survey_id) == {bus: 2}


def test_single_keys_can_be_switched_off_and_stay_off(office: Office) -> None:
    bus = theme(office, survey(office), "Buses")
    voice = office.come("voice")
    voice.go(CODE)
    assert voice.tree.find(".//input[@data-key='1']") is not None
    voice.go(voice.tree.find(".//*[@id='help']//a").get("href"))
    assert voice.tree.find(".//input[@data-key]") is None
    voice.press("Save and go on", {"theme": bus})
    assert voice.tree.find(".//input[@data-key]") is None
    assert voice.has_button("Undo")


def test_what_is_still_under_review_is_not_shown_and_not_coded(office: Office) -> None:
    survey_id = survey(office)
    bus = theme(office, survey_id, "Buses")
    voice = office.come("voice")
    assert voice.go(f"{CODE}?answer={mark_of(survey_id, 'change:p4')}").status_code == 422
    assert "not here any more" in voice.main
    voice.go(f"{CODE}?show=all&words=football")
    assert words_of(voice) == ""
    voice.go(CODE)
    fields = voice.filled("Save and go on", {"answer": mark_of(survey_id, "change:p4")})[1]
    assert voice.send(CODE, [*fields, ("theme", str(bus))]).status_code == 422
    assert counts(office, survey_id) == {bus: 0}


def test_nobody_but_the_voice_lead_reads_an_answer(office: Office) -> None:
    survey_id = survey(office)
    bus = theme(office, survey_id, "Buses", 0)
    manager = office.come("manager", f"/themes/{SLUG}")
    assert "The voice lead reads and codes them" in manager.main
    assert "Fewer than five people" in manager.main
    for path in (CODE, f"/themes/{SLUG}/split?theme={bus}"):
        assert manager.go(path).status_code == 403
        assert "the bus is late" not in manager.page.text


def test_practitioners_words_are_read_by_nobody(office: Office) -> None:
    bus = theme(office, survey(office, audience="practitioners"), "Buses", 0)
    voice = office.come("voice", f"/themes/{SLUG}")
    assert "Nobody reads their single answers" in voice.main
    for path in (CODE, f"/themes/{SLUG}/split?theme={bus}"):
        voice.go(path)
        assert voice.heading == "Nobody reads single answers here"
        assert "the bus is late" not in voice.page.text


def test_a_theme_is_added_described_merged_and_that_undone(both: Office) -> None:
    survey_id = survey(both)
    voice = both.come("voice", f"/themes/{SLUG}")
    voice.press("Add the theme", {"name": "Fares", "definition": "What a ride costs"})
    bus = theme(both, survey_id, "Buses", 0, 1)
    [fares] = [one.id for one in both.stage.rows(Theme, Theme.name == "Fares")]
    voice.go(f"/themes/{SLUG}?theme={fares}")
    voice.press("Save", {"name": "Cheap buses"})
    voice.go(f"/themes/{SLUG}?theme={bus}")
    voice.press("Merge them", {"into": fares})
    assert "The two are one theme now" in voice.main
    assert counts(both, survey_id) == {bus: 0, fares: 2}
    voice.press("Undo the last merging")
    assert counts(both, survey_id) == {bus: 2, fares: 0}
    voice.go(f"/themes/{SLUG}")
    assert "Merging undone: Buses and Cheap buses" in voice.main
    assert "renamed from Fares to Cheap buses" in voice.main
    acts = ["theme.add", "theme.define", "theme.merge", "theme.undo"]
    assert all(len(both.audited(act)) == 1 for act in acts)


def test_a_name_that_is_taken_is_said_and_what_was_typed_stays(office: Office) -> None:
    theme(office, survey(office), "Buses")
    voice = office.come("voice", f"/themes/{SLUG}")
    page = voice.press("Add the theme", {"name": "Buses", "definition": "Fares and times"})
    assert page.status_code == 422
    assert "already has a theme of that name" in voice.main
    assert "Fares and times" in voice.page.text


def test_a_theme_is_taken_out_and_comes_back(office: Office) -> None:
    survey_id = survey(office)
    bus = theme(office, survey_id, "Buses", 0)
    voice = office.come("voice")
    voice.go(f"/themes/{SLUG}?theme={bus}")
    voice.press("Take it out of the codebook")
    voice.go(CODE)
    assert voice.tree.find(".//input[@name='theme']") is None
    voice.go(f"/themes/{SLUG}")
    voice.press("Bring back")
    assert counts(office, survey_id) == {bus: 1}


def test_a_theme_is_split_by_its_answers(office: Office) -> None:
    survey_id = survey(office)
    bus = theme(office, survey_id, "Buses", 0, 1, 3)
    voice = office.come("voice")
    voice.go(f"/themes/{SLUG}/split?theme={bus}")
    some = [mark_of(survey_id, f"change:p{one}") for one in (1, 3)]
    assert voice.press("Make the new theme", {"name": "", "answer": some}).status_code == 422
    voice.press("Make the new theme", {"name": "More of them", "answer": some})
    [made] = [one.id for one in office.stage.rows(Theme, Theme.name == "More of them")]
    assert counts(office, survey_id) == {bus: 1, made: 2}
    assert len(office.audited("theme.split")) == 1


def test_what_was_heard_in_a_session_is_recorded_and_taken_back(both: Office) -> None:
    survey_id = survey(both)
    bus = theme(both, survey_id, "Buses")
    voice = both.come("voice", f"/themes/{SLUG}/sessions")
    typed = {
        "kind": "group_session",
        "title": "Youth forum",
        "held_on": "2023-11-30",
        "present": "14",
        f"people-{bus}": "9",
        "new": "Warm rooms",
    }
    assert voice.press("Record it", {**typed, "present": "four"}).status_code == 422
    assert "Youth forum" in voice.page.text
    voice.press("Record it", typed)
    assert "Group session, 30 November 2023. 14 present." in voice.main
    assert "Buses: 9 people" in voice.main
    assert "Warm rooms: not counted" in voice.main
    assert counts(both, survey_id)[bus] == 9
    voice.press("Recorded by mistake")
    assert counts(both, survey_id)[bus] == 0
    assert not both.stage.rows(Hearing)


def test_listening_that_needed_no_survey_gets_a_codebook_of_its_own(office: Office) -> None:
    manager = office.come("manager", "/themes")
    typed = {"title": "Youth forum 2023", "slug": "Two words"}
    assert manager.press("Go on to what was said", typed).status_code == 422
    manager.press("Go on to what was said", {**typed, "slug": "youth-forum"})
    assert at(manager.page) == "/themes/youth-forum/sessions"
    manager.go("/themes/youth-forum")
    assert manager.heading == "Youth forum 2023"
    [row] = office.stage.rows(Survey, Survey.slug == "youth-forum")
    assert row.state is SurveyState.CLOSED


@pytest.mark.parametrize("end", ["", "/code", "/sessions", "/split?theme=1"])
def test_a_survey_that_is_not_there_is_said_so(office: Office, end: str) -> None:
    assert office.come("voice").go(f"/themes/nothing{end}").status_code == 404


def test_a_theme_of_another_survey_is_not_changed_from_here(office: Office) -> None:
    survey_id = survey(office)
    other = Survey(
        slug="other",
        title="Other",
        audience="youth",
        mode="confidential",
        added_at=office.stage.now,
    )
    with office.stage.database.writing() as db:
        db.add(other)
    far = theme(office, other.id or 0, "Far")
    near, voice = theme(office, survey_id, "Near"), office.come("voice")
    voice.go(f"/themes/{SLUG}?theme={near}")
    action, fields = voice.filled("Save", {"theme": far, "name": "Changed"})
    assert voice.send(action, fields).status_code == 422
    with office.stage.database.reading() as db:
        assert db.exec(select(Theme.name).where(col(Theme.id) == far)).one() == "Far"
        assert not db.exec(select(ThemeChange)).all()
