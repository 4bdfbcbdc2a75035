//! Signing in in the browser, where the other side gives a secret to programs only that way.

use std::time::Duration;

use async_trait::async_trait;

use crate::error::Result;
use crate::secrets::Secret;

/// A sign-in that listens for the browser to come back. Dropping it ends it.
#[async_trait]
pub trait SignIn: Send + Sync {
    /// The address to open in the browser. Holds no secret.
    fn page(&self) -> &str;

    /// Waits until the browser comes back, at most so long, and takes the secret that this brings.
    ///
    /// [`ErrorKind::TimedOut`](crate::ErrorKind::TimedOut) where nobody came,
    /// [`ErrorKind::SignInFailed`](crate::ErrorKind::SignInFailed) where the person or the other side said no.
    async fn finish(self: Box<Self>, within: Duration) -> Result<Secret>;
}
