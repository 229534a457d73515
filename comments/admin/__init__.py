"""The admin of comments, complaints and their settings.

- `comments`: the moderation queue and the page of one comment, put together from the mixins of
  `display` (columns and fields), `decisions` (approve, reject, …), `actions` (correct, answer,
  block, authority's request) and `personal_data` (export and erase the data of one sender)
- `reports`: complaints
- `settings`: word list, canned reasons, consent texts, switches, blocks
- `filters`, `forms`: list filters and forms of all of these
"""

from comments.admin import comments, reports, settings

__all__ = ["comments", "reports", "settings"]
