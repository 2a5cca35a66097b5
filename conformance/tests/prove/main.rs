//! `prove` itself: that it notices when the suite cannot fail.

mod inject;
mod matrix;
mod mutants;
mod pairs;
mod sample;
mod traceability;
mod what_is_missing;
