//! The connection test of the practice CRM.

use sluice_engine::check::{Note, Steps};
use sluice_engine::error::{Error, ErrorKind, Result};
use sluice_engine::words::{count, counted};

use super::client::Crm;
use super::error::broken;
use super::plays::spoken;

/// Runs the steps. A CRM that was never used is not made by looking at it.
pub(super) async fn check(crm: &Crm, steps: &mut Steps<'_>) -> Result<()> {
    steps.run(open(crm)).await?;
    let names: Vec<_> = crm.play.objects.iter().map(|object| object.label.to_lowercase()).collect();
    steps.run(async { Ok(((), Note::Found(names.join(", ")))) }).await?;
    steps
        .run(async {
            let daily = &crm.play.daily;
            let left = daily.most.saturating_sub(crm.used_today().await?);
            let note =
                format!("{} of {} {} left today (UTC)", count(left), count(daily.most), spoken(daily.counts));
            Ok(((), Note::Found(note)))
        })
        .await
}

async fn open(crm: &Crm) -> Result<((), Note)> {
    if crm.path().exists() {
        let records = crm.run(|db| {
            db.query_row("SELECT count(*) FROM record", [], |row| row.get::<_, i64>(0)).map_err(broken)
        });
        return Ok(((), Note::Found(counted(records.await?.unsigned_abs(), "record"))));
    }
    match crm.path().parent() {
        Some(folder) if folder.is_dir() => Ok(((), Note::Found("empty; made on first use".to_owned()))),
        Some(_) | None => {
            Err(Error::new(ErrorKind::Storage, "The data folder for the practice CRM does not exist."))
        }
    }
}
