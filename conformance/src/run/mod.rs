//! What a case holds while it plays: it sends through it, and asserts through what comes back.
//!
//! Every assertion is made on an [`Answer`] (to a request without fault) or on a [`Refused`] (to one with a fault). The
//! latter comes from a [`Control`] alone, and a control exists once the same request without the fault has succeeded.

mod answer;
mod creating;
mod sending;

pub use answer::{Answer, Control, Refused};
pub use creating::{OfFound, Removal};

use crate::case::Effect;
use crate::exchange::{Exchange, Purpose, Response};
use crate::interrupt::Interrupt;
use crate::ledger::Ledger;
use crate::request::Request;
use crate::secrets::Secrets;
use crate::shape::{Departure, Shapes};
use crate::suite::Mailbox;
use crate::target::{NO_CLOCK, Target};
use crate::wire::Prober;
use probity_fixtures::{Operation, Requirement};
use probity_server::Clock;
use std::cell::{Cell, RefCell};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};
use url::Url;

/// Changes a response between the wire and the case. It is how a suite is shown to be able to fail.
pub type Alteration = Arc<dyn Fn(&Operation, &mut Response) + Send + Sync>;

/// One case at play against one target.
pub struct Run {
    /// The id of the run that it is a part of.
    pub(crate) id: String,
    /// The case's id.
    pub(crate) case: String,
    pub(crate) target: Arc<Target>,
    pub(crate) ledger: Option<Arc<Ledger>>,
    pub(crate) interrupt: Interrupt,
    pub(crate) prober: Prober,
    pub(crate) shapes: Arc<Shapes>,
    pub(crate) alteration: Option<Alteration>,
    pub(crate) random: RefCell<fastrand::Rng>,
    pub(crate) record: Record,
}

/// What a case leaves behind when it has played.
#[derive(Default)]
pub(crate) struct Record {
    pub(crate) exchanges: RefCell<Vec<Exchange>>,
    pub(crate) assertions: RefCell<Vec<Assertion>>,
    pub(crate) observations: RefCell<Vec<(&'static Requirement, String)>>,
    pub(crate) departures: RefCell<Vec<(&'static Operation, Departure, usize)>>,
    pub(crate) secrets: RefCell<Secrets>,
    /// What removes again what the case created, in the order of creation.
    pub(crate) removals: RefCell<Vec<(Option<usize>, Removal)>>,
    /// The case is over, and removes what it created, whatever else happens.
    pub(crate) removing: Cell<bool>,
    /// What it creates that no call can remove.
    pub(crate) left_on_purpose: RefCell<Vec<String>>,
    pub(crate) leftovers: RefCell<Vec<String>>,
    pub(crate) arranging: Cell<bool>,
}

/// One thing that a response was held to.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// The requirement that it cites.
    pub requirement: &'static Requirement,
    /// What was expected, in words.
    pub expected: String,
    /// What departs, where it does.
    pub actual: Option<String>,
    /// Which of the case's exchanges it is about.
    pub exchange: usize,
}

/// Why a case ends before its last assertion.
#[derive(Debug, Clone)]
pub enum Stop {
    /// What the case stands on did not come about.
    Inconclusive {
        /// What did not.
        reason: String,
        /// The requirement that would have made it so.
        rests_on: Option<&'static Requirement>,
    },
    /// The target cannot be asked this.
    Skip(String),
}

impl Run {
    /// A value that the target's configuration gives; a case declares it as a need.
    ///
    /// # Errors
    /// [`Stop::Skip`] when it is not given.
    pub fn value(&self, key: &str) -> Result<&str, Stop> {
        let missing = || Stop::Skip(format!("set `{key}` for this target"));
        self.target.value(key).ok_or_else(missing)
    }

    /// Where the target is.
    pub fn url(&self) -> &Url {
        &self.target.url
    }

    /// A name for something that the case creates: nothing else has it, and it tells which run it is of.
    pub fn own_name(&self) -> String {
        format!("probity-{}-{}", self.id, self.random_text(8))
    }

    /// A text of `length` small letters and digits that is new in each case.
    pub fn random_text(&self, length: usize) -> String {
        let mut random = self.random.borrow_mut();
        (0..length)
            .map(|_| char::from(random.choice(b"abcdefghijkmnpqrstuvwxyz23456789").copied().unwrap_or(b'x')))
            .collect()
    }

    /// Random bytes that are new in each case.
    pub(crate) fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.borrow_mut().fill(&mut bytes);
        bytes
    }

    /// Has a text masked as `$API_NAME` in all that is shown: one that a secret was made into, say.
    pub fn mask(&self, name: &str, secret: &str) {
        self.record.secrets.borrow_mut().add(&format!("{}_{name}", self.target.variable_prefix()), secret);
    }

    /// Runs `arrange` to come by something that the case needs. Its exchanges are not judged.
    ///
    /// # Errors
    /// What `arrange` ends with.
    pub async fn arrange<T>(&self, arrange: impl AsyncFnOnce() -> Result<T, Stop>) -> Result<T, Stop> {
        let before = self.record.arranging.replace(true);
        let arranged = arrange().await;
        self.record.arranging.set(before);
        arranged
    }

    /// The way of doing `what` that arranging found to work with this target, where it has found one.
    pub fn way(&self, what: &'static str) -> Option<String> {
        self.target.ways.lock().unwrap_or_else(PoisonError::into_inner).get(what).cloned()
    }

    /// Keeps the way of doing `what` that was found to work.
    pub fn found_way(&self, what: &'static str, way: impl Into<String>) {
        self.target.ways.lock().unwrap_or_else(PoisonError::into_inner).insert(what, way.into());
    }

    /// Where the target's mails are read, if that is in this process.
    pub fn mailbox(&self) -> Option<&Mailbox> {
        self.target.mailbox.as_ref()
    }

    /// Whether the target allows this to be done to it.
    pub fn allows(&self, effect: Effect) -> bool {
        self.target.allow.contains(&effect)
    }

    /// Whether the target is a reference server of this process, which no other case uses.
    pub fn is_embedded(&self) -> bool {
        self.target.clock.is_some()
    }

    /// How long to wait at most for what a target does in its own time. The embedded server does all at once.
    ///
    /// # Errors
    /// [`Stop::Inconclusive`] when the run has already waited a minute in all for what never came: then nothing can be
    /// said of what is not there.
    pub fn patience(&self) -> Result<Duration, Stop> {
        const ONE_WAIT: Duration = Duration::from_secs(10);
        match self.is_embedded() {
            true => Ok(Duration::ZERO),
            false if self.target.patience.left() >= ONE_WAIT => Ok(ONE_WAIT),
            false => Err(Stop::Inconclusive {
                reason: "the run has waited a minute in all for events that never showed, and waits no more".to_owned(),
                rests_on: None,
            }),
        }
    }

    /// Tells that a wait of this length was for nothing.
    pub fn waited_for_nothing(&self, waited: Duration) {
        self.target.patience.lose(waited);
    }

    /// Records what the target does about an open requirement.
    pub fn observe(&self, requirement: &'static Requirement, value: impl Into<String>) {
        self.record.observations.borrow_mut().push((requirement, value.into()));
    }

    /// Moves the target's clock forward.
    ///
    /// # Errors
    /// [`Stop::Skip`] when it has none that can be moved.
    pub fn advance_clock(&self, by: Duration) -> Result<(), Stop> {
        let no_clock = || Stop::Skip(NO_CLOCK.to_owned());
        self.target.clock.as_ref().ok_or_else(no_clock)?.advance(by);
        Ok(())
    }

    /// The time that the target believes it is: its clock's, or the system's.
    pub fn now(&self) -> SystemTime {
        self.target.clock.as_ref().map_or_else(SystemTime::now, Clock::now)
    }

    /// Does nothing for a while, or until the run is interrupted.
    pub async fn pause(&self, time: Duration) {
        // A timer would still take a millisecond, at each of a run's requests.
        if time.is_zero() {
            return;
        }
        match self.record.removing.get() {
            true => tokio::time::sleep(time).await,
            false => {
                let (told, over) = (std::pin::pin!(self.interrupt.wait()), std::pin::pin!(tokio::time::sleep(time)));
                futures_util::future::select(told, over).await;
            }
        }
    }

    /// Lets this much time pass for the target: by its clock, or in reality.
    ///
    /// # Errors
    /// [`Stop::Skip`] when it can only be waited out in reality, and that is not allowed, or is too long: 90 s at once,
    /// three minutes in a run.
    pub async fn wait_out(&self, time: Duration) -> Result<(), Stop> {
        const LONGEST: Duration = Duration::from_secs(90);
        if let Some(clock) = &self.target.clock {
            clock.advance(time);
            return Ok(());
        }
        let refusal = match () {
            () if time > LONGEST => NO_CLOCK,
            () if !self.allows(Effect::Slow) => "allow it with --allow slow",
            () if self.target.waiting.left() < time => "the run has waited three minutes in all, and waits no more",
            () => {
                self.target.waiting.lose(time);
                self.pause(time).await;
                return Ok(());
            }
        };
        Err(Stop::Skip(refusal.to_owned()))
    }

    /// Sends a request and holds its answer to all that `openapi.yaml` says of a successful one.
    pub(crate) async fn judge_shape(&self, request: Request) -> Result<(), Stop> {
        let answer = self.send("as the document has it", &request).await?;
        let Some(operation) = request.operation() else { return Ok(()) };
        let departures = self.shapes.of(operation).departures(&answer.response());
        let mut assertions = self.record.assertions.borrow_mut();
        for requirement in operation.answer_requirements.iter().copied() {
            let departed: Vec<_> = departures.iter().filter(|departure| departure.requirement == requirement).collect();
            let exchange = answer.exchange();
            if departed.is_empty() {
                let expected = requirement.says.to_owned();
                assertions.push(Assertion { requirement, expected, actual: None, exchange });
            }
            for Departure { expected, actual, .. } in departed.into_iter().cloned() {
                assertions.push(Assertion { requirement, expected, actual: Some(actual), exchange });
            }
        }
        Ok(())
    }
}
