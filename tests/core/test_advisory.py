"""One transaction may add any number of files, and no lock of theirs is one of AI-РОП's own."""

from hashlib import sha256

from core.advisory import CONTENT_LOCKS, Lock, content_lock


def test_contents_have_few_locks_of_their_own() -> None:
    contents = [sha256(str(number).encode()).hexdigest() for number in range(20_000)]
    locks = {content_lock(content) for content in contents}
    assert len(locks) == CONTENT_LOCKS
    assert not locks & set(Lock)
    assert content_lock(contents[7]) == content_lock(contents[7])
