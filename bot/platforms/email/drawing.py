"""A message as an e-mail: text and HTML that say the same, every button a link. Pure; no SDK.

Where no pages are known by a name, the buttons are a numbered list and a reply gives the number.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bot.messages import Button, Message, Part
from bot.numbered import as_list, flat, with_hint
from surveys.matching import clean

MOST_IN_SUBJECT = 120
_SHOWN = 70
_SENTENCE_ENDS = re.compile(r"(?<=[.?!؟۔]) ")
_NOT_IN_A_LINE = re.compile(r"\s+")
_LINKED = re.compile(r"(https?|mailto):[^\s<>\"]+")
_RULE = "-" * 40


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a message. `link`: the page of a button's token, empty without pages.

    `small` stands below everything; `stop_label` and `stop_link` are the link that ends it.
    """

    link: Callable[[str], str]
    subject: str = "Listening Loop"
    number_hint: str = ""
    small: str = ""
    stop_label: str = ""
    stop_link: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of a mail with its links: a label and where it leads; `heading` says what of."""

    text: str
    links: tuple[tuple[str, str], ...] = ()
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a mail says, in both of its forms."""

    subject: str
    text: str
    html: str


def draw(message: Message, frame: Frame) -> Drawing:
    """The message with nothing cut off; a picture is its words."""
    sections = _linked(message, frame) if frame.link("") else _numbered(message, frame)
    subject = subject_of(message) or _one_line(frame.subject)
    small = clean(frame.small)
    stop = ((clean(frame.stop_label), frame.stop_link),) if frame.stop_link else ()
    return Drawing(
        subject, _text(sections, small, stop), _html(message, subject, sections, small, stop)
    )


def subject_of(message: Message) -> str:
    """The title, else how the text begins; no line breaks, so that it can stand in a header."""
    first = next((line for line in clean(message.text).splitlines() if line.strip()), "")
    return _one_line(message.title) or _beginning(_one_line(first))


def _beginning(line: str) -> str:
    """Its first sentence, where the whole would not fit into the list of a mail program."""
    return line if len(line) <= _SHOWN else _SENTENCE_ENDS.split(line, maxsplit=1)[0]


def _one_line(text: str) -> str:
    line = _NOT_IN_A_LINE.sub(" ", clean(text)).strip()
    line = "".join(letter for letter in line if letter.isprintable())
    if len(line) <= MOST_IN_SUBJECT:
        return line
    return line[: MOST_IN_SUBJECT - 1].rstrip() + "…"


def _linked(message: Message, frame: Frame) -> list[Section]:
    """The text, each part with its links, the foot, and below it the message's own links."""
    own = _links(message.buttons, frame)
    first = Section(_with_picture(message), () if message.parts or message.foot else own)
    parts = [_part(part, frame) for part in message.parts]
    last = Section(clean(message.foot), own) if message.parts or message.foot else Section("")
    return [one for one in (first, *parts, last) if one.text or one.links or one.heading]


def _part(part: Part, frame: Frame) -> Section:
    """Its first line is what its links are about."""
    heading, _, rest = clean(part.text).partition("\n")
    return Section(rest.rstrip(), _links(part.buttons, frame), heading.strip())


def _numbered(message: Message, frame: Frame) -> list[Section]:
    whole = flat(message)
    listed = as_list(whole)
    said = _with_picture(replace(whole, text=with_hint(whole)) if listed else whole)
    hint = frame.number_hint if re.search(r"^\s*1\) ", listed) else ""
    text = "\n\n".join(filter(None, (said, _cleaned(listed), clean(hint))))
    return [Section(text)] if text else []


def _links(buttons: tuple[Button, ...], frame: Frame) -> tuple[tuple[str, str], ...]:
    found = ((_label(one), one.link or frame.link(one.token)) for one in buttons)
    return tuple((label, link) for label, link in found if _LINKED.fullmatch(link))


def _label(button: Button) -> str:
    return " ".join(filter(None, (button.mark, _one_line(button.label)))) or "…"


def _with_picture(message: Message) -> str:
    words = clean(message.picture.alt) if message.picture is not None else ""
    return "\n\n".join(filter(None, (f"[{words}]" if words else "", clean(message.text))))


def _cleaned(text: str) -> str:
    """Each line for itself: what stands before the numbers is meant."""
    return "\n".join(f"  {clean(line)}" for line in text.split("\n") if clean(line))


def _text(sections: list[Section], small: str, stop: tuple[tuple[str, str], ...]) -> str:
    blocks = [_block(one) for one in sections]
    end = "\n".join(filter(None, (small, *(f"{label}: {link}" for label, link in stop))))
    # Mail programs know "-- " as the beginning of a signature and leave it out of replies.
    whole = (f"\n\n{_RULE}\n\n".join(blocks), f"-- \n{end}" if end else "")
    return "\n\n".join(filter(None, whole)) + "\n"


def _block(section: Section) -> str:
    links = "\n".join(f"{label}:\n{link}\n" for label, link in section.links).rstrip()
    words = "\n".join(filter(None, (section.heading, section.text)))
    return "\n\n".join(filter(None, (words, links)))


def _html(
    message: Message,
    subject: str,
    sections: list[Section],
    small: str,
    stop: tuple[tuple[str, str], ...],
) -> str:
    return _template().render(
        rtl=message.rtl, subject=subject, sections=sections, small=small, small_links=stop
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bot.platforms.email", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template() -> Template:
    return _environment().get_template("message.html.j2")
