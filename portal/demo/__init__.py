"""The demo site: an invented ward with news, pictures, a map and two tunes; see docs/demo.md."""
