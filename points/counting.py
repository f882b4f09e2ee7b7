"""How a number and what it counts are written on the command line: 1 entry, 2 entries."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write how many of what there are; the plural is the singular with an s unless it is given."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
