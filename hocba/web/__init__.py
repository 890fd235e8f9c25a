"""What is plain HTTP: who sends a request, files up and down, health, and what is refused at the door."""
