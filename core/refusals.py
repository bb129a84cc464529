"""No, as the answer of a command: said out loud, with all that is missing, and nothing changed."""


class Refusal(Exception):
    """`code` is stable; str() is a sentence in the reader's language."""

    code = "refused"

    def lacks(self) -> list[str]:
        """Codes of what is missing, where the refusal knows them: the journal keeps these, not the sentences."""
        return []


class NotAllowed(Refusal):
    """The actor has no right to this. Whoever has none learns nothing more."""

    code = "not_yours"
