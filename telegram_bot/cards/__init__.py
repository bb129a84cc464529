"""The texts and buttons of messages. Knows nothing of how they are sent.

What a message has to carry (`core.outbox.Outgoing`), besides its addressee:

| template | `order_id` | `context` | `thread` |
|---|---|---|---|
| `order_new` | yes | | `order:<order>:user:<person>` |
| `order_card`, `order_taken` (`edits`) | yes | `because`: how the assignment ended | the same |
| `sla_reminder`, `sla_breach` | yes | `clock`: its kind, `due_at`: ISO | |
| `stuck` | yes | `since`: ISO | |
| `escalation` | yes | `escalations`: ids | `order:<order>:lead:<person>`, `order:<order>:group:<group>` |
| `escalation` (`edits`) | yes | | the same |
| `note_mention` | yes | `note` | |
| `inspection` | yes | `files`: what came of these is told | `order:<order>:inspection:<person>` |
| `deal` | yes | `files`: what came of these is told | `order:<order>:deal:<person>` |
| `follow_up`, `client_undecided`, `track` | yes | `task` | the same |
| `paid` | yes | | the same |
| `blocker` | yes | `blocker` | the same |
| `task` | yes | `task` | `task:<task>`, which more than one person may share |
| `approval_asked` | yes | `approval` | `approval:<approval>` |
| `approval_decided`, `approval_expired`, `approval_withdrawn` | yes | `approval` | |
| `payment_late` | yes | `payment` | |
| `evidence_repeated` | yes | `evidence` | |
| `nobody_eligible` | | | |
| `message_dead` | | `message`, `because` | |
| `part_silent` | | `part`, `since`: ISO | |
"""

from telegram_bot.cards.registry import CARDS, MERGEABLE, STORM, SUMMARY, UnknownTemplate, card
from telegram_bot.cards.render import Reader, Rendered, reader_of, readers, render, render_template
from telegram_bot.cards.samples import preview

__all__ = [
    "CARDS",
    "MERGEABLE",
    "STORM",
    "SUMMARY",
    "Reader",
    "Rendered",
    "UnknownTemplate",
    "card",
    "preview",
    "reader_of",
    "readers",
    "render",
    "render_template",
]
