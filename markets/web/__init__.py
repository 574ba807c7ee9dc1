"""What pages share: who is asking, which rows and figures they see, what they typed."""
