"""Chapter 02, activities: charge once, resume after a kill, complete with a task token."""
