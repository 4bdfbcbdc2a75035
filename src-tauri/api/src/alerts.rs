//! Alerts: who is told when a sync needs somebody.

use std::sync::Arc;

use sluice_connectors::alerts::{EMAIL, SLACK, WEBHOOK, Ways, checked};
use sluice_engine::alert::{self, Receiver, Rules};
use sluice_engine::clock::millis;
use sluice_engine::engine::Engine;
use sluice_engine::secrets::{Secret, from_environment};
use sluice_engine::store::alerts::{self, SavedReceiver};
use sluice_engine::store::new_uuid;
use sluice_engine::store::syncs::{self, SavedSync};
use sluice_engine::{Error, ErrorKind, Result};

use crate::Api;
use crate::connections::secret_state;
use crate::wire::{Alert, AlertKind, AlertRules, AlertSave, Problem, SecretState};

impl Api {
    /// Who is told, in the order they were added.
    pub async fn alerts(&self, (): ()) -> Result<Vec<Alert>, Problem> {
        self.blocking(|engine| {
            let (saved, syncs) =
                engine.store().read(|sqlite| Ok((alerts::all(sqlite)?, syncs::all(sqlite)?)))?;
            saved.iter().map(|saved| on_wire(engine, saved, &syncs)).collect()
        })
        .await
    }

    /// Adds or changes somebody who is told. The secret goes to the keychain first.
    pub async fn alert_save(&self, input: AlertSave) -> Result<Alert, Problem> {
        let alert = self.blocking(move |engine| save(engine, input)).await?;
        self.changed();
        Ok(alert)
    }

    /// Tells nobody there any more, and forgets the secret.
    pub async fn alert_delete(&self, id: String) -> Result<(), Problem> {
        self.blocking(move |engine| {
            let gone = id.clone();
            engine.store().write(move |sqlite| alerts::delete(sqlite, &gone)).wait()?;
            engine.secrets().delete(&alert::place(&id), alert::SECRET)
        })
        .await?;
        self.changed();
        Ok(())
    }

    /// Sends a test, and answers once it has arrived.
    pub async fn alert_test(&self, id: String) -> Result<(), Problem> {
        Ok(alert::test(self.engine(), &self.ways(), id).await?)
    }

    /// Title and text of what a run that ended is told as in a notification; `None` where it says nothing new. What is
    /// told once is not told again until it has recovered.
    pub async fn news(&self, run: i64) -> Result<Option<(String, String)>, Problem> {
        let news = self.engine().store().write(move |sqlite| alert::news(sqlite, run)).done().await?;
        Ok(news.map(|news| (news.title, news.text)))
    }

    /// Sends once what is due, for a process that does not stay.
    pub async fn send_alerts(&self) -> Result<(), Problem> {
        Ok(alert::pass(self.engine(), &self.ways()).await?)
    }

    /// Sends what is due from now on.
    pub(crate) fn start_alerts(&self) {
        let (engine, stop, ways) = (self.engine().clone(), self.0.stop.clone(), self.ways());
        tokio::spawn(async move { alert::run(engine, Arc::new(ways), stop).await });
    }

    fn ways(&self) -> Ways {
        Ways::new(self.engine().clock().clone())
    }
}

fn save(engine: &Engine, input: AlertSave) -> Result<Alert> {
    let AlertSave { id, name, kind, settings, secret, syncs: named, rules } = input;
    let name = name.trim().to_owned();
    if name.is_empty() {
        return Err(Error::new(ErrorKind::BadSettings, "The alert has no name."));
    }
    let known = engine.store().read(syncs::all)?;
    let syncs = named.map(|named| ids(&known, &named)).transpose()?;
    let (is_new, id) = (id.is_none(), id.unwrap_or_else(new_uuid));
    let typed = secret.filter(|secret| !secret.is_empty()).map(Secret::new);
    let secret = match &typed {
        Some(typed) => Some(typed.clone()),
        None => alert::secret(engine, &id, &name)?,
    };
    let kind = name_of(kind);
    let settings = checked(kind, &settings, secret.as_ref())?;
    if let Some(typed) = &typed {
        engine.secrets().set(&alert::place(&id), alert::SECRET, typed)?;
    }
    let receiver = Receiver { name, kind: kind.to_owned(), settings, syncs, rules: rules.into() };
    let (row, at) = (id.clone(), millis(engine.clock().now()));
    let saved = engine.store().write(move |sqlite| alerts::save(sqlite, &row, &receiver, at)).wait();
    if let Err(error) = saved {
        if is_new && typed.is_some() {
            engine.secrets().delete(&alert::place(&id), alert::SECRET)?;
        }
        return Err(error);
    }
    on_wire(engine, &engine.store().read(|sqlite| alerts::get(sqlite, &id))?, &known)
}

/// The ids for life of the syncs of these names.
fn ids(known: &[SavedSync], names: &[String]) -> Result<Vec<String>> {
    let id = |name: &String| {
        let found = known.iter().find(|saved| saved.sync.name == *name).map(|saved| saved.uuid.clone());
        found.ok_or_else(|| Error::new(ErrorKind::UnknownName, format!("There is no sync “{name}”.")))
    };
    names.iter().map(id).collect()
}

fn on_wire(engine: &Engine, saved: &SavedReceiver, known: &[SavedSync]) -> Result<Alert> {
    let Receiver { name, kind, settings, syncs, rules } = saved.receiver.clone();
    let of_names = |ids: Vec<String>| {
        let named = known.iter().filter(|saved| ids.contains(&saved.uuid));
        named.map(|saved| saved.sync.name.clone()).collect()
    };
    Ok(Alert {
        id: saved.id.clone(),
        kind: kind_of(&kind)?,
        secret: if from_environment("alert", &name).is_some() {
            SecretState::Environment
        } else {
            secret_state(engine, &alert::place(&saved.id), alert::SECRET)
        },
        name,
        settings,
        syncs: syncs.map(of_names),
        rules: rules.into(),
        problem: saved.problem.as_ref().map(Problem::from),
        waiting: engine.store().read(|sqlite| alerts::waiting(sqlite, &saved.id))?,
    })
}

fn name_of(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Webhook => WEBHOOK,
        AlertKind::Slack => SLACK,
        AlertKind::Email => EMAIL,
    }
}

fn kind_of(name: &str) -> Result<AlertKind> {
    [AlertKind::Webhook, AlertKind::Slack, AlertKind::Email]
        .into_iter()
        .find(|kind| name_of(*kind) == name)
        .ok_or_else(|| Error::new(ErrorKind::Damaged, "A stored alert can not be read."))
}

impl From<AlertRules> for Rules {
    fn from(rules: AlertRules) -> Self {
        let AlertRules { failed, held, rejected, rejected_percent, silent_hours } = rules;
        Self { failed, held, rejected, rejected_percent, silent_hours }
    }
}

impl From<Rules> for AlertRules {
    fn from(rules: Rules) -> Self {
        let Rules { failed, held, rejected, rejected_percent, silent_hours } = rules;
        Self { failed, held, rejected, rejected_percent, silent_hours }
    }
}
