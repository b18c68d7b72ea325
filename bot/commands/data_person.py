"""`data export|redact|erase`: all that is held about one person, for them, and gone for good."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import As, acting, counted, fail, opened, options, show_json, tell

if TYPE_CHECKING:
    from sqlmodel import Session as Db

    from bot.app import App
    from bot.whose import Asked

_Person = Annotated[str, typer.Option(help="A professional, by work e-mail.")]
_Receipt = Annotated[str, typer.Option(help="A respondent, by the code they were given.")]
_Concern = Annotated[
    str, typer.Option(help="Whoever wrote a text of the review queue, by its ref.")
]
_Reason = Annotated[str, typer.Option(help="Why; part of the record.")]


def register(app: typer.Typer) -> None:
    for command in (export, redact, erase):
        app.command()(command)


def _one_of(**given: str) -> None:
    if sum(bool(value.strip()) for value in given.values()) != 1:
        names = ", ".join(f"--{name}" for name in given)
        raise typer.BadParameter(f"give one of {names}", param_hint="data")


def _found(program: "App", db: "Db", **by: str) -> "Asked":
    from bot.whose import Nobody, find

    try:
        return find(db, program.around.keyring, **by)
    except Nobody as error:
        fail(str(error))


def export(
    context: typer.Context,
    as_: As,
    reason: _Reason,
    out: Annotated[Path, typer.Option(help="A folder that does not exist yet.")],
    person: _Person = "",
    receipt: _Receipt = "",
    concern: _Concern = "",
) -> None:
    """Everything about one person as a draft for an officer: `data redact` makes the rest of it."""
    _one_of(person=person, receipt=receipt, concern=concern)
    from bot.person_file.files import FolderInUse, write_draft
    from bot.person_file.gathering import gather
    from storage.audit import record
    from storage.reach import look, mentions

    with opened(context) as program:
        now = program.around.now
        with program.database.writing() as db:
            asked = _found(program, db, person=person, receipt=receipt, concern=concern)
            who = acting(program, db, as_, asked.right(erase=False))
            _need_reason(reason)
            about = _about(program, asked, who.name, reason)
            draft = gather(
                look(db, asked.subject),
                about,
                with_answers=_may_read_answers(who.rights),
                mentions=mentions(db, asked.names),
            )
            record(db, at=now, act="data.export", subject=asked.mark, person_id=who.person_id)
        try:
            write_draft(draft, out)
        except FolderInUse as error:
            fail(str(error))
    withheld = sum(bool(text.withheld) for text in draft.texts)
    lines = [
        f"A draft is in {out}: {counted(len(draft.texts), 'text')}, {withheld} withheld unless "
        "you release them.",
        f"Go through {out / 'texts.txt'}, then: listening-loop data redact {out} --out FOLDER "
        f"--as {as_}",
    ]
    if draft.left_out:
        lines.append("What was answered in surveys is not in it: a reviewer has to export that.")
    tell(context, "\n".join(lines), texts=len(draft.texts), withheld=withheld, out=str(out))


def _may_read_answers(rights: frozenset[Any]) -> bool:
    from bot.access import Right

    return Right.EXPORT_ANSWERS in rights


def _need_reason(reason: str) -> None:
    if not reason.strip():
        fail("write why, with --reason: it becomes part of the record")


def _about(program: "App", asked: "Asked", officer: str, reason: str) -> dict[str, str]:
    return {
        "whom": asked.shown,
        "made_at": program.around.now.isoformat(),
        "officer": officer,
        "reason": reason.strip(),
        "partnership": program.settings.partnership.name,
    }


def redact(
    context: typer.Context,
    draft: Annotated[Path, typer.Argument(help="The folder of the draft.")],
    out: Annotated[Path, typer.Option(help="A folder that does not exist yet.")],
    as_: As,
    marks: Annotated[
        Path | None, typer.Option(help="The texts with your marks; the draft's own by default.")
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Withhold the same words wherever they stand.")
    ] = False,
) -> None:
    """What is handed over: the draft with black marks where you put them. The draft stays."""
    from bot.access import Right
    from bot.person_file.files import DraftChanged, FolderInUse
    from bot.person_file.files import redact as make
    from bot.person_file.marks import MarksWrong
    from storage.audit import record

    with opened(context) as program, program.database.writing() as db:
        who = acting(program, db, as_, Right.EXPORT_PERSON)
        file = marks or draft / "texts.txt"
        try:
            counts = make(
                draft,
                file,
                out,
                officer=who.name,
                now=program.around.now,
                everywhere=everywhere,
            )
        except (MarksWrong, DraftChanged, FolderInUse) as error:
            fail(f"{file}:\n{error}" if isinstance(error, MarksWrong) else str(error))
        detail = ", ".join(f"{name} {n}" for name, n in sorted(counts.items()))
        record(db, at=program.around.now, act="data.redact", person_id=who.person_id, detail=detail)
    places = counted(sum(counts.values()), "place")
    tell(context, f"Written to {out}, with {places} withheld.", withheld=counts, out=str(out))


def erase(
    context: typer.Context,
    as_: As,
    reason: _Reason,
    person: _Person = "",
    receipt: _Receipt = "",
    out: Annotated[
        Path | None, typer.Option(help="Where to write the certificate; shown otherwise.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
) -> None:
    """Erases one person in every table, file and queue, with a certificate of what went."""
    _one_of(person=person, receipt=receipt)
    from bot.erasure import Erasure, erase_all, in_words
    from storage.holds import Held

    if out is not None and out.exists():
        fail(f"{out} exists already; choose another name")
    with opened(context) as program:
        try:
            with program.database.writing() as db:
                asked = _found(program, db, person=person, receipt=receipt)
                who = acting(program, db, as_, asked.right(erase=True))
                _need_reason(reason)
                about = _about(program, asked, who.name, reason)
                done: Erasure = erase_all(db, asked, about, program.around.now, who.person_id)
                if dry_run:
                    db.rollback()
        except Held as error:
            fail(str(error))
        if not dry_run:
            program.database.fold_log()
    _show(context, done.certificate(dry_run=dry_run), out, in_words(done, dry_run=dry_run))


def _show(
    context: typer.Context, certificate: Mapping[str, Any], out: Path | None, text: str
) -> None:
    if out is not None:
        import json

        content = json.dumps(certificate, ensure_ascii=False, indent=2) + "\n"
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(content, encoding="utf-8")
        out.chmod(0o600)
    if options(context).json:
        show_json(certificate)
    else:
        typer.echo(text + (f"\nThe certificate is {out}." if out is not None else ""))
