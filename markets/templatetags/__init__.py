"""How figures of the field are written on pages and in emails."""
