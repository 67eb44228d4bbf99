"""What is configured: settings, portal files, vocabulary and administrative units."""
