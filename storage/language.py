"""The words of each package, by language: one loader for all `wording/<code>.toml` catalogues.

A text is plain or a Jinja2 template. What is put into a template is data: it comes out as it is,
and is never read as a template itself.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache, partial
from importlib.resources import files
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import SandboxedEnvironment

HOME = "en"
PLURAL_FORMS = frozenset({"one", "two", "few", "many", "other"})

LANGUAGE_NAMES = {
    "en": "English",
    "pl": "Polski",
    "ur": "اردو",
    "ar": "العربية",
    "ro": "Română",
}
"""The languages that we speak, in the order in which they are offered, as they name themselves."""

_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ku", "pnb", "ps", "sd", "ug", "ur"})
_MARKUP = re.compile(r"\{[{%#]")
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października "
    "listopada grudnia",
    "ur": "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie "
    "noiembrie decembrie",
}
_MONTH_NAMES = {code: tuple(names.split()) for code, names in _MONTHS.items()}


class UnknownText(LookupError):
    """The program asked for a text that its package does not have, not even in English."""


class BadText(ValueError):
    """A text cannot be made: its template is broken, or a parameter is missing or empty."""


def language_name(code: str) -> str:
    """What a language calls itself; its code where we do not know."""
    return LANGUAGE_NAMES.get(code, code)


def direction(code: str) -> str:
    """How a language is written: "rtl" or "ltr"."""
    base, *subtags = code.lower().split("-")
    if "latn" in subtags:
        return "ltr"
    return "rtl" if base in _RIGHT_TO_LEFT or "arab" in subtags else "ltr"


_AGAINST = re.compile(r"(?<![\w/:\u2066])(/[a-z]{2,12}|\+?\d{2,}(?:[ -]\d{2,})+)(?![\w\u2069])")


def steadied(text: str, language: str) -> str:
    """Numbers with spaces and commands kept the right way round in right-to-left text.

    Without the isolates "0800 1111" is shown as "1111 0800", and "/stop" as "stop/".
    """
    if direction(language) != "rtl":
        return text
    return _AGAINST.sub("\u2066\\1\u2069", text)


def fallbacks(code: str) -> tuple[str, ...]:
    """Where a text is looked for, first to last: the code, its base language, English."""
    return tuple(dict.fromkeys((code, code.partition("-")[0], HOME)))


def plural(n: float, code: str) -> str:
    """The plural form that a number takes in a language, as Unicode's CLDR has it.

    Fractions take `other`, and so does nought in Arabic: no text of ours needs more.
    """
    if n == 1:
        return "one"
    form = _PLURALS.get(code.partition("-")[0])
    return "other" if form is None or n != int(n) else form(int(n))


def _polish(n: int) -> str:
    return "few" if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14) else "many"


def _romanian(n: int) -> str:
    return "few" if n == 0 or 1 <= n % 100 <= 19 else "other"


def _arabic(n: int) -> str:
    if n == 2:
        return "two"
    last = n % 100
    return "few" if 3 <= last <= 10 else "many" if last >= 11 else "other"


_PLURALS: dict[str, Callable[[int], str]] = {"pl": _polish, "ro": _romanian, "ar": _arabic}


def long_date(day: date, language: str) -> str:
    """A date as people write it: 31 December 2023. English where the months are not known."""
    code = next(code for code in fallbacks(language) if code in _MONTH_NAMES)
    return f"{day.day} {_MONTH_NAMES[code][day.month - 1]} {day.year}"


class Catalogue:
    """The words of one package, by dotted key, in all its languages."""

    def __init__(self, package: str, texts: Mapping[str, Mapping[str, str]]) -> None:
        self.package = package
        self.texts = texts
        self.languages = tuple(sorted(texts))
        self._made: dict[tuple[str, str], str | Callable[[dict[str, Any]], str]] = {}

    @classmethod
    def load(cls, package: str) -> "Catalogue":
        """The catalogue of an installed package; each is read once."""
        return _load(package)

    def say(self, key: str, language: str, **params: Any) -> str:
        """The text in this language, or in the nearest that has it.

        Where the key has plural forms below it (`key.one`, `key.other`), `n` chooses.
        """
        made = self._made.get((key, language))
        if made is None:
            made = self._made[key, language] = self._make(key, language)
        return made if isinstance(made, str) else made(params)

    def _make(self, key: str, language: str) -> str | Callable[[dict[str, Any]], str]:
        for code in fallbacks(language):
            texts = self.texts.get(code, {})
            if key in texts:
                return _ready(f"{self.package}: {key} ({code})", texts[key], code)
            if f"{key}.other" in texts:
                return partial(self._say_plural, key, code)
        raise UnknownText(f"the package {self.package} has no text {key}")

    def _say_plural(self, key: str, code: str, params: dict[str, Any]) -> str:
        if "n" not in params:
            raise BadText(f"{self.package}: {key} ({code}) needs the number `n`")
        form = f"{key}.{plural(params['n'], code)}"
        chosen = form if form in self.texts[code] else f"{key}.other"
        return self.say(chosen, code, **params)


def template(text: str, code: str) -> Template:
    """A text as a template, in a sandbox, with `date` as a filter in its language."""
    return _environment(code).from_string(text)


def parameters(text: str) -> frozenset[str]:
    """The names that a text wants filled in."""
    return frozenset(meta.find_undeclared_variables(_environment(HOME).parse(text)))


def _ready(name: str, text: str, code: str) -> str | Callable[[dict[str, Any]], str]:
    if not _MARKUP.search(text):
        return text
    try:
        return partial(_fill, name, template(text, code))
    except TemplateSyntaxError as error:
        raise BadText(f"{name} is not a template: {error.message}") from error


def _fill(name: str, made: Template, params: dict[str, Any]) -> str:
    try:
        return made.render(params)
    except (TemplateError, TypeError, ValueError, AttributeError) as error:
        raise BadText(f"{name} cannot be filled in: {error}") from error


@cache
def _environment(code: str) -> SandboxedEnvironment:
    made = SandboxedEnvironment(
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_something,
    )
    made.filters["date"] = partial(long_date, language=code)
    return made


def _something(value: Any) -> Any:
    """Nobody is ever shown the word None."""
    if value is None:
        raise BadText("a parameter is empty")
    return value


@cache
def _load(package: str) -> Catalogue:
    texts = {}
    for entry in (files(package) / "wording").iterdir():
        code, dot, kind = entry.name.rpartition(".")
        if (dot, kind) == (".", "toml") and _CODE.fullmatch(code):
            place = f"{package}/wording/{entry.name}"
            texts[code] = dict(_flat(tomllib.loads(entry.read_text("utf-8")), "", place))
    if HOME not in texts:
        raise UnknownText(f"the package {package} has no wording/{HOME}.toml")
    return Catalogue(package, texts)


def _flat(table: Mapping[str, Any], prefix: str, place: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.", place)
        elif isinstance(value, str):
            yield f"{prefix}{name}", value.strip("\n")
        else:
            raise BadText(f"{place}: {prefix}{name} is not a text")
