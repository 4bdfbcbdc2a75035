//! Signals that end a command.

/// Returns at the next interrupt (Ctrl-C) or request to end (SIGTERM).
pub(crate) async fn stop() {
    listen().await;
}

/// The same, for a signal that comes from this call on.
#[cfg(unix)]
pub(crate) fn listen() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        // Without a handler the system's own way of ending the process stays in force.
        let (Ok(mut interrupt), Ok(mut terminate)) = (interrupt, terminate) else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

/// The same, for an interrupt (Ctrl-C).
#[cfg(not(unix))]
pub(crate) fn listen() -> impl Future<Output = ()> {
    async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without a handler the system's own way of ending the process stays in force.
            std::future::pending::<()>().await;
        }
    }
}
