"""The suite reads as the product's story, one file for each thing a person can do."""
