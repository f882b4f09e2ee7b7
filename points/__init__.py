"""What a good deed is worth: the ledger of neighbourhood points, rules, rewards and leaderboards."""
