//! What every server can be told before it starts, whichever API it answers.

use crate::deviation::{Asked, Deviations};
use crate::{Clock, Limits};
use std::hash::Hash;
use std::net::{Ipv4Addr, SocketAddr};

/// A server that has not been started yet. `start` comes with what it is set up with: see
/// [`umami::Builder`](crate::umami::Builder), [`tinyauth::Builder`](crate::tinyauth::Builder) and
/// [`uptinio::Builder`](crate::uptinio::Builder).
#[derive(Debug)]
#[must_use = "a server runs when `start` is called"]
pub struct Builder<Setup> {
    pub(crate) setup: Setup,
    pub(crate) listen: SocketAddr,
    pub(crate) clock: Clock,
    pub(crate) hash_cost: u32,
    pub(crate) limits: Limits,
}

impl<Setup> Builder<Setup> {
    pub(crate) fn new(setup: Setup) -> Self {
        Self {
            setup,
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            clock: Clock::system(),
            hash_cost: 4,
            limits: Limits::default(),
        }
    }

    /// The address to listen on; port 0 takes a free one. By default `127.0.0.1:0`.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// The clock that all the API's times are read from. By default [`Clock::system`].
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// bcrypt's cost, the binary logarithm of its rounds: 4 to 31. By default 4, its lowest. Whoever lets others reach the
    /// server takes 10 or more; whoever starts thousands of servers, each for one test, takes 0: a single round of PBKDF2.
    pub fn hash_cost(mut self, cost: u32) -> Self {
        self.hash_cost = cost;
        self
    }

    /// The bounds on what clients may take. By default [`Limits::default`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}

/// What a server of one API holds when it starts, and how it departs from the document.
#[derive(Debug)]
pub struct Setup<Seed, Deviation> {
    pub(crate) seed: Seed,
    pub(crate) deviations: Deviations<Deviation>,
}

impl<Seed, Deviation> Setup<Seed, Deviation> {
    pub(crate) fn new(seed: Seed) -> Self {
        Self { seed, deviations: Deviations::default() }
    }
}

impl<Seed, Deviation: Copy + Eq + Hash> Builder<Setup<Seed, Deviation>> {
    /// The users and the rest that there is. By default what the document's samples speak of.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.setup.seed = seed;
        self
    }

    /// The ways to depart from the document, besides those already given. By default none.
    pub fn deviations(mut self, deviations: impl IntoIterator<Item = Deviation>) -> Self {
        self.setup.deviations.add(deviations);
        self
    }

    /// Has it noted which deviations come into question, from its start on.
    pub fn asked(mut self, asked: &Asked<Deviation>) -> Self {
        self.setup.deviations.tell(asked);
        self
    }
}
