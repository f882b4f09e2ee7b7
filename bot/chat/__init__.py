"""Telegram conversations: one module for each thing a person does."""
