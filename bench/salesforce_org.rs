//! Salesforce's stand-in, until its standard input ends: `salesforce_org RECORDS` works off so many records of jobs in a
//! second. Says its port first, and at the end what came.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../src-tauri/connectors/tests/fakes/salesforce/mod.rs"]
mod fake;

/// Records of an internal batch, of which an org has 15,000 a day (Bulk API 2.0 Developer Guide, "Limits").
const BATCH: usize = 10_000;

#[tokio::main]
async fn main() {
    let fake = fake::Fake::start().await;
    {
        let mut world = fake.world();
        world.in_a_second = Some(std::env::args().nth(1).unwrap().parse().unwrap());
    }
    println!("{}", fake.url.rsplit(':').next().unwrap());
    let told = tokio::task::spawn_blocking(|| {
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
    });
    told.await.unwrap();
    let world = fake.world();
    let jobs = world.jobs();
    println!(
        r#"{{"requests":{},"refused":{},"jobs":{},"batches":{},"records":{}}}"#,
        world.requests.len(),
        world.refused,
        jobs.len(),
        jobs.iter().map(|records| records.div_ceil(BATCH)).sum::<usize>(),
        world.leads.len()
    );
}
