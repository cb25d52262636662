"""What `supervise` is made of beside its children: what it says, its bus, and who hangs."""
