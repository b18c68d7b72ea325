"""The pages of the desk: what a link is for, a form, what was said back, and why something cannot

be done. All are for one person with one link, and none is kept by the browser.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.forms import Form
from bot.messages import Message
from bot.web.desk.about import About, about
from bot.web.desk.carried import Carried
from bot.web.desk.fields import drawn as drawn_fields
from bot.web.desk.files import edition_of, is_file
from bot.web.desk.guest import Guest
from bot.web.desk.said import drawn, said
from bot.web.site import site_of
from bot.web.views import page
from storage.language import HOME

WAYS = ("actions", "settings", "help")
"""What every page leads on to."""


def landing(request: Request, guest: Guest) -> Response:
    """What the link is for, with the one button that does it. Nothing is done yet."""
    site = site_of(request)
    if is_file(guest.token):
        with site.app.database.reading() as db:
            return _page(request, guest, "file", file=edition_of(db, guest))
    found = about(site, guest)
    if found.form is not None:
        return form_page(request, guest, found.form, about=found)
    return _page(request, guest, "landing", about=found, token=guest.token)


def form_page(
    request: Request,
    guest: Guest,
    form: Form,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    about: About | None = None,
    status: int = 200,
    nonce: str = "",
) -> Response:
    """A page of a form. `errors` by field, in words; with a status of 503 it was not saved."""
    site = site_of(request)
    fields = drawn_fields(form, values, errors)
    given: dict[str, Any] = {
        "form": form,
        "fields": fields,
        "wrong": [field for field in fields if field.error],
        "other_errors": _elsewhere(form, errors or {}),
        "not_saved": status == 503,
        "carried": Carried(site.app.around.keyring).write(form),
        "about": about,
    }
    return _page(request, guest, "form", status, nonce=nonce, **given)


def form_again(
    request: Request,
    guest: Guest,
    form: Form,
    values: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    status: int,
    nonce: str = "",
) -> Response:
    """The page whose form was sent, with all that stood on it."""
    found = about(site_of(request), guest)
    is_first = found.form is not None and found.form.id == form.id
    return form_page(
        request,
        guest,
        form,
        values=values,
        errors=errors,
        about=found if is_first else None,
        status=status,
        nonce=nonce,
    )


def _elsewhere(form: Form, errors: Mapping[str, str]) -> list[str]:
    """What is wrong with the whole, or with a field that this page does not have."""
    here = {field.name for field in form.fields}
    return [text for name, text in errors.items() if name not in here]


def said_page(
    request: Request,
    guest: Guest,
    *,
    shown: Message | None = None,
    typed: str = "",
    problem: str = "",
    status: int = 200,
    nonce: str = "",
) -> Response:
    """All that waits for this person, and the ways on. `shown` stands first."""
    site = site_of(request)
    with site.app.database.reading() as db:
        waiting = said(db, site, guest)
    first = (drawn(shown, guest),) if shown is not None else ()
    messages = tuple(dict.fromkeys((*first, *waiting)))
    return _page(
        request,
        guest,
        "said",
        status,
        nonce=nonce,
        messages=messages,
        typed=typed,
        problem=problem,
    )


def say_again(request: Request, guest: Guest, token: str, nonce: str) -> Response:
    """It could not be saved: the same button once more, which counts once."""
    return _page(request, guest, "again", 503, nonce=nonce, token=token)


def trouble(
    request: Request, what: str, status: int, guest: Guest | None = None, **params: Any
) -> Response:
    """Why this cannot be done, and what helps. `what` names its words below `desk.trouble`."""
    mails = what == "over" and guest is not None
    return _page(request, guest, "trouble", status, what=what, params=params, mails=mails)


def _page(
    request: Request,
    guest: Guest | None,
    name: str,
    status: int = 200,
    *,
    nonce: str = "",
    **given: Any,
) -> Response:
    site = site_of(request)
    visit = guest.visit if guest is not None else None
    return page(
        request,
        f"desk/{name}.html.j2",
        status,
        visit=None,
        language=HOME,
        guest=guest,
        ways=WAYS,
        seal=partial(site.forms.seal, visit, site.now, nonce),
        **given,
    )
