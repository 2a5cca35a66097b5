//! `prove` itself: that it notices when the suite cannot fail.

mod inject;
mod matrix;
mod mutants;
mod pairs;
mod sample;
mod spared;
mod traceability;
mod what_is_missing;
