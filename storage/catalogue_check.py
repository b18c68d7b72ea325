"""Whether the languages of a catalogue say the same things; for the tests of every package."""

from collections.abc import Iterator, Mapping

from jinja2 import TemplateSyntaxError

from storage.language import HOME, PLURAL_FORMS, Catalogue, parameters, template


def check_catalogue(package: str) -> list[str]:
    """What is wrong with a package's wording, a sentence each; nothing where all is well."""
    return problems(Catalogue.load(package))


def problems(catalogue: Catalogue) -> list[str]:
    """What is wrong with a catalogue: broken templates, and what English has otherwise."""
    broken = [
        f"{catalogue.package}/{code}: {found}"
        for code in catalogue.languages
        for found in _broken(catalogue.texts[code], code)
    ]
    if broken:
        return broken
    english = _wants(catalogue.texts[HOME])
    return [
        f"{catalogue.package}/{code}: {found}"
        for code in catalogue.languages
        if code != HOME
        for found in _differences(english, _wants(catalogue.texts[code]))
    ]


def _broken(texts: Mapping[str, str], code: str) -> Iterator[str]:
    for key, text in texts.items():
        if not text:
            yield f"{key} is empty"
        try:
            template(text, code)
        except TemplateSyntaxError as error:
            yield f"{key} is not a template: {error.message}"


def _differences(
    english: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]]
) -> Iterator[str]:
    # A language may leave a whole part to English (staff pages, say), but never half of one.
    parts = {_part(key) for key in other}
    for key in sorted(english.keys() - other.keys()):
        if _part(key) in parts:
            yield f"{key} is missing"
    for key in sorted(other.keys() - english.keys()):
        yield f"{key} is not in English"
    for key in sorted(english.keys() & other.keys()):
        if english[key] != other[key]:
            yield (
                f"{key} wants {', '.join(sorted(other[key])) or 'nothing'}, "
                f"and in English {', '.join(sorted(english[key])) or 'nothing'}"
            )


def _part(key: str) -> str:
    return key.partition(".")[0]


def stems(texts: Mapping[str, str]) -> frozenset[str]:
    """The keys as they are said: plural forms count as one."""
    return frozenset(_stem(key, texts) for key in texts)


def _wants(texts: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The parameters of each key as it is said, whichever plural forms a language has."""
    wants: dict[str, frozenset[str]] = {}
    for key, text in texts.items():
        name = _stem(key, texts)
        found = parameters(text) if name == key else parameters(text) - {"n"}
        wants[name] = wants.get(name, frozenset()) | found
    return wants


def _stem(key: str, texts: Mapping[str, str]) -> str:
    stem, _, form = key.rpartition(".")
    return stem if form in PLURAL_FORMS and _is_plural(stem, texts) else key


def _is_plural(stem: str, texts: Mapping[str, str]) -> bool:
    below = {key.removeprefix(f"{stem}.") for key in texts if key.startswith(f"{stem}.")}
    return "other" in below and below <= PLURAL_FORMS
