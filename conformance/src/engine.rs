//! Plays a plan. It emits events and never prints.
//!
//! Against the embedded server every case gets a server and a clock of its own, and cases run side by side. Against a
//! deployment they run in order, one at a time, and end at once when it cannot be reached any more.

use crate::case::{Case, shape_case_id};
use crate::exchange::Exchange;
use crate::interrupt::{INTERRUPTED, Interrupt};
use crate::ledger::Ledger;
use crate::plan::{Aim, Job, Plan};
use crate::run::{Assertion, Record, Run, Stop};
use crate::secrets::Secrets;
use crate::shape::{Departure, ShapeError, Shapes};
use crate::target::{DEFAULT_TIMEOUT, Target};
use crate::wire::{NoResponse, Prober};
use futures_util::FutureExt as _;
use probity_fixtures::{Operation, Requirement};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// How a plan is played.
#[derive(Clone)]
pub struct Options {
    /// How many cases run side by side against the embedded server.
    pub jobs: NonZeroUsize,
    /// How long one exchange with the embedded server may take.
    pub timeout: Duration,
    /// What random texts are made from: the same seed gives the same texts.
    pub seed: u64,
    /// The run's id, which the names of all that it creates hold.
    pub run: String,
    /// Where it is written down what is created on deployments, before it is.
    pub ledger: Option<Arc<Ledger>>,
    /// Whether the run is to end before it is done.
    pub interrupt: Interrupt,
    /// What a case asserts of a requirement and is taken for held, whatever came. It is how an assertion is shown to be
    /// missed.
    pub deaf_to: Option<Pair>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            jobs: NonZeroUsize::MIN,
            timeout: DEFAULT_TIMEOUT,
            seed: 0,
            run: "run".to_owned(),
            ledger: None,
            interrupt: Interrupt::default(),
            deaf_to: None,
        }
    }
}

/// A case, and a requirement that it asserts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The case's id.
    pub case: String,
    /// The requirement's id.
    pub requirement: &'static str,
}

impl Pair {
    /// Takes what is asserted for held: by the case itself, and for the case of an operation's shape what the answers to
    /// the operation show in any case.
    fn unhear(
        &self,
        case: &str,
        assertions: &mut [Assertion],
        departures: &mut Vec<(&'static Operation, Departure, usize)>,
    ) {
        if self.case == case {
            let of_it = assertions.iter_mut().filter(|assertion| assertion.requirement.id == self.requirement);
            of_it.for_each(|assertion| assertion.actual = None);
        }
        departures.retain(|(operation, departure, _)| {
            self.case != shape_case_id(operation) || departure.requirement.id != self.requirement
        });
    }
}

/// What happens while a plan is played.
pub enum Event<'a> {
    /// The plan begins: so many cases are to be played.
    Began(usize),
    /// A case begins.
    Playing(&'a str),
    /// A case has ended, in whichever way.
    Played(&'a Outcome),
}

/// What a case came to, before anyone judges it.
pub struct Outcome {
    /// The case.
    pub case: Arc<Case>,
    /// What it was put to.
    pub aim: Arc<Aim>,
    /// Why it ended before its last assertion, where it did.
    pub stop: Option<Stop>,
    /// The suite itself failed in it.
    pub suite_error: Option<String>,
    /// What it asserted.
    pub assertions: Vec<Assertion>,
    /// What it observed.
    pub observations: Vec<(&'static Requirement, String)>,
    /// What its successful answers depart from in `openapi.yaml`, with the exchange's place.
    pub departures: Vec<(&'static Operation, Departure, usize)>,
    /// What went over the wire.
    pub exchanges: Vec<Exchange>,
    /// What it created and could not remove again.
    pub leftovers: Vec<String>,
    /// What it created that no call can remove.
    pub left_on_purpose: Vec<String>,
    /// How many of the exchanges came before what removes again.
    pub played: usize,
    /// The deviations that its own embedded server came to where it would have departed, had it had them.
    pub asked: BTreeSet<&'static str>,
    /// What must not be shown of it.
    pub secrets: Secrets,
    /// How long it took.
    pub took: Duration,
}

/// Plays all jobs of a plan, and returns what each came to, in the plan's order.
///
/// # Errors
/// [`ShapeError`] when the suite's own `openapi.yaml` cannot be used.
pub fn play(plan: &Plan, options: &Options, on_event: &mut dyn FnMut(Event<'_>)) -> Result<Vec<Outcome>, ShapeError> {
    let mut outcomes: Vec<Option<Outcome>> = plan.jobs.iter().map(|_| None).collect();
    play_each(plan, options, on_event, &mut |place, outcome| outcomes[place] = Some(outcome))?;
    Ok(outcomes.into_iter().flatten().collect())
}

/// The same for whoever need not keep all of it: `take` gets each outcome as it comes, with its job's place in the plan.
///
/// # Errors
/// [`ShapeError`] when the suite's own `openapi.yaml` cannot be used.
pub fn play_each(
    plan: &Plan,
    options: &Options,
    on_event: &mut dyn FnMut(Event<'_>),
    take: &mut dyn FnMut(usize, Outcome),
) -> Result<(), ShapeError> {
    let mut shapes = BTreeMap::new();
    for job in &plan.jobs {
        let api = job.aim.suite().api;
        if shapes.contains_key(api.name) {
            continue;
        }
        shapes.insert(api.name, Arc::new(Shapes::of_api(api)?));
    }
    on_event(Event::Began(plan.jobs.len()));
    let (news, inbox) = mpsc::channel();
    std::thread::scope(|scope| {
        for (queue, workers) in queues(plan, options) {
            let next = Arc::new(AtomicUsize::new(0));
            let queue: Arc<[usize]> = queue.into();
            for _ in 0..workers {
                let (news, next, queue, shapes) = (news.clone(), next.clone(), queue.clone(), &shapes);
                scope.spawn(move || {
                    let mut worker = Worker { options, shapes, unreachable: None };
                    while let Some(&place) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let job = &plan.jobs[place];
                        // The receiver lives until every sender is gone.
                        let _ = news.send(News::Playing(place));
                        let _ = news.send(News::Played(place, Box::new(worker.play(job))));
                    }
                });
            }
        }
        drop(news);
        for news in inbox {
            match news {
                News::Playing(place) => on_event(Event::Playing(&plan.jobs[place].case.id)),
                News::Played(place, outcome) => {
                    on_event(Event::Played(&outcome));
                    take(place, *outcome);
                }
            }
        }
    });
    Ok(())
}

enum News {
    Playing(usize),
    Played(usize, Box<Outcome>),
}

/// The jobs' places, by who may work on them: all embedded ones by all workers, each deployment's by one.
fn queues(plan: &Plan, options: &Options) -> Vec<(Vec<usize>, usize)> {
    let is_embedded = |job: &&Job| matches!(*job.aim, Aim::Embedded { .. });
    let places = |belongs: &dyn Fn(&Job) -> bool| {
        let places = plan.jobs.iter().enumerate().filter(|(_, job)| belongs(job)).map(|(place, _)| place);
        places.collect::<Vec<_>>()
    };
    let mut queues = vec![(places(&|job| is_embedded(&job)), options.jobs.get())];
    let mut deployments: Vec<&Arc<Aim>> = Vec::new();
    for job in plan.jobs.iter().filter(|job| !is_embedded(job)) {
        if !deployments.iter().any(|aim| Arc::ptr_eq(aim, &job.aim)) {
            deployments.push(&job.aim);
            queues.push((places(&|other| Arc::ptr_eq(&other.aim, &job.aim)), 1));
        }
    }
    queues
}

struct Worker<'a> {
    options: &'a Options,
    shapes: &'a BTreeMap<&'static str, Arc<Shapes>>,
    /// Why the deployment cannot be reached any more.
    unreachable: Option<NoResponse>,
}

impl Worker<'_> {
    fn play(&mut self, job: &Job) -> Outcome {
        let began = Instant::now();
        let played = match (&job.skip, &self.unreachable) {
            (Some(reason), _) => Played::ended(End::Stopped(Stop::Skip(reason.clone()))),
            (None, _) if self.options.interrupt.is_set() => {
                Played::ended(End::Stopped(Stop::Skip(INTERRUPTED.to_owned())))
            }
            (None, Some(trouble)) => {
                Played::ended(End::Stopped(Stop::Inconclusive { reason: trouble.to_string(), rests_on: None }))
            }
            (None, None) => self.play_on_runtime(job),
        };
        let Record { exchanges, assertions, observations, departures, secrets, leftovers, left_on_purpose, .. } =
            played.record;
        let exchanges = exchanges.into_inner();
        let (mut assertions, mut departures) = (assertions.into_inner(), departures.into_inner());
        if let Some(pair) = &self.options.deaf_to {
            pair.unhear(&job.case.id, &mut assertions, &mut departures);
        }
        // An embedded server is one case's own: that it cannot be reached says nothing of the next one.
        if let Aim::External(_) = *job.aim {
            self.unreachable = given_up(&exchanges).cloned().or(self.unreachable.take());
        }
        let (stop, suite_error) = match played.end {
            End::Complete => (None, None),
            End::Stopped(stop) => (Some(stop), None),
            End::SuiteFailed(trouble) => (None, Some(format!("{}: {trouble}", job.case.id))),
        };
        Outcome {
            case: job.case.clone(),
            aim: job.aim.clone(),
            stop,
            suite_error,
            assertions,
            observations: observations.into_inner(),
            departures,
            exchanges,
            secrets: secrets.into_inner(),
            leftovers: leftovers.into_inner(),
            left_on_purpose: left_on_purpose.into_inner(),
            played: played.played,
            asked: played.asked,
            took: began.elapsed(),
        }
    }

    /// A case's future cannot promise to be `Send`, so each is played on a runtime of this thread.
    fn play_on_runtime(&self, job: &Job) -> Played {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return Played::ended(End::SuiteFailed(format!("no runtime could be started: {error}"))),
        };
        let played = runtime.block_on(self.play_case(job));
        // A server's blocking work, like hashing a password, is not waited for once nobody asks for it any more.
        runtime.shutdown_background();
        played.unwrap_or_else(|trouble| Played::ended(End::SuiteFailed(trouble)))
    }

    async fn play_case(&self, job: &Job) -> Result<Played, String> {
        let mut random = fastrand::Rng::with_seed(seed_of(&job.case.id, self.options.seed));
        let (target, server) = match &*job.aim {
            Aim::External(target) => (target.clone(), None),
            Aim::Embedded { suite, deviations, .. } => {
                let embedded = (suite.embed)(deviations, random.fork()).await;
                let mut embedded = embedded.map_err(|error| format!("the reference server did not start: {error}"))?;
                let server = std::mem::replace(&mut embedded.server, Box::new(()));
                let asked = std::mem::replace(&mut embedded.asked, Box::new(BTreeSet::new));
                let target = Target::embedded(suite, embedded, self.options.timeout);
                (Arc::new(target.map_err(|error| error.to_string())?), Some((server, asked)))
            }
        };
        let run = Run {
            id: self.options.run.clone(),
            case: job.case.id.to_string(),
            ledger: self.options.ledger.clone().filter(|_| target.clock.is_none()),
            interrupt: self.options.interrupt.clone(),
            prober: match target.clock {
                Some(_) => Prober::new(target.timeout, target.roots.clone()).abrupt(),
                None => Prober::new(target.timeout, target.roots.clone()),
            },
            shapes: self.shapes[target.suite.api.name].clone(),
            alteration: match &*job.aim {
                Aim::Embedded { alteration, .. } => alteration.clone(),
                Aim::External(_) => None,
            },
            random: RefCell::new(random),
            record: Record { secrets: RefCell::new(target.secrets()), ..Record::default() },
            target,
        };
        // What a case recorded before it panicked is kept, its secrets above all: they mask what the panic says.
        let end = match AssertUnwindSafe(job.case.scenario.play(&run)).catch_unwind().await {
            Ok(Ok(())) => End::Complete,
            Ok(Err(stop)) => End::Stopped(stop),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
                End::SuiteFailed(format!("the case panicked: {}", text.unwrap_or("without a message")))
            }
        };
        let played = run.record.exchanges.borrow().len();
        run.remove().await;
        let asked = server.map(|(_, asked)| asked()).unwrap_or_default();
        Ok(Played { record: run.record, end, played, asked })
    }
}

/// What a case was played to.
struct Played {
    record: Record,
    end: End,
    /// How many of the exchanges were the case's own; what removes again comes after them.
    played: usize,
    asked: BTreeSet<&'static str>,
}

enum End {
    Complete,
    Stopped(Stop),
    SuiteFailed(String),
}

impl Played {
    fn ended(end: End) -> Self {
        Self { record: Record::default(), end, played: 0, asked: BTreeSet::new() }
    }
}

/// Why there is no use in asking this target any more: it cannot be reached, agrees on no TLS, or keeps silent
/// from the first request on.
fn given_up(exchanges: &[Exchange]) -> Option<&NoResponse> {
    let trouble = exchanges.last()?.response.as_ref().err()?;
    let silent = exchanges.iter().all(|exchange| matches!(exchange.response, Err(NoResponse::Late(_))));
    let without_tls = exchanges.iter().all(|exchange| matches!(exchange.response, Err(NoResponse::Tls { .. })));
    (silent || without_tls || matches!(trouble, NoResponse::Unreachable { .. })).then_some(trouble)
}

/// Each case draws from a sequence of its own, whichever other cases run.
fn seed_of(case: &str, seed: u64) -> u64 {
    // FNV-1a: the same on every machine and in every version, as a seed that is printed has to be.
    case.bytes()
        .fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
