"""What somebody under way reads when a survey closes itself: kindly, with a way back."""

from bot.messages import Message
from bot.wording import Intent, Writing
from storage.surveys import SessionState, Survey, SurveySession, SurveyState
from surveys.receipts import come_back_code


def _survey_paused(writing: Writing) -> Message | None:
    """Nothing where they have ended meanwhile, or it was opened again."""
    row = writing.db.get(SurveySession, writing.param("s") or "")
    if row is None or row.state != SessionState.OPEN:
        return None
    survey = writing.db.get(Survey, row.survey_id)
    if survey is None or survey.state != SurveyState.PAUSED:
        return None
    code = come_back_code(writing.around.keyring, row.id)
    return writing.message(writing.say("pause.under_way", code=code, help=writing.help_lines()))


INTENTS: dict[str, Intent] = {"survey_paused": _survey_paused}
