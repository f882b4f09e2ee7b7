"""A rehearsal room: a local stand-in for the Bot API with phones on a web page."""
