"""How people take part: everything that talks, listens or runs."""
