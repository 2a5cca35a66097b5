//! A connection that ends without ceremony.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A connection that is reset when it is dropped, and not closed.
///
/// A connection that is closed keeps its port for a minute. Embedded servers come and go by the thousand, each on a port of
/// its own, and looking for a free one would take longer than all that is done on it.
pub(super) struct Abrupt(TcpStream);

impl Abrupt {
    pub(super) fn new(stream: TcpStream) -> Self {
        // Failing to say so costs time, not truth.
        let _ = stream.set_zero_linger();
        Self(stream)
    }
}

impl AsyncRead for Abrupt {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, into)
    }
}

impl AsyncWrite for Abrupt {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    /// It is not shut down: whoever is done drops it.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
