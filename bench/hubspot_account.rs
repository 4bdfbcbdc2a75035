//! HubSpot's stand-in with its published limit, until its standard input ends: `hubspot_account REQUESTS MILLISECONDS`
//! takes so many requests in ten seconds, each answered after so long. Says its port first, and at the end what came.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../src-tauri/connectors/tests/fakes/hubspot/mod.rs"]
mod fake;

use std::time::{Duration, Instant};

use fake::{Allowed, Asked, Fake};

/// The window of HubSpot's limit (developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines).
const WINDOW: Duration = Duration::from_secs(10);

/// What came. Bodies are forgotten.
#[derive(Default)]
struct Came {
    at: Vec<Instant>,
    writes: usize,
    refused: usize,
}

impl Came {
    fn add(&mut self, asked: Vec<Asked>) {
        for asked in asked {
            self.at.push(asked.at);
            self.writes += usize::from(asked.path.ends_with("/batch/upsert"));
            self.refused += usize::from(asked.status == 429);
        }
    }

    /// The most requests in any window, refused ones too.
    fn most_in_a_window(&self) -> usize {
        let in_window = |first: usize| {
            let until = self.at[first] + WINDOW;
            self.at.partition_point(|at| *at < until) - first
        };
        (0..self.at.len()).map(in_window).max().unwrap_or(0)
    }
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<usize>().unwrap());
    let (rolling, takes) = (arguments.next().unwrap(), arguments.next().unwrap());
    let fake = Fake::start(Allowed { rolling, window: WINDOW, daily: usize::MAX }).await;
    fake.takes(Duration::from_millis(takes as u64));
    println!("{}", fake.url.rsplit(':').next().unwrap());
    let told = tokio::task::spawn_blocking(|| {
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
    });
    let mut came = Came::default();
    while !told.is_finished() {
        tokio::time::sleep(Duration::from_millis(200)).await;
        came.add(fake.asked_since());
    }
    came.add(fake.asked_since());
    println!(
        r#"{{"requests":{},"writes":{},"refused":{},"most":{},"records":{}}}"#,
        came.at.len(),
        came.writes,
        came.refused,
        came.most_in_a_window(),
        fake.records("contacts").len()
    );
}
