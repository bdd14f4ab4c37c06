"""Letters at the desk, the answers that are known, and what was not understood.

Whoever holds any role may open it: which threads they read is decided thread by thread.
"""

from console.pages.desk import answers, letters, misses, thread
from console.pages.desk.section import section

__all__ = ["answers", "letters", "misses", "section", "thread"]
