"""Process price: what a buyer abroad pays, and what the shop shows."""
