"""What a kind of record is: where its files lie, which fields they have, and what those fields refer to."""
