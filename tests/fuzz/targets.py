"""All fuzzing targets, by name."""

from collections.abc import Mapping

from tests.fuzz import chats, copies, files, mails, pages, papers, tables, uploads, words
from tests.fuzz.target import Target

TARGETS: Mapping[str, Target] = {
    target.name: target
    for room in (chats, copies, files, mails, pages, papers, tables, uploads, words)
    for target in room.TARGETS
}
