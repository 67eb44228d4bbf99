"""What is true: records, the one writer, the one reader, captures and export."""
