"""The rules of offers, pure: how words become tokens, how a query is built, what a stock figure is called."""
