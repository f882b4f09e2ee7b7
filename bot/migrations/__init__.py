"""The steps from each version of the tables to the next; `make migration m="…"` writes a new one."""
