//! What a case creates: written down before it asks for it, and removed when it is over, in whichever way it ends.

use super::{Purpose, Run, Stop};
use crate::exchange::Response;
use crate::ledger::{Created, Left};
use crate::request::Request;
use std::io;

/// How to remove again what a case creates. It is noted before the creating request: what came of that may never be known.
pub struct Removal {
    /// What is created, in words.
    pub what: String,
    /// The name that nothing else has, from which the removal can be made again in another run.
    pub name: String,
    /// Lists what is there.
    pub find: Request,
    /// The requests that remove what a list shows to be the case's.
    pub of_found: OfFound,
}

/// The requests that remove what a list shows.
pub type OfFound = Box<dyn Fn(&Response) -> Vec<Request>>;

impl Run {
    /// Has what the case is about to create looked for and removed when the case has ended, in whichever way.
    ///
    /// # Errors
    /// [`Stop::Inconclusive`] when it cannot be written down: then it must not be created.
    pub fn remove_at_end(&self, removal: Removal) -> Result<(), Stop> {
        let entry = match &self.ledger {
            None => None,
            Some(ledger) => Some(
                ledger
                    .creates(Created {
                        api: self.target.suite.api.name.to_owned(),
                        target: self.target.shown_url(),
                        case: self.case.clone(),
                        what: self.record.secrets.borrow().mask(&removal.what),
                        name: removal.name.clone(),
                    })
                    .map_err(|error| self.not_noted(&error))?,
            ),
        };
        self.record.removals.borrow_mut().push((entry, removal));
        Ok(())
    }

    /// The same for what an entry of the ledger is about, from a run that is over.
    pub(crate) fn remove_at_end_again(&self, entry: usize, removal: Removal) {
        self.record.removals.borrow_mut().push((Some(entry), removal));
    }

    /// How to remove what a case created under a name, in a run that is over.
    ///
    /// # Errors
    /// [`Stop::Inconclusive`] when the target does not let that be found out.
    pub(crate) async fn removal_of(&self, name: &str) -> Result<Removal, Stop> {
        let Some(removal) = self.target.suite.removal else {
            let reason = format!("no case of {} creates what can be removed", self.target.suite.api.name);
            return Err(Stop::Inconclusive { reason, rests_on: None });
        };
        removal(self, name).await
    }

    /// Takes back the last removal: what it was for was refused, and was not created.
    pub fn nothing_to_remove(&self) {
        if let Some((entry, _)) = self.record.removals.borrow_mut().pop() {
            self.is_gone(entry);
        }
    }

    /// Notes what the case creates that no call can remove.
    ///
    /// # Errors
    /// [`Stop::Inconclusive`] when it cannot be written down: then it must not be created.
    pub fn leave_behind(&self, what: impl Into<String>) -> Result<(), Stop> {
        let what = what.into();
        if let Some(ledger) = &self.ledger {
            let left = Left {
                target: self.target.shown_url(),
                case: self.case.clone(),
                what: self.record.secrets.borrow().mask(&what),
            };
            ledger.leaves(left).map_err(|error| self.not_noted(&error))?;
        }
        self.record.left_on_purpose.borrow_mut().push(what);
        Ok(())
    }

    /// Removes what the case created, the last first, and looks whether it is gone.
    pub(crate) async fn remove(&self) {
        self.record.removing.set(true);
        let removals = self.record.removals.take();
        for (entry, Removal { what, find, of_found, .. }) in removals.into_iter().rev() {
            let found = match self.answer_to("look for what was created", &find).await {
                Some(list) => of_found(&list),
                None => Vec::new(),
            };
            for request in &found {
                self.answer_to("remove it again", request).await;
            }
            let after = self.answer_to("look whether it is gone", &find).await;
            match after.is_some_and(|list| list.status.is_success() && of_found(&list).is_empty()) {
                true => self.is_gone(entry),
                false => self.record.leftovers.borrow_mut().push(what),
            }
        }
    }

    async fn answer_to(&self, label: &str, request: &Request) -> Option<Response> {
        let exchange = self.exchange(label, request, Purpose::Arranging).await.ok()?;
        Some(self.response_to(exchange))
    }

    fn is_gone(&self, entry: Option<usize>) {
        if let (Some(ledger), Some(entry)) = (&self.ledger, entry) {
            // An entry that stays is looked for once more than needed, and that is all.
            let _ = ledger.gone(entry);
        }
    }

    fn not_noted(&self, error: &io::Error) -> Stop {
        let ledger = self.ledger.as_ref().map(|ledger| ledger.path().display().to_string()).unwrap_or_default();
        let reason = format!("nothing is created, since it cannot be written down in the ledger {ledger}: {error}");
        Stop::Inconclusive { reason, rests_on: None }
    }
}
