"""Importing a plan: what a file would add, change and take out, before anything is stored.

Between the preview and the press the file is nowhere but in the page that was shown: it comes back
with the press, and a mark says that it is the one that was looked at.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from sqlmodel import Session as Db
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.board.frame import draw, read, write
from bot.web.board.seat import Seat
from bot.web.board.uploads import MOST_BYTES, Upload, carried_of, upload_of
from bot.web.forms import Sent, TooLarge
from bot.web.site import Site, site_of
from reminders.plan_changes import ImportPreview, Item
from reminders.plan_import import ImportResult, PlanName, apply, diff_file
from storage.issues import Issue

_LONGEST = 200
_TOO_LARGE = (
    f"The file has more than {MOST_BYTES // 1_000_000} MB. Take out pictures and sheets that are "
    "not the plan and try again, or let the administrator import it with `plan import`."
)


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was looked at. `found` is None where nothing in it could be read as a plan."""

    upload: Upload = field(repr=False)
    found: ImportPreview | None
    issues: tuple[Issue, ...]
    mark: str


async def asked(request: Request, seat: Seat) -> Response:
    """GET /plan/import."""
    return _page(request, seat)


async def pressed(request: Request, seat: Seat) -> Response:
    """POST: shows what a file would do, or does what was shown."""
    try:
        sent, upload = await upload_of(request, seat)
    except TooLarge:
        return _page(request, seat, 413, problem=_TOO_LARGE)
    if sent.one("do") == "apply":
        return await _applied(request, seat, sent)
    if upload is None:
        problem = "Please choose the file that has the plan."
        return _page(request, seat, 422, problem=problem, typed=sent)
    looked = await _look(request, seat, upload, sent)
    return _page(request, seat, looked=looked, typed=sent)


def _page(request: Request, seat: Seat, status: int = 200, **given: object) -> Response:
    shown = {"looked": None, "typed": Sent(), "problem": "", "is_news": False, **given}
    return draw(request, "plan_import", seat, status, key=key_of, **shown)


async def _look(request: Request, seat: Seat, upload: Upload, sent: Sent) -> Looked:
    """Reads the file beside what is stored. Nothing is written, here or anywhere."""
    site, given = site_of(request), _given(sent)

    def looking(db: Db) -> tuple[ImportPreview | None, list[Issue]]:
        around = site.app.around
        with upload.on_disk() as path:
            return diff_file(db, path, around.calendar, around.today, given=given)

    found, issues = await read(request, looking)
    return Looked(upload, found, tuple(issues), _mark(site, seat, upload, given, found))


def _given(sent: Sent) -> PlanName:
    said = (sent.one(name).strip()[:_LONGEST] for name in ("partnership", "title", "period"))
    return PlanName(*said)


def _mark(
    site: Site, seat: Seat, upload: Upload, given: PlanName, found: ImportPreview | None
) -> str:
    """Says: this person was shown this of this file. Another file or another plan has another."""
    shown = json.dumps(found.to_json() | {"on": ""}, sort_keys=True) if found is not None else ""
    return site.app.around.keyring.fingerprint(
        "plan import",
        str(seat.who.person_id),
        upload.name,
        sha256(upload.data).hexdigest(),
        repr(given),
        shown,
    )


async def _applied(request: Request, seat: Seat, sent: Sent) -> Response:
    upload = carried_of(sent)
    looked = await _look(request, seat, upload, sent)
    if looked.found is None or looked.mark != sent.one("mark"):
        return _page(request, seat, 409, looked=looked, typed=sent, is_news=True)
    found, kept = looked.found, _kept(looked.found.removed, sent)
    done = await write(request, lambda db: _apply(db, site_of(request), seat, upload, found, kept))
    if done.changed_nothing:
        return RedirectResponse(f"/plan?done=unchanged&plan={done.plan_id}", 303)
    doubtful = done.counts.get("needs_review", 0)
    more = f"&doubtful={doubtful}" if doubtful else ""
    return RedirectResponse(f"/plan?done=imported&plan={done.plan_id}{more}", 303)


def _apply(
    db: Db,
    site: Site,
    seat: Seat,
    upload: Upload,
    found: ImportPreview,
    kept: frozenset[tuple[str, str]],
) -> ImportResult:
    around = site.app.around
    return apply(
        db,
        found,
        now=around.now,
        today=around.today,
        source_file=upload.name,
        person_id=seat.who.person_id,
        keep=kept,
    )


def _kept(removed: Sequence[Item], sent: Sent) -> frozenset[tuple[str, str]]:
    """What the file has no longer and the person wants to stay."""
    retired = set(sent.several("retire"))
    return frozenset((item.kind, item.ref) for item in removed if key_of(item) not in retired)


def key_of(item: Item) -> str:
    """What stands for a row in the form."""
    return f"{item.kind}:{item.ref}"
