"""The pictures of the documentation: whose records are on them, and which sources their screens are made of."""
