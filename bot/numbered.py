"""Messages within what a platform takes: parts in one text, buttons as a numbered list."""

from dataclasses import dataclass, field, replace

from bot.messages import Limits, Message


@dataclass(frozen=True, slots=True)
class Menu:
    """The buttons of the last message by number: "2" means the second."""

    tokens: tuple[str, ...] = field(default=())

    def pick(self, text: str) -> str | None:
        """The token that a typed number stands for; "2", "2." and "2)" are the same.

        Digits of any script count: a person writes numbers as their keyboard does.
        """
        digits = text.strip().rstrip(".)").strip()
        if not (digits.isdecimal() and len(digits) <= 3):
            return None
        place = int(digits) - 1
        return self.tokens[place] if 0 <= place < len(self.tokens) else None


def fit(message: Message, limits: Limits) -> Message:
    """The message within a platform's limits: too many buttons become a numbered list.

    Where the text is too long it gives way, never the list.
    """
    if limits.parts:
        return message
    message = flat(message)
    text, buttons, listed = message.text, message.buttons, ""
    if len(buttons) > limits.buttons or any(len(b.label) > limits.label for b in buttons):
        listed, buttons = f"\n\n{as_list(message)}", ()
        text = with_hint(message)
    room = max(limits.text - len(listed), 0)
    if len(text) > room:
        text = text[: max(room - 1, 0)].rstrip() + "…"
    return replace(message, text=(text + listed)[: limits.text], buttons=buttons)


def flat(message: Message) -> Message:
    """The same without parts: one text, and all buttons below it, its own first."""
    if not message.parts and not message.foot:
        return message
    texts = (message.text, *(part.text for part in message.parts), message.foot)
    buttons = (*message.buttons, *(button for part in message.parts for button in part.buttons))
    return replace(
        message, text="\n\n".join(filter(None, texts)), buttons=buttons, parts=(), foot=""
    )


def _are_numbers(labels: list[str]) -> bool:
    return all(label.strip()[:1].isdecimal() for label in labels)


def with_hint(message: Message) -> str:
    """The text for where buttons are numbered, with how to answer by typing."""
    return "\n\n".join(part for part in (message.text, message.typed_hint) if part)


def as_list(message: Message) -> str:
    """The buttons as text: numbered, a scale in one line, commands as the words to type."""
    shown = [button for button in message.buttons if not button.tap_only]
    links = [f"{button.label}: {button.link}" for button in shown if button.link]
    shown = [button for button in shown if not button.link]
    numbered = [button.label for button in shown if not button.command]
    commands = [button.command for button in shown if button.command]
    if message.rtl:
        commands = [f"\u2066{command}\u2069" for command in commands]
    lines = [f"{number}) {label}" for number, label in enumerate(numbered, 1)]
    if message.scale:
        lines = ["  ".join(numbered if _are_numbers(numbered) else lines)]
    return "\n".join(f"  {line}" for line in [*lines, "  ".join(commands), *links] if line)
