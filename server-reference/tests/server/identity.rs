//! The identity provider, by itself.
