"""What happens to every request and response, one step a file; order: crawler/settings.py."""
