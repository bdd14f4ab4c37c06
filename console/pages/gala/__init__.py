"""The evening of a gala at the desk: programme, cues of the host, polls, and what people write.

Its pages stand below the event's own.
"""

from console.pages.gala import audience, cues, polls, programme, streams

__all__ = ["audience", "cues", "polls", "programme", "streams"]
