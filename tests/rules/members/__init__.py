"""The pure rules about members."""
