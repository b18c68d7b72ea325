"""Languages as authors write them in headings: `Polski (pl)`, `pl`, or a well-known name."""

import re

_BRACKETS = re.compile(r"\(([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\)\s*$")
_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")

_NAMES = {
    "am": "amharic አማርኛ",
    "ar": "arabic العربية عربي",
    "bg": "bulgarian български",
    "bn": "bengali bangla বাংলা",
    "ckb": "sorani",
    "cs": "czech čeština",
    "cy": "welsh cymraeg",
    "da": "danish dansk",
    "de": "german deutsch",
    "el": "greek ελληνικά",
    "en": "english",
    "es": "spanish español castellano",
    "et": "estonian eesti",
    "fa": "persian farsi فارسی",
    "fi": "finnish suomi",
    "fr": "french français francais",
    "ga": "irish gaeilge",
    "gd": "gàidhlig",
    "gu": "gujarati ગુજરાતી",
    "he": "hebrew עברית",
    "hi": "hindi हिन्दी हिंदी",
    "hr": "croatian hrvatski",
    "hu": "hungarian magyar",
    "hy": "armenian հայերեն",
    "it": "italian italiano",
    "ja": "japanese 日本語",
    "ka": "georgian ქართული",
    "ko": "korean 한국어",
    "ku": "kurdish kurdî kurmanji",
    "lt": "lithuanian lietuvių",
    "lv": "latvian latviešu",
    "ml": "malayalam മലയാളം",
    "mr": "marathi मराठी",
    "ne": "nepali नेपाली",
    "nl": "dutch nederlands",
    "pa": "punjabi panjabi ਪੰਜਾਬੀ",
    "pl": "polish polski",
    "ps": "pashto پښتو",
    "pt": "portuguese português portugues",
    "ro": "romanian română romana",
    "ru": "russian русский",
    "si": "sinhala සිංහල",
    "sk": "slovak slovenčina",
    "sl": "slovenian slovenščina",
    "so": "somali soomaali",
    "sq": "albanian shqip",
    "sr": "serbian српски srpski",
    "sv": "swedish svenska",
    "sw": "swahili kiswahili",
    "ta": "tamil தமிழ்",
    "te": "telugu తెలుగు",
    "th": "thai ไทย",
    "ti": "tigrinya ትግርኛ",
    "tl": "tagalog filipino",
    "tr": "turkish türkçe turkce",
    "uk": "ukrainian українська",
    "ur": "urdu اردو",
    "vi": "vietnamese",
    "yo": "yoruba",
    "zh": "chinese mandarin 中文",
}
_BY_NAME = {name: code for code, names in _NAMES.items() for name in names.split()}


def language_code(name: str) -> str | None:
    """`Polski (pl)`, `pl` and `Polish` are all "pl"; a name that is not known is none."""
    printed = name.strip()
    if match := _BRACKETS.search(printed):
        return _canonical(match[1])
    if known := _BY_NAME.get(printed.casefold()):
        return known
    return _canonical(printed) if _CODE.fullmatch(printed) else None


def _canonical(code: str) -> str:
    """`pt_br` and `PT-BR` are `pt-BR`; a script has a capital: `zh-Hant`."""
    first, *rest = re.split("[-_]", code)
    return "-".join((first.lower(), *(_subtag(part) for part in rest)))


def _subtag(part: str) -> str:
    return part.title() if len(part) == 4 else part.upper() if len(part) == 2 else part
