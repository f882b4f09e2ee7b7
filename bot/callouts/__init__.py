"""Call-outs: plans, audience, answers, the board and stand-down."""
