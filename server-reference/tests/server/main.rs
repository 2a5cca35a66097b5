//! The server as a client sees it: over a socket.

mod identity;
mod limits;
mod recording;
mod tinyauth;
mod umami;
mod uptinio;
mod wire;
