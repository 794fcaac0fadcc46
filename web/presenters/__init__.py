"""Choose words, colours and dates, so that templates only place them."""
