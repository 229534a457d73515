"""The moderation desk. It knows nothing of the apps above, which may extend it."""

from comments.admin import comments, reports, rules

__all__ = ["comments", "reports", "rules"]
