"""Rules about the code that no linter knows."""
