//! `sluice secret set`: a secret from standard input into the keychain.

use std::io::{IsTerminal, Read};

use serde::Serialize;
use sluice_api::Api;
use sluice_api::wire::Problem;
use sluice_engine::secrets::Secret;

use crate::exit::Exit;
use crate::output::Output;

#[derive(Serialize)]
struct Saved<'a> {
    connection: &'a str,
    setting: &'a str,
}

/// Reads the secret and keeps it.
pub(crate) async fn set(
    api: &Api,
    out: Output,
    connection: String,
    setting: String,
) -> Result<Exit, Problem> {
    api.secret_is_known(connection.clone(), setting.clone()).await?;
    api.secret_set(connection.clone(), setting.clone(), Secret::new(read()?)).await?;
    let line = format!("The {setting} of “{connection}” is in the keychain.");
    out.answer(&Saved { connection: &connection, setting: &setting }, || vec![line]);
    Ok(Exit::Done)
}

/// From a terminal one line that is not shown; else all of standard input.
fn read() -> sluice_engine::Result<Vec<u8>> {
    let mut stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Ok(rpassword::prompt_password("Secret (it is not shown while you type): ")?.into_bytes());
    }
    let mut secret = Vec::new();
    stdin.read_to_end(&mut secret)?;
    Ok(without_newline(secret))
}

/// Leaves out one newline at the end, which `echo` and editors add.
fn without_newline(mut secret: Vec<u8>) -> Vec<u8> {
    if secret.ends_with(b"\n") {
        secret.pop();
        if secret.ends_with(b"\r") {
            secret.pop();
        }
    }
    secret
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_newline_at_the_end_is_not_part_of_the_secret() {
        for (typed, secret) in [("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("a", "a"), ("", "")] {
            assert_eq!(without_newline(typed.into()), secret.as_bytes(), "{typed:?}");
        }
    }
}
