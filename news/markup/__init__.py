"""Rich text. `clean_html` is the only way by which it enters; all else here serves it.

- `cleaning`: `clean_html` itself
- `allowed`: which elements, attributes and URL schemes are kept
- `limits`: limits on nesting and size, before anything is parsed
- `tree`, `structure`, `whitespace`: paragraphs, lists, tables, figures; remains of word processors
- `addresses`: where links and pictures may lead
- `words`: the plain text of a cleaned body
"""

from news.markup.cleaning import clean_html
from news.markup.words import first_words, plain_text

__all__ = ["clean_html", "first_words", "plain_text"]
