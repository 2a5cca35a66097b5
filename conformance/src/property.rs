//! Generated inputs: a property that has to hold for every value of a strategy, within a budget of requests, and the
//! smallest value found that it does not hold for.

use crate::run::{Run, Stop};
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// How many values are tried, and how many more to make a counterexample smaller.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) values: usize,
    pub(crate) shrinks: usize,
}

/// Tries values of a strategy, drawn from the case's own sequence, until one does not hold; then makes that one smaller.
/// What `holds` tells of the smallest one is the result.
///
/// # Errors
/// What `holds` stops with.
pub(crate) async fn counterexample<S: Strategy, E>(
    run: &Run,
    strategy: S,
    budget: Budget,
    holds: impl AsyncFn(&S::Value) -> Result<Result<(), E>, Stop>,
) -> Result<Option<E>, Stop> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &run.random_bytes::<32>());
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    for _ in 0..budget.values {
        let Ok(mut tree) = strategy.new_tree(&mut runner) else { continue };
        let Err(mut smallest) = holds(&tree.current()).await? else { continue };
        let mut simpler = tree.simplify();
        for _ in 0..budget.shrinks {
            if !simpler {
                break;
            }
            simpler = match holds(&tree.current()).await {
                Ok(Ok(())) => tree.complicate(),
                Ok(Err(smaller)) => {
                    smallest = smaller;
                    tree.simplify()
                }
                // What was found stands, however small it could have been made.
                Err(_) => break,
            };
        }
        return Ok(Some(smallest));
    }
    Ok(None)
}
