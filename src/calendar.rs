//! Working days, holidays and due dates, each with the account of how it was counted.
