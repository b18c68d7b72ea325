"""A word or two for a browser, by which people know it again among their own. Pure."""

_BROWSERS = (
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("samsungbrowser", "Samsung Internet"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("chrome", "Chrome"),
    ("crios", "Chrome"),
    ("safari", "Safari"),
)
_SYSTEMS = (
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android"),
    ("windows", "Windows"),
    ("mac os", "Mac"),
    ("cros", "Chromebook"),
    ("linux", "Linux"),
)


def named(user_agent: str) -> str:
    """Such as "Firefox, Android"; no version, nothing that tells one phone from another."""
    said = user_agent[:400].casefold()
    parts = (_first(said, _BROWSERS), _first(said, _SYSTEMS))
    return ", ".join(part for part in parts if part) or "A browser"


def _first(said: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in known if sign in said), "")
