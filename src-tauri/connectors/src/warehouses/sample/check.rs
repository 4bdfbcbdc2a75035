//! The stepwise test.

use sluice_engine::check::{Note, Steps};
use sluice_engine::error::Result;

use super::catalogue;
use super::error::from_query;
use super::file::SampleFile;

pub(super) async fn check(file: &SampleFile, steps: &mut Steps<'_>) -> Result<()> {
    steps
        .run(async {
            let version = file.with(|connection| {
                Ok(connection.query_row("select sqlite_version()", [], |row| row.get::<_, String>(0))?)
            });
            Ok(((), Note::Found(format!("SQLite {}", version.await?))))
        })
        .await?;
    steps
        .run(async {
            let tables = file.with(catalogue::tables).await?.len();
            Ok(((), Note::Found(format!("{} schemas, {tables} tables and views", catalogue::SCHEMAS.len()))))
        })
        .await?;
    steps
        .run(async {
            file.with(|connection| {
                connection
                    .query_row("select email from crm.leads limit 1", [], |_| Ok(()))
                    .map_err(from_query)
            })
            .await?;
            Ok(((), Note::Found("crm.leads".to_owned())))
        })
        .await
}
