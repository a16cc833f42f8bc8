"""What importers are made of: reading strangers' folders and pages, judging them, and making ids of their names."""
