"""Process bring_in: files from outside become catalogue, prices, rates and tariffs."""
