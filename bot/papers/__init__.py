"""The papers that a partnership must have before it asks children anything, from its own settings.

`gather` looks at the settings and the surveys; `papers` makes of that what an officer reads, edits
and signs. What the program cannot know stands in them as to be decided, and by whom.
"""

from bot.papers.facts import Facts
from bot.papers.gather import gather
from bot.papers.shelf import PAPERS, Paper, paper, papers
from bot.papers.surveys import surveys_in

__all__ = ["PAPERS", "Facts", "Paper", "gather", "paper", "papers", "surveys_in"]
