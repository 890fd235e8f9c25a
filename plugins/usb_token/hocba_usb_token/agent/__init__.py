"""The agent: alone on the teacher's computer, outbound only."""
