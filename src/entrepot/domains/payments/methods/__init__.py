"""What a buyer may pick, one file each. Placing a file registers the method; where it is offered is data."""
