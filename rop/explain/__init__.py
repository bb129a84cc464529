"""Why an order is where it is: who was chosen and why, what its deadlines are made of, what comes next.

Nothing is kept for this: it is read from the snapshots, the journal and the clocks, with the versions of the
policies that were in force then; what comes next is planned in memory with those of now.
"""

from rop.explain.explaining import explain
from rop.explain.sentences import explain_sentences

__all__ = ["explain", "explain_sentences"]
