"""Where a login is kept: the system keyring, the kernel's, memory, an encrypted file. Never clear text."""
