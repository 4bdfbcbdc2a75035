//! Connections: saved, tested, filled from what was pasted.

use std::collections::BTreeMap;

use sluice_engine::check::{Step, StepResult, Steps, in_a_test};
use sluice_engine::clock::millis;
use sluice_engine::connection::{self, checked_settings, is_shown};
use sluice_engine::engine::Engine;
use sluice_engine::secrets::{Secret, from_environment};
use sluice_engine::store::{connections, syncs};
use sluice_engine::{Error, ErrorKind};

use crate::convert::time;
use crate::wire::{
    CheckResult, CheckStep, Checks, Connection, ConnectionCheck, ConnectionDraft, ConnectionPaste,
    ConnectionSave, Pasted, Problem, Push, SecretState,
};
use crate::{Api, CATALOGUE};

impl Api {
    /// Saved connections, by name.
    pub async fn connections(&self, (): ()) -> Result<Vec<Connection>, Problem> {
        self.blocking(|engine| {
            let saved = engine.store().read(connections::all)?;
            saved.iter().map(|saved| on_wire(engine, saved)).collect()
        })
        .await
    }

    /// Creates or updates a connection. Secrets go to the keychain first: a connection without them helps nobody.
    pub async fn connection_save(&self, input: ConnectionSave) -> Result<Connection, Problem> {
        let connection = self.blocking(move |engine| save(engine, input, BTreeMap::new())).await?;
        self.changed();
        Ok(connection)
    }

    /// Deletes a connection no sync uses, with its secrets.
    pub async fn connection_delete(&self, name: String) -> Result<(), Problem> {
        self.blocking(move |engine| {
            let saved = engine.store().read(|sqlite| connections::get(sqlite, &name))?;
            let (manifest, _) = CATALOGUE.manifest(&saved.connection.kind)?;
            let gone = name.clone();
            engine.store().write(move |sqlite| connections::delete(sqlite, &gone)).wait()?;
            for setting in manifest.settings.iter().filter(|setting| setting.secret) {
                engine.secrets().delete(&name, setting.key)?;
            }
            Ok(())
        })
        .await?;
        self.changed();
        Ok(())
    }

    /// Tests a connection step by step; each step is pushed as it ends.
    pub async fn connection_check(&self, input: ConnectionCheck) -> Result<Checks, Problem> {
        let (draft, name) = (input.draft, input.name.clone());
        let opened = self
            .blocking(move |engine| {
                let saved = match &name {
                    Some(name) => {
                        Some(engine.store().read(|sqlite| connections::get(sqlite, name))?.connection)
                    }
                    None => None,
                };
                let typed = draft.as_ref().map(typed_secrets).unwrap_or_default();
                let mut connection = match (draft, saved) {
                    (Some(draft), _) => from_draft(&draft),
                    (None, Some(saved)) => saved,
                    (None, None) => {
                        return Err(Error::new(ErrorKind::BadSettings, "There is nothing to test."));
                    }
                };
                // Saved secrets are found under the name the connection has now.
                if let Some(name) = name {
                    connection.name = name;
                }
                let opening = engine.opening(&connection, &typed).map_err(in_a_test)?;
                Ok((connection.kind.clone(), opening))
            })
            .await?;
        let steps = self.run_check(&opened.0, &opened.1, &input.token).await?;
        let checks = Checks { ok: !steps.iter().any(has_failed), steps: steps.iter().map(step).collect() };
        if let Some(name) = input.name {
            let (at, ok) = (millis(self.engine().clock().now()), checks.ok);
            self.engine()
                .store()
                .write(move |sqlite| connections::checked(sqlite, &name, at, ok))
                .done()
                .await?;
            self.changed();
        }
        Ok(checks)
    }

    async fn run_check(
        &self,
        kind: &str,
        opening: &connection::Opening,
        token: &str,
    ) -> Result<Vec<Step>, Problem> {
        let (manifest, _) = CATALOGUE.manifest(kind)?;
        let tell = |done: &Step| {
            self.0.pushes.push(&Push::Check { token: token.to_owned(), step: step(done) });
        };
        let mut steps = Steps::new(manifest.steps, &tell);
        // The failed step carries the error; the steps after it are listed as not reached.
        if let Some(kind) = CATALOGUE.warehouse(kind) {
            drop(kind.open(opening).map_err(in_a_test)?.check(&mut steps).await);
        } else if let Some(kind) = CATALOGUE.destination(kind) {
            drop(kind.open(opening).map_err(in_a_test)?.check(&mut steps).await);
        }
        Ok(steps.finish())
    }

    /// Fills the form from one pasted thing.
    pub async fn connection_paste(&self, input: ConnectionPaste) -> Result<Pasted, Problem> {
        let pasted = match (CATALOGUE.warehouse(&input.kind), CATALOGUE.destination(&input.kind)) {
            (Some(kind), _) => kind.paste(&input.text),
            (None, Some(kind)) => kind.paste(&input.text),
            (None, None) => None,
        };
        let (manifest, _) = CATALOGUE.manifest(&input.kind)?;
        let unknown = || {
            let message = format!("This is not something {} settings can be read from.", manifest.label);
            Error::new(ErrorKind::BadSettings, message)
                .with_hint("Paste a connection URL, or fill the fields.")
        };
        let (filled, ignored) = pasted.ok_or_else(unknown)?;
        Ok(Pasted { filled, ignored })
    }

    /// Keeps a secret of a saved connection in the keychain.
    pub async fn secret_set(&self, name: String, setting: String, secret: Secret) -> Result<(), Problem> {
        self.blocking(move |engine| {
            has_secret(engine, &name, &setting)?;
            engine.secrets().set(&name, &setting, &secret)
        })
        .await
    }

    /// Whether a saved connection has a secret of this name; asked before anybody types it. A name it does not
    /// have is a problem of kind `unknown_name`.
    pub async fn secret_is_known(&self, name: String, setting: String) -> Result<(), Problem> {
        self.blocking(move |engine| has_secret(engine, &name, &setting)).await
    }
}

fn has_secret(engine: &Engine, connection: &str, setting: &str) -> sluice_engine::Result<()> {
    let saved = engine.store().read(|sqlite| connections::get(sqlite, connection))?;
    let (manifest, _) = CATALOGUE.manifest(&saved.connection.kind)?;
    let secrets: Vec<_> =
        manifest.settings.iter().filter(|known| known.secret).map(|known| known.key).collect();
    if secrets.contains(&setting) {
        return Ok(());
    }
    let hint = if secrets.is_empty() {
        "It needs none.".to_owned()
    } else {
        format!("Its secrets are: {}.", secrets.join(", "))
    };
    let message = format!("{} has no secret “{setting}”.", manifest.label);
    Err(Error::new(ErrorKind::UnknownName, message).with_hint(hint))
}

/// Saves a connection, its secrets first: those that were typed, and those that a sign-in `brought`.
pub(crate) fn save(
    engine: &Engine,
    input: ConnectionSave,
    brought: BTreeMap<String, Secret>,
) -> sluice_engine::Result<Connection> {
    let ConnectionSave { existing, draft, passed } = input;
    let connection = from_draft(&draft);
    let (manifest, _) = CATALOGUE.manifest(&connection.kind)?;
    savable(engine, existing.as_deref(), &connection)?;
    let mut secrets = typed_secrets(&draft);
    secrets.extend(brought);
    let renamed = existing.as_ref().filter(|name| **name != connection.name);
    for setting in manifest.settings.iter().filter(|setting| setting.secret) {
        if let Some(old) = renamed
            && let Some(secret) = engine.secrets().get(old, setting.key)?
        {
            secrets.entry(setting.key.to_owned()).or_insert(secret);
        }
    }
    for (key, secret) in &secrets {
        engine.secrets().set(&connection.name, key, secret)?;
    }
    let (row, name, at) = (connection.clone(), existing.clone(), millis(engine.clock().now()));
    let keep = move |sqlite: &sluice_engine::store::Sqlite| {
        connections::save(sqlite, name.as_deref(), &row)?;
        match passed {
            Some(ok) => connections::checked(sqlite, &row.name, at, ok),
            None => Ok(()),
        }
    };
    engine.store().write(keep).wait()?;
    if let Some(old) = renamed {
        for setting in manifest.settings.iter().filter(|setting| setting.secret) {
            engine.secrets().delete(old, setting.key)?;
        }
    }
    let saved = engine.store().read(|sqlite| connections::get(sqlite, &connection.name))?;
    on_wire(engine, &saved)
}

/// Whether it can be saved but for its secrets: its settings, with their defaults, or why not.
pub(crate) fn savable(
    engine: &Engine,
    existing: Option<&str>,
    connection: &connection::Connection,
) -> sluice_engine::Result<BTreeMap<String, String>> {
    if connection.name.is_empty() {
        return Err(Error::new(ErrorKind::BadSettings, "The connection has no name."));
    }
    let (manifest, _) = CATALOGUE.manifest(&connection.kind)?;
    let settings = checked_settings(manifest, connection)?;
    let taken = existing != Some(&connection.name)
        && engine.store().read(|sqlite| connections::find(sqlite, &connection.name))?.is_some();
    if taken {
        let message = format!("There is already a connection “{}”.", connection.name);
        return Err(Error::new(ErrorKind::Conflict, message));
    }
    Ok(settings)
}

pub(crate) fn from_draft(draft: &ConnectionDraft) -> connection::Connection {
    let filled = draft.settings.iter().filter(|(_, value)| !value.trim().is_empty());
    connection::Connection {
        name: draft.name.trim().to_owned(),
        kind: draft.kind.clone(),
        settings: filled.map(|(key, value)| (key.clone(), value.trim().to_owned())).collect(),
    }
}

fn typed_secrets(draft: &ConnectionDraft) -> BTreeMap<String, Secret> {
    let typed = draft.secrets.iter().filter(|(_, value)| !value.is_empty());
    typed.map(|(key, value)| (key.clone(), Secret::new(value.as_bytes()))).collect()
}

fn on_wire(engine: &Engine, saved: &connections::SavedConnection) -> sluice_engine::Result<Connection> {
    let connection = &saved.connection;
    let (manifest, role) = CATALOGUE.manifest(&connection.kind)?;
    let settings = checked_settings(manifest, connection).unwrap_or_else(|_| connection.settings.clone());
    let shown = manifest.settings.iter().filter(|setting| setting.secret && is_shown(setting, &settings));
    let secrets =
        shown.map(|setting| (setting.key.to_owned(), secret_state(engine, &connection.name, setting.key)));
    Ok(Connection {
        name: connection.name.clone(),
        kind: connection.kind.clone(),
        role: role.into(),
        settings: connection.settings.clone(),
        secrets: secrets.collect(),
        used_by: engine.store().read(|sqlite| syncs::using(sqlite, &connection.name))?,
        checked_at: saved.checked_at.map(time),
        checked_ok: saved.checked_ok,
    })
}

/// Whether the secret of this name is there.
pub(crate) fn secret_state(engine: &Engine, connection: &str, setting: &str) -> SecretState {
    if from_environment(connection, setting).is_some() {
        return SecretState::Environment;
    }
    match engine.secrets().get(connection, setting) {
        Ok(Some(_)) => SecretState::Saved,
        Ok(None) => SecretState::Missing,
        Err(error) => SecretState::Unknown { problem: error.into() },
    }
}

fn has_failed(step: &Step) -> bool {
    matches!(step.result, StepResult::Failed(_))
}

fn step(done: &Step) -> CheckStep {
    let result = match &done.result {
        StepResult::Passed(note) => CheckResult::Passed { note: note.clone() },
        StepResult::Noted(note, fix) => CheckResult::Noted { note: note.clone(), fix: fix.clone() },
        StepResult::Failed(error) => CheckResult::Failed { problem: error.clone().into() },
        StepResult::NotReached => CheckResult::NotReached,
    };
    CheckStep {
        step: done.name.to_owned(),
        label: done.label.to_owned(),
        result,
        took_ms: done.took.as_secs_f64() * 1_000.0,
    }
}
