"""Words of the catalogue as a page says them."""

from storage.language import HOME, Catalogue


def worded_for_a_page(key: str) -> str:
    """A chat's words name commands; a page has its own where that would be wrong."""
    own = f"page.{key}"
    return own if own in Catalogue.load("bot").texts[HOME] else key
