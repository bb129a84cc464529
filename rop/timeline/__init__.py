"""The history of an order as people read it.

Sentences are rendered when they are read, in the reader's language; the journal has codes and numbers only.
"""

from rop.timeline.merging import AT_MOST, BadCursor, TimelineItem, timeline

__all__ = ["AT_MOST", "BadCursor", "TimelineItem", "timeline"]
