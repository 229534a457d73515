"""How the demo ward's pictures, map, emblem and tunes were made. Nothing of it runs on a site.

`python -m portal.demo.draw.render` draws them again (needs the development dependencies, a
chromium and `lame`); every shape and every note is in this folder, so their origin is plain.
"""
