"""Every way in: translate, make one call, translate back."""
