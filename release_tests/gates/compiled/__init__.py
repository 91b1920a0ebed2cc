"""What the gates over compiled code share: which members there are, and what tags stand for."""
