//! Signing in in the browser. What that brings goes to the keychain, and never through a front.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sluice_engine::manifest::Input;
use sluice_engine::secrets::Secret;
use sluice_engine::{Error, ErrorKind};
use tokio_util::sync::CancellationToken;

use crate::connections::{from_draft, savable, save};
use crate::wire::{Connection, ConnectionDraft, ConnectionSave, ConnectionSignIn, Problem, Push};
use crate::{Api, CATALOGUE};

/// How long somebody may take in the browser: an administrator may have to be asked.
const IN_THE_BROWSER: Duration = Duration::from_secs(15 * 60);

/// The one sign-in that waits, by its token: the ports the browser comes back to are few.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<Option<(String, CancellationToken)>>);

impl Waiting {
    /// A newer one ends the one before.
    fn begin(&self, token: &str) -> CancellationToken {
        let stop = CancellationToken::new();
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, before)) = waiting.replace((token.to_owned(), stop.clone())) {
            before.cancel();
        }
        stop
    }

    fn cancel(&self, token: &str) {
        let waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, stop)) = waiting.as_ref().filter(|(of, _)| of == token) {
            stop.cancel();
        }
    }
}

impl Api {
    /// Signs in in the browser and saves the connection with what that brings. The secret is in the keychain before
    /// anything uses it: where the other side replaces it at each use, it could not be had a second time.
    pub async fn connection_sign_in(&self, input: ConnectionSignIn) -> Result<Connection, Problem> {
        let ConnectionSignIn { token, existing, draft } = input;
        let (setting, secret) = self.signed_in(&token, existing.clone(), &draft).await?;
        let input = ConnectionSave { existing, draft, passed: None };
        let brought = BTreeMap::from([(setting.to_owned(), secret)]);
        let saved = self.blocking(move |engine| save(engine, input, brought)).await?;
        self.changed();
        Ok(saved)
    }

    /// Ends the sign-in of this token, if it still waits.
    pub async fn connection_sign_in_cancel(&self, token: String) -> Result<(), Problem> {
        self.0.signing_in.cancel(&token);
        Ok(())
    }

    /// The setting that signing in fills, and what it brings.
    async fn signed_in(
        &self,
        token: &str,
        existing: Option<String>,
        draft: &ConnectionDraft,
    ) -> Result<(&'static str, Secret), Problem> {
        let connection = from_draft(draft);
        let (manifest, _) = CATALOGUE.manifest(&connection.kind)?;
        let setting = manifest.settings.iter().find(|setting| matches!(setting.input, Input::SignIn));
        let kind = CATALOGUE.destination(&connection.kind);
        let (Some(setting), Some(kind)) = (setting, kind) else {
            let message = format!("{} signs nobody in in the browser.", manifest.label);
            return Err(Error::new(ErrorKind::BadSettings, message).into());
        };
        // What can not be saved is told before anybody is sent to a browser.
        let settings = self.blocking(move |engine| savable(engine, existing.as_deref(), &connection)).await?;
        let stop = self.0.signing_in.begin(token);
        let work = async {
            let sign_in = kind.sign_in(&settings, self.engine().clock()).await?;
            let page = sign_in.page().to_owned();
            self.0.pushes.push(&Push::SignIn { token: token.to_owned(), page });
            sign_in.finish(IN_THE_BROWSER).await
        };
        let brought = tokio::select! {
            brought = work => brought?,
            () = stop.cancelled() => return Err(given_up().into()),
        };
        Ok((setting.key, brought))
    }
}

fn given_up() -> Error {
    Error::new(ErrorKind::Cancelled, "The sign-in was cancelled.")
        .with_safe("Nothing was saved, and nobody is signed in.")
        .with_hint("Begin it again when you want to.")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sluice_engine::clock::SystemClock;
    use sluice_engine::secrets::MemorySecrets;
    use tempfile::TempDir;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    use super::*;

    /// A connection of a kind one signs in to in the browser, as its manifest's examples fill it.
    fn draft(but: &str) -> ConnectionDraft {
        let mut manifests = CATALOGUE.destinations.iter().map(|kind| kind.manifest());
        let is_sign_in = |setting: &&sluice_engine::manifest::Setting| matches!(setting.input, Input::SignIn);
        let (manifest, setting) = manifests
            .find_map(|manifest| Some((manifest, manifest.settings.iter().find(is_sign_in)?)))
            .expect("a kind that signs in in the browser");
        let (way, values) = setting.only_if.expect("a choice of ways to sign in");
        let needed = manifest.settings.iter().filter(|one| {
            !one.secret && one.required && one.only_if.is_none_or(|only| Some(only) == setting.only_if)
        });
        let mut settings: BTreeMap<_, _> =
            needed.map(|one| (one.key.to_owned(), one.example.to_owned())).collect();
        settings.insert(way.to_owned(), values[0].to_owned());
        settings.remove(but);
        ConnectionDraft { name: "CRM".into(), kind: manifest.id.into(), settings, secrets: BTreeMap::new() }
    }

    struct Desk {
        api: Api,
        pages: UnboundedReceiver<(String, String)>,
        _home: TempDir,
    }

    fn desk() -> Desk {
        let home = TempDir::new().unwrap();
        let secrets = Arc::new(MemorySecrets::default());
        let api = Api::open_with(home.path(), secrets, Arc::new(SystemClock)).unwrap();
        let (sender, pages) = unbounded_channel();
        api.subscribe(move |push| {
            if let Push::SignIn { token, page } = push {
                sender.send((token.clone(), page.clone())).unwrap();
            }
        });
        Desk { api, pages, _home: home }
    }

    impl Desk {
        fn begin(&self, token: &str) -> tokio::task::JoinHandle<Result<Connection, Problem>> {
            let (api, token) = (self.api.clone(), token.to_owned());
            let input = ConnectionSignIn { token, existing: None, draft: draft("") };
            tokio::spawn(async move { api.connection_sign_in(input).await })
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_sign_in_ends_when_it_is_cancelled_or_another_begins_and_saves_nothing() {
        let mut desk = desk();
        let first = desk.begin("first");
        let (token, page) = desk.pages.recv().await.unwrap();
        assert!(token == "first" && page.starts_with("https://"), "{token} {page}");
        let second = desk.begin("second");
        assert_eq!(first.await.unwrap().unwrap_err().kind, "cancelled");
        assert_eq!(desk.pages.recv().await.unwrap().0, "second");
        // Of one that is over already, nothing is ended.
        desk.api.connection_sign_in_cancel("first".into()).await.unwrap();
        assert!(!second.is_finished());
        desk.api.connection_sign_in_cancel("second".into()).await.unwrap();
        assert_eq!(second.await.unwrap().unwrap_err().kind, "cancelled");
        assert!(desk.api.connections(()).await.unwrap().is_empty());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_can_not_be_saved_is_told_before_a_browser_is_opened() {
        let mut desk = desk();
        let input = ConnectionSignIn { token: "t".into(), existing: None, draft: draft("client_id") };
        assert_eq!(desk.api.connection_sign_in(input).await.unwrap_err().kind, "bad_settings");
        assert!(desk.pages.try_recv().is_err(), "no page was opened");
    }
}
