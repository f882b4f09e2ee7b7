"""What Linli answers over HTTP: the webhook, and how it is."""
