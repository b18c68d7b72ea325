"""The names under which our cards carry what they need to be understood when they come back."""

OURS = "loop"
"""What we put into a button: `t` the token of a press; of a form `f` its id, `m` the message whose

button opened it, `p` the form itself.
"""
FIELD = "q."
SEVERAL = "s."
"""Before the name of a field; of one with several choices, which come back with commas between."""
PRESS, SEND = "press", "send"
"""The verbs of our buttons."""
