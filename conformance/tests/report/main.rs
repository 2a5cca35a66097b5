//! The forms of the report: each of them tells what the model holds, whatever a target has put into it.

mod junit;
mod markdown;
mod parity;
mod random;
mod schema;
