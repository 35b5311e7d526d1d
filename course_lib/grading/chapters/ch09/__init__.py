"""Chapter 09, children and long runs: a sync that continues as new, a window of children, who outlives whom."""
