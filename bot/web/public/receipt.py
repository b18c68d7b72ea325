"""What a receipt code opens on a page: what came of it, and deleting. Never an answer."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.app import App
from bot.receipts import ReceiptView, delete_by_receipt, published_for_receipt
from bot.web.limits import WRONG_CODE
from bot.web.public.receipt_judging import MOST_LETTERS, hear, judge
from bot.web.public.we_did import nothing_yet
from bot.web.site import Site, site_of, visit_of
from bot.web.views import help_lines, language_of, page, saying
from storage.voice import Verdict
from surveys.printable import one_line

LONGEST = 40
"""More letters than any code has, with room for spaces; the rest is not looked at."""


def ask_for_code(request: Request) -> Response:
    """GET /receipt: the form."""
    return _form(request, "")


async def look(request: Request) -> Response:
    """POST /receipt: what came of it; a button that asks again; and only then deleting."""
    site = site_of(request)
    sent = await site.forms.read(request, visit_of(request), site.now)
    code, language = sent.one("code").strip()[:LONGEST], language_of(request)
    site.limits.count(request, WRONG_CODE)
    view = await run_in_threadpool(_found, site.app, code, language)
    if view is None:
        return _form(request, code, saying(site, language)("public.receipt.wrong"), status=422)
    site.limits.give_back(request, WRONG_CODE)
    act, just_now = sent.one("do"), False
    if act in set(Verdict) and not view.is_deleted:
        verdict = Verdict(act)
        await site.app.writer.run(lambda: judge(site.app, code, verdict, language))
        return _shown(request, site, view, code, judged=verdict)
    if act == "words" and not view.is_deleted:
        words = sent.one("words")
        cares = await site.app.writer.run(lambda: hear(site.app, code, words, language))
        _wake(site)
        return _shown(request, site, view, code, heard=words.strip() != "", cares=cares)
    if act == "delete" and not view.is_deleted:
        just_now = await site.app.writer.run(lambda: _delete(site.app, code))
        view = await run_in_threadpool(_found, site.app, code, language) or view
    asks = act == "ask" and not view.is_deleted and not view.is_held
    return _shown(request, site, view, code, asks=asks, just_now=just_now)


def _found(app: App, code: str, language: str) -> ReceiptView | None:
    with app.database.reading() as db:
        return published_for_receipt(db, app.around.keyring, code, language)


def _delete(app: App, code: str) -> bool:
    with app.database.writing() as db:
        deleted = delete_by_receipt(db, app.around.keyring, code, now=app.around.now)
    app.database.fold_log()
    return deleted


def _form(request: Request, typed: str, error: str = "", status: int = 200) -> Response:
    return page(
        request,
        "public/receipt.html.j2",
        status,
        languages=() if error else site_of(request).words.languages,
        error=error,
        typed=typed,
    )


def _wake(site: Site) -> None:
    """An alert may have been queued."""
    if site.app.mailroom.on_stored is not None:
        site.app.mailroom.on_stored()


def _shown(
    request: Request,
    site: Site,
    view: ReceiptView,
    code: str,
    *,
    asks: bool = False,
    just_now: bool = False,
    judged: Verdict | None = None,
    heard: bool = False,
    cares: bool = False,
) -> Response:
    language = language_of(request)
    lines = "\n".join(f"- {line.name}: {line.number}" for line in help_lines(site, language))
    return page(
        request,
        "public/replies.html.j2",
        language=language,
        view=view,
        code=code,
        asks=asks,
        just_now=just_now,
        judged=judged,
        may_write=judged not in (None, Verdict.RIGHT) and view.is_youth,
        heard=heard,
        most=MOST_LETTERS,
        care=saying(site, language)("young.care", help=lines) if cares else "",
        contact=one_line(site.app.settings.partnership.contact),
        nothing_yet=nothing_yet(site, language, view.hear_back_by),
    )
