"""Parts, the queues they wait in, and what puts them there and takes them out."""
