"""What people may ask of those who keep their data: a copy, or that they are deleted."""
