"""People come in: staff are invited, buyers open an account, both are told when a way into it changes."""
