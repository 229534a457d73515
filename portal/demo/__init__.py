"""The demo site: an invented ward, phường Yên Hà, with news, pictures, a map and two tunes."""
