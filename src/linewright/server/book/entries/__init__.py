"""What people enter by hand: pieces, jobs, sign-ons; checked, audited, stored, and taken back."""
