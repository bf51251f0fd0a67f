"""Checks of the house: a rule without a check decays. Each check here also meets a planted violation."""
