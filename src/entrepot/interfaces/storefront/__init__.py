"""The shop door: pages a buyer sees, drawn on the server, whole without scripts. Knows no other door."""
