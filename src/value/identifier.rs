//! Identifiers that carry their own check: national ID, IBAN, mobile number, short address.
