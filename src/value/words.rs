//! Numbers, counted things, dates and lists in words of either language.
