"""What was published, as a text for a chat: with what people said of the time before."""

from sqlmodel import Session

from digests.verdicts import kept_last_time, last_time_text
from digests.you_said_we_did import published_text
from storage.voice import Publication, Readers


def told_text(
    session: Session,
    publication_id: int,
    language: str,
    readers: Readers = Readers.EVERYBODY,
) -> str | None:
    """In the nearest language, in the words for these readers; None where it is not there."""
    text = published_text(session, publication_id, language, readers)
    publication = session.get(Publication, publication_id)
    if text is None or publication is None:
        return None
    said = last_time_text(kept_last_time(publication.content), language)
    return f"{text.rstrip()}\n\n{said}" if said else text
