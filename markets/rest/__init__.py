"""What every address of the API is made of: who is let in, how a call is read, answered, repeated and documented."""
