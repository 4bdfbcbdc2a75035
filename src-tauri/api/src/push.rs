//! What the product tells its fronts by itself, at a pace they can follow.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sluice_engine::run::progress::{Listener, Notice};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::Api;
use crate::wire::Push;

type Subscriber = Box<dyn Fn(&Push) + Send + Sync>;

/// Between two rounds of pushes.
const PACE: Duration = Duration::from_millis(100);

/// Carries notices of the engine to everybody who subscribed.
pub(crate) struct Pushes {
    subscribers: Arc<Mutex<Vec<Subscriber>>>,
    notices: Mutex<Option<UnboundedReceiver<Notice>>>,
}

impl Pushes {
    /// The carrier, and the listener to give the engine.
    pub(crate) fn start() -> (Self, Listener) {
        let (sender, receiver): (UnboundedSender<Notice>, _) = unbounded_channel();
        // Nobody carries notices any more only when the product is being dropped.
        let listener: Listener = Arc::new(move |notice| sender.send(notice).unwrap_or_default());
        (Self { subscribers: Arc::default(), notices: Mutex::new(Some(receiver)) }, listener)
    }

    pub(crate) fn subscribe(&self, subscriber: Subscriber) {
        self.subscribers.lock().unwrap_or_else(PoisonError::into_inner).push(subscriber);
    }

    pub(crate) fn push(&self, push: &Push) {
        for subscriber in self.subscribers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            subscriber(push);
        }
    }

    /// Begins to carry. Notices of one round about one run become one push.
    pub(crate) fn carry(&self, api: &Api) {
        let Some(mut notices) = self.notices.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return;
        };
        let api = Arc::downgrade(&api.0);
        tokio::spawn(async move {
            let mut batch = Vec::new();
            while notices.recv_many(&mut batch, 1_024).await > 0 {
                let Some(inner) = api.upgrade() else { return };
                tell(&Api(inner), std::mem::take(&mut batch)).await;
                tokio::time::sleep(PACE).await;
            }
        });
    }
}

async fn tell(api: &Api, notices: Vec<Notice>) {
    let mut runs: BTreeMap<i64, Option<(u64, u64)>> = BTreeMap::new();
    let mut changed = false;
    for notice in notices {
        match notice {
            Notice::Run(run) => drop(runs.entry(run).or_default()),
            Notice::Outcomes(run, outcomes, rejected) => {
                let sums = runs.entry(run).or_default().get_or_insert_default();
                *sums = (sums.0 + outcomes, sums.1 + rejected);
            }
            Notice::Changed => changed = true,
        }
    }
    for (run, outcomes) in runs {
        if let Some((outcomes, rejected)) = outcomes {
            api.0.pushes.push(&Push::Events { run, outcomes, rejected });
        }
        // A run that can not be read now is told with its next notice.
        if let Ok(run) = api.run(run).await {
            api.0.pushes.push(&Push::Run { run });
        }
    }
    if changed {
        api.0.pushes.push(&Push::Changed);
    }
}
