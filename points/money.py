"""Money is counted in fen, the hundredth part of a yuan, and only written as yuan."""

FEN = 100


def yuan(fen: int) -> str:
    """Write an amount of money in yuan with two digits, such as 1,234.50."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), FEN)
    return f"{sign}{whole:,}.{rest:02d}"
