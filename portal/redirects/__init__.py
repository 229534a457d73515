"""Old addresses: where they lead, who may change that, and which ones are missing."""
