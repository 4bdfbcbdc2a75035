//! Signals that end a command.

/// Returns at the next interrupt (Ctrl-C) or request to end (SIGTERM).
#[cfg(unix)]
pub(crate) async fn stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return interrupted().await;
    };
    tokio::select! {
        () = interrupted() => {}
        _ = terminate.recv() => {}
    }
}

/// Returns at the next interrupt (Ctrl-C).
#[cfg(not(unix))]
pub(crate) async fn stop() {
    interrupted().await;
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a handler the system's own way of ending the process stays in force.
        std::future::pending::<()>().await;
    }
}
