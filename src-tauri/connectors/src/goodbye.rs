//! The last word to a server when nobody waits for it any longer: stop what you do, this session has ended.
//!
//! It is said on a thread of its own: a run reads on a runtime that ends with the read, and what was only begun
//! there would end with it.

use std::sync::LazyLock;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio_util::task::TaskTracker;

/// The longest one takes. A server that can not be told in this time finds out by the cut connection, or by its own limits.
const WITHIN: Duration = Duration::from_secs(10);

static GOODBYES: LazyLock<Goodbyes> = LazyLock::new(|| {
    let under_way = TaskTracker::new();
    // A closed tracker takes tasks too; that it is closed lets `wait` end.
    under_way.close();
    let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("goodbye").enable_all().build();
    Goodbyes { runtime: runtime.ok(), under_way }
});

struct Goodbyes {
    /// `None` where the system gives no thread; then the servers' own limits end what they do.
    runtime: Option<Runtime>,
    under_way: TaskTracker,
}

/// Says it, whatever becomes of the caller's runtime.
pub(crate) fn say(goodbye: impl Future<Output = ()> + Send + 'static) {
    let Goodbyes { runtime, under_way } = &*GOODBYES;
    if let Some(runtime) = runtime {
        let bounded = async { drop(tokio::time::timeout(WITHIN, goodbye).await) };
        runtime.spawn(under_way.track_future(bounded));
    }
}

/// Waits until every goodbye that was begun has been said, or given up. A program that ends waits for this first.
pub async fn said() {
    GOODBYES.under_way.wait().await;
}
