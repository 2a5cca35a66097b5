//! The bounds on what clients may take.

use std::time::Duration;

/// How much of the server one client, or all of them, can hold. Times are real time, whatever the server's clock says.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long the head of a request may take, counted from the moment that the connection waits for one: an idle
    /// connection is closed after that time as well. By default 30 s.
    pub header_time: Duration,
    /// How many bytes the head of a request may have; more is answered 431. By default 16 KiB.
    pub header_size: usize,
    /// How many header fields a request may have; more is answered 431. By default 100.
    pub header_count: usize,
    /// How long the body of a request may take; more is answered 408. By default 30 s.
    pub body_time: Duration,
    /// How many bytes the body of a request may have; more is answered 413. By default 1 MiB.
    pub body_size: usize,
    /// How many connections are served at a time. Further ones wait, in the system's queue, until one ends.
    /// By default 4096.
    pub connections: usize,
    /// How long one connection is served, however busy it is. By default 10 min.
    pub connection_time: Duration,
    /// How long an exchange may still run when its connection is to end, because its time is up or the server stops.
    /// By default 5 s.
    pub shutdown_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_time: Duration::from_secs(30),
            header_size: 16 * 1024,
            header_count: 100,
            body_time: Duration::from_secs(30),
            body_size: 1024 * 1024,
            connections: 4096,
            connection_time: Duration::from_secs(10 * 60),
            shutdown_grace: Duration::from_secs(5),
        }
    }
}
