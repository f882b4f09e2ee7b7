"""The outbox, its lanes and its pace: the only code that sends to Telegram."""
