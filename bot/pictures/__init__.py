"""Boards, posters and codes drawn as PNG and PDF."""
