//! What becomes of events that are sent in the background.

/// What has become of the events that a [`Tracker`](super::Tracker) was given: each is in `tracked` and in exactly one of
/// the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// All that it was given.
    pub tracked: u64,
    /// Recorded: the server said so.
    pub recorded: u64,
    /// Taken by the server, which did not say whether it recorded or ignored them. So it is with batches of visitors with
    /// different browsers, in which it may have taken some for bots; and with every batch to 2.x.
    pub untold: u64,
    /// Ignored: the server takes their `User-Agent` for a bot's.
    pub ignored: u64,
    /// Refused, by the server or before they were sent: [`troubles`](super::Tracker::troubles) tells why.
    pub refused: u64,
    /// Not taken: the queue was full, or the tracker shut down.
    pub dropped: u64,
    /// Not delivered, or not known to be: [`troubles`](super::Tracker::troubles) tells why.
    pub lost: u64,
    /// Still here: in the queue, or on their way.
    pub pending: u64,
}
