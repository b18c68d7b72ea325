"""No table is forgotten: by retention, by what is exported and erased, by what explains it."""

from collections.abc import Mapping

from bot.person_file.gathering import explanations
from storage.erasing import STAYS
from storage.reach import NOTHING_PERSONAL, links
from storage.schema import metadata

DELETED: Mapping[str, str] = {
    "answer": "words after 12 or 24 months; choices stay as figures",
    "audit_entry": "after 6 years",
    "board_session": "a day after it ended",
    "campaign_member": "30 days after the round, or 12 months",
    "chat_message": "after 48 hours",
    "contact": "emptied once nothing holds it",
    "conversation": "with its contact",
    "course_place": "12 months after the course",
    "edition": "after 24 months",
    "edition_file": "with its digest",
    "inbox_key": "after 14 days",
    "invite": "with its campaign",
    "join_code": "30 days after it ended",
    "kept_message": "words after 12 months",
    "legal_hold": "6 years after it was lifted",
    "on_call_shift": "24 months after it",
    "outbox": "params 30 days after the send",
    "review_event": "words with the item's, once the case system has them",
    "review_item": "words after 12 months, or once the case system has them",
    "sending_batch": "after 14 days",
    "sign_in_link": "a day after it ended",
    "survey_session": "links 30 days after close, words with the answers'",
    "tell_contact": "12 months after close",
    "tombstone": "after 24 months",
    "wrong_codes": "after 48 hours",
}
"""What `retention` does about a table."""

STAYS_ON: Mapping[str, str] = {
    "action": "the plan is the partnership's record",
    "action_change": "the plan's history",
    "action_lead": "the plan",
    "action_update": "the plan's history",
    "body": "the plan",
    "body_member": "the plan; goes when somebody is erased",
    "break_glass": "the record of an emergency, as the audit log",
    "calendar_feed": "the address of a calendar, until it is ended or its person is erased",
    "campaign": "how many were asked, without who",
    "chosen_setting": "a setting of the partnership",
    "coded_answer": "that an answer was looked at; goes with deleted answers",
    "course": "its name and day",
    "cycle": "the plan",
    "escalation": "the plan's history",
    "hearing": "where something was said, and how many were there",
    "hearing_theme": "what was said, counted",
    "house_mark": "the database's own notes",
    "indicator": "the plan",
    "indicator_reading": "the plan's history",
    "lease": "one row for each thing that one node does",
    "meeting": "minutes are the partnership's record",
    "minute": "minutes are the partnership's record",
    "no_thanks": "a refusal holds for as long as the person is there",
    "nudge": "the plan's history",
    "partnership": "its own name",
    "person": "for as long as somebody works with us; then by `data erase`",
    "plan": "the partnership's record",
    "pooled_response": "moved at the threshold, or at close",
    "preferences": "for as long as the person is there",
    "priority": "the plan",
    "publication": "what was published stays public",
    "response": "what was published stays public",
    "response_wording": "what was published stays public",
    "survey": "what was asked",
    "survey_round": "when it was open",
    "survey_version": "what was asked",
    "theme": "what was said, counted",
    "theme_change": "the codebook's history",
    "theme_coding": "what was said, counted; goes with deleted answers",
    "told_verdict": "one tap about a publication; no way leads from it to anybody",
    "took_part": "so that nobody answers twice; goes with the contact",
}
"""Tables that retention leaves alone, and why that is right."""


def _tables() -> set[str]:
    return set(metadata().tables)


def test_every_table_has_a_retention_rule_or_a_reason_why_not() -> None:
    assert _tables() == {*DELETED, *STAYS_ON}
    assert not set(DELETED) & set(STAYS_ON)


def test_every_table_is_searched_or_holds_nothing_personal_for_a_reason() -> None:
    searched = {table.name for table in metadata().tables.values() if links(table)}
    assert _tables() == {*searched, *NOTHING_PERSONAL}
    assert not searched & set(NOTHING_PERSONAL)
    assert all(NOTHING_PERSONAL.values())


def test_every_part_of_an_export_is_explained() -> None:
    searched = {table.name for table in metadata().tables.values() if links(table)}
    assert set(explanations()) == searched
    for name, words in explanations().items():
        assert set(words) == {"title", "explained"}, name
        assert all(words.values()), name


def test_what_may_stay_after_erasing_is_a_table_with_a_reason() -> None:
    assert set(STAYS) <= _tables()
