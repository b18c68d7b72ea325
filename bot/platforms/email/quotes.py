"""What somebody wrote themselves, without the mail that they answer and their signature. Pure.

Every pattern looks at one short line, so that no mail can keep it busy.
"""

import re
from collections.abc import Sequence

_LONGEST_LINE = 5000
_MOST_LINES = 5000
_ATTRIBUTION_LINES = 4
_NAME_WORDS = 5

_QUOTED = re.compile(r"\s*>")
_RULE = re.compile(r"\s*(_{20,}|-{20,}|={20,})\s*")
_NAMED_RULE = re.compile(
    r"\s*[-_*=]{3,} ?[\w' ]{0,20}(message|mail|neges|nachricht|wiadomość|mesaj|message d'origine)"
    r"[\w' ]{0,20} ?[-_*=]{3,}\s*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\s*\*?([^\W\d_]{1,12}(?: [^\W\d_]{1,12})?)\s?:\*?\s*(.*)")
_FROM = frozenset({"from", "von", "de", "od", "oddi wrth", "gan", "da", "من"})
_WROTE = re.compile(
    r"(wrote|writes|ysgrifennodd|schrieb|a écrit|napisała?|napisał|pisze|scris|ha scritto|escribió)"
)
_BEGINS = re.compile(
    r"\s*(on|ar|am|le|dnia|w dniu|în|il|el|at|\d{1,4}[-./ ]|(mon|tue|wed|thu|fri|sat|sun)\w*,?)\b",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"\s?--\s?|—\s?|_{2,10}")
_FOOTER = re.compile(
    r"\s*[<(\[]?\s*(get outlook for\b.{0,80}|official([- ]sensitive)?( ?[-:] ?\w+)?"
    r"|(sent|anfonwyd|wysłane|trimis)\s(from|using|via|o'?m|o fy|z|de pe)\b.{0,40}"
    r"(iphone|ipad|android|phone|ffôn|mobile|samsung|galaxy|outlook|mail|blackberry|workspace)\b.{0,40})",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\s*(((with|kind|kindest|best|warm|warmest|many|all)\s)*(regards|wishes|thanks|the best)"
    r"|thank you|thanks( again| in advance)?|ta|cheers|best|yours( sincerely| faithfully)?"
    r"|cofion( gorau| cynnes)?|diolch( yn fawr)?|cion|kr|br|rgds)\s*[,.!]?\s*",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"\s*[*_\[(]*\s*((this|the information( contained)? in this|mae'r|the contents of this) "
    r"(e-?mail|message|communication|neges|e-?bost)\b.{0,60}"
    r"(confidential|intended|may contain|contain|private|solely|gyfrinachol|only|monitored|sent)"
    r"|(confidentiality|privileged) (notice|note|information)\b"
    r"|disclaimer\s*:?\s*$|please consider the environment)",
    re.IGNORECASE,
)
_BANNER = re.compile(
    r"(originat|came|comes?|is|was) from (outside|an external)|external sender"
    r"|don't often get e?mail from|click links|o'r tu allan",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(19|20)\d\d\b|/\d\d\b|@")


def own_words(text: str, our_address: str) -> str:
    """What they wrote: above, below or between the lines that they quote."""
    lines = [line[:_LONGEST_LINE].rstrip() for line in text.split("\n")[:_MOST_LINES]]
    lines = [
        line.replace("\u200b", "").replace("\ufeff", "").replace("\xa0", " ") for line in lines
    ]
    answered = _without_quotes(_without_banners(lines), our_address.casefold())
    return _tidied(_without_signature(answered))


def _without_banners(lines: Sequence[str]) -> list[str]:
    """Without what their own mail system put before it; at most one paragraph."""
    start = next((place for place, line in enumerate(lines) if line.strip()), len(lines))
    end = next((n for n in range(start, len(lines)) if not lines[n].strip()), len(lines))
    is_banner = _BANNER.search(" ".join(lines[start:end])[:_LONGEST_LINE]) is not None
    has_more = any(line.strip() for line in lines[end:])
    return list(lines[end:]) if is_banner and has_more else list(lines)


def _without_quotes(lines: list[str], ours: str) -> list[str]:
    found: list[str] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        if _QUOTED.match(line):
            place += 1
        elif _begins_headers(lines, place, ours) or _is_separator(lines, place, ours):
            break
        elif after := _attribution(lines, place, ours):
            if not _is_quote_next(lines, after):
                break
            place = after
        else:
            found.append(line)
            place += 1
    return found


def _attribution(lines: Sequence[str], place: int, ours: str) -> int:
    """The line after "On Friday ... wrote:", which may be broken; 0 where none begins here."""
    if not (_BEGINS.match(lines[place]) or ours in lines[place].casefold()):
        return 0
    joined = ""
    for end in range(place, min(place + _ATTRIBUTION_LINES, len(lines))):
        if _QUOTED.match(lines[end]) or (end > place and not lines[end].strip()):
            return 0
        joined = f"{joined} {lines[end].strip()}".casefold()
        if joined.endswith(":"):
            return end + 1 if _names_a_mail(joined, ours, lines, end + 1) else 0
    return 0


def _names_a_mail(line: str, ours: str, lines: Sequence[str], after: int) -> bool:
    """Whether a line that ends in a colon is of a mail program, and not of the person."""
    if ours in line:
        return True
    return _WROTE.search(line) is not None and (
        _YEAR.search(line) is not None or _is_quote_next(lines, after)
    )


def _is_quote_next(lines: Sequence[str], place: int) -> bool:
    following = next((line for line in lines[place:] if line.strip()), "")
    return _QUOTED.match(following) is not None


def _begins_headers(lines: Sequence[str], place: int, ours: str) -> bool:
    """ "From: ... Sent: ... To: ...", as Outlook writes above what is answered."""
    found = _LABEL.fullmatch(lines[place])
    if found is None:
        return False
    label, value = found.group(1).casefold(), found.group(2).casefold()
    if label not in _FROM and ours not in value:
        return False
    after = [line for line in lines[place + 1 : place + 8] if line.strip()][:5]
    return sum(_LABEL.fullmatch(line) is not None for line in after) >= 2


def _is_separator(lines: Sequence[str], place: int, ours: str) -> bool:
    """A bare rule counts where the answered mail begins below it."""
    if _NAMED_RULE.fullmatch(lines[place]):
        return True
    if not _RULE.fullmatch(lines[place]):
        return False
    after = next((n for n in range(place + 1, len(lines)) if lines[n].strip()), None)
    return after is not None and (
        _begins_headers(lines, after, ours) or _attribution(lines, after, ours) > 0
    )


def _without_signature(lines: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for place, line in enumerate(lines):
        if _SIGNATURE.fullmatch(line):
            break
        if _FOOTER.fullmatch(line):
            continue
        is_after_words = any(one.strip() for one in kept)
        if is_after_words and (_is_closing(lines, place) or _DISCLAIMER.match(line)):
            break
        kept.append(line)
    return kept


def _is_closing(lines: Sequence[str], place: int) -> bool:
    """ "Kind regards" with nothing or a name below it; never the only words there are."""
    if not _CLOSING.fullmatch(lines[place]):
        return False
    words = next((line for line in lines[place + 1 :] if line.strip()), "").split()
    is_name = len(words) == 1 or all(
        not word[:1].islower() and word[:1].isalpha() for word in words
    )
    return len(words) <= _NAME_WORDS and is_name


def _tidied(lines: Sequence[str]) -> str:
    """Without empty lines at the ends, and never two of them in a row."""
    found: list[str] = []
    for line in lines:
        if line.strip() or (found and found[-1]):
            found.append(line.strip())
    return "\n".join(found).strip()
