"""The weekly digest: drafted by itself, worded and sent on by the manager on the day."""

from datetime import date

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.demo.stage import Stage
from bot.schedule import weekly_digests
from bot.year.script import BadScript, Script, Words
from bot.year.shelf import Shelf
from digests import editions
from digests.picture import spoken_of
from storage.editions import Edition
from storage.people import person_of

_SEND = "Send to the others"


class Weeklies:
    """Every week's edition; the words of some weeks are in the script."""

    def __init__(self, stage: Stage, script: Script, shelf: Shelf) -> None:
        self._stage = stage
        self._script = script
        self._shelf = shelf

    def day(self, today: date) -> None:
        """Where a draft came today the manager words it and sends it on."""
        stage, who = self._stage, self._script.manager
        if not stage.do(weekly_digests):
            return
        stage.deliver()
        draft = stage.heard(who)
        if (words := self._script.weekly.get(today.isoformat())) is not None:
            self._remark(words)
            draft = stage.speak(who, f"digest words {words.opening}", named=who)
        if (number := _number_of(draft)) is not None:
            stage.speak(who, number, named=who)
        with stage.app.database.reading() as db:
            edition = _newest(db)
            self._shelf.put_weekly(editions.picture_of(edition), edition.ends_on)

    def _remark(self, words: Words) -> None:
        """What the form below the draft does where a platform shows forms."""
        app = self._stage.app
        with app.database.writing() as db:
            edition = _newest(db)
            manager = person_of(db, self._script.manager)
            spoken = spoken_of(editions.view_of(edition))
            if unknown := set(words.remarks) - set(spoken):
                raise BadScript(
                    f"weekly {edition.ends_on}: nothing stands under {', '.join(sorted(unknown))}; "
                    f"remarks may be made on {', '.join(spoken)}."
                )
            assert manager is not None
            assert manager.id is not None
            editions.edit_words(db, edition, words.remarks, manager.id, app.around.now)


def _newest(db: Db) -> Edition:
    query = select(Edition).where(Edition.kind == editions.WEEKLY)
    return db.exec(query.order_by(col(Edition.id).desc()).limit(1)).one()


def _number_of(draft: str) -> str | None:
    """The number of the button that sends it; none where nobody else can be reached."""
    line = next((line for line in draft.splitlines() if f") {_SEND}" in line), None)
    return line.strip().partition(")")[0] if line is not None else None
