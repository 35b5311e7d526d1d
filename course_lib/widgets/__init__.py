"""What a learner touches and sees; each module draws one thing, and `look` holds what they share."""
