//! What a case holds while it plays: it sends through it, and asserts through what comes back.
//!
//! Every assertion is made on an [`Answer`] (to a request without fault) or on a [`Refused`] (to one with a fault). The
//! latter comes from a [`Control`] alone, and a control exists once the same request without the fault has succeeded.

mod answer;
mod sending;

pub use answer::{Answer, Control, Refused};

use crate::case::Effect;
use crate::exchange::{Exchange, Purpose, Response};
use crate::request::Request;
use crate::secrets::Secrets;
use crate::shape::{Departure, Shapes};
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
    pub(crate) target: Arc<Target>,
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
    pub(crate) removals: RefCell<Vec<Removal>>,
    /// What it creates that no call can remove.
    pub(crate) left_on_purpose: RefCell<Vec<String>>,
    pub(crate) leftovers: RefCell<Vec<String>>,
    pub(crate) arranging: Cell<bool>,
}

/// How to remove again what a case creates. It is noted before the creating request: what came of that may never be known.
pub struct Removal {
    /// What is created, in words.
    pub what: String,
    /// Lists what is there.
    pub find: Request,
    /// The requests that remove what a list shows to be the case's.
    pub of_found: OfFound,
}

/// The requests that remove what a list shows.
pub type OfFound = Box<dyn Fn(&Response) -> Vec<Request>>;

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

    /// Has what the case is about to create looked for and removed when the case has ended, in whichever way.
    pub fn remove_at_end(&self, removal: Removal) {
        self.record.removals.borrow_mut().push(removal);
    }

    /// Takes back the last removal: what it was for was refused, and was not created.
    pub fn nothing_to_remove(&self) {
        self.record.removals.borrow_mut().pop();
    }

    /// Notes what the case creates that no call can remove.
    pub fn leave_behind(&self, what: impl Into<String>) {
        self.record.left_on_purpose.borrow_mut().push(what.into());
    }

    /// Removes what the case created, the last first, and looks whether it is gone.
    pub(crate) async fn remove(&self) {
        let removals = self.record.removals.take();
        for Removal { what, find, of_found } in removals.into_iter().rev() {
            let found = match self.answer_to("look for what was created", &find).await {
                Some(list) => of_found(&list),
                None => Vec::new(),
            };
            for request in &found {
                self.answer_to("remove it again", request).await;
            }
            let after = self.answer_to("look whether it is gone", &find).await;
            if !after.is_some_and(|list| list.status.is_success() && of_found(&list).is_empty()) {
                self.record.leftovers.borrow_mut().push(what);
            }
        }
    }

    async fn answer_to(&self, label: &str, request: &Request) -> Option<Response> {
        let exchange = self.exchange(label, request, Purpose::Arranging).await.ok()?;
        Some(self.response_to(exchange))
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
                tokio::time::sleep(time).await;
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
