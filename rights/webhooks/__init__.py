"""Messages from outside: verified on the raw body, kept, answered; acted upon in a job."""
