"""What the comments tell to whoever stands above them, after commit."""

from django.dispatch import Signal

# What readers see below an article has changed. Sent with `article_ids`, a set of primary keys; an
# empty set stands for all articles (a switch, the settings).
comments_changed = Signal()
