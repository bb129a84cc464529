"""The inspection through REST: its points and verdict, its files, contacts with the seller and the client."""
