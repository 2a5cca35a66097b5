//! The server as a client sees it: over a socket.

mod limits;
mod umami;
mod wire;
