"""The functions of the route table, a file a topic: each takes what is asked and gives a view."""
