//! What a run came to, as data: the one model that every form of report renders.
//!
//! All text from a target passes through its case's [`Secrets`](crate::secrets::Secrets) on its way in here, so that
//! whatever is rendered from the model is masked.

mod assemble;
mod form;
mod html;
mod junit;
pub(crate) mod markdown;
mod section;
pub mod terminal;

pub(crate) use assemble::undecodable;
pub use assemble::{Run, assemble};
pub use form::{Form, Unrenderable};

use crate::verdict::Verdict;
use serde::Serialize;

/// The form of the JSON report, which only ever gains members.
pub const SCHEMA: &str = "probity.report/1";

/// A whole run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The run itself.
    pub run: RunReport,
    /// What was aimed at.
    pub targets: Vec<TargetReport>,
    /// The cases, in the order of the documents.
    pub cases: Vec<CaseReport>,
    /// The requirements of the APIs in the run, in the order of the documents.
    pub requirements: Vec<RequirementReport>,
    /// What the targets do about open requirements.
    pub observations: Vec<Observation>,
    /// What became of the entries of known lists.
    pub known: Vec<KnownReport>,
    /// Which answers the SDK could decode.
    pub sdk: Vec<Decoding>,
    /// What could not be removed again.
    pub leftovers: Vec<String>,
    /// What was created that no call can remove, as `permanent` allows.
    pub left_on_purpose: Vec<String>,
    /// What went wrong in the suite itself.
    pub errors: Vec<String>,
    /// The counts.
    pub summary: Summary,
}

impl Report {
    /// What the run came to, in a few words.
    pub fn conclusion(&self) -> &'static str {
        match self.run.exit {
            0 => "conforms",
            1 => "does not conform",
            2 => "the suite itself failed",
            4 if self.leftovers.is_empty() => "a secret would have been shown",
            4 => "something was left behind",
            _ => "incomplete",
        }
    }

    /// The verdicts that cases have, the heaviest first, each with how many.
    pub fn counts(&self) -> impl Iterator<Item = (Verdict, usize)> {
        let all = Verdict::ALL.into_iter().rev().map(|verdict| (verdict, self.summary.of(verdict)));
        all.filter(|(_, count)| *count > 0)
    }

    /// The cases that have this verdict.
    pub fn cases_that(&self, verdict: Verdict) -> impl Iterator<Item = &CaseReport> {
        self.cases.iter().filter(move |case| case.verdict == verdict)
    }
}

/// The run itself.
#[derive(Debug, Clone, Serialize)]
pub struct RunReport {
    /// The suite's version.
    pub version: &'static str,
    /// What the names of all hold that it created.
    pub id: String,
    /// What random texts were made from; `--seed` repeats them.
    pub seed: u64,
    /// When it began, in UTC.
    pub started: String,
    /// How long it took.
    pub millis: u64,
    /// The exit code.
    pub exit: u8,
    /// The command line.
    pub command: String,
    /// It was interrupted before it was done.
    pub interrupted: bool,
    /// Where it is written down what could not be removed, for `probity clean`.
    pub ledger: Option<String>,
    /// What looks wrong with the run as a whole, or what would help.
    pub hint: Option<String>,
}

/// One target.
#[derive(Debug, Clone, Serialize)]
pub struct TargetReport {
    /// Its API.
    pub api: &'static str,
    /// Where it is; none for the embedded server, which has an address per case.
    pub url: Option<String>,
    /// The release that the embedded server behaves as.
    pub release: Option<&'static str>,
}

impl TargetReport {
    /// Where it is, in words.
    pub fn place(&self) -> String {
        place(self.url.as_deref(), self.release)
    }
}

/// Where a target is, in words.
pub(crate) fn place(url: Option<&str>, release: Option<&str>) -> String {
    match (url, release) {
        (Some(url), _) => url.to_owned(),
        (None, Some(release)) => format!("the embedded reference server as {release}"),
        (None, None) => "the embedded reference server".to_owned(),
    }
}

/// One case.
#[derive(Debug, Clone, Serialize)]
pub struct CaseReport {
    /// Its id.
    pub id: String,
    /// Its API.
    pub api: &'static str,
    /// The document's section.
    pub section: &'static str,
    /// What it does, in a sentence.
    pub says: String,
    /// What it came to.
    pub verdict: Verdict,
    /// What it covers.
    pub requirements: Vec<&'static str>,
    /// What departs.
    pub findings: Vec<Finding>,
    /// Why it was skipped.
    pub skip: Option<String>,
    /// Why it is inconclusive.
    pub inconclusive: Option<Inconclusive>,
    /// How long it took.
    pub millis: u64,
    /// All that went over the wire, where that was asked for.
    #[serde(skip)]
    pub exchanges: Vec<ExchangeReport>,
}

impl CaseReport {
    /// What departs and is on no known list.
    pub fn unlisted(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.known.is_none())
    }
}

/// A requirement that an exchange departs from.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// Its id.
    pub requirement: &'static str,
    /// Its level.
    pub level: &'static str,
    /// What it says.
    pub says: &'static str,
    /// Where the document says it: `lines 14-15`.
    pub cited: String,
    /// It is on a known list, for this reason.
    pub known: Option<String>,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// Recorded releases that depart from it too.
    pub releases: Vec<&'static str>,
    /// What showed it.
    pub exchange: ExchangeReport,
}

/// Why a case proves nothing.
#[derive(Debug, Clone, Serialize)]
pub struct Inconclusive {
    /// What did not come about.
    pub reason: String,
    /// The requirement that would have made it so.
    pub rests_on: Option<&'static str>,
    /// The last exchange, where there was one.
    pub exchange: Option<ExchangeReport>,
}

/// A request and its response, masked.
#[derive(Debug, Clone, Serialize)]
pub struct ExchangeReport {
    /// What it is in its case.
    pub label: String,
    /// The request.
    pub request: RequestReport,
    /// The response, where there is a complete one.
    pub response: Option<ResponseReport>,
    /// Why there is none.
    pub error: Option<String>,
    /// How long it took.
    pub millis: u64,
    /// The request as a shell line.
    pub curl: String,
}

/// A request, masked.
#[derive(Debug, Clone, Serialize)]
pub struct RequestReport {
    /// Its method.
    pub method: String,
    /// Where it went.
    pub url: String,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body; what is no UTF-8 shows as `�`.
    pub body: String,
}

/// A response, masked.
#[derive(Debug, Clone, Serialize)]
pub struct ResponseReport {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body; what is no UTF-8 shows as `�`.
    pub body: String,
}

/// One requirement.
#[derive(Debug, Clone, Serialize)]
pub struct RequirementReport {
    /// Its id.
    pub id: &'static str,
    /// Its level.
    pub level: &'static str,
    /// The document's section.
    pub section: &'static str,
    /// Where the document says it: `lines 14-15`.
    pub cited: String,
    /// What it says.
    pub says: &'static str,
    /// The heaviest that its cases tell of it; `skip` when none was played.
    pub verdict: Verdict,
    /// The cases that cover it.
    pub cases: Vec<String>,
    /// The wrong servers that `prove` has seen a case notice by it: it can be failed.
    pub mutants: Vec<String>,
    /// Recorded releases that depart from it.
    pub releases: Vec<&'static str>,
    /// Why it cannot be seen over HTTP.
    pub untestable: Option<&'static str>,
}

/// What a target does about an open requirement.
#[derive(Debug, Clone, Serialize)]
pub struct Observation {
    /// The requirement.
    pub requirement: &'static str,
    /// What it asks.
    pub question: &'static str,
    /// What was seen.
    pub value: String,
}

/// What became of an entry of a known list.
#[derive(Debug, Clone, Serialize)]
pub struct KnownReport {
    /// The requirement that it lists.
    pub entry: &'static str,
    /// What became of it.
    pub state: KnownState,
    /// Where the entry stands.
    pub place: String,
    /// Why it is listed.
    pub reason: String,
    /// Where it is discussed.
    pub link: Option<String>,
}

/// What became of an entry of a known list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KnownState {
    /// The target departs as listed.
    Departs,
    /// Everything listed was looked at, and holds: the entry has to go.
    Stale,
    /// Not all that is listed was looked at, and nothing departs.
    Unexercised,
    /// The target departs, and in another way than the entry's `actual` says.
    Differs,
    /// The entry's `until` is over: it lists nothing any more.
    Expired,
    /// An earlier entry lists the same.
    Duplicate,
}

impl KnownState {
    /// All of them.
    pub const ALL: [KnownState; 6] = [
        KnownState::Departs,
        KnownState::Stale,
        KnownState::Unexercised,
        KnownState::Differs,
        KnownState::Expired,
        KnownState::Duplicate,
    ];

    /// Whether the entry has to be changed or removed.
    pub fn is_wrong(self) -> bool {
        !matches!(self, KnownState::Departs | KnownState::Unexercised)
    }

    /// What that is, in words.
    pub const fn says(self) -> &'static str {
        match self {
            KnownState::Departs => "departs as listed",
            KnownState::Stale => "stale: it holds now, remove the entry",
            KnownState::Unexercised => "not exercised",
            KnownState::Differs => "departs otherwise than listed",
            KnownState::Expired => "expired: its `until` is over",
            KnownState::Duplicate => "listed twice",
        }
    }
}

/// Whether the SDK could decode the answers of an operation.
#[derive(Debug, Clone, Serialize)]
pub struct Decoding {
    /// The operation.
    pub operation: &'static str,
    /// All of its answers were decoded.
    pub ok: bool,
    /// What the first one failed by.
    pub error: Option<String>,
}

/// The counts of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Cases that pass.
    pub pass: usize,
    /// Cases that warn.
    pub warn: usize,
    /// Cases whose departures are all known.
    pub known: usize,
    /// Cases that prove nothing.
    pub inconclusive: usize,
    /// Cases that fail.
    pub fail: usize,
    /// Cases that were not played.
    pub skip: usize,
    /// The requirements of the APIs in the run, whatever the filter.
    pub requirements: RequirementSummary,
}

/// The counts of requirements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RequirementSummary {
    /// All of them.
    pub total: usize,
    /// Asserted, or observed if open, by a case that was played.
    pub exercised: usize,
    /// Those that cannot be seen over HTTP.
    pub untestable: usize,
}

impl Summary {
    /// How many cases have this verdict.
    pub fn of(&self, verdict: Verdict) -> usize {
        match verdict {
            Verdict::Skip => self.skip,
            Verdict::Pass => self.pass,
            Verdict::Warn => self.warn,
            Verdict::Known => self.known,
            Verdict::Inconclusive => self.inconclusive,
            Verdict::Fail => self.fail,
        }
    }
}
