from ratings.admin import summaries, switches

__all__ = ["summaries", "switches"]
