"""What a buyer reads: one page of HTML and the same content as JSON."""
