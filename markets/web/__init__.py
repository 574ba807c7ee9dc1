"""What pages and calls share: who is asking, what they see, how a call is read and answered."""
