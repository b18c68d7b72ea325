"""What to think of before people are asked once more: what they said last time, unanswered."""

from sqlmodel import Session, col, func, select

from digests.codebook import in_use
from digests.delivery import KIND
from digests.verdicts import of_publication
from storage.voice import Publication, Response, ResponseState


def before_asking(session: Session, survey_id: int) -> str:
    """A sentence or two of advice; empty where the last round was answered in full."""
    themes = [one.id for one in in_use(session, survey_id)]
    answered = select(Response.theme_id).where(
        col(Response.theme_id).in_(themes), col(Response.state) == ResponseState.PUBLISHED
    )
    waiting = len(themes) - len(set(session.exec(answered)))
    said = []
    if waiting:
        one = "1 theme of the last time has" if waiting == 1 else f"{waiting} themes have"
        said.append(
            f"{one} no published answer yet. People value hearing back before they are asked "
            "again: answer first, or say when you will (`response draft`)."
        )
    newest = session.exec(
        select(func.max(col(Publication.id))).where(
            col(Publication.survey_id) == survey_id, col(Publication.kind) == KIND
        )
    ).one()
    right = None if newest is None else of_publication(session, newest).per_cent["right"]
    if right is not None:
        said.append(f"Last time, {right}% of those who told us said that we got it right.")
    return " ".join(said)
