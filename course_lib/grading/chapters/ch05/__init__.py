"""Chapter 05, messages: an approval, a validator, a race between handlers, two levels with escalation."""
