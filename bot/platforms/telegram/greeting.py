"""How the bot presents itself: commands, descriptions and menu, in every language.

What is there already is left alone: Telegram allows few of these calls.
"""

from telegram import Bot, BotCommand, MenuButton, MenuButtonCommands

from bot.settings import TelegramSettings
from storage.language import Catalogue

COMMANDS = (
    *("help", "skip", "back", "stop", "later", "language"),
    *("privacy", "safe", "clear", "delete"),
)
LANGUAGES = ("en", "pl", "ur", "ar", "ro")
_MOST_ABOUT, _MOST_SHORT = 512, 120


async def greet(bot: Bot, words: Catalogue, settings: TelegramSettings) -> int:
    """Sets what differs; how much that was. Without a language is what all others see."""
    changed = 0
    for code in ("", *LANGUAGES):
        language = code or None
        wanted = commands(words, code or "en")
        found = await bot.get_my_commands(language_code=language)
        if tuple((one.command, one.description) for one in found) != wanted:
            await bot.set_my_commands(
                [BotCommand(name, text) for name, text in wanted], language_code=language
            )
            changed += 1
        changed += await _describe(bot, words, settings, code)
    button = await bot.get_chat_menu_button()
    if button.type != MenuButton.COMMANDS:
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        changed += 1
    return changed


def commands(words: Catalogue, language: str) -> tuple[tuple[str, str], ...]:
    """The menu of commands: their names, and what they do."""
    return tuple((name, words.say(f"telegram.menu.{name}", language)) for name in COMMANDS)


def about(words: Catalogue, language: str, settings: TelegramSettings) -> str:
    """What stands in an empty chat. A longer address of the privacy page does not fit and goes."""
    for url in (settings.privacy_url, ""):
        text = words.say(
            "telegram.about", language, age=settings.minimum_age or "", privacy_url=url
        )
        if len(text) <= _MOST_ABOUT:
            break
    return text[:_MOST_ABOUT]


async def _describe(bot: Bot, words: Catalogue, settings: TelegramSettings, code: str) -> int:
    language, changed = code or None, 0
    long = about(words, code or "en", settings)
    if (await bot.get_my_description(language)).description != long:
        await bot.set_my_description(long, language)
        changed += 1
    short = words.say("telegram.short", code or "en")[:_MOST_SHORT]
    if (await bot.get_my_short_description(language)).short_description != short:
        await bot.set_my_short_description(short, language)
        changed += 1
    return changed
