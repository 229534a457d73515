from comments.models.comments import Comment, CommentQuerySet, CommentTally, ConsentText
from comments.models.decisions import Block, CannedReason, Decision, ListedPhrase, Reason, Report
from comments.models.settings import CommentSettings, CommentSwitch, SendLimit

__all__ = [
    "Block",
    "CannedReason",
    "Comment",
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
