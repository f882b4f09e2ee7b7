"""Who lives here: areas, residents, teams, roles and privacy."""
