from comments.models.comments import Comment, CommentQuerySet, CommentTally
from comments.models.decisions import Block, CannedReason, Decision, ListedPhrase, Reason, Report
from comments.models.settings import (
    CommentPolicy,
    CommentSettings,
    CommentSwitch,
    ConsentText,
    SendLimit,
)

__all__ = [
    "Block",
    "CannedReason",
    "Comment",
    "CommentPolicy",
    "CommentQuerySet",
    "CommentSettings",
    "CommentSwitch",
    "CommentTally",
    "ConsentText",
    "Decision",
    "ListedPhrase",
    "Reason",
    "Report",
    "SendLimit",
]
