from stats.admin import figures, opening

__all__ = ["figures", "opening"]
