"""The data map as a picture: who writes, through which doors, what is kept, who sees it."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.papers.facts import Facts
from surveys.typesetting import font_files

PICTURE = "data-map.svg"
_DENSITY = 200
_PAGE = (
    "#set page(width: auto, height: auto, margin: 0pt)\n"
    '#image(bytes(sys.inputs.map), format: "svg")'
)


def as_svg(facts: Facts) -> str:
    """The picture, with its title and a text alternative in it."""
    doors = [door.name for door in facts.open_doors if door.who.startswith("young")]
    staff = [door.name for door in facts.open_doors if not door.who.startswith("young")]
    return (
        _environment()
        .get_template("data-map.svg.j2")
        .render(facts=facts, doors=doors, staff=staff, told=alternative(facts))
    )


def alternative(facts: Facts) -> str:
    """What the picture shows, in words."""
    doors = ", ".join(door.name for door in facts.open_doors)
    kept = ", ".join(dict.fromkeys(door.company for door in facts.companies)) or "no other company"
    return (
        "Young people, practitioners and professionals write through the doors that are open "
        f"({doors}); also kept by: {kept}. All of it is stored in one database, words and "
        "addresses encrypted, the keys apart from it. Out of it, the reviewer alone reads new "
        "words; the voice lead reads what a reviewer has closed; the partnership sees totals of "
        f"at least {facts.fewest_inside}, the public of at least {facts.fewest_public}. Only the "
        "reviewer, as a person, passes a concern on to children's services, the police or a "
        "school. “You said, we did” goes back to those who wrote."
    )


def as_png(svg: str) -> bytes:
    """The same for Word, which wants points."""
    import typst

    folders = sorted({path.parent for path in font_files()})
    made = typst.compile(
        _PAGE.encode(),
        sys_inputs={"map": svg},
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=folders
        ),
        format="png",
        ppi=_DENSITY,
    )
    assert isinstance(made, bytes)
    return made


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bot.papers"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
