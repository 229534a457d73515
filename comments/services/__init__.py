"""What changes comments: one verb a function, one transaction each.

A refusal is a ValidationError whose message is a sentence for whoever asked.
"""

from comments.services.deciding import (
    approve_comment,
    correct_comment,
    mark_spam,
    reject_comment,
    remove_comment,
    reply_officially,
    restore_comment,
)
from comments.services.erasing import (
    erase_comment,
    erase_sender,
    export_sender,
    purge_personal_data,
)
from comments.services.reporting import block_sender, handle_report, report_comment
from comments.services.sending import (
    StatusKeyTakenError,
    amend_comment,
    submit_comment,
    withdraw_comment,
)

__all__ = [
    "StatusKeyTakenError",
    "amend_comment",
    "approve_comment",
    "block_sender",
    "correct_comment",
    "erase_comment",
    "erase_sender",
    "export_sender",
    "handle_report",
    "mark_spam",
    "purge_personal_data",
    "reject_comment",
    "remove_comment",
    "reply_officially",
    "report_comment",
    "restore_comment",
    "submit_comment",
    "withdraw_comment",
]
