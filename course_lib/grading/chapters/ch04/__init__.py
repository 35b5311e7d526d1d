"""Chapter 04, sagas: whole or undone, cancelled and still refunded, given back once."""
